"""What does the failure of a firm cost others? Each firm is made to default, one at a time, on the same paths."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from ouroloop.core import Quarter
from ouroloop.economy.track import MEMBER_MEASURES, Track
from ouroloop.experiment.losses import PassedOn
from ouroloop.scenario.build import build
from ouroloop.scenario.effect import can_fail
from ouroloop.scenario.frame import Frame
from ouroloop.scenario.verbs import Default

if TYPE_CHECKING:
    from ouroloop.experiment.runnable import Economy
    from ouroloop.scenario.language import Scenario

BATCH = 256
"""Paths simulated at once."""
_DEFAULTED = list(MEMBER_MEASURES).index("defaulted")


@dataclass(frozen=True)
class Impact:
    """What others lose because a firm fails, USD bn, beyond what happens otherwise; means of the paths."""

    firm: str
    outside: float
    """Net loss of all outside holders: claims, and the fall of shares."""
    error: float
    """Standard error of it, of chance alone."""
    shares: float
    """Of `outside`, the fall of shares."""
    by_holder: Mapping[str, float]
    """`outside` by final holder."""
    others_fail: float
    """How many other firms fail more than otherwise; below 0 where the failure of one spares others."""

    @property
    def claims(self) -> float:
        return self.outside - self.shares


def failing_firms(base: Scenario) -> tuple[str, ...]:
    """Whose failure can be asked about: every firm with a business of its own, no vehicle."""
    world = build(base, 0, 1).world
    aside = {vehicle.member for vehicle in world.vehicles}
    matters = can_fail(world) - aside
    return tuple(
        name for name, passive in zip(world.members, world.passive, strict=True) if not passive and name in matters
    )


def impacts(
    base: Scenario,
    firms: Sequence[str],
    passed_on: PassedOn,
    *,
    at: Quarter,
    quarters: int,
    paths: int,
    done: Callable[[], None] | None = None,
) -> tuple[Impact, ...]:
    """What does each firm's default at `at` cost outside holders in that quarter and the next ones, `quarters` in all?

    One default, everything else as in `base` with the same draws: the difference on each path is what the failure
    brings, directly or through whoever it takes along. The dearest first.
    """
    frame = Frame(base.dossier, base.horizon)
    window = slice(at.ordinal - frame.first.ordinal, at.ordinal - frame.first.ordinal + quarters)
    calm = _seen(base, window, paths)
    found: list[Impact] = []
    for firm in firms:
        given = {"at": str(at), "entity": firm}
        shock = frame.settled(Default.model_validate(given, by_alias=True, by_name=False))
        found.append(_impact(firm, calm, _seen(base.also(shock), window, paths), passed_on))
        if done is not None:
            done()
    return tuple(sorted(found, key=lambda one: -one.outside))


@dataclass(frozen=True, eq=False)
class _Seen:
    lines: tuple[tuple[str, str], ...]
    members: tuple[str, ...]
    losses: Float[np.ndarray, "line path"]
    """In the window."""
    failed: Float[np.ndarray, "member path"]
    """By its end."""


def _seen(scenario: Scenario, window: slice, paths: int) -> _Seen:
    losses, failed = list[np.ndarray](), list[np.ndarray]()
    economy: Economy | None = None
    for first in range(0, paths, BATCH):
        economy = build(scenario, first, min(BATCH, paths - first))
        track: Track = economy.simulate(detail=False)
        losses.append(np.asarray(track.losses)[:, window].sum(axis=1))
        failed.append(np.asarray(track.members)[_DEFAULTED][:, window][:, -1])
    assert economy is not None, "at least one path"
    return _Seen(
        economy.world.losses.lines,
        economy.world.members,
        np.concatenate(losses, axis=1),
        np.concatenate(failed, axis=1),
    )


def _impact(firm: str, calm: _Seen, hit: _Seen, passed_on: PassedOn) -> Impact:
    change = hit.losses - calm.losses
    by_holder: dict[str, float] = {}
    outside, shares = np.zeros(change.shape[1]), np.zeros(change.shape[1])
    for row, (entity, how) in enumerate(calm.lines):
        if entity in calm.members:
            continue
        outside += change[row]
        shares += change[row] * (how == "shares")
        for holder, part in passed_on.get(entity, {entity: 1.0}).items():
            by_holder[holder] = by_holder.get(holder, 0.0) + part * float(change[row].mean())
    others = np.array([name != firm for name in calm.members])
    more = (hit.failed - calm.failed)[others].sum(axis=0)
    return Impact(
        firm,
        float(outside.mean()),
        float(outside.std() / math.sqrt(outside.size)),
        float(shares.mean()),
        by_holder,
        float(more.mean()),
    )
