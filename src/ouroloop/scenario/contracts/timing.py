"""When does the money of a tranche move, seen from the opening quarter?"""

from __future__ import annotations

from ouroloop.core import Tier
from ouroloop.dossier.days import Days
from ouroloop.scenario.contracts.bounded import Sum
from ouroloop.scenario.contracts.given import Given
from ouroloop.scenario.contracts.kinds import Kind
from ouroloop.scenario.contracts.payments import Horizon, Payments, Timing


def payments(horizon: Horizon, given: Given, counted: Sum, kind: Kind, *, pending: bool) -> Payments:
    """The amount and its quarters.

    The tranche's own schedule, evenly by the day. Without one, a promise that binds runs from the first quarter of the
    horizon, a pending one from when such promises are decided; both as long as their kind does. What falls due in a bad
    state only has no day. A pending promise of "up to 100" is one of 100 if it comes: that nothing of it binds yet is
    what its chance says.
    """
    amount = counted.amount
    assert amount is not None, f"{counted.standing.deal.id} has no amount"
    assert amount.bounded, f"{counted.standing.deal.id} has an open amount"
    low = counted.point if pending and amount.low == 0 else amount.low
    if kind == "guarantees":
        return horizon.never(low, counted.point, amount.high)
    days, timing = days_of(horizon, given, counted, kind, pending=pending)
    return horizon.pay(low, max(low, counted.point), amount.high, days, timing, pending=pending)


def days_of(horizon: Horizon, given: Given, counted: Sum, kind: Kind, *, pending: bool) -> tuple[Days, Timing]:
    """The days over which it moves, and who says so."""
    schedule = counted.standing.tranche.schedule
    if schedule is not None:
        return Days.between(schedule.first, schedule.last), schedule.basis
    if counted.standing.tier is Tier.PAID:  # no later day was given, so it was all paid by the dossier's date
        day = counted.standing.deal.known.last
        return Days.between(day, day), "reported"
    years = {
        "cloud": given.purchase_years,
        "orders": given.purchase_years,
        "leases": given.lease_years,
        "debts": given.drawing_years,
    }
    over = years.get(kind, given.funding_years)
    return horizon.from_start(given.decided_after_years if pending else 0.0, over), "unsaid"
