"""Colored cash: every dollar carries the sponsor it came from, mixed pro rata inside an entity, to the last quantum."""

from __future__ import annotations

from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float64

from ouroloop.ledger.chart import MEMBER, OPENING_CASH, UNKNOWN
from ouroloop.ledger.flows import cash
from ouroloop.ledger.ledger import Books, Chart, Ledger
from ouroloop.ledger.precision import Amounts, from_quanta, quantize, to_quanta

KEEPS_MIX = -1


def colors_of(ledger: Ledger) -> tuple[str, ...]:
    """The axis `color`: the sectors' sponsors, words that flows paint, opening cash, unknown, members' own funding."""
    chart = ledger.chart
    found = dict.fromkeys([*chart.sectors.values(), OPENING_CASH, UNKNOWN])
    outside = [color for color in found if color not in (OPENING_CASH, UNKNOWN)]
    painted = [flow.paint for flow in chart.flows if flow.paint not in (None, MEMBER) and flow.paint not in found]
    funding = [flow for flow in chart.flows if flow.paint == MEMBER and flow.payers and flow.payees]
    members = [f"{MEMBER}:{flow.payers[0]}" for flow in funding if flow.payers[0] not in chart.sectors]
    return tuple(dict.fromkeys([*outside, *(p for p in painted if p), OPENING_CASH, UNKNOWN, *members]))


class ColoredCash(eqx.Module):
    """Whose money is each entity's cash, and whose money paid its revenue? Rows: `Ledger.entities`, `colors_of`."""

    cash: Float64[Array, "entity color path"]
    """Sums over colors to the entity's cash exactly. Never negative, except that an overdraft is negative `unknown`."""
    revenue: Float64[Array, "entity color path"]
    """Cash that paid for the entity's revenue so far, by the sponsor it carried on arrival."""


class Payments(NamedTuple):
    """Which flows move cash: numbers on the axes flow, entity and color."""

    flow: np.ndarray
    payer: np.ndarray
    payee: np.ndarray
    paint: np.ndarray
    """The color that the money takes on arrival when the amount is positive, or -1 for the payer's mix."""
    revenue: np.ndarray


def payments(chart: Chart, colors: tuple[str, ...]) -> Payments:
    """The flows with a payer and a payee, in declared order: the order in which the colors move."""
    entity, color = {e: n for n, e in enumerate(chart.entities)}, {c: n for n, c in enumerate(colors)}
    rows: list[tuple[int, int, int, int, bool]] = []
    for number, flow in enumerate(chart.flows):
        if flow.payers and flow.payees:
            payer, payee = flow.payers[0], flow.payees[0]
            paint = KEEPS_MIX
            if flow.paint is not None and payer not in chart.sectors:
                paint = color[f"{MEMBER}:{payer}" if flow.paint == MEMBER else flow.paint]
            elif flow.paint not in (None, MEMBER):
                paint = color[str(flow.paint)]
            rows.append((number, entity[payer], entity[payee], paint, flow.pays_revenue))
    columns = np.array(rows, np.int32).reshape(-1, 5).T
    return Payments(columns[0], columns[1], columns[2], columns[3], columns[4].astype(bool))


def open_colors(ledger: Ledger, books: Books) -> ColoredCash:
    """The colors on the first day: members' cash is `opening_cash` (an overdraft `unknown`), sectors' their own."""
    colors, sectors = colors_of(ledger), ledger.chart.sectors
    held, rows = _held(ledger, books), np.arange(len(ledger.entities))
    outside = np.array([entity in sectors for entity in ledger.entities])
    column = np.array([colors.index(sectors.get(entity, OPENING_CASH)) for entity in ledger.entities])
    pots = jnp.zeros((len(rows), len(colors), held.shape[1]))
    pots = pots.at[rows, column].set(jnp.where(outside[:, None], held, jnp.maximum(held, 0.0)))
    pots = pots.at[rows[~outside], colors.index(UNKNOWN)].add(jnp.minimum(held[~outside], 0.0))
    return ColoredCash(pots, jnp.zeros_like(pots))


