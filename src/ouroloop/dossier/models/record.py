"""The base of every record, and the scalars that records are made of: dates, ids, lines, amounts."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    StringConstraints,
)
from pydantic_core import PydanticCustomError, core_schema

from ouroloop.core import PartialDate


class Record(BaseModel):
    """The base of every record: frozen, no unknown keys, finite numbers."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, populate_by_name=True)


def refusal(code: str, message: str) -> PydanticCustomError:
    """What a validator raises: `code` is the name under which the user finds it in docs/errors.md."""
    return PydanticCustomError(code, "{message}", {"message": message})  # pyright: ignore[reportArgumentType]


@lru_cache(maxsize=4096)
def _parse_when(text: str) -> PartialDate:
    return PartialDate.parse(text)


def _when(value: Any) -> PartialDate:
    if isinstance(value, PartialDate):
        return value
    try:
        return _parse_when(str(value))
    except ValueError as error:
        raise refusal("bad-date", str(error)) from None


def _day(value: Any) -> Any:
    """`2025-10-06` and nothing else: pydantic alone would read `0` as the first day of 1970."""
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise refusal("bad-date", f"'{value}' is not a day (use 2025-10-06)")
    return value


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class _PartialDateType:
    """Teaches pydantic to read a PartialDate from its text."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        read = core_schema.no_info_plain_validator_function(_when, serialization=core_schema.to_string_ser_schema())
        text = core_schema.str_schema(pattern=r"^\d{4}(-?(Q[1-4]|H[12])|-\d{2}(-\d{2})?)?$")
        return core_schema.json_or_python_schema(json_schema=text, python_schema=read)


When = Annotated[PartialDate, _PartialDateType]
Day = Annotated[date, BeforeValidator(_day)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]{0,79}$")]
ConceptName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,79}$")]
"""A word of the vocabulary of figures (`operating_cash_flow`, `direct_customer_share.a`), see concepts.py."""
Line = Annotated[str, StringConstraints(min_length=1, max_length=600, strip_whitespace=True)]
Amount = Annotated[float, Field(ge=0, le=1e6)]
Number = Annotated[float, Field(ge=-1e9, le=1e9)]


def _not_before_1600(when: PartialDate) -> PartialDate:
    if when.first.year < 1600:
        raise refusal("bad-date", f"the year of '{when}' is before 1600")
    return when


Known = Annotated[When, AfterValidator(_not_before_1600)]


class Text(Record):
    """One text in the three languages of the product."""

    en: Line
    zh_hans: Line = Field(alias="zh-Hans")
    zh_hant: Line = Field(alias="zh-Hant")

    def for_language(self, language: str) -> str:
        """The text in `en`, `zh-Hans` or `zh-Hant`."""
        return {"en": self.en, "zh-Hans": self.zh_hans, "zh-Hant": self.zh_hant}[language]
