"""On what does a simulated loss rest? The deals, figures and assumptions behind what was lost."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ouroloop.dossier.refs import Refs, joined
from ouroloop.economy.losses import LossLeg
from ouroloop.ledger import Account, AccountClass
from ouroloop.scenario.axes import EQUITY_INVESTORS
from ouroloop.scenario.lenders import SWAP_ASSUMPTIONS
from ouroloop.scenario.opening_holders import FUNDS, INTERMEDIARIES, holder_assumptions

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier
    from ouroloop.scenario.build import Economy

_PROMISE = re.compile(r"[\w.-]+#[\w.-]+")
"""`deal#tranche` in the name of a flow."""
_CLASSES = (AccountClass.ASSET, AccountClass.VALUATION, AccountClass.REAL, AccountClass.LIABILITY)


@dataclass(frozen=True, slots=True)
class Grounds:
    """Records with their sources, and assumptions by id. Neither: what was lent or built after the opening."""

    records: Refs
    assumptions: tuple[str, ...]


def grounds(economy: Economy, dossier: Dossier, holder: str, legs: Sequence[LossLeg]) -> Grounds:
    """What do the losses of a holder rest on?

    The promise that a posting carries out, the line of the opening books that it writes down, and loans promised for
    later. A holder behind others has them by the assumptions of who holds for whom. What a firm borrows in
    the run rests on none of these.
    """
    records = joined(*(found for leg in legs for found in _records(economy, leg)))
    assumed = (row for leg in legs for row in _assumptions(economy, dossier, holder, leg))
    return Grounds(tuple(ref for ref in records if not ref.replaced), tuple(dict.fromkeys(assumed)))


def _records(economy: Economy, leg: LossLeg) -> Iterator[Refs]:
    terms = economy.assembled.contracts.terms
    named = _PROMISE.search(leg.flow)
    if named:
        yield from (term.refs for term in terms if term.name == named[0])
    for kind in _CLASSES:
        line = economy.opening.line(Account(leg.entity, kind, leg.held)) if leg.held else None
        if line is not None:
            yield line.refs
    if leg.how in ("discounts", "protection"):  # money alone moves; it is about what the holder was owed by that firm
        holds = (debt for debt in economy.opening.debts_of(leg.on) if debt.lender == leg.entity)
        yield from (debt.refs for debt in holds)
    claims = economy.world.loans.claims or ()
    world, made = economy.world, economy.assembled
    rows = (*made.draw_terms, *made.advance_terms)
    for lent, row in zip((*world.promised_draws, *world.advances), rows, strict=True):
        if leg.held == claims[lent.loan]:
            yield terms[row].refs


def _assumptions(economy: Economy, dossier: Dossier, holder: str, leg: LossLeg) -> Iterator[str]:
    if leg.entity in INTERMEDIARIES:
        yield from holder_assumptions(dossier, holder, leg.entity)
    elif leg.entity in FUNDS and leg.held.startswith("equity:"):
        yield from holder_assumptions(dossier, leg.entity, EQUITY_INVESTORS)
    if leg.how == "protection":
        yield from SWAP_ASSUMPTIONS
    for debt in economy.opening.debts:
        if leg.held == debt.claim:
            yield from debt.assumptions
