"""Does what a shock names exist, and is its quarter simulated? Names of any language become ids of who keeps books."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pydantic_core import PydanticCustomError

from ouroloop.core import BadInput, Quarter, nearest
from ouroloop.dossier.folder import printable
from ouroloop.dossier.streams import OUTSIDE_CUSTOMERS
from ouroloop.scenario.axes import GOVERNMENT, OTHER_CUSTOMERS, Axes, axes
from ouroloop.scenario.language import first_simulated
from ouroloop.scenario.shock import Role, Shock, parse_quarter, role_of

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier
    from ouroloop.dossier.marks import Loc

_QUARTERS = ("at", "until")


@dataclass(frozen=True)
class Finding:
    """Something wrong at a key of a shock, without its place."""

    loc: Loc
    code: str
    message: str
    hint: str = ""


class Unfit(Exception):  # noqa: N818  carries a finding from a look-up to whoever knows the place
    """A name that cannot stand where it stands."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        self.code, self.message, self.hint = code, message, hint
        super().__init__(message)


@dataclass(frozen=True)
class Frame:
    """What shocks must fit: a dossier as of the opening day, and how many quarters are simulated."""

    dossier: Dossier
    horizon: int | None
    """None where it could not be read: then no quarter is outside it."""

    @cached_property
    def axes(self) -> Axes:
        return axes(self.dossier)

    @property
    def first(self) -> Quarter:
        return first_simulated(self.dossier.date)

    def id_of(self, role: Role, name: str) -> str:
        """The id of the member, sector or deal that a name means. Raises Unfit."""
        if role is Role.DEAL:
            return self._deal(name)
        if role is Role.CUSTOMERS:
            return self._customers(name)
        home = name if name in self.axes.sectors else self._home(name)
        if role is Role.GUARANTOR and home != GOVERNMENT:
            message = f"'{printable(name)}' cannot guarantee in a scenario: what firms guarantee stands in their deals."
            raise Unfit("bad-choice", message, f"the guarantor may be '{GOVERNMENT}'")
        if role is Role.FIRM and home in self.axes.sectors:
            message = f"'{printable(name)}' is booked as '{home}', an outside sector and no firm."
            raise Unfit("not-a-firm", message, "name a firm of the dossier")
        return home

    def findings(self, model: type[Shock], given: Mapping[str, Any]) -> Iterator[Finding]:
        """Names that mean nothing or nobody, quarters that are not simulated; what has no form at all is left out."""
        for field, info in model.model_fields.items():
            key = info.alias or field
            value = given.get(key)
            role = role_of(model, field)
            if role is not None:
                many = isinstance(value, list)
                for number, name in enumerate(value if isinstance(value, list) else [value]):
                    if isinstance(name, str) and name.strip():
                        try:
                            self.id_of(role, name.strip())
                        except Unfit as unfit:
                            loc = (key, number) if many else (key,)
                            yield Finding(loc, unfit.code, unfit.message, unfit.hint)
            elif key in _QUARTERS and isinstance(value, (str, Quarter)):
                yield from self._time(key, value)

    def settled(self, shock: Shock) -> Shock:
        """The shock with ids for its names. Raises Unfit where two of them turn out to be one."""
        own: dict[str, Any] = {}
        for field in type(shock).model_fields:
            role, value = role_of(type(shock), field), getattr(shock, field)
            if role is None or value is None:
                continue
            if isinstance(value, tuple):
                own[field] = tuple(dict.fromkeys(self.id_of(role, str(name)) for name in value))  # pyright: ignore[reportUnknownVariableType]
            else:
                own[field] = self.id_of(role, value)
        for one, other in (("payer", "payee"), ("investor", "issuer")):
            if own.get(one) is not None and own.get(one) == own.get(other):
                names = f"'{getattr(shock, one)}' and '{getattr(shock, other)}'"
                raise Unfit("one-of", f"{names} keep the same books: '{own[one]}'.", "name two different parties")
        return shock.model_copy(update=own)

    def _customers(self, name: str) -> str:
        payers = {sector for sector, sponsor in self.axes.sectors.items() if sponsor == OUTSIDE_CUSTOMERS}
        known = [sector for sector in self.axes.sectors if sector in payers | {OTHER_CUSTOMERS}]
        if name not in known:
            message = f"'{printable(name[:80])}' is no group of outside customers."
            raise Unfit("not-customers", message, nearest(name, known) or f"use one of: {', '.join(known)}")
        return name

    def _home(self, name: str) -> str:
        try:
            entity = self.dossier.entity(name)
        except BadInput as error:
            (problem,) = error.problems
            hint = problem.hint or nearest(name, list(self.axes.sectors))
            raise Unfit(problem.code, problem.message, hint) from None
        home = self.axes.booked_at(entity.id)
        if home is None:
            message = f"'{entity.id}' keeps no books: it is a published total, or a group of firms that have their own."
            raise Unfit("no-books", message, "name its firms")
        return home

    def _deal(self, name: str) -> str:
        deal, _, tranche = name.partition("#")
        known = self.dossier.deals
        if deal not in known:
            message = f"No deal '{printable(deal[:80])}' was known on {self.dossier.date}."
            raise Unfit("unknown-deal", message, nearest(deal, list(known)) or "list them with: ouroloop deals")
        tranches = [one.id for one in known[deal].tranches]
        if tranche and tranche not in tranches:
            message = f"The deal '{deal}' has no tranche '{printable(tranche[:80])}'."
            raise Unfit("unknown-deal", message, nearest(tranche, tranches) or f"its tranches: {', '.join(tranches)}")
        return name

    def _time(self, key: str, value: str | Quarter) -> Iterator[Finding]:
        try:
            quarter = parse_quarter(value)
        except PydanticCustomError:
            return
        late = self.horizon is not None and quarter > self.first + (self.horizon - 1)
        if late or quarter < self.first:
            if self.horizon is None:
                span = f"from {self.first} on"
            else:
                span = f"{self.first} to {self.first + (self.horizon - 1)}"
            side = "after" if late else "before"
            hint = "leave 'until' out to go on to the end" if key == "until" and late else f"simulated: {span}"
            message = f"'{key}' is {quarter}, {side} the quarters that are simulated ({span})."
            yield Finding((key,), "outside-horizon", message, hint)
