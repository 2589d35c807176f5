"""Simulate what the report shows: the baseline, the presets beside it, and the baseline under other lives in the books.

It takes a while, most of it once for the compiled program, so that a report starts it in a process of its own before it
computes what is recorded, and asks for it last.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ouroloop.core import BadInput
from ouroloop.report.simulated.results import NotSimulated, Results, SimulatedResults, UnderLife

if TYPE_CHECKING:
    from datetime import date

    from ouroloop.dossier import Dossier
    from ouroloop.report.simulated.reduce import Batch
    from ouroloop.scenario.language import Scenario

BASELINE = "baseline"
BASELINE_PATHS, PRESET_PATHS, LIFE_PATHS = 512, 128, 128
"""Multiples of what the engine runs at once. A probability of one half is then known to 2.2 and 4.4 points."""
LIVES_YEARS = (2.5, 5.5, 6.0)
"""What the articles take chips to last, and what books of the large clouds write."""
LIFE = "chip-014"
"""The assumption that says which life stands in the books."""
_BATCH = 256


def simulate_for_report(
    dossier: Dossier,
    *,
    of: str | None = None,
    baseline_paths: int = BASELINE_PATHS,
    preset_paths: int = PRESET_PATHS,
    life_paths: int = LIFE_PATHS,
) -> SimulatedResults:
    """Where does the loop of a dossier go? The scenario `baseline` that comes with it, and its other presets.

    `of` is the bundled name or the folder that the dossier was read from, its id by default. With `preset_paths` or
    `life_paths` of 0 those are left out, and credit where the dossier lacks what rates it. Raises BadInput where the
    dossier comes with no baseline, or its facts do not carry a simulation.
    """
    from ouroloop.experiment.bearers import loss_account
    from ouroloop.report.simulated.follow import credit_for_report
    from ouroloop.report.simulated.reduce import lost
    from ouroloop.scenario.exits import exits
    from ouroloop.scenario.grades import can_rate
    from ouroloop.scenario.opening_holders import passed_on
    from ouroloop.scenario.presets import locate
    from ouroloop.scenario.read import read_presets, read_scenario

    source = of or dossier.header.id
    scenarios = read_presets(source, dossier=dossier)
    known = {one.id: one for one in scenarios}
    baseline = known.get(BASELINE) or read_scenario(locate(BASELINE, of=source).path, dossier=dossier)
    others = [one for one in scenarios if one.id != BASELINE and preset_paths]
    rated = can_rate(dossier)
    builder = ThreadPoolExecutor(1)
    try:
        planned = _planned(builder, baseline, baseline_paths, first=preset_paths)
        beside_planned = [(one, _planned(builder, one, preset_paths)) for one in others]
        lives_planned = [(one, _planned(builder, one, life_paths)) for one in _under_lives(baseline) if life_paths]
        made = _run(planned, rated_by=dossier if rated else None)
        few = made[:1]  # the paths of the other scenarios, to stand beside them
        beside = [(one, _run(plan)) for one, plan in beside_planned]
        lives = [_reduced(one, _run(plan)) for one, plan in lives_planned]
    finally:
        builder.shutdown(wait=False, cancel_futures=True)
    calm, held_for = lost(baseline, [batch for _, batch in few]) if others else None, passed_on(dossier)
    return SimulatedResults(
        _reduced(baseline, made),
        tuple(_reduced(one, batches) for one, batches in beside),
        losses={
            one.id: loss_account(calm, lost(one, [batch for _, batch in batches]), held_for)
            for one, batches in beside
            if calm is not None
        },
        **(_lives(lives) if lives else {}),
        beside=_reduced(baseline, few) if others else None,
        credit=credit_for_report(dossier, made[0][0]) if rated else (),
        exits=exits(made[0][0]),
    )


Planned = list[Future[Any]]
"""The economies of a scenario's paths in several goes, as they come to be built."""


def _planned(builder: ThreadPoolExecutor, scenario: Scenario, paths: int, *, first: int = 0) -> Planned:
    """Ask for the economies of all paths; the first of them has `first`, where that is given.

    Building is Python and simulating is not: what comes next is built while what is there is compiled and run.
    """
    from ouroloop.scenario.build import build

    return [builder.submit(build, scenario, at, count) for at, count in _cut(paths, first)]


