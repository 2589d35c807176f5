"""What every shock is: a verb of the language with its keys, and what each key may name."""

from __future__ import annotations

import ast
import inspect
from enum import Enum
from functools import cache
from itertools import pairwise
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field, GetCoreSchemaHandler, ValidationInfo
from pydantic_core import core_schema

from ouroloop.core import Quarter
from ouroloop.dossier.models.record import Line, Record, refusal
from ouroloop.scenario.magnitude import Magnitude


class Role(Enum):
    """Whom or what the text of a key names, so that it can be looked up in the dossier."""

    FIRM = "a firm with books of its own"
    PARTY = "a firm or an outside sector"
    CUSTOMERS = "a group of outside customers"
    GUARANTOR = "who can make a guarantee in a scenario"
    DEAL = "a deal, or one of its tranches as deal#tranche"


Firm = Annotated[Line, Role.FIRM]
Party = Annotated[Line, Role.PARTY]
Customers = Annotated[Line, Role.CUSTOMERS]
Guarantor = Annotated[Line, Role.GUARANTOR]
DealName = Annotated[Line, Role.DEAL]
Firms = Annotated[tuple[Line, ...], Role.FIRM, Field(min_length=1)]


def parse_quarter(given: Any) -> Quarter:
    """`2027-Q1`; raises the refusal `bad-quarter`."""
    if isinstance(given, Quarter):
        return given
    if given == "":
        raise refusal("empty-value", "this key has no value")
    try:
        return Quarter.parse(str(given))
    except ValueError:
        shown = str(given) if len(str(given)) <= 60 else f"{str(given)[:59]}…"
        raise refusal("bad-quarter", f"'{shown}' is not a quarter; write 2027-Q1") from None


class _QuarterType:
    """Teaches pydantic to read a Quarter from its text."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            parse_quarter, serialization=core_schema.to_string_ser_schema()
        )


def _after_start(until: Quarter, info: ValidationInfo) -> Quarter:
    at = info.data.get("at")
    if at is not None and until < at:
        raise refusal("bad-order", f"'until' ({until}) is before 'at' ({at})")
    return until


At = Annotated[Quarter, _QuarterType]
Until = Annotated[Quarter, _QuarterType, AfterValidator(_after_start)]


class Shock(Record):
    """Something that a scenario makes happen in a quarter."""

    verb: ClassVar[str]
    at: At
    """The first quarter in which it holds."""

    @property
    def last(self) -> Quarter | None:
        """The last quarter in which it holds, included; None when it holds to the end."""
        return getattr(self, "until", None)

    def written(self) -> dict[str, Any]:
        """Its keys as they would be written, defaults that say nothing left out."""
        found: dict[str, Any] = {}
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            if value is not None and value != ():
                found[field.alias or name] = value
        return found

    @property
    def magnitudes(self) -> dict[str, Magnitude]:
        """Its magnitudes by key, in the order of its keys."""
        return {key: value for key, value in self.written().items() if isinstance(value, Magnitude)}

    def __str__(self) -> str:
        """`stop_paying: at 2027-Q1, from openai, to oracle, share 1`."""
        parts = (
            f"{key} {' and '.join(value) if isinstance(value, tuple) else value}"
            for key, value in self.written().items()
        )
        return f"{self.verb}: {', '.join(parts)}"


def role_of(model: type[Record], name: str) -> Role | None:
    """What the field's text names; None for numbers and quarters."""
    field = model.model_fields[name]
    found = [one for one in field.metadata if isinstance(one, Role)]
    if not found:
        for inner in getattr(field.annotation, "__args__", ()):
            found += [one for one in getattr(inner, "__metadata__", ()) if isinstance(one, Role)]
    return found[0] if found else None


@cache
def key_docs(model: type[Record]) -> dict[str, str]:
    """The sentence under each field of a record and of its bases, by key, read from the source."""
    found: dict[str, str] = {}
    for owner in reversed(model.__mro__):
        if not issubclass(owner, Record) or owner is Record:
            continue
        (made,) = ast.parse(inspect.getsource(owner)).body
        assert isinstance(made, ast.ClassDef), f"{owner} is no class"
        for field, under in pairwise(made.body):
            match field, under:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(words))):
                    if name in model.model_fields:
                        found[model.model_fields[name].alias or name] = " ".join(words.split())
                case _:
                    pass
    return found
