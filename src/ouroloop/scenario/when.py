"""When does a question say that something happens? The words of time are taken out of it, in English and Chinese."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ouroloop.core import Quarter

_QUARTER = r"(?:(?:19|20)\d\d\s?-?\s?Q[1-4]|Q[1-4]\s?(?:19|20)\d\d)"
_YEAR = r"(?:20\d\d)(?!\s?-?\s?Q?\d|\s*(?:%|percent|bp|basis|bn|billion|times))"
_ANY = rf"(?:{_QUARTER}|{_YEAR})"
_CHINESE = r"(?:20\d\d\s?-?\s?Q[1-4]|20\d\d\s?年(?:第?[一二三四1-4]季度?)?)"
_DIGITS = {"一": 1, "二": 2, "三": 3, "四": 4}

_UNTIL = re.compile(rf",?\s*\b(?:until|till|through|to)\s+(?P<quarter>{_ANY})", re.IGNORECASE)
_AT = re.compile(
    rf",?\s*\b(?:(?:from|in|at|since|starting(?:\s+(?:from|in|at))?|as\s+of)\s+(?P<said>{_ANY})|(?P<bare>{_QUARTER}))"
    r"(?:\s+on(?:wards?)?\b)?",
    re.IGNORECASE,
)
_FOR = re.compile(r",?\s*\b(?<!last )(?<!delayed )for\s+(?P<count>\d{1,3})\s+(?P<unit>quarter|year)s?\b", re.IGNORECASE)
_UNTIL_ZH = re.compile(rf"[,，]?\s*(?:直?[到至])\s*(?P<quarter>{_CHINESE})\s*(?:为止|為止|止)?")
_AT_ZH = re.compile(rf"(?:从|從|自|在|于|於)?\s*(?P<said>{_CHINESE})\s*(?:起|开始|開始|以后|以後|时|時)?[,，]?")
_FOR_ZH = re.compile(r"[,，]?\s*(?:持续|持續|为期|為期)\s*(?P<count>\d{1,3})\s*(?:个|個)?(?P<unit>季度?|年)")


@dataclass(frozen=True, slots=True)
class Said:
    """A question without its words of time, and what these said."""

    rest: str
    at: Quarter | None
    until: Quarter | None
    quarters: int | None
    """How long, where that was said instead of until when."""

    def span(self, first: Quarter) -> tuple[Quarter, Quarter | None]:
        """First and last quarter; without a word on it from `first` on and to the end."""
        at = self.at or first
        return at, at + (self.quarters - 1) if self.quarters else self.until


def without_time(text: str, *, chinese: bool = False) -> Said:
    """Take the words of time of one language out of a clause.

    `credit closes in 2027-Q2 for 4 quarters` leaves `credit closes`. A year is its first quarter where something
    begins and its last where something ends.
    """
    rest, until = _take(text, _UNTIL_ZH if chinese else _UNTIL, "quarter")
    rest, count, unit = _length(rest, _FOR_ZH if chinese else _FOR)
    rest, at = _take(rest, _AT_ZH if chinese else _AT, "said", "bare")
    length = None if count is None else count * (4 if unit in ("year", "年") else 1)
    return Said(
        " ".join(rest.split()).strip(" ,，"),
        None if at is None else _quarter(at, last=False),
        None if until is None else _quarter(until, last=True),
        length,
    )


def _take(text: str, pattern: re.Pattern[str], *groups: str) -> tuple[str, str | None]:
    match = pattern.search(text)
    if match is None:
        return text, None
    said = next(found for name in groups if (found := match.groupdict().get(name)))
    return f"{text[: match.start()]} {text[match.end() :]}", said


def _length(text: str, pattern: re.Pattern[str]) -> tuple[str, int | None, str]:
    match = pattern.search(text)
    if match is None or int(match["count"]) == 0:
        return text, None, ""
    return f"{text[: match.start()]} {text[match.end() :]}", int(match["count"]), match["unit"].casefold()


def _quarter(said: str, *, last: bool) -> Quarter:
    year = re.search(r"(?:19|20)\d\d", said)
    assert year is not None, f"no year in '{said}'"
    other = said.replace(year.group(), "", 1)
    part = re.search(r"[1-4一二三四]", other)
    if part is None:
        return Quarter(int(year.group()), 4 if last else 1)
    return Quarter(int(year.group()), _DIGITS.get(part.group()) or int(part.group()))
