"""The scenario language: what a file may say, and the scenario that it means."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field

from ouroloop.core import Place, Quarter
from ouroloop.dossier.models.record import Day, Id, Line, Record, Text
from ouroloop.scenario.magnitude import Magnitude
from ouroloop.scenario.shock import Shock

if TYPE_CHECKING:
    from datetime import date

    from ouroloop.dossier import Assumption, Dossier

MAX_HORIZON = 80
HORIZON, PATHS, SEED = 40, 2000, 0


def _in_all_languages(given: Any) -> Any:
    """A plain line stands for itself in every language."""
    return {"en": given, "zh-Hans": given, "zh-Hant": given} if isinstance(given, str) and given else given


Words = Annotated[Text, BeforeValidator(_in_all_languages)]

Horizon = Annotated[int, Field(ge=1, le=MAX_HORIZON)]


class ScenarioFile(Record):
    """One scenario: a dossier, a date, what is assumed and what happens."""

    scenario: Id
    """Its name."""
    title: Words
    """What it is called: one line, or one for each of en, zh-Hans and zh-Hant."""
    about: Words
    """One plain sentence: why it is of interest."""
    dossier: Line | None = None
    """A bundled dossier's name, or a folder (from this file on); required unless the base has it."""
    as_of: Day | None = None
    """Open the books with what was known on this day; without it, on the dossier's own."""
    horizon: Horizon | None = None
    """Simulated quarters, 1 to 80, from the quarter after the one of `as_of`; without it, 40."""
    paths: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    """How many courses of chance; without it, 2000."""
    seed: Annotated[int, Field(ge=0, lt=2**32)] | None = None
    """Which courses; the same seed gives the same. Without it, 0."""
    base: Line | None = None
    """A scenario to start from, by name or file: what it assumes and imposes holds too, this file's word last."""
    assume: dict[str, Magnitude] = Field(default_factory=dict[str, Magnitude])
    """Assumptions of the dossier, by id, with another value or range."""
    shocks: tuple[dict[str, Any], ...] = ()
    """What happens, each with a verb."""


@dataclass(frozen=True)
class Scenario:
    """A scenario that was read and fits its dossier: names are ids of members and sectors, quarters are simulated."""

    id: str
    title: Text
    about: Text
    dossier: Dossier
    """As known on the day on which the books open."""
    horizon: int
    paths: int
    seed: int
    assume: Mapping[str, Magnitude]
    """What is assumed instead of the dossier's own value or range, by id of the assumption."""
    shocks: tuple[Shock, ...]
    """What happens: those of the base first."""
    bases: tuple[str, ...] = ()
    """The scenarios that it starts from, nearest first."""
    shock_places: tuple[Place, ...] = field(default=(), compare=False)
    """Where the first of `shocks` stand in files; those that were added later stand in none."""
    assume_places: Mapping[str, Place] = field(default_factory=dict[str, Place], compare=False)

    @property
    def as_of(self) -> date:
        """The day on which the books open."""
        return self.dossier.date

    @property
    def first_quarter(self) -> Quarter:
        """The first that is simulated: the one after that of `as_of`."""
        return first_simulated(self.as_of)

    @property
    def last_quarter(self) -> Quarter:
        return self.first_quarter + (self.horizon - 1)

    @property
    def assumptions(self) -> Mapping[str, Assumption]:
        """Every assumption known on the day, with this scenario's values in place of the dossier's."""
        return {
            name: self.assume[name].over(row) if name in self.assume else row
            for name, row in self.dossier.assumptions.items()
        }

    @property
    def scenario_hash(self) -> str:
        """Sixteen hex digits that are equal where the same is simulated: no name, word, comment or spelling counts.

        It covers the dossier's name and day, horizon, paths, seed, what is assumed and what happens, in order. It does
        not cover what the dossier says (that has its own hash).
        """
        said = {
            "dossier": self.dossier.header.id,
            "as_of": self.as_of.isoformat(),
            "horizon": self.horizon,
            "paths": self.paths,
            "seed": self.seed,
            "assume": {name: _plain(self.assume[name]) for name in sorted(self.assume)},
            "shocks": [{"verb": one.verb} | {k: _plain(v) for k, v in one.written().items()} for one in self.shocks],
        }
        text = json.dumps(said, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def also(self, *shocks: Shock) -> Scenario:
        """The same scenario with more shocks."""
        return replace(self, shocks=(*self.shocks, *shocks))


def first_simulated(day: date) -> Quarter:
    """The quarter after that of a day."""
    return Quarter.of(day) + 1


def _plain(value: Any) -> Any:
    if isinstance(value, Magnitude):
        parts = {"value": float(value.value), "low": value.low, "high": value.high}
        return {"distribution": value.distribution} | {k: float(v) for k, v in parts.items() if v is not None}
    if isinstance(value, tuple):
        return [str(one) for one in value]  # pyright: ignore[reportUnknownVariableType]
    return str(value)
