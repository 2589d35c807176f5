"""Days on which money moves: weekends are holidays, as the standard model of credit default swaps has it."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
_FRIDAY = 4


def following(day: date) -> date:
    """The day itself, or the Monday after."""
    while day.weekday() > _FRIDAY:
        day += ONE_DAY
    return day


def modified_following(day: date) -> date:
    """The day itself, or the Monday after, or the Friday before where that Monday is in another month."""
    moved = following(day)
    if moved.month == day.month:
        return moved
    while day.weekday() > _FRIDAY:
        day -= ONE_DAY
    return day


def after(day: date, business_days: int) -> date:
    """So many business days later."""
    for _ in range(business_days):
        day = following(day + ONE_DAY)
    return day


def months_later(day: date, months: int) -> date:
    """The same day of another month, or its last one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def years(first: date, last: date) -> float:
    """Actual/365 fixed."""
    return (last - first).days / 365.0


def days_30_360(first: date, last: date) -> int:
    """Days between two dates where every month has 30: the bond basis of the United States."""
    d1 = min(first.day, 30)
    d2 = 30 if last.day == 31 and d1 == 30 else last.day
    return 360 * (last.year - first.year) + 30 * (last.month - first.month) + d2 - d1
