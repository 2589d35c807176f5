"""Colored cash for a whole quarter at once: what sectors pay comes in, members pay each other, the rest goes out.

`color.pay` moves the colors payment by payment in declared order, which is right for any list of payments and slow for
a world with hundreds: most of them are paid by a sector, whose money has one color, or to a sector, where colors end.
Here a quarter has three rounds, and only the middle one goes payment by payment.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float64

from ouroloop.core import QUANTUM
from ouroloop.ledger.chart import UNKNOWN
from ouroloop.ledger.color import KEEPS_MIX, ColoredCash, colors_of, payments
from ouroloop.ledger.incidence import Incidence
from ouroloop.ledger.ledger import Chart, Ledger
from ouroloop.ledger.precision import Amounts, quantize

_UNDER_ONE = 1.0 - 2.0**-50
"""Keeps a product of rounded numbers from passing the true share."""


def recolor_in_rounds(ledger: Ledger, colored: ColoredCash, amounts: Amounts) -> ColoredCash:
    """Whose money moved in this quarter? The new colors, by rounds.

    1. All that sectors pay arrives, in their own color.
    2. Members pay each other, in declared order. Each payment takes the payer's colors pro rata as they are then;
       funding takes the payer's own name on arrival (`Flow.paint`).
    3. All that a member pays to sectors leaves as one amount, pro rata, so that the order of those payments plays no
       part.

    A negative amount is a payment back, in the round in which its direction belongs. What a member pays beyond its cash
    is `unknown`: a hole, which what leaves in round 3 is enlarged by, so that it is filled first. Shares are rounded
    down to quanta, and the quanta that are missing are taken from the first colors that have some left, so sums over
    colors are the cash exactly. Revenue is colored for members; that of sectors is nobody's question and stays 0.

    The auditor follows the same rule in Python integers when the log says so (`PostingLog.in_rounds`).
    """
    plan = _plan(ledger.chart, colors_of(ledger))
    moved = quantize(jnp.asarray(amounts))
    came = plan.arrives @ jnp.maximum(moved, 0.0) + plan.returns @ jnp.maximum(-moved, 0.0)
    cash = colored.cash.at[plan.arrive_rows, plan.arrive_colors].add(came)
    revenue = colored.revenue.at[plan.earn_rows, plan.earn_colors].add(plan.earned @ moved)
    cash, revenue = _members_pay(plan, cash, revenue, moved)
    return ColoredCash(_leave(plan, cash, moved), revenue)


class _Plan(NamedTuple):
    """What is static of a chart: rows of entities and colors, and the order of payments between members."""

    members: np.ndarray
    """Rows of the members."""
    unknown: int
    arrive_rows: np.ndarray
    arrive_colors: np.ndarray
    arrives: Incidence
    """[arrival, flow]: what sectors pay to members, by member and color."""
    returns: Incidence
    """[arrival, flow]: what members paid to sectors and get back."""
    earn_rows: np.ndarray
    earn_colors: np.ndarray
    earned: Incidence
    """[earning, flow]: what sectors pay for members' revenue, by member and color."""
    leaves: Incidence
    """[member, flow]: what members pay to sectors."""
    refunds: Incidence
    """[member, flow]: what sectors paid and get back."""
    levels: tuple[tuple[np.ndarray, ...], ...]
    """(flow, payer, payee, paint, pays revenue) of the payments between members that can be made at once."""
    sectors: np.ndarray
    sector_colors: np.ndarray
    sector_moves: Incidence
    """[sector, flow]: what each sector's own pot gains."""


@lru_cache(maxsize=16)
def _plan(chart: Chart, colors: tuple[str, ...]) -> _Plan:
    found = payments(chart, colors)
    entities, flows = chart.entities, len(chart.flows)
    own = np.array([colors.index(chart.sectors[e]) if e in chart.sectors else -1 for e in entities])
    arrivals: dict[tuple[int, int], list[tuple[int, bool]]] = {}
    earnings: dict[tuple[int, int], list[int]] = {}
    leaves, refunds, pots = (np.zeros((len(entities), flows), np.int64) for _ in range(3))
    between: list[tuple[int, int, int, int, bool]] = []
    for row in zip(*found, strict=True):
        flow, payer, payee, paint, earns = (int(value) for value in row)
        from_sector, to_sector = own[payer] >= 0, own[payee] >= 0
        pots[payer, flow] -= int(from_sector)
        pots[payee, flow] += int(to_sector)
        if from_sector and not to_sector:
            arrivals.setdefault((payee, paint if paint >= 0 else int(own[payer])), []).append((flow, True))
            refunds[payee, flow] = 1
            if earns:
                earnings.setdefault((payee, int(own[payer])), []).append(flow)
        elif to_sector and not from_sector:
            arrivals.setdefault((payer, int(own[payee])), []).append((flow, False))
            leaves[payer, flow] = 1
        elif not from_sector:
            between.append((flow, payer, payee, paint, bool(earns)))
    members, sectors = np.flatnonzero(own < 0), np.flatnonzero(own >= 0)
    arrive_rows, arrive_colors = _axes(list(arrivals))
    earn_rows, earn_colors = _axes(list(earnings))
    ways = [[[flow for flow, forth in some if forth is way] for some in arrivals.values()] for way in (True, False)]
    return _Plan(
        members=members,
        unknown=colors.index(UNKNOWN),
        arrive_rows=arrive_rows,
        arrive_colors=arrive_colors,
        arrives=_adding(ways[0], flows),
        returns=_adding(ways[1], flows),
        earn_rows=earn_rows,
        earn_colors=earn_colors,
        earned=_adding(list(earnings.values()), flows),
        leaves=Incidence(leaves[members]),
        refunds=Incidence(refunds[members]),
        levels=_levels(between),
        sectors=sectors,
        sector_colors=own[sectors],
        sector_moves=Incidence(pots[sectors]),
    )


