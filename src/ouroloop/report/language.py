"""The three languages of the product: messages, plurals, numbers, money, dates and names.

Messages are whole English sentences with named placeholders; the catalogs in `ouroloop/locales` are read as plain
`.po` files when first needed, so nothing compiled is kept and English needs no catalog. Mainland and Taiwan Chinese
are two translations, not one script converted.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from ouroloop.core import BadInput, Place, Problem, Quarter, nearest

CODES = ("en", "zh-Hans", "zh-Hant")
_ALSO = {
    "zh": "zh-Hans",
    "zh-cn": "zh-Hans",
    "zh-sg": "zh-Hans",
    "zh-tw": "zh-Hant",
    "zh-hk": "zh-Hant",
    "en-us": "en",
    "en-gb": "en",
}

Rounding = Literal["nearest", "down", "up"]


def language_code(text: str) -> str:
    """Which of the three languages is meant? `zh_TW`, `zh-Hant` and `ZH-hant` are the same; BadInput otherwise."""
    plain = text.strip().replace("_", "-").casefold().partition(".")[0]
    by_name = {code.casefold(): code for code in CODES} | _ALSO
    if plain not in by_name:
        message = f"there is no report in the language '{text}'"
        hint = nearest(plain, list(by_name)) or "use one of " + ", ".join(CODES)
        raise BadInput([Problem(Place("language"), "unknown-language", message, hint)])
    return by_name[plain]


def mark(message: str) -> str:
    """Name a message for the catalogs where it is defined; `Language.text` translates it where it is used."""
    return message


@cache
def catalog(code: str) -> dict[str, str | tuple[str, ...]]:
    """The messages of a catalog: English -> translation (a pair of English forms has a tuple of plurals)."""
    from babel.messages.pofile import read_po

    path = files("ouroloop").joinpath("locales", code.replace("-", "_"), "LC_MESSAGES", "ouroloop.po")
    with path.open("rb") as stream:
        read = read_po(stream, locale=code.replace("-", "_"))
    messages: dict[str, str | tuple[str, ...]] = {}
    for message in read:
        if message.id and not message.fuzzy:
            key = message.id if isinstance(message.id, str) else message.id[0]
            shown = message.string
            messages[key] = shown if isinstance(shown, str) else tuple(str(form) for form in shown or ())
    return messages


class Language:
    """One language, with everything that a sentence, a table or a chart needs from it.

    With `units` amounts are bare units of a thought experiment, not USD bn.

    >>> Language("en").text("{name} owes {amount}", name="A", amount=Language("en").money(4.13))
    'A owes USD 4.1bn'
    """

    def __init__(self, code: str = "en", units: bool = False) -> None:
        self.code = language_code(code)
        self.units = units
        self.chinese = self.code != "en"
        self._messages = catalog(self.code) if self.chinese else {}

    # -- messages ---------------------------------------------------------------------------------------------

    def text(self, message: str, **values: object) -> str:
        """The message in this language, its placeholders filled in."""
        found = self._messages.get(message, message)
        pattern = found if isinstance(found, str) else found[0]
        return (pattern or message).format(**values) if values else (pattern or message)

    def plural(self, one: str, many: str, count: int, **values: object) -> str:
        """The message in the form that `count` asks for. Chinese has one form."""
        found = self._messages.get(one)
        found = found if isinstance(found, str) or found is None else found[0]
        pattern = found or (one if count == 1 else many)
        return pattern.format(count=self.number(count, 0), **values)

    def name(self, thing: Any) -> str:
        """The name of an entity or a Text in this language."""
        text = getattr(thing, "names", thing)
        return str(getattr(text, {"en": "en", "zh-Hans": "zh_hans", "zh-Hant": "zh_hant"}[self.code]))

    def join(self, items: Iterable[str]) -> str:
        """A list inside a sentence: `a, b, c` or `a、b、c`."""
        return ("、" if self.chinese else ", ").join(items)

    # -- numbers ----------------------------------------------------------------------------------------------

    def number(self, value: float, decimals: int = 1, rounding: Rounding = "nearest") -> str:
        """A number with a fixed number of decimals and thousands separated; `∞` where it has no end."""
        if math.isinf(value):
            return "∞" if value > 0 else "−∞"
        scale = 10.0**decimals
        if rounding != "nearest":
            # A bound keeps its meaning when shortened: a floor goes down, a ceiling up (but not for float dust).
            snapped = round(value * scale, 6)
            value = (math.floor(snapped) if rounding == "down" else math.ceil(snapped)) / scale
        shown = f"{value:,.{decimals}f}"
        if float(shown.replace(",", "")) == 0:
            shown = shown.lstrip("-")
        return shown.replace("-", "−")

    def amount(self, usd_bn: float, rounding: Rounding = "nearest") -> str:
        """A sum of money as a bare number in the unit of `money_unit`.

        One decimal of a bn; below one bn, two.
        """
        if self.units:
            return self.number(usd_bn, 0 if float(usd_bn).is_integer() else 1, rounding)
        if usd_bn == 0:
            return "0"
        small = 0 < abs(usd_bn) < 0.95
        if self.chinese:
            return self.number(usd_bn * 10, 1 if small else 0, rounding)
        return self.number(usd_bn, 2 if small else 1, rounding)

    @property
    def money_unit(self) -> str:
        """The unit of every money column: bn USD, or 亿美元 (a tenth of that), as each press writes it."""
        if self.units:
            return self.text("units")
        return {"en": "USD bn", "zh-Hans": "亿美元", "zh-Hant": "億美元"}[self.code]

    def money(self, usd_bn: float, rounding: Rounding = "nearest") -> str:
        """A sum of money inside a sentence: `USD 17.2bn`, `USD 485bn`, `172亿美元`, `172億美元`."""
        amount = self.amount(usd_bn, rounding).removesuffix(".0")
        if self.units:
            return amount
        if amount == "0":
            return {"en": "USD 0", "zh-Hans": "0美元", "zh-Hant": "0美元"}[self.code]
        return f"{amount}{self.money_unit}" if self.chinese else f"USD {amount}bn"

    def share(self, share: float) -> str:
        """A share of one as a percentage, whole percents; what is small but not nothing says so."""
        if 0 < share < 0.005:
            return "<1%"
        return f"{self.number(share * 100, 0)}%"

    def ratio(self, value: float) -> str:
        """A ratio of two amounts: `3.6×`."""
        return f"{self.number(value, 1 if abs(value) >= 1 else 2)}×"

    # -- time -------------------------------------------------------------------------------------------------

    def date(self, day: date) -> str:
        """A day: `1 October 2026`, `2026年10月1日`."""
        if self.chinese:
            return f"{day.year}年{day.month}月{day.day}日"
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"

    def quarter(self, quarter: Quarter) -> str:
        """A quarter: `2025-Q3`, `2025年第3季`."""
        if self.chinese:
            return f"{quarter.year}年第{quarter.number}{'季度' if self.code == 'zh-Hans' else '季'}"
        return str(quarter)

    def period(self, first: Quarter, last: Quarter) -> str:
        """A span of quarters; whole calendar years are named as such."""
        if first.number == 1 and last.number == 4:
            years = f"{first.year}" if first.year == last.year else f"{first.year}–{last.year}"
            return f"{years}年" if self.chinese else years
        return self.text("{first} to {last}", first=self.quarter(first), last=self.quarter(last))

    def when(self, text: str) -> str:
        """A date as its source gave it; these forms are ISO and the same in every language."""
        return text


_MONTHS: Sequence[str] = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
