"""Flow types broken on purpose: what does the ledger say when a leg is left out?"""

from collections.abc import Iterator
from dataclasses import replace

from ouroloop import ledger as books
from ouroloop.core import BadInput


def accepted_leaks(ledger: books.Ledger) -> Iterator[str]:
    """Leave out every leg of every flow type in turn; yields each case that is not refused by flow and entity."""
    for flow in ledger.flows:
        for leg in flow.legs:
            short = replace(flow, legs=tuple(other for other in flow.legs if other is not leg))
            try:
                books.build([short if other is flow else other for other in ledger.flows])
            except BadInput as refusal:
                if f"flow '{flow.name}' leaks in entity '{leg.account.entity}'" in str(refusal):
                    continue
            yield f"{flow.name} without {leg.account}"
