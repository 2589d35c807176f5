"""The waterfall of a vehicle: typed lines, each pays what is due as far as there is money.

    pay = min(available, due)

Lines are paid in the order in which they stand. Amounts are whole quanta of the ledger, so on every path and in every
period exactly: cash that came in = what was paid + what the accounts of the vehicle gained.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Bool, Float

from ouroloop.ledger.precision import quantize

_Path = Float[Array, " path"]
_Rows = Float[Array, "row path"]


class Tranche(eqx.Module):
    """A class of notes."""

    name: str = eqx.field(static=True)
    size: Float[Array, ""] | float
    """USD bn at closing."""
    coupon: Float[Array, ""] | float
    """Decimal per year; over the reference rate where it floats."""
    schedule: Float[Array, " period"]
    """The share of `size` that should be left at the end of each period; 0 at the end of the last."""
    floats: bool = eqx.field(static=True, default=False)


@dataclass(frozen=True, slots=True)
class Fee:
    """What the servicer, the site or somebody else outside is owed; what is missing stays due, without interest."""

    name: str


@dataclass(frozen=True, slots=True)
class Interest:
    """Interest of these classes, in proportion to what each is owed; what is missing stays due and bears interest."""

    to: tuple[str, ...]
    from_reserve: bool = True
    """May the reserve pay what cash does not?"""


@dataclass(frozen=True, slots=True)
class Principal:
    """Principal of these classes, one after the other, or in proportion to what each should receive."""

    to: tuple[str, ...]
    of: Literal["scheduled", "collected", "all"] = "scheduled"
    """What is above the schedule; what the pool repaid in this period; or all that is left."""
    in_proportion: bool = False
    when: Literal["always", "rapid"] = "always"
    from_reserve: bool = False
    share: float = 1.0
    """At most this part of the cash that has come down to the line: a sweep of half the excess, say."""


@dataclass(frozen=True, slots=True)
class Fill:
    """Fill the reserve up to so many periods of interest and scheduled principal; what is above goes on."""

    periods: float


@dataclass(frozen=True, slots=True)
class Trap:
    """Keep what is left here while cover is below this, and let it go when cover is back or repayment turned rapid."""

    below: float


@dataclass(frozen=True, slots=True)
class Rest:
    """All that is left, to the owners."""


Line = Fee | Interest | Principal | Fill | Trap | Rest


@dataclass(frozen=True, slots=True)
class Waterfall:
    """The lines in order, and what turns repayment rapid."""

    lines: tuple[Line, ...]
    anticipated: int | None = None
    """After so many periods all notes should have been repaid; from then on everything repays them."""
    rapid_below: float = 0.0
    """Cover under which all that is left repays notes, as long as it lasts."""


class Inflow(NamedTuple):
    """What comes to the vehicle in each period, and what others are owed."""

    cash: Float[Array, "period path"]
    """USD bn, principal that the pool repaid included."""
    principal: Float[Array, "period path"] | None = None
    """Of it what the pool repaid, for lines that pass it through."""
    fees: Float[Array, "fee period path"] | None = None
    """What becomes due, in the order of the fee lines."""
    years: Float[np.ndarray, " period"] | None = None
    """How long each period is; a quarter each unless said otherwise."""
    reference: Float[Array, "period path"] | None = None
    """The rate that floating classes pay their coupon over, decimal per year."""
    reserve: Float[Array, ""] | float = 0.0
    """What the reserve holds at closing, USD bn."""


class History(eqx.Module):
    """Every payment, USD bn."""

    interest: Float[Array, "period tranche path"]
    principal: Float[Array, "period tranche path"]
    left: Float[Array, "period tranche path"]
    """Principal at the end of each period."""
    unpaid: Float[Array, "period tranche path"]
    """Interest that is due and was not paid."""
    fees: Float[Array, "period fee path"]
    rest: Float[Array, "period path"]
    reserve: Float[Array, "period path"]
    trapped: Float[Array, "period path"]
    cover: Float[Array, "period path"]
    """Cash after fees over interest and scheduled principal; infinite where nothing is due."""
    rapid: Bool[Array, "period path"]


class ByTranche(eqx.Module):
    """What each class received in the end."""

    loss: Float[Array, "tranche path"]
    """1 - value of all payments at the class's own coupon, over its size: what was lost, 0 where all was paid."""
    life_years: Float[Array, "tranche path"]
    """Of the average dollar of principal that was repaid."""
    missed: Bool[Array, "tranche path"]
    """Was interest once not paid when due, or principal not at the end?"""