@eqx.filter_jit
def pay(
    ledger: Ledger, colored: ColoredCash, amounts: Amounts
) -> tuple[ColoredCash, Float64[Array, "payment color path"]]:
    """Whose money moved with these flows? The new colors, and per payment the colors that it carried on arrival.

    Give it the amounts given to `post`. Payments follow each other in declared order, so money may pass through several
    entities in one period. Each takes the payer's colors pro rata, in whole quanta: of color c
    floor(amount * c / cash), and the few quanta missing one each from the first colors with a remainder. What a payer
    spends beyond its cash is `unknown`, and money that reaches an overdrawn entity first fills that hole, pro rata. A
    negative amount flows back from payee to payer with the payee's mix. A sector's money is always its own color.

    The carried colors of a payment sum to its amount (negative when it flowed back); rows follow `payments`. Sums are
    exact on every path; the gradient is that of the smooth pro-rata rule.
    """
    return _move(ledger, colored, amounts)


@eqx.filter_jit
def recolor(ledger: Ledger, colored: ColoredCash, amounts: Amounts) -> ColoredCash:
    """The new colors as `pay` makes them, without the record of each payment: for runs of many paths."""
    return _move(ledger, colored, amounts, record=False)[0]


def _move(ledger: Ledger, colored: ColoredCash, amounts: Amounts, *, record: bool = True) -> tuple[ColoredCash, Any]:
    colors = colors_of(ledger)
    plan = payments(ledger.chart, colors)
    entities = ledger.entities
    own = np.full(len(entities), -1, np.int32)
    for row, entity in enumerate(entities):
        if entity in ledger.chart.sectors:
            own[row] = colors.index(ledger.chart.sectors[entity])
    unknown, axis = colors.index(UNKNOWN), np.arange(len(colors))
    own_of = jnp.asarray(own)

    def step(state: ColoredCash, payment: tuple[Array, ...]) -> tuple[ColoredCash, Array | None]:
        amount, payer, payee, paint, pays_revenue = payment
        back = amount < 0
        ends = state.cash[payer], state.cash[payee]
        source, target = jnp.where(back, ends[1], ends[0]), jnp.where(back, ends[0], ends[1])
        source_own = jnp.where(back, own_of[payee], own_of[payer])
        target_own = jnp.where(back, own_of[payer], own_of[payee])
        moved = jnp.abs(amount)
        mixed, left = _take(source, moved, unknown)
        of_sector = jnp.where(axis[:, None] == source_own, moved, 0.0)
        carried = jnp.where(source_own >= 0, of_sector, mixed)
        left = jnp.where(source_own >= 0, source - of_sector, left)
        new_color = jnp.where(target_own >= 0, target_own, jnp.where(back, KEEPS_MIX, paint))
        arriving = jnp.where(new_color >= 0, jnp.where(axis[:, None] == new_color, moved, 0.0), carried)
        reached = jnp.where(target_own >= 0, target + arriving, _receive(target, arriving, unknown))
        cash = state.cash.at[payer].set(jnp.where(back, reached, left))
        cash = cash.at[payee].set(jnp.where(back, left, reached))
        # The colors on arrival at the payee: what it earned is told by who paid, not by the mark it then carries.
        signed = jnp.where(back, -carried, carried)
        revenue = state.revenue.at[payee].add(jnp.where(pays_revenue, signed, 0.0))
        return ColoredCash(cash, revenue), signed if record else None

    flows = (quantize(jnp.asarray(amounts))[plan.flow], plan.payer, plan.payee, plan.paint, plan.revenue)
    return lax.scan(step, colored, tuple(jnp.asarray(column) for column in flows))


def color_gap(ledger: Ledger, books: Books, colored: ColoredCash) -> Float64[Array, "entity path"]:
    """Cash less the sum of its colors, by entity: 0.0 everywhere when both were given the same amounts."""
    return _held(ledger, books) - colored.cash.sum(axis=1)


