"""Who ends up with the loss: what a scenario costs whom beyond what happens otherwise, path by path."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Bool, Float

from ouroloop.contagion.stages import STAGES, furthest
from ouroloop.economy.losses import DESTROYED, GROSS, HOW, REACHED, SOON
from ouroloop.experiment.losses import Loss, LossAccount, PassedOn, Stage, StageLoss

if TYPE_CHECKING:
    from ouroloop.experiment.read import Run


@dataclass(frozen=True, eq=False)
class Lost:
    """What simulated paths say of losses, and of the stages of a crash."""

    seed: int
    quarters: tuple[str, ...]
    members: frozenset[str]
    lines: tuple[tuple[str, str], ...]
    """(entity, way of `economy.losses.HOW`)."""
    by_path: Float[np.ndarray, "span line path"]
    """In the first `SOON` quarters and in all, USD bn."""
    over_time: Float[np.ndarray, "line quarter"]
    """Means of the paths."""
    by_stage: Float[np.ndarray, "reached line"]
    """Means of the paths; rows `economy.losses.REACHED`."""
    stages: Float[np.ndarray, "stage path"]
    """The quarter of each first sign as a number, NaN for never; rows `contagion.stages.STAGES`."""


def lost_in(run: Run) -> Lost:
    """Of a run in its folder."""
    found, number = run.losses_by_path, {name: float(n) for n, name in enumerate(run.quarters)}
    dates = [[number.get(word, math.nan) for word in run.outcomes[f"{stage}_quarter"].values] for stage in STAGES]
    return Lost(
        run.seed,
        run.quarters,
        frozenset(run.members["entity"].values.tolist()),
        tuple(zip(found["entity"].values.tolist(), found["how"].values.tolist(), strict=True)),
        np.asarray(found),
        np.asarray(run.mean("losses")),
        np.asarray(run.losses_by_stage),
        np.array(dates),
    )


def loss_account(first: Lost, second: Lost, passed_on: PassedOn) -> LossAccount:
    """Who loses more on the second paths, how much, by when, and through which stages?

    Both must have the same firms and the same paths, by number and draws.
    Losses of whoever holds for others (`passed_on`) are those of whom it holds for. Net losses of all, outside and
    inside, are what is destroyed plus transfers that add up to 0, on every path (`gap`).
    """
    assert first.seed == second.seed, "only paths with the same draws differ by the scenario alone"
    assert first.lines == second.lines, "the two have other firms"
    assert first.by_path.shape == second.by_path.shape, "the two have other paths"
    entities, ways = zip(*first.lines, strict=True)
    soon, change = second.by_path - first.by_path
    over_time = second.over_time - first.over_time
    holders = _passed(entities, passed_on)
    made = [
        _loss(name, name in first.members, weights, ways, (soon, change), over_time)
        for name, weights in holders.items()
        if np.abs(weights @ np.abs(change)).sum() > 0
    ]
    inside, mean = np.array([name in first.members for name in entities]), change.mean(axis=1)
    by_way = {
        how: tuple(float(mean[(np.array(ways) == how) & here].sum()) for here in (~inside, inside)) for how in HOW
    }
    outside = soon[~inside].sum(axis=0)
    return LossAccount(
        first.quarters,
        first.quarters[min(SOON, len(first.quarters)) - 1],
        (float(outside.mean()), _error(outside)),
        tuple(sorted(made, key=lambda row: (row.inside, -row.net))),
        {how: (outside, within) for how, (outside, within) in by_way.items()},
        tuple(_stages(first, second)),
        _by_stage(first, second, inside),
        float((furthest(second.stages) == len(STAGES)).mean()),
        sum(sum(by_way[how]) for how in DESTROYED),
        sum(sum(amounts) for how, amounts in by_way.items() if how not in DESTROYED),
        max(_gap(one.by_path, ways) for one in (first, second)),
    )


def _by_stage(first: Lost, second: Lost, inside: Bool[np.ndarray, " line"]) -> tuple[StageLoss, ...]:
    gross = np.array([how in GROSS for _, how in first.lines]) & ~inside
    return tuple(
        StageLoss(
            stage,
            float(now[gross].sum()),
            float(now[~inside].sum()),
            float(calm[~inside].sum()),
            float(now[inside].sum()),
        )
        for stage, calm, now in zip(REACHED, first.by_stage, second.by_stage, strict=True)
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
    spans: tuple[Float[np.ndarray, "line path"], Float[np.ndarray, "line path"]],
    over_time: Float[np.ndarray, "line quarter"],
) -> Loss:
    soon, change = spans

    def of(*names: str) -> Float[np.ndarray, " path"]:
        return (weights * np.array([way in names for way in ways])) @ change

    early, net = weights @ soon, weights @ change
    return Loss(
        name,
        inside,
        float(early.mean()),
        _error(early),
        float(of(*GROSS).mean()),
        float(net.mean()),
        float(of("shares").mean()),
        _error(net),
        np.cumsum(weights @ over_time),
    )


def _error(values: Float[np.ndarray, " path"]) -> float:
    return float(values.std() / math.sqrt(values.size))


def _gap(losses: Float[np.ndarray, "span line path"], ways: Sequence[str]) -> float:
    destroyed = np.array([how in DESTROYED for how in ways])
    return float(np.abs(losses.sum(axis=1) - losses[:, destroyed].sum(axis=1)).max(initial=0.0))


def _stages(first: Lost, second: Lost) -> Iterator[Stage]:
    passed = furthest(second.stages)
    stood_for = np.array([how == "guarantees" for _, how in second.lines])
    paid = np.maximum(second.by_path[-1][stood_for], 0.0).sum(axis=0)
    for number, (name, one, other) in enumerate(zip(STAGES, first.stages, second.stages, strict=True)):
        seen = np.sort(other[~np.isnan(other)])
        middle = second.quarters[int(seen[(seen.size - 1) // 2])] if seen.size else ""
        ends = passed == number
        yield Stage(
            name,
            float((~np.isnan(one)).mean()),
            float((~np.isnan(other)).mean()),
            middle,
            float(ends.mean()),
            float((ends & ~np.isnan(other)).mean()),
            float(paid[ends].mean()) if ends.any() else 0.0,
        )
