"""Colored cash for a whole quarter at once: what sectors pay comes in, members pay each other, the rest goes out.

`color.pay` moves the colors payment by payment in declared order, which is right for any list of payments and slow for
a world with hundreds: most of them are paid by a sector, whose money has one color, or to a sector, where colors end.
Here a quarter has three rounds, and only the middle one goes payment by payment. On a CPU a kernel does all three: a
hundred times a handful of small arrays is what XLA does worst.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float64

from ouroloop.core import QUANTUM
from ouroloop.core.foreign import call
from ouroloop.ledger.chart import UNKNOWN
from ouroloop.ledger.color import KEEPS_MIX, ColoredCash, colors_of, payments
from ouroloop.ledger.incidence import Incidence
from ouroloop.ledger.ledger import Chart, Ledger
from ouroloop.ledger.precision import UNDER_ONE, Amounts, quantize


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
    from ouroloop.ledger.kernel import recolor

    colors, chart, amounts = colors_of(ledger), ledger.chart, jnp.asarray(amounts)
    expected = (len(ledger.flows), colored.cash.shape[2])
    assert amounts.shape == expected, f"amounts have shape {amounts.shape}, flows and paths ask for {expected}"
    paid, own = payments(chart, colors), _own(chart, colors)
    columns = [*paid, own, np.array([colors.index(UNKNOWN)])]

    def definition(pots: Array, revenue: Array, amounts: Array, *_: Any) -> _Pots:
        return recolor_by_definition(ledger, pots, revenue, amounts)

    arrays = [colored.cash, colored.revenue, amounts, *(np.asarray(of, np.int32) for of in columns)]
    return ColoredCash(*call(recolor, definition, arrays, arrays[:2], in_place={0: 0, 1: 1}))


_Pots = tuple[Array, Array]
"""Cash and revenue by entity, color and path."""


def recolor_by_definition(
    ledger: Ledger,
    cash: Float64[Array, "entity color path"],
    earned: Float64[Array, "entity color path"],
    amounts: Amounts,
) -> _Pots:
    """The rounds in JAX: what they mean on every device, and what their derivative is."""
    plan = _plan(ledger.chart, colors_of(ledger))
    moved = quantize(jnp.asarray(amounts))[plan.flow]
    forth_and_back = jnp.concatenate([jnp.maximum(moved, 0.0), jnp.maximum(-moved, 0.0)])
    count, shape = plan.members, (plan.members, *cash.shape[1:])
    pots = cash[:count] + plan.arrives.by_gather(forth_and_back).reshape(shape)
    revenue = earned[:count] + plan.earned.by_gather(moved).reshape(shape)
    pots, revenue = _members_pay(plan, pots, revenue, moved[plan.inner])
    pots = _leave(pots, plan.leaves.by_gather(forth_and_back), plan.unknown)
    own = cash[count:].at[plan.sectors, plan.sector_colors].add(plan.sector_moves.by_gather(moved))
    return jnp.concatenate([pots, own]), jnp.concatenate([revenue, earned[count:]])


def _own(chart: Chart, colors: tuple[str, ...]) -> np.ndarray:
    """The color of each sector's money, by entity; -1 for members."""
    own = np.array([colors.index(chart.sectors[e]) if e in chart.sectors else -1 for e in chart.entities], np.int64)
    assert (own[: (own < 0).sum()] < 0).all(), "members come before sectors"
    return own


class _Plan(NamedTuple):
    """What is static of a chart: who pays whom. Members are the first rows of the axis `entity`."""

    flow: np.ndarray
    """The flows that move cash: the axis `payment`."""
    members: int
    """How many members there are."""
    unknown: int
    arrives: Incidence
    """[member x color, payments forth and back]: what sectors pay to members, and pay back to them."""
    earned: Incidence
    """[member x color, payment]: what sectors pay for members' revenue."""
    leaves: Incidence
    """[member, payments forth and back]: what members pay to sectors, and pay back to them."""
    inner: np.ndarray
    """The payments between members."""
    ends: np.ndarray
    """[inner, 2]: payer and payee."""
    paint: np.ndarray
    earns: np.ndarray
    sectors: np.ndarray
    """Rows of sectors, counted from the first."""
    sector_colors: np.ndarray
    sector_moves: Incidence
    """[sector, payment]: what each sector's own pot gains."""


