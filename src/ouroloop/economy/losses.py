"""The loss account: who loses what in a quarter, how, and who has it instead.

Each flow that is a loss changes the net worth of the two at its ends. By way of it, a loss counted positive:

    claims       loans, bills and prepayments that their holder writes off
    forgiven     the same of who owed them: a gain, so negative
    guarantees   what a guarantor pays for others, or is then owed in vain; negative of who is paid for nothing
    protection   what writers of default swaps pay out; negative of who bought them
    discounts    what sellers of fallen bonds get less than they are owed; negative of the buyers
    plant        sites that are given up
    shares       the fall of the price of shares held; negative where it rises

Only the last two destroy anything; the others are transfers, and add up to 0 over everybody:

    net losses of all = plant + shares

to the last quantum, because each leg is counted once. A firm's own shareholders lose by `shares`, not once more by what
the firm lost: whoever adds up outside holders has each loss once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Array, Float

from ouroloop.contagion.stages import STAGES
from ouroloop.ledger import AccountClass, Flow, FlowKind, Ledger, quantize
from ouroloop.ledger.incidence import Incidence

HOW = ("claims", "forgiven", "guarantees", "protection", "discounts", "plant", "shares")
"""The ways to lose, in the order in which a table shows them."""
DESTROYED = ("plant", "shares")
"""Those that leave everybody together with less."""
GROSS = ("claims", "guarantees")
"""Those in which a holder of a claim writes it down or pays for it: gross losses, before what comes back."""

_HELD = frozenset({AccountClass.ASSET, AccountClass.VALUATION, AccountClass.REAL, AccountClass.LIABILITY})

SOON = 12
"""Quarters after which losses of each path are kept as well as at the end: over ten years a crash that comes sooner
may cost less, because less is lent until then."""


@dataclass(frozen=True, slots=True)
class LossLeg:
    """One flow that is a loss of somebody, and what is lost on."""

    entity: str
    how: str
    on: str
    """Whose debt, share, promise or site it is; for what is no longer owed, to whom."""
    held: str
    """What the books of `entity` call what is lost, "" where it is money alone."""
    flow: str
    sign: int
    """1: what is posted is lost; -1: it is gained."""


@dataclass(frozen=True, eq=False)
class LossLines:
    """Who can lose how in a world, and the flows that say how much."""

    lines: tuple[tuple[str, str], ...]
    """(entity, way of `HOW`), by entity in the ledger's order."""
    legs: tuple[LossLeg, ...]
    """All that makes up each line."""
    matrix: Incidence

    def of(self, amounts: Float[Array, "flow path"]) -> Float[Array, "line path"]:
        """Losses of a quarter from what was posted in it, USD bn, in whole quanta."""
        return self.matrix @ quantize(amounts)


def so_far(losses: Float[np.ndarray, "line quarter path"]) -> Float[np.ndarray, "span line path"]:
    """What is lost in the first `SOON` quarters, and in all of them."""
    return np.stack([losses[:, :SOON].sum(axis=1), losses.sum(axis=1)])


BEFORE = "before"
"""No sign of a crash yet."""
REACHED = (BEFORE, *STAGES)
"""What a path can have reached in a quarter: the stage whose sign was seen last."""


def by_stage(
    losses: Float[np.ndarray, "line quarter path"], first: Float[np.ndarray, "stage path"]
) -> Float[np.ndarray, "reached line path"]:
    """What is lost in the quarters in which a path has reached each stage?

    `first` is the quarter of each sign, NaN for never, rows `STAGES`. A quarter belongs to the sign that was seen last
    by then, of two in one quarter to the later in order; each loss counts once, so all rows add up to all losses.
    """
    seen = np.where(np.isnan(first), np.inf, first)[:, None, :] <= np.arange(losses.shape[1])[:, None]
    dated = np.where(seen, np.nan_to_num(first, nan=-1.0)[:, None, :], -1.0)
    last = dated.max(axis=0)
    order = np.arange(1, len(STAGES) + 1)[:, None, None]
    reached = np.where(seen & (dated == last), order, 0).max(axis=0)
    return np.stack([np.where(reached == n, losses, 0.0).sum(axis=1) for n in range(len(REACHED))])


def loss_lines(
    ledger: Ledger, guarantees: tuple[Flow, ...], swaps: Mapping[str, str], sold: Mapping[str, str]
) -> LossLines:
    """Which flows of a world are losses of whom?

    `guarantees` are the flows of that instrument. `swaps` and `sold` name the firm that payouts of default swaps and
    discounts on bonds are about, by flow: no leg of those does.
    """
    stood_for = {flow.name for flow in guarantees}
    about = {**swaps, **sold}
    legs: list[LossLeg] = []
    entries: dict[tuple[str, str], dict[int, int]] = {}
    for column, flow in enumerate(ledger.flows):
        for leg in flow.legs:
            if leg.account.account_class not in (AccountClass.INCOME, AccountClass.EXPENSE):
                continue
            how = _how(flow, leg.sign > 0, flow.name in stood_for, flow.name in swaps)
            if how:
                entity = leg.account.entity
                row = entries.setdefault((entity, how), {})
                row[column] = row.get(column, 0) + leg.sign
                on, held = _lost_on(flow, entity)
                legs.append(LossLeg(entity, how, about.get(flow.name, on), held, flow.name, leg.sign))
    order = {entity: n for n, entity in enumerate(ledger.entities)}
    lines = tuple(sorted(entries, key=lambda line: (order[line[0]], HOW.index(line[1]))))
    matrix = np.zeros((len(lines), len(ledger.flows)), np.int64)
    for row, line in enumerate(lines):
        for column, sign in entries[line].items():
            matrix[row, column] = sign
    return LossLines(lines, tuple(legs), Incidence(matrix))


def _lost_on(flow: Flow, entity: str) -> tuple[str, str]:
    """Whose paper or site a leg of a flow is about, and what the entity's books call it."""
    own = (leg.account for leg in flow.legs if leg.account.entity == entity and not leg.account.is_cash)
    held = next((one.instrument for one in own if one.account_class in _HELD), "")
    if flow.kind is FlowKind.REVALUATION:
        return held.removeprefix("equity:"), held
    return next((leg.account.entity for leg in flow.legs if leg.account.entity != entity), entity), held


def _how(flow: Flow, losing: bool, stands_for: bool, pays_out: bool) -> str | None:
    """In which way is a leg of a flow a loss or a gain? None for flows of business: sales, interest, wear."""
    names = {leg.account.instrument for leg in flow.legs}
    real = any(leg.account.account_class is AccountClass.REAL for leg in flow.legs)
    if flow.kind is FlowKind.REVALUATION:
        return "shares"
    if flow.kind is FlowKind.WRITE_OFF:
        if real:
            return "plant"
        return ("guarantees" if stands_for else "claims") if losing else "forgiven"
    if stands_for:
        return "guarantees"
    if pays_out:
        return "protection"
    return "discounts" if "discounts" in names else None