class _State(NamedTuple):
    left: _Rows
    unpaid: _Rows
    owed_fees: _Rows
    reserve: _Path
    trapped: _Path
    value: _Rows
    growth: _Rows
    weighted: _Rows
    repaid: _Rows
    missed: Bool[Array, "tranche path"]
    years: _Path


class _Given(NamedTuple):
    """Of one period."""

    cash: _Path
    principal: _Path
    fees: _Rows
    years: Array
    reference: _Path
    target: Float[Array, " tranche"]
    last: Array
    late: Array


def pay(
    waterfall: Waterfall, tranches: Sequence[Tranche], inflow: Inflow, *, history: bool = False
) -> tuple[ByTranche, History | None]:
    """Who is paid what, in every period on every path?

    Everybody who is named by a line is a class of `tranches` or a fee; a period's reserve and trapped cash can be used
    up in the last one. Floating coupons are those of the period's reference rate. All amounts are rounded to quanta.

    Parameters
    ----------
    history
        Also return every single payment: paths times periods times classes of them.
    """
    names = [one.name for one in tranches]
    fees = [line.name for line in waterfall.lines if isinstance(line, Fee)]
    assert all(0 < line.share <= 1 for line in waterfall.lines if isinstance(line, Principal))
    known = {name for line in waterfall.lines if isinstance(line, Interest | Principal) for name in line.to}
    assert known <= set(names), f"lines name {known - set(names)}, classes are {names}"
    periods, paths = inflow.cash.shape
    assert all(one.schedule.shape == (periods,) for one in tranches), f"schedules do not have {periods} periods"
    years = np.full(periods, 0.25) if inflow.years is None else inflow.years
    nothing = jnp.zeros((periods, paths))
    due_fees = jnp.zeros((len(fees), periods, paths)) if inflow.fees is None else inflow.fees
    sizes = quantize(jnp.stack([jnp.asarray(one.size, jnp.float64) for one in tranches]))
    shares = jnp.stack([jnp.asarray(one.schedule) for one in tranches], axis=1)
    given = _Given(
        cash=quantize(inflow.cash),
        principal=nothing if inflow.principal is None else quantize(inflow.principal),
        fees=quantize(jnp.moveaxis(due_fees, 0, 1)),
        years=jnp.asarray(years),
        reference=nothing if inflow.reference is None else inflow.reference,
        target=quantize(sizes * shares),
        last=jnp.arange(periods) == periods - 1,
        late=jnp.arange(periods) >= (periods if waterfall.anticipated is None else waterfall.anticipated),
    )
    size = jnp.broadcast_to(sizes[:, None], (len(tranches), paths))
    zero, none = jnp.zeros_like(size), jnp.zeros(paths)
    start = _State(
        left=size,
        unpaid=zero,
        owed_fees=jnp.zeros((len(fees), paths)),
        reserve=jnp.full(paths, quantize(jnp.asarray(inflow.reserve, jnp.float64))),
        trapped=none,
        value=zero,
        growth=jnp.ones_like(size),
        weighted=zero,
        repaid=zero,
        missed=jnp.zeros(size.shape, bool),
        years=none,
    )

    def step(state: _State, now: _Given) -> tuple[_State, History | None]:
        state, seen = _period(waterfall, tranches, state, now)
        return state, seen if history else None

    end, seen = lax.scan(step, start, given)
    result = ByTranche(
        loss=1.0 - end.value / size,
        life_years=end.weighted / jnp.where(end.repaid > 0, end.repaid, 1.0),
        missed=end.missed | (end.left > 0),
    )
    return result, seen