@lru_cache(maxsize=16)
def _plan(chart: Chart, colors: tuple[str, ...]) -> _Plan:
    found = payments(chart, colors)
    own = _own(chart, colors)
    members, count, width = int((own < 0).sum()), len(found.flow), len(colors)
    arrives, leaves = np.zeros((members * width, 2 * count), np.int64), np.zeros((members, 2 * count), np.int64)
    earned, moves = np.zeros((members * width, count), np.int64), np.zeros((len(own) - members, count), np.int64)
    between = (own[found.payer] < 0) & (own[found.payee] < 0)
    for number, (_, payer, payee, paint, earns) in enumerate(zip(*found, strict=True)):
        color_in, color_out = own[payer], own[payee]
        if color_in >= 0:
            moves[payer - members, number] -= 1
        if color_out >= 0:
            moves[payee - members, number] += 1
        if color_in >= 0 > color_out:
            arrives[payee * width + (paint if paint != KEEPS_MIX else color_in), number] = 1
            leaves[payee, count + number] = 1
            earned[payee * width + color_in, number] = int(earns)
        elif color_out >= 0 > color_in:
            arrives[payer * width + color_out, count + number] = 1
            leaves[payer, number] = 1
    return _Plan(
        flow=found.flow,
        members=members,
        unknown=colors.index(UNKNOWN),
        arrives=Incidence(arrives),
        earned=Incidence(earned),
        leaves=Incidence(leaves),
        inner=np.flatnonzero(between),
        ends=np.stack([found.payer, found.payee], axis=1)[between],
        paint=found.paint[between],
        earns=found.revenue[between],
        sectors=np.arange(len(own) - members),
        sector_colors=own[members:],
        sector_moves=Incidence(moves),
    )


def _members_pay(
    plan: _Plan, pots: Float64[Array, "member color path"], revenue: Float64[Array, "member color path"], moved: Array
) -> _Pots:
    """Round 2, payment by payment, past those that are 0 on all paths at hand.

    Both ends are written together: written one after the other, each would cost a copy of all pots.
    """
    axis = np.arange(pots.shape[1])[:, None]

    def step(state: _Pots, payment: tuple[Array, ...]) -> tuple[_Pots, None]:
        happens, amount, payer, payee, paint, earns = payment

        def move(state: _Pots) -> _Pots:
            pots, revenue = state
            back, paying, paid = amount < 0, _row(pots, payer), _row(pots, payee)
            source, target = jnp.where(back, paid, paying), jnp.where(back, paying, paid)
            much, held = jnp.abs(amount), jnp.maximum(source, 0.0)
            covered = jnp.minimum(much, held.sum(axis=0))
            taken = _split(held, covered) + jnp.where(axis == plan.unknown, much - covered, 0.0)
            arriving = jnp.where((paint != KEEPS_MIX) & ~back, jnp.where(axis == paint, much, 0.0), taken)
            left, reached = source - taken, target + arriving
            signed = jnp.where(earns, jnp.where(back, -taken, taken), 0.0)
            after = jnp.stack([jnp.where(back, reached, left), jnp.where(back, left, reached)])
            pots = pots.at[jnp.stack([payer, payee])].set(after, unique_indices=True, mode="promise_in_bounds")
            return pots, revenue.at[payee].add(signed, mode="promise_in_bounds")

        return lax.cond(happens, move, _stay, state), None

    ends = jnp.asarray(plan.ends)
    columns = (moved != 0).any(axis=1), moved, ends[:, 0], ends[:, 1], jnp.asarray(plan.paint), jnp.asarray(plan.earns)
    return lax.scan(step, (pots, revenue), columns)[0]


def _row(pots: Array, number: Array) -> Array:
    return lax.dynamic_index_in_dim(pots, number, keepdims=False)


def _stay(state: _Pots) -> _Pots:
    return state


def _leave(
    pots: Float64[Array, "member color path"], leaving: Float64[Array, "member path"], unknown: int
) -> Float64[Array, "member color path"]:
    """Round 3: one amount per member, with the hole that is to be filled; what no money is left for is a new hole."""
    held = jnp.maximum(pots, 0.0)
    wanted = leaving + jnp.maximum(-pots[:, unknown], 0.0)
    covered = jnp.minimum(wanted, held.sum(axis=1))
    return (held - _split(held, covered)).at[:, unknown].add(covered - wanted)


@jax.custom_jvp
def _split(pot: Float64[Array, "*row color path"], amount: Float64[Array, "*row path"]) -> Array:
    """How much of each color is in `amount`, pro rata, in whole quanta that sum to it? Needs 0 <= amount <= sum of pot.

        part = floor(pot x (amount / total) (1 - 2^-50)); what is missing comes from the first colors with some left

    Quanta as floats: sums and differences of them are exact, and a product that is a little too small is made good by
    the missing quanta. The slope is that of the plain share.
    """
    total = pot.sum(axis=-2)
    ratio = amount / jnp.where(total > 0, total, 1.0)
    part = jnp.floor(pot / QUANTUM * (ratio * UNDER_ONE)[..., None, :]) * QUANTUM
    room = pot - part
    missing = (amount - part.sum(axis=-2))[..., None, :]
    # A product with a triangle of ones: exact here, and faster on CPU than `cumsum`.
    before = np.tri(pot.shape[-2], k=-1) @ room
    return part + jnp.clip(missing - before, 0.0, room)


@_split.defjvp
def _split_jvp(primals: tuple[Array, Array], tangents: tuple[Array, Array]) -> tuple[Array, Array]:
    pot, amount = primals
    pot_change, amount_change = tangents
    total = pot.sum(axis=-2)
    safe = jnp.where(total > 0, total, 1.0)
    share = (amount / safe)[..., None, :]
    share_change = ((amount_change - share[..., 0, :] * pot_change.sum(axis=-2)) / safe)[..., None, :]
    change = jnp.where((total > 0)[..., None, :], share * pot_change + pot * share_change, 0.0)
    return _split(pot, amount), change
