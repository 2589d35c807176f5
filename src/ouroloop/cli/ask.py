"""`ouroloop ask`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ouroloop.cli.options import Language
from ouroloop.cli.output import console, emit_json, show_table

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier
    from ouroloop.experiment import LossAccount, Run
    from ouroloop.report.simulated.behind import Rested
    from ouroloop.scenario.language import Scenario
    from ouroloop.scenario.shock import Shock

PATHS = 512
"""Enough for an answer while one waits: an ending's probability is known to two points or so."""


def ask(
    question: str,
    /,
    *,
    paths: int = PATHS,
    seed: int | None = None,
    quarter: str | None = None,
    html: Path | None = None,
    lang: Language = "en",
    json: bool = False,
) -> int | None:
    """Answer a question in plain words: what breaks and who ends up with the loss, beside what happens otherwise.

    The question becomes shocks on top of the baseline; both are run with the same draws, so that each path has its twin
    and what differs is what the question asks about. Losses are those beyond what happens otherwise: of outside
    holders, through the funds that hold for them, and of the loop's firms.

    Parameters
    ----------
    question
        In English or Chinese: "openai stops paying oracle from 2027-Q1", "credit closes in 2027-Q2 for 4 quarters".
    paths
        How many paths to simulate.
    seed
        Seed of the draws, instead of the baseline's own.
    quarter
        Compare medians in this quarter (2030-Q4) instead of the last.
    html
        Also write the answer as a page of its own to this file.
    lang
        Language of the page.
    json
        Print JSON instead of sentences and tables.
    """
    from ouroloop.cli.compare import check_quarter, comparison_json, print_comparison
    from ouroloop.cli.losses import behind_json, losses_json, name_of, print_behind, print_losses
    from ouroloop.cli.simulated import INTERRUPTED, say_interrupted, simulated
    from ouroloop.experiment import Interrupted, compare, loss_account, lost_in
    from ouroloop.scenario.ask import parse_question
    from ouroloop.scenario.opening_holders import passed_on
    from ouroloop.scenario.read import read_scenario

    base = read_scenario("baseline")
    asked = parse_question(question, base)
    try:
        runs = [simulated(one, None, paths=paths, seed=seed) for one in (base, asked)]
    except Interrupted as stopped:
        say_interrupted(stopped)
        return INTERRUPTED
    check_quarter(quarter, runs)
    found = compare(runs[0], runs[1], quarter=quarter)
    account = loss_account(lost_in(runs[0]), lost_in(runs[1]), passed_on(base.dossier))
    deals, rested = _deals(asked, base.dossier), _rested(asked, runs, account)
    if html is not None:
        _page(question, base, asked, runs, account, rested, html, lang)
    if json:
        shocks = [{"verb": shock.verb} | {k: str(v) for k, v in shock.written().items()} for shock in asked.shocks]
        said = {"question": question, "shocks": shocks, "deals": deals, "behind": behind_json(rested, account)}
        emit_json(comparison_json(found) | losses_json(account) | said)
        return None
    from ouroloop.report.language import Language as Speech

    out, say = console(), Speech("en")
    for shock in asked.shocks:
        said = ", ".join(f"{key} {value}" for key, value in shock.written().items())
        out.print(f"{shock.verb}: {said}", markup=False)
    print_losses(account, name_of(base.dossier), out, say)
    print_behind(rested, account, name_of(base.dossier), out, say)
    print_comparison(found)
    if deals:
        show_table(deals, say, out, title="The deals between those that the question names", own_heads=True)
    return None


def _rested(asked: Scenario, runs: Sequence[Run], account: LossAccount) -> tuple[Rested, ...]:
    """What the losses of outside holders, and of the firms that lose or gain most, rest on."""
    from ouroloop.cli.losses import shown_firms, shown_outside
    from ouroloop.experiment import behind_losses, largest
    from ouroloop.report.simulated.behind import rests_on
    from ouroloop.scenario.build import build
    from ouroloop.scenario.opening_holders import passed_on

    economy, dossier = build(asked, 0, 1), asked.dossier
    parts = behind_losses(runs[0], runs[1], economy.world.losses.legs, passed_on(dossier))
    holders = [row.holder for row in (*shown_outside(account), *shown_firms(account))]
    return rests_on(largest(parts, holders, account.quarters.index(account.soon)), economy, dossier)


def _page(
    question: str,
    base: Scenario,
    asked: Scenario,
    runs: Sequence[Run],
    account: LossAccount,
    rested: Sequence[Rested],
    html: Path,
    lang: Language,
) -> None:
    """Write the answer as a page, and say where."""
    from ouroloop.report import write_report
    from ouroloop.report.language import Language as Speech
    from ouroloop.report.simulated.pages import answer_page
    from ouroloop.report.simulated.results import SimulatedResults
    from ouroloop.report.simulated.stored import from_run

    calm, hit = (from_run(scenario, run) for scenario, run in zip((base, asked), runs, strict=True))
    results = SimulatedResults(calm, (hit,), losses={hit.scenario: account})
    page = answer_page(base.dossier, question, results, _named(asked.shocks, base.dossier), rested, Speech(lang))
    print(f"wrote {write_report(page, html)}", file=sys.stderr)


def _named(shocks: Iterable[Shock], dossier: Dossier) -> set[str]:
    """The parties whom shocks name."""
    said = (str(value) for shock in shocks for value in shock.written().values())
    return set(said) & set(dossier.entities)


def _deals(asked: Scenario, dossier: Dossier) -> list[dict[str, Any]]:
    """What stands between every two parties that one shock names, with sources."""
    found: list[dict[str, Any]] = []
    for shock in asked.shocks:
        named = _named([shock], dossier)
        for deal in dossier.deals.values() if len(named) > 1 else ():
            if {deal.payer, deal.payee} <= named:
                found.append(
                    {
                        "deal": deal.id,
                        "from": deal.payer,
                        "to": deal.payee,
                        "what": str(deal.instrument),
                        "sources": ", ".join(cite.source for cite in deal.sources),
                    }
                )
    return found
