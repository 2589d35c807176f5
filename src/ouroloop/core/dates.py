"""Dates as sources give them (a day, month, quarter, half or year) and the calendar quarter of the books."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import total_ordering

_FORMS = re.compile(
    r"(?P<year>\d{4})(?:-?(?:Q(?P<quarter>[1-4])|H(?P<half>[12]))|-(?P<month>\d{2})(?:-(?P<day>\d{2}))?)?",
    re.ASCII,
)


@total_ordering
@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date no more precise than its source: `2025-09-10`, `2025-09`, `2025-Q3`, `2026-H2` or `2025`.

    `first` and `last` are the days it may mean. What became known on a partial date counts as known from `last`
    on, so that nothing is ever seen too early.
    """

    text: str
    first: date
    last: date

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Read one of the five forms; raises ValueError with the forms on anything else."""
        match = _FORMS.fullmatch(text.strip())
        if not match:
            raise ValueError(f"'{text}' is not a date (use 2025-09-10, 2025-09, 2025-Q3, 2026-H2 or 2025)")
        year, part = int(match["year"]), match.groupdict()
        if part["day"]:
            first = last = _day(year, int(part["month"]), int(part["day"]), text)
        else:
            if part["month"]:
                start, months = int(part["month"]), 1
            elif part["quarter"]:
                start, months = 3 * int(part["quarter"]) - 2, 3
            elif part["half"]:
                start, months = 6 * int(part["half"]) - 5, 6
            else:
                start, months = 1, 12
            first = _day(year, start, 1, text)
            end = start + months - 1
            last = date(year, end, monthrange(year, end)[1])
        return cls(match.group(), first, last)

    def __str__(self) -> str:
        return self.text

    def __lt__(self, other: PartialDate) -> bool:
        return (self.first, self.last) < (other.first, other.last)


def _day(year: int, month: int, day: int, text: str) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise ValueError(f"'{text}' is not a day of the calendar ({error})") from None


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A calendar quarter, the step of the books. `Quarter(2025, 3)` prints as `2025-Q3`."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= 4:
            raise ValueError(f"a year has quarters 1 to 4, not {self.number}")

    @classmethod
    def parse(cls, text: str) -> Quarter:
        match = re.fullmatch(r"([0-9]{4})-?Q([1-4])", text.strip())
        if not match:
            raise ValueError(f"'{text}' is not a quarter (use 2025-Q3)")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> Quarter:
        return cls(day.year, (day.month - 1) // 3 + 1)

    @classmethod
    def from_ordinal(cls, ordinal: int) -> Quarter:
        return cls(ordinal // 4, ordinal % 4 + 1)

    @property
    def ordinal(self) -> int:
        """Quarters since year 0, so that differences are numbers of quarters."""
        return 4 * self.year + self.number - 1

    @property
    def first_day(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last_day(self) -> date:
        month = 3 * self.number
        return date(self.year, month, monthrange(self.year, month)[1])

    def __add__(self, quarters: int) -> Quarter:
        return Quarter.from_ordinal(self.ordinal + quarters)

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"


def quarters_between(first: Quarter, last: Quarter) -> list[Quarter]:
    """Every quarter from `first` to `last`, both included; empty when `last` is earlier."""
    return [Quarter.from_ordinal(n) for n in range(first.ordinal, last.ordinal + 1)]