def _run(planned: Planned, rated_by: Dossier | None = None) -> list[tuple[Any, Batch]]:
    """Simulate what was planned, and keep what the report needs."""
    from ouroloop.report.simulated.reduce import Batch

    made: list[tuple[Any, Batch]] = []
    while planned:
        economy = planned.pop(0).result()
        made.append((economy, Batch.of(economy, economy.simulate(detail=False), rated_by)))
    return made


def _cut(paths: int, first: int) -> Iterator[tuple[int, int]]:
    at = 0
    while at < paths:
        count = min(first if at == 0 and first else _BATCH, paths - at)
        yield at, count
        at += count


def _reduced(scenario: Scenario, made: Sequence[tuple[Any, Batch]]) -> Results:
    from ouroloop.report.simulated.reduce import from_batches

    batches = [batch for _, batch in made]
    paths = sum(batch.paths for batch in batches)
    return from_batches(replace(scenario, paths=paths), made[0][0], batches)


def _under_lives(baseline: Scenario) -> list[Scenario]:
    """The baseline with other lives of chips in the books: no dollar moves by a life in the books."""
    from ouroloop.scenario.magnitude import Magnitude

    lives = [Magnitude(value=years, distribution="point") for years in LIVES_YEARS]
    return [replace(baseline, assume={**baseline.assume, LIFE: life}) for life in lives]


def _lives(found: Sequence[Results]) -> dict[str, Any]:
    """Reported profit with other lives in the books, on the same paths."""
    return {
        "lives": tuple(
            UnderLife(years, {firm: one.members[firm, "profit_reported"].mean for firm in one.firms})
            for years, one in zip(LIVES_YEARS, found, strict=True)
        ),
        "economic": {firm: found[0].members[firm, "profit_economic"].mean for firm in found[0].firms},
    }


Beside = dict[str, Any]
"""The fields of `SimulatedResults` that need no simulation of the economy."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A simulation that runs in a process of its own."""

    pool: ProcessPoolExecutor
    answer: Future[SimulatedResults | NotSimulated]
    beside: Future[Beside]

    def wait(self) -> SimulatedResults | NotSimulated:
        """Its results, or why there are none; a process that died is a reason too."""
        try:
            made = self.answer.result()
            return made if isinstance(made, NotSimulated) else replace(made, **self._beside())
        except Exception as error:
            return NotSimulated(_why(error))
        finally:
            self.pool.shutdown(wait=False, cancel_futures=True)

    def _beside(self) -> Beside:
        """Sections that a dead process took with it are left out; the others stand."""
        try:
            return self.beside.result()
        except Exception:
            return {}


def begin_simulation(dossier: str, day: date | None = None, *, look_back: bool = False) -> Begun | None:
    """Begin to simulate a dossier (a bundled name or a folder), as known on a day, in a process of its own.

    None where no baseline comes with it.
    """
    from multiprocessing import get_context

    from ouroloop.scenario.presets import presets

    if BASELINE not in presets(dossier):
        return None
    pool = ProcessPoolExecutor(2, mp_context=get_context("spawn"))
    return Begun(pool, pool.submit(_simulated, dossier, day, look_back), pool.submit(_followed, dossier, day))


def _simulated(name: str, day: date | None, look_back: bool) -> SimulatedResults | NotSimulated:
    from ouroloop.dossier import load
    from ouroloop.experiment.lookback import look_back as looked_back

    try:
        dossier = load(name)
        seen = dossier.as_of(day) if day else dossier
        made = simulate_for_report(seen, of=name)
        return replace(made, look_back=looked_back(seen)) if look_back else made
    except Exception as error:  # the report stands without it, and says why
        return NotSimulated(_why(error))


def _followed(name: str, day: date | None) -> Beside:
    """Vehicles; none where the dossier, as known on the day, does not carry them."""
    from ouroloop.dossier import load
    from ouroloop.report.simulated.follow import vehicles_for_report

    try:
        dossier = load(name)
        seen = dossier.as_of(day) if day else dossier
        return {"vehicles": vehicles_for_report(seen)}
    except BadInput:
        return {}


def _why(error: BaseException) -> str:
    if isinstance(error, BadInput):
        return error.problems[0].message
    return f"{type(error).__name__}: {error}".splitlines()[0]
