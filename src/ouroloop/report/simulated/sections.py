"""The simulated sections put together, in the order of the reader's questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ouroloop.report.language import Language
from ouroloop.report.simulated.comparison import comparison_section
from ouroloop.report.simulated.credit import credit_section
from ouroloop.report.simulated.exits import exits_section
from ouroloop.report.simulated.fans import debt_section
from ouroloop.report.simulated.lives import lives_section
from ouroloop.report.simulated.lookback import look_back_section
from ouroloop.report.simulated.losses import losses_section
from ouroloop.report.simulated.outcomes import outcomes_section
from ouroloop.report.simulated.paid_over_time import paid_section
from ouroloop.report.simulated.premium import premium_section
from ouroloop.report.simulated.recorded import Recorded
from ouroloop.report.simulated.results import NotSimulated, Simulated, SimulatedResults
from ouroloop.report.simulated.tranches import tranches_section
from ouroloop.report.simulated.trap import trap_section
from ouroloop.report.simulated.walls import CLOSES, walls_section
from ouroloop.report.sources import footer
from ouroloop.report.table import Section

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier
    from ouroloop.dossier.replay import Replay


def simulated_sections(
    dossier: Dossier, replay: Replay, given: Simulated | None, language: Language
) -> tuple[Section, ...]:
    """Where the loop goes. None of it without results; where they could not be had, a section that says so.

    Results that are still being made are waited for.
    """
    if given is None:
        return ()
    results = given if isinstance(given, (SimulatedResults, NotSimulated)) else given.wait()
    if isinstance(results, NotSimulated):
        return (_without(results, language),)

    def name(firm: str) -> str:
        return language.name(dossier.entities[firm]) if firm in dossier.entities else firm

    def sources(cites: tuple[str, ...]) -> str:
        return footer(dossier, language, cites)

    recorded, base = Recorded.of(dossier, replay, language), results.baseline
    found = (
        outcomes_section(base, language, name),
        comparison_section(results, language),
        paid_section(base, recorded, language, name),
        debt_section(base, recorded, language, name, sources),
        walls_section(base, results.scenario(CLOSES), language, name),
        lives_section(results, language, name),
        premium_section(base, language),
        trap_section(base, language),
        credit_section(dossier, results.credit, base, language, name, sources),
        exits_section(dossier, base, results.exits, language, name),
        losses_section(results, language, name),
        tranches_section(dossier, results.vehicles, language, sources),
        look_back_section(results.look_back, language, name) if results.look_back else None,
    )
    return tuple(section for section in found if section)


def _without(results: NotSimulated, language: Language) -> Section:
    return Section(
        "outcome",
        language.text("Where it goes"),
        language.text(
            "The simulation could not be had, so that this report says what is recorded and not where it goes. The "
            "reason: {why}",
            why=results.why,
        ),
        simulated=True,
    )