def _held(ledger: Ledger, books: Books) -> Float64[Array, "entity path"]:
    """Cash by entity; 0 where an entity has no such account."""
    number = ledger.chart.account_number
    rows = np.array([n for n, entity in enumerate(ledger.entities) if cash(entity) in number], np.int64)
    accounts = np.array([number[cash(ledger.entities[n])] for n in rows], np.int64)
    empty = jnp.zeros((len(ledger.entities), books.balances.shape[1]))
    return empty.at[rows].set(books.balances[accounts])


def revenue_shares(colored: ColoredCash) -> Float64[Array, "entity color path"]:
    """Which share of each entity's paid revenue did each sponsor pay? Sums to 1; NaN where nothing was earned."""
    return colored.revenue / colored.revenue.sum(axis=1, keepdims=True)


def _take(pot: Array, amount: Array, unknown: int) -> tuple[Array, Array]:
    """Colors of `amount` out of `pot[color, path]`, and the pot after it; beyond its cash they are `unknown`."""
    held = jnp.maximum(pot.sum(axis=0), 0.0)
    covered = jnp.minimum(amount, held)
    taken = split(jnp.maximum(pot, 0.0), covered)
    taken = taken.at[unknown].add(amount - covered)
    return taken, pot - taken


def _receive(pot: Array, arriving: Array, unknown: int) -> Array:
    """The pot after money of these colors arrives: an overdraft is filled first, with a fair share of each color."""
    hole = jnp.minimum(jnp.maximum(-pot[unknown], 0.0), arriving.sum(axis=0))
    filling = split(arriving, hole)
    return (pot + arriving - filling).at[unknown].add(hole)


@jax.custom_jvp
def split(pot: Float64[Array, "color path"], amount: Float64[Array, " path"]) -> Float64[Array, "color path"]:
    """How many of the pot's quanta of each color are in `amount`, pro rata and in whole quanta?

    The same rule pays creditors pari passu: `pot` what each is owed, `amount` what there is to pay with.

    Needs pot >= 0 and 0 <= amount <= sum of the pot; gives 0 <= part <= pot, with parts that sum to `amount` exactly.
    floor(pot * amount / total) is estimated in float64 (off by a few quanta at most) and corrected by its remainder,
    which is exact in int64 although the product is not: the arithmetic is modulo 2^64 and the remainder is small. The
    quanta still missing go one each to the first colors with a remainder; there are always enough.
    """
    quanta, wanted = to_quanta(pot), to_quanta(amount)
    total = jnp.sum(quanta, axis=0)
    divisor = jnp.maximum(total, 1)
    estimate = jnp.floor(quanta.astype(jnp.float64) * (wanted.astype(jnp.float64) / divisor.astype(jnp.float64)))
    part = estimate.astype(jnp.int64)
    remainder = quanta * wanted - part * divisor
    # Shifted to be positive, because int64 division truncates toward zero.
    correction = lax.div(remainder + 16 * divisor, jnp.broadcast_to(divisor, remainder.shape)) - 16
    part, remainder = part + correction, remainder - correction * divisor
    missing = wanted - jnp.sum(part, axis=0)
    part = part + ((remainder > 0) & (jnp.cumsum(remainder > 0, axis=0) <= missing))
    return jnp.where(jnp.isfinite(amount) & jnp.isfinite(pot.sum(axis=0)), from_quanta(part), jnp.nan)


@split.defjvp
def _split_jvp(primals: tuple[Array, Array], tangents: tuple[Array, Array]) -> tuple[Array, Array]:
    pot, amount = primals
    pot_change, amount_change = tangents
    total = pot.sum(axis=0)
    safe = jnp.where(total > 0, total, 1.0)
    share, empty = amount / safe, total <= 0
    share_change = (amount_change - share * pot_change.sum(axis=0)) / safe
    return split(pot, amount), jnp.where(empty, 0.0, share * pot_change + pot * share_change)