def _axes(cells: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([row for row, _ in cells], np.int64), np.array([color for _, color in cells], np.int64)


def _adding(rows: list[list[int]], flows: int) -> Incidence:
    matrix = np.zeros((len(rows), flows), np.int64)
    for row, columns in enumerate(rows):
        matrix[row, columns] = 1
    return Incidence(matrix)


def _levels(between: list[tuple[int, int, int, int, bool]]) -> tuple[tuple[np.ndarray, ...], ...]:
    """Payments in declared order, as early as it allows: each after all that moved its payer's or payee's pot.

    Money may also flow back (a negative amount), so that both ends count as paying.
    """
    busy: dict[int, int] = {}
    levels: list[list[tuple[int, int, int, int, bool]]] = []
    for payment in between:
        _, payer, payee, _, _ = payment
        level = max(busy.get(payer, 0), busy.get(payee, 0))
        if level == len(levels):
            levels.append([])
        levels[level].append(payment)
        busy[payer] = busy[payee] = level + 1
    return tuple(tuple(np.array(column) for column in zip(*level, strict=True)) for level in levels)


def _members_pay(
    plan: _Plan, cash: Float64[Array, "entity color path"], revenue: Float64[Array, "entity color path"], moved: Array
) -> tuple[Array, Array]:
    """Round 2. The payments of a level touch every pot once, so that they can be made together."""
    axis = np.arange(cash.shape[1])[None, :, None]
    for flow, payer, payee, paint, earns in plan.levels:
        amount = moved[flow]
        back = (amount < 0)[:, None]
        ends = cash[payer], cash[payee]
        source, target = jnp.where(back, ends[1], ends[0]), jnp.where(back, ends[0], ends[1])
        much = jnp.abs(amount)
        taken = _taken(source, much, plan.unknown)
        painted = jnp.where(axis == np.maximum(paint, 0)[:, None, None], much[:, None], 0.0)
        marked = jnp.asarray(paint != KEEPS_MIX)[:, None, None] & ~back
        left, reached = source - taken, target + jnp.where(marked, painted, taken)
        cash = cash.at[payer].set(jnp.where(back, reached, left)).at[payee].set(jnp.where(back, left, reached))
        if earns.any():
            signed = jnp.where(back, -taken, taken)[earns]
            revenue = revenue.at[payee[earns]].add(signed)
    return cash, revenue


def _leave(plan: _Plan, cash: Float64[Array, "entity color path"], moved: Array) -> Float64[Array, "entity color path"]:
    """Round 3: one amount per member, with the hole that is to be filled; what no money is left for is a new hole."""
    pots = cash[plan.members]
    leaving = plan.leaves @ jnp.maximum(moved, 0.0) + plan.refunds @ jnp.maximum(-moved, 0.0)
    held = jnp.maximum(pots, 0.0)
    wanted = leaving + jnp.maximum(-pots[:, plan.unknown], 0.0)
    covered = jnp.minimum(wanted, held.sum(axis=1))
    left = held - _split(held, covered)
    left = left.at[:, plan.unknown].add(covered - wanted)
    cash = cash.at[plan.members].set(left)
    return cash.at[plan.sectors, plan.sector_colors].add(plan.sector_moves @ moved)


def _taken(pot: Float64[Array, "payment color path"], amount: Float64[Array, "payment path"], unknown: int) -> Array:
    """The colors of an amount taken out of a pot; beyond what it holds they are unknown."""
    held = jnp.maximum(pot, 0.0)
    covered = jnp.minimum(amount, held.sum(axis=1))
    return _split(held, covered).at[:, unknown].add(amount - covered)


def _split(pot: Float64[Array, "row color path"], amount: Float64[Array, "row path"]) -> Array:
    """How much of each color is in `amount`, pro rata, in whole quanta that sum to it? Needs 0 <= amount <= sum of pot.

        part = floor(pot x (amount / total) (1 - 2^-50)); what is missing comes from the first colors with some left

    Quanta as floats: sums and differences of them are exact, and a product that is a little too small is made good by
    the missing quanta. The slope is that of the plain share.
    """
    total = pot.sum(axis=1)
    ratio = amount / jnp.where(total > 0, total, 1.0)
    smooth = pot * ratio[:, None]
    part = jnp.floor(pot / QUANTUM * (ratio * _UNDER_ONE)[:, None]) * QUANTUM
    room = pot - part
    missing = (amount - part.sum(axis=1))[:, None]
    before = jnp.cumsum(room, axis=1) - room
    part = part + jnp.clip(missing - before, 0.0, room)
    return smooth + lax.stop_gradient(part - smooth)