def _period(waterfall: Waterfall, tranches: Sequence[Tranche], state: _State, now: _Given) -> tuple[_State, History]:
    floats = np.array([[one.floats] for one in tranches], np.float64)
    rate = jnp.stack([jnp.asarray(one.coupon) for one in tranches])[:, None] + floats * now.reference
    unpaid = state.unpaid + quantize((state.left + state.unpaid) * rate * now.years)
    scheduled = jnp.maximum(state.left - now.target[:, None], 0.0)
    owed_fees = state.owed_fees + now.fees
    service = (unpaid + scheduled).sum(axis=0)
    after_fees = now.cash - owed_fees.sum(axis=0)
    cover = jnp.where(service > 0, after_fees / jnp.where(service > 0, service, 1.0), jnp.inf)
    rapid = (cover < waterfall.rapid_below) | now.late | (state.unpaid > 0).any(axis=0)

    cash = now.cash + jnp.where(now.last, state.reserve + state.trapped, 0.0)
    reserve = jnp.where(now.last, 0.0, state.reserve)
    trapped = jnp.where(now.last, 0.0, state.trapped)
    left, interest, principal = state.left, jnp.zeros_like(state.left), jnp.zeros_like(state.left)
    fees, rest, passed = list[_Path](), jnp.zeros_like(cash), now.principal
    for line in waterfall.lines:
        match line:
            case Fee():
                fees.append(jnp.minimum(cash, owed_fees[len(fees)]))
                cash = cash - fees[-1]
            case Interest():
                order = _Order.of(line.to, tranches)
                paid, cash, reserve = _draw(order, order.mask * unpaid, cash, reserve, line.from_reserve, True)
                interest, unpaid = interest + paid, unpaid - paid
            case Principal():
                order = _Order.of(line.to, tranches)
                due, passed = _due(line, order, left, scheduled, passed)
                due = jnp.where(rapid, due, 0.0) if line.when == "rapid" else due
                kept = quantize((1.0 - line.share) * cash)
                paid, cash, reserve = _draw(order, due, cash - kept, reserve, line.from_reserve, line.in_proportion)
                cash = cash + kept
                principal, left = principal + paid, left - paid
                scheduled = jnp.maximum(scheduled - paid, 0.0)
            case Fill():
                target = jnp.where((left.sum(axis=0) > 0) & ~now.last, quantize(line.periods * service), 0.0)
                moved = jnp.clip(target - reserve, -reserve, cash)
                reserve, cash = reserve + moved, cash - moved
            case Trap():
                held = (cover < line.below) & ~rapid & ~now.last & (left.sum(axis=0) > 0)
                cash, trapped = jnp.where(held, 0.0, cash + trapped), jnp.where(held, cash + trapped, 0.0)
            case Rest():
                rest, cash = rest + cash, jnp.zeros_like(cash)
    trapped = trapped + cash  # a waterfall without a last line keeps it
    paid_fees = jnp.stack(fees) if fees else owed_fees
    growth = state.growth * (1.0 + rate * now.years)
    years = state.years + now.years
    state = _State(
        left=left,
        unpaid=unpaid,
        owed_fees=owed_fees - paid_fees,
        reserve=reserve,
        trapped=trapped,
        value=state.value + (interest + principal) / growth,
        growth=growth,
        weighted=state.weighted + years * principal,
        repaid=state.repaid + principal,
        missed=state.missed | (unpaid > 0),
        years=years,
    )
    return state, History(interest, principal, left, unpaid, paid_fees, rest, reserve, trapped, cover, rapid)


@dataclass(frozen=True, slots=True)
class _Order:
    """Which classes a line pays and who stands before whom, as numbers that multiply all rows at once."""

    mask: Float[Array, "tranche 1"]
    before: Float[Array, "tranche tranche"]
    """1 where the column's class is paid before the row's."""

    @classmethod
    def of(cls, names: Sequence[str], tranches: Sequence[Tranche]) -> _Order:
        place = [names.index(one.name) if one.name in names else -1 for one in tranches]
        before = [[float(0 <= other < own) for other in place] for own in place]
        return cls(jnp.asarray([[float(own >= 0)] for own in place]), jnp.asarray(before))


def _due(line: Principal, order: _Order, left: _Rows, scheduled: _Rows, passed: _Path) -> tuple[_Rows, _Path]:
    """What the line owes each class, and what is left of the pool's principal to pass on."""
    if line.of != "collected":
        return order.mask * (left if line.of == "all" else scheduled), passed
    due = _split(order, order.mask * left, passed, line.in_proportion)
    return due, passed - due.sum(axis=0)


def _draw(
    order: _Order, due: _Rows, cash: _Path, reserve: _Path, from_reserve: bool, in_proportion: bool
) -> tuple[_Rows, _Path, _Path]:
    """What each is paid, and what is left in cash and reserve."""
    paid = _split(order, due, cash + reserve if from_reserve else cash, in_proportion)
    total = paid.sum(axis=0)
    by_cash = jnp.minimum(total, cash)
    return paid, cash - by_cash, reserve - (total - by_cash)


def _split(order: _Order, due: _Rows, available: _Path, in_proportion: bool) -> _Rows:
    """`min(available, due)` in whole quanta: in order, or in proportion; there a quantum a class may stay behind."""
    before = order.before @ due
    if in_proportion:
        total = due.sum(axis=0)
        part = jnp.minimum(jnp.where(total > 0, available / jnp.where(total > 0, total, 1.0), 0.0), 1.0)
        return jnp.minimum(quantize((before + due) * part) - quantize(before * part), due)
    return jnp.clip(available - before, 0.0, due)
