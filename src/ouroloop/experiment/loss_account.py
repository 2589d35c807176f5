"""Who ends up with the loss: what a scenario costs whom beyond what happens otherwise, path by path."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from ouroloop.contagion.stages import STAGES, furthest
from ouroloop.economy.losses import DESTROYED, GROSS, HOW

if TYPE_CHECKING:
    from ouroloop.experiment.read import Run

PassedOn = Mapping[str, Mapping[str, float]]
"""Of whoever holds for others, which part of its losses is whose: parts of each add up to 1."""


@dataclass(frozen=True, slots=True)
class Loss:
    """What a holder loses more in the second run than in the first over all quarters, USD bn; a gain is negative."""

    holder: str
    inside: bool
    """Is it a firm of the loop? Its owners and lenders lose by their shares and claims, not once more by this."""
    gross: float
    """Claims written down, and paid for others."""
    net: float
    """After what swaps, guarantors and sellers brought, with the fall of shares held."""
    shares: float
    """Of `net`, the fall of the price of shares."""
    error: float
    """Standard error of `net`, of chance alone."""
    by_quarter: Float[np.ndarray, " quarter"]
    """`net` so far, mean of the paths."""


@dataclass(frozen=True, slots=True)
class Stage:
    """How often and when a stage of the crash is reached."""

    name: str
    first: float
    """Share of paths of the first run on which its sign is seen."""
    second: float
    median: str
    """The quarter in which it is seen on the middle one of those paths of the second run; "" for never."""
    stops: float
    """Share of paths of the second run on which the cascade passes the stages before, in order, and ends before it."""


@dataclass(frozen=True)
class LossAccount:
    """The losses of the second run beyond those of the first."""

    quarters: tuple[str, ...]
    losses: tuple[Loss, ...]
    """Outside holders, then firms, the largest net loss first."""
    by_way: Mapping[str, tuple[float, float]]
    """For each way of `economy.losses.HOW`: of all outside, of all firms."""
    stages: tuple[Stage, ...]
    whole: float
    """Share of paths of the second run on which the cascade runs through all stages in order."""
    gap: float
    """The most by which net losses of all differ from what was destroyed on any path of either run: 0, or a bug."""

    @property
    def outside(self) -> tuple[Loss, ...]:
        return tuple(row for row in self.losses if not row.inside)

    @property
    def inside(self) -> tuple[Loss, ...]:
        return tuple(row for row in self.losses if row.inside)

    @property
    def destroyed(self) -> float:
        """What all together have less of: plant given up, and the fall of shares."""
        return sum(sum(self.by_way[how]) for how in DESTROYED)

    @property
    def transfers(self) -> float:
        """What went from one to another: adds up to 0."""
        return sum(sum(amounts) for how, amounts in self.by_way.items() if how not in DESTROYED)

    def on_claims(self, rows: Sequence[Loss]) -> float:
        """Net losses without the fall of shares."""
        return sum(row.net - row.shares for row in rows)


def loss_account(first: Run, second: Run, passed_on: PassedOn) -> LossAccount:
    """Who loses more in the second run, how much, by when, and through which stages?

    Both runs must have the same firms and, path by path, the same draws; paths that only one of them has are left out.
    Losses of whoever holds for others (`passed_on`) are those of whom it holds for. Net losses of all, outside and
    inside, are what is destroyed plus transfers that add up to 0, on every path (`gap`).
    """
    assert first.seed == second.seed, "only runs with the same draws differ by the scenario alone"
    one, other = first.losses_by_path, second.losses_by_path
    assert list(one["loss"].values) == list(other["loss"].values), "the runs have other firms"
    count = min(one.sizes["path"], other.sizes["path"])
    entities, ways = one["entity"].values.tolist(), one["how"].values.tolist()
    change = np.asarray(other)[:, :count] - np.asarray(one)[:, :count]
    over_time = np.asarray(second.mean("losses")) - np.asarray(first.mean("losses"))
    members = set(first.members["entity"].values.tolist())
    holders = _passed(entities, passed_on)
    made = [
        _loss(name, name in members, weights, ways, change, over_time)
        for name, weights in holders.items()
        if np.abs(weights @ np.abs(change)).sum() > 0
    ]
    inside = np.array([name in members for name in entities])
    mean = change.mean(axis=1)
    by_way = {
        how: tuple(float(mean[(np.array(ways) == how) & here].sum()) for here in (~inside, inside)) for how in HOW
    }
    return LossAccount(
        first.quarters,
        tuple(sorted(made, key=lambda row: (row.inside, -row.net))),
        {how: (outside, within) for how, (outside, within) in by_way.items()},
        tuple(_stages(first, second)),
        float((_passed_stages(second) == len(STAGES)).mean()),
        max(_gap(np.asarray(run.losses_by_path), ways) for run in (first, second)),
    )


def _passed(entities: Sequence[str], passed_on: PassedOn) -> dict[str, Float[np.ndarray, " line"]]:
    """By final holder: which part of each line is its own."""
    weights: dict[str, np.ndarray] = {}
    for line, entity in enumerate(entities):
        for holder, part in passed_on.get(entity, {entity: 1.0}).items():
            weights.setdefault(holder, np.zeros(len(entities)))[line] += part
    return weights


def _loss(
    name: str,
    inside: bool,
    weights: Float[np.ndarray, " line"],
    ways: Sequence[str],
    change: Float[np.ndarray, "line path"],
    over_time: Float[np.ndarray, "line quarter"],
) -> Loss:
    def of(*names: str) -> Float[np.ndarray, " path"]:
        return (weights * np.array([way in names for way in ways])) @ change

    net = weights @ change
    return Loss(
        name,
        inside,
        float(of(*GROSS).mean()),
        float(net.mean()),
        float(of("shares").mean()),
        float(net.std() / math.sqrt(net.size)),
        np.cumsum(weights @ over_time),
    )


def _gap(losses: Float[np.ndarray, "line path"], ways: Sequence[str]) -> float:
    destroyed = np.array([how in DESTROYED for how in ways])
    return float(np.abs(losses.sum(axis=0) - losses[destroyed].sum(axis=0)).max(initial=0.0))


def _dates(run: Run) -> Float[np.ndarray, "stage path"]:
    """The quarter of each stage's first sign as a number, NaN for never."""
    number = {name: float(n) for n, name in enumerate(run.quarters)}
    return np.array(
        [[number.get(word, math.nan) for word in run.outcomes[f"{stage}_quarter"].values] for stage in STAGES]
    )


def _passed_stages(run: Run) -> np.ndarray:
    return furthest(_dates(run))


def _stages(first: Run, second: Run) -> Iterator[Stage]:
    before, after = _dates(first), _dates(second)
    passed = furthest(after)
    for number, (name, one, other) in enumerate(zip(STAGES, before, after, strict=True)):
        seen = np.sort(other[~np.isnan(other)])
        middle = second.quarters[int(seen[(seen.size - 1) // 2])] if seen.size else ""
        yield Stage(
            name,
            float((~np.isnan(one)).mean()),
            float((~np.isnan(other)).mean()),
            middle,
            float((passed == number).mean()),
        )
