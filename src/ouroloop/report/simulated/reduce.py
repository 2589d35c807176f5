"""From simulated paths to the plain results that the report shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from ouroloop.contagion.stages import STAGES
from ouroloop.economy.losses import by_stage, so_far
from ouroloop.economy.track import MEMBER_MEASURES, OUTCOME_MARKS, SPONSORS, SYSTEM_MEASURES, Track
from ouroloop.experiment.bearers import Lost
from ouroloop.experiment.credit_course import credit_course
from ouroloop.experiment.outcomes import endings, shares
from ouroloop.experiment.sensitivity import influences
from ouroloop.report.simulated.results import FIRMS, LEVELS, MEASURES, MOST, Chance, Fan, Influence, Results
from ouroloop.scenario.lenders import RATED_KINDS

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier
    from ouroloop.experiment.runnable import Economy
    from ouroloop.scenario.language import Scenario

_DATES = [OUTCOME_MARKS.index(f"{stage}_quarter") for stage in STAGES]
_AT = {name: row for row, name in enumerate(MEMBER_MEASURES)}


@dataclass(frozen=True, eq=False)
class Batch:
    """Of some paths what the report needs; the rest of their track is let go."""

    members: tuple[str, ...]
    measures: Float[np.ndarray, "measure firm quarter path"]
    who_paid: Float[np.ndarray, "firm sponsor quarter"]
    """Sums over paths."""
    trapped: Float[np.ndarray, " quarter"]
    """Sums over firms and paths."""
    defaulted: Float[np.ndarray, "member quarter"]
    """Counts of paths."""
    system: Float[np.ndarray, "measure quarter path"]
    marks: Float[np.ndarray, "mark path"]
    draws: dict[str, np.ndarray]
    lines: tuple[tuple[str, str], ...]
    """Who can lose, and how."""
    lost: Float[np.ndarray, "span line path"]
    """In the first three years and in all quarters."""
    lost_over_time: Float[np.ndarray, "line quarter"]
    """Sums over paths."""
    lost_by_stage: Float[np.ndarray, "reached line"]
    """Sums over paths."""
    letters: Mapping[str, Float[np.ndarray, "state quarter"]] | None = None
    """Counts of paths, by firm that agencies rate investment grade at the opening: no agency gave others a letter."""

    @classmethod
    def of(cls, economy: Economy, track: Track, rated_by: Dossier | None = None) -> Batch:
        """What the report needs of a track; `rated_by` is whose assumptions rate firms, where they should be rated."""
        members = economy.world.members
        rows = [members.index(firm) for firm in drawn_firms(members)]
        every, paid = np.asarray(track.members), np.asarray(track.who_paid)
        letters = None
        if rated_by is not None:
            rated = [firm for firm in drawn_firms(members) if rated_by.entities[firm].kind in RATED_KINDS]
            course = credit_course(rated_by, members, track, rated)
            letters = dict(zip(rated, course.shares() * every.shape[-1], strict=True))
        return cls(
            members,
            every[[_AT[name] for name in MEASURES]][:, rows],
            paid[rows].sum(axis=-1),
            every[_AT["trapped_capex"]].sum(axis=(0, -1)),
            (every[_AT["defaulted"]] > 0).sum(axis=-1).astype(np.float64),
            np.asarray(track.system),
            np.asarray(track.outcome),
            {name: np.asarray(drawn) for name, drawn in economy.draws.items() if np.size(drawn) > 1},
            economy.world.losses.lines,
            so_far(np.asarray(track.losses)),
            np.asarray(track.losses).sum(axis=-1),
            by_stage(np.asarray(track.losses), np.asarray(track.outcome)[_DATES]).sum(axis=-1),
            letters,
        )

    @property
    def paths(self) -> int:
        return self.marks.shape[-1]


def drawn_firms(members: Sequence[str]) -> tuple[str, ...]:
    """Which firms of a world are drawn?"""
    known = [firm for firm in FIRMS if firm in members]
    return tuple([*known, *(firm for firm in members if firm not in FIRMS)][:MOST] if len(known) < 3 else known)


def from_track(scenario: Scenario, economy: Economy, track: Track) -> Results:
    """The results of one simulation in memory."""
    return from_batches(scenario, economy, [Batch.of(economy, track)])


def from_batches(scenario: Scenario, economy: Economy, batches: Iterable[Batch]) -> Results:
    """The results of a scenario simulated in several goes, the first path first; `economy` is any of theirs."""
    parts = list(batches)
    paths = sum(part.paths for part in parts)
    firms = drawn_firms(parts[0].members)
    measures = np.concatenate([part.measures for part in parts], axis=-1)
    system = np.concatenate([part.system for part in parts], axis=-1)
    every = np.concatenate([part.marks for part in parts], axis=-1)
    marks: dict[str, np.ndarray] = dict(zip(OUTCOME_MARKS, [*every], strict=True))
    draws = {name: np.concatenate([part.draws[name] for part in parts]) for name in parts[0].draws}
    paid = sum(part.who_paid for part in parts) / paths
    ending = np.asarray(endings(marks["payoff_quarter"], marks["credit_quarter"]))
    count = len(economy.world.quarters)

    def by(name: str, quarter_of: np.ndarray) -> np.ndarray:
        at = quarter_of[ending == name]
        return np.array([(at <= n).sum() for n in range(count)]) / paths

    loss = marks["outside_loss"]
    return Results(
        scenario=scenario.id,
        title=scenario.title,
        dossier=scenario.dossier.header.id,
        as_of=scenario.as_of,
        quarters=tuple(economy.world.quarters),
        paths=paths,
        seed=scenario.seed,
        run_id=scenario.scenario_hash[:8],
        firms=firms,
        members={(firm, name): _fan(measures[m, f]) for f, firm in enumerate(firms) for m, name in enumerate(MEASURES)},
        who_paid={
            (firm, sponsor): np.asarray(paid)[f, s]
            for f, firm in enumerate(firms)
            for s, sponsor in enumerate(SPONSORS)
        },
        system={name: _fan(row) for name, row in zip(SYSTEM_MEASURES, system, strict=True)},
        trapped=np.asarray(sum(part.trapped for part in parts)) / paths,
        endings={one.name: Chance(one.share, one.error) for one in shares(ending)},
        ended={
            "payoff_first": by("payoff_first", marks["payoff_quarter"]),
            "credit_first": by("credit_first", marks["credit_quarter"]),
        },
        defaulted=dict(zip(parts[0].members, np.asarray(sum(part.defaulted for part in parts)) / paths, strict=True)),
        outside_loss_soon=_fan(marks["outside_loss_soon"][None, :]),
        outside_loss=_fan(loss[None, :]),
        influences=_influences(scenario, draws, ending == "credit_first", loss),
        letters=_letters(parts, paths),
    )


def lost(scenario: Scenario, batches: Sequence[Batch]) -> Lost:
    """What these paths say of losses and of the stages of a crash."""
    paths, first = sum(one.paths for one in batches), scenario.first_quarter
    over_time = np.sum([one.lost_over_time for one in batches], axis=0) / paths
    return Lost(
        scenario.seed,
        tuple(str(first + n) for n in range(over_time.shape[1])),
        frozenset(batches[0].members),
        batches[0].lines,
        np.concatenate([one.lost for one in batches], axis=2),
        over_time,
        np.sum([one.lost_by_stage for one in batches], axis=0) / paths,
        np.concatenate([one.marks[_DATES] for one in batches], axis=1),
    )


def _fan(values: Float[np.ndarray, "quarter path"]) -> Fan:
    return Fan(LEVELS, np.quantile(values, LEVELS, axis=-1), values.mean(axis=-1))


def _letters(parts: Sequence[Batch], paths: int) -> dict[str, np.ndarray]:
    """Shares of paths by state, where every batch was rated."""
    counts = [part.letters for part in parts if part.letters is not None]
    if len(counts) < len(parts):
        return {}
    return {firm: np.sum([one[firm] for one in counts], axis=0) / paths for firm in counts[0]}


def _influences(
    scenario: Scenario, draws: dict[str, np.ndarray], credit_first: np.ndarray, loss: np.ndarray
) -> tuple[Influence, ...]:
    rows = scenario.dossier.assumptions
    return tuple(
        Influence(
            one.assumption,
            rows[one.assumption].name if one.assumption in rows else one.assumption,
            one.low,
            one.high,
            one.credit_first_low,
            one.credit_first_high,
            one.error,
            one.clear,
        )
        for one in influences(draws, credit_first, loss)
    )
