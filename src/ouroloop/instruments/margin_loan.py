"""What does a fund owe its broker for shares bought on credit, and what happens when they are worth less than that?

A book of margin loans by pair (fund, broker): no ladder, due whenever the broker asks. The fund draws when it buys,
repays out of what it sells, and what is left when everything is sold is the broker's loss. Debt is read from the
ledger: the book has no state. Flows, kind by kind: `draw`, `repay`, `write off`. Reference: FINRA rule 4210, on
maintenance margin; when to ask is `contagion.calls`.
"""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float64

from ouroloop.instruments.instrument import Instrument
from ouroloop.ledger import Flow, loan, loan_write_off, quantize, repayment

_ByPair = Float64[Array, "pair path"]


def margin_claim(fund: str) -> str:
    """What the ledger calls a fund's debt to its broker."""
    return f"margin:{fund}"


class MarginLoans(Instrument):
    """Margin loans by pair (fund, broker)."""

    pairs: tuple[tuple[str, str], ...] = eqx.field(static=True)

    @property
    def flows(self) -> tuple[Flow, ...]:
        """draw, repay, write off: each for all pairs."""
        named = [(fund, broker, margin_claim(fund)) for fund, broker in self.pairs]
        return (
            *(loan(broker, fund, f"draw:{claim}", claim=claim) for fund, broker, claim in named),
            *(repayment(fund, broker, f"repay:{claim}", claim=claim) for fund, broker, claim in named),
            *(loan_write_off(broker, fund, f"write-off:{claim}", claim=claim) for fund, broker, claim in named),
        )

    def amounts(self, drawn: _ByPair, repaid: _ByPair, lost: _ByPair) -> Float64[Array, "flow path"]:
        """What moves, USD bn."""
        return quantize(jnp.concatenate([drawn, repaid, lost]))
