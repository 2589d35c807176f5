"""The simulated sections: every number from a table, in every language; recorded and simulated look different."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest

from ouroloop.dossier import load
from ouroloop.report import findings, write_report
from ouroloop.report.document import Findings
from ouroloop.report.html import page
from ouroloop.report.language import CODES
from ouroloop.report.simulated.results import NotSimulated, SimulatedResults
from ouroloop.report.table import Basis, Section
from tests.report.browser import LOW_CONTRAST, NAMELESS, needs_browser, opened
from tests.report.numbers import untraceable
from tests.report.simulated.made import results, simulated
from tests.report.test_page import Reader

ORDER = (
    "outcome", "scenarios", "paid-over-time", "debt-and-cash", "maturity-wall", "lives", "premium", "trap",
    "credit", "calls", "losses", "tranches", "look-back",
)  # fmt: skip


@cache
def _report(code: str = "en") -> Findings:
    return findings(load("ai-loop"), code, simulated())


def _section(name: str, code: str = "en") -> Section:
    return next(section for section in _report(code).sections if section.id == name)


def _said(section: str, start: str) -> str:
    return next(one.text for one in _section(section).findings if one.id.startswith(start))


def test_sections_appear_only_with_results_and_stand_between_what_is_recorded_and_what_is_unknown() -> None:
    names = [section.id for section in _report().sections]
    assert tuple(section.id for section in _report().sections if section.simulated) == ORDER
    assert names.index("outcome") > names.index("claims")
    assert names[-1] == "unknown"
    assert not any(section.simulated for section in findings(load("ai-loop")).sections)


@pytest.mark.parametrize("code", CODES)
def test_every_number_of_every_sentence_and_title_is_a_cell(code: str) -> None:
    report = _report(code)
    tables = dict(report.tables)
    assert [(one.id, lost) for one in report.all if (lost := untraceable(one, tables, report.language))] == []
    for section in report.sections:
        if section.simulated:
            assert all(chart.table in tables for chart in section.charts)


def test_the_headline_says_the_chance_that_credit_closes_first_with_its_error() -> None:
    said = next(one for one in _report().headlines if one.id == "outcome-credit")
    assert said.basis is Basis.SIMULATED
    assert said.text.startswith(
        "In the model, credit closes before the payoff on 50% of the paths (Monte Carlo standard error 2.5%)"
    )
    assert "the payoff comes first on 20%, and neither by 2030-Q4 on 30%" in said.text
    assert _said("outcome", "outcome-when-credit").endswith(
        "by 2028-Q2 on a tenth of those paths and by 2029-Q2 on half."
    )


def test_growth_persistence_and_fear_are_always_among_what_moves_the_ending() -> None:
    table = _report().tables["outcome-influences"]
    assert [row.key for row in table.rows] == ["eco-eng-006", "dem-035", "beh-001"]
    assert table.row("beh-001").cells["verdict"].value == "held fixed in this run"
    assert "60% of the paths that drew the lowest third, on 40%" in _said("outcome", "outcome-moved-dem-035")
    assert not any(one.id == "outcome-moved-beh-001" for one in _section("outcome").findings)


def test_who_paid_is_recorded_before_and_simulated_after_with_shares_that_sum_to_one() -> None:
    table = _report().tables["paid-over-time"]
    kinds = [(row.cells["kind"].value, "simulated" in row.code) for row in table.rows if row.code["of"] == "openai"]
    assert ("recorded", False) in kinds
    assert kinds[-12:] == [("simulated", True)] * 12
    keys = [column.key for column in table.columns if column.kind == "share"]
    for row in table.rows:
        assert sum(float(row.cells[key].value or 0.0) for key in keys) == pytest.approx(1.0)
    assert _said("paid-over-time", "paid-oracle").endswith("outside customers 75%, lenders 25%.")  # 6 of 8, 2 of 8


def test_a_fan_has_its_recorded_past_before_it_and_no_lone_path() -> None:
    table = _report().tables["fan-debt"]
    past = [row for row in table.rows if row.code["of"] == "oracle" and "simulated" not in row.code]
    assert past
    assert all(row.cells["recorded"].basis is Basis.REPORTED and row.cells["q500"].value == "" for row in past)
    chart = next(chart for chart in _section("debt-and-cash").charts if chart.id == "fan-debt-oracle")
    css = [element.get("class", "") for element in ElementTree.fromstring(chart.svg).iter()]
    assert [css.count(f"band band-{n}") for n in range(3)] == [1, 1, 1]
    assert css.count("median") == css.count("recorded") == 1
    assert "400 paths, seed 7, run 1a2b3c4d. Model result, not a forecast, not advice." in chart.footer


def test_the_wall_names_the_first_year_end_with_more_due_than_cash_and_leaves_out_the_unknown_last_year() -> None:
    # Due: 4, 8, 12 at the ends of the years; cash 6. What falls due after the last simulated quarter is not known.
    rows = [row for row in _report().tables["maturity-wall"].rows if row.code["of"] == "oracle"]
    assert [row.cells["due"].value for row in rows] == [4.0, 8.0]
    assert _said("maturity-wall", "wall-short-oracle").startswith("At the end of 2029-Q4, Oracle owes more")
    assert not any(row.code["of"] == "openai" for row in _report().tables["maturity-wall"].rows)
    assert "Oracle 30%" in _said("maturity-wall", "wall-first")  # 0.9 x 4/12 by the end of the first year


def test_profit_under_each_life_is_the_year_of_its_quarters() -> None:
    row = _report().tables["lives"].row("oracle-2030")
    found = [row.cells[key].value for key in ("life-2.5", "life-5.5", "life-6", "economic")]
    assert found == [10.0, 22.0, 24.0, 12.0]


def test_the_trap_index_is_trapped_over_all_capital_spending_beside_the_homeowner() -> None:
    assert _report().tables["trap"].row("2030-Q4").cells["index"].value == pytest.approx(0.2)
    choice = _report().tables["walk-away"]
    assert [row.cells["does"].value for row in choice.rows] == ["walks away", "goes on"]
    assert choice.row("builder").cells["remaining"].value == 20


def test_scenarios_stand_beside_the_baseline_with_sums_of_a_year_and_mean_defaults() -> None:
    row = _report().tables["scenarios"].row("credit-closes-first").cells
    assert row["capex"].value == 200  # four quarters of 50
    assert row["half"].value == "2030-Q1"  # 70 % in twelve equal steps: nine of them are more than half
    assert _report().tables["scenarios"].row("baseline").cells["half"].value == "2030-Q4"
    assert (row["loss"].value, row["loss_in_all"].value) == (30, 300)
    assert row["defaults"].value == pytest.approx(0.05 + 0.9)
    assert "credit closes first on 70% of the paths, as the deals stand on 50%" in _said("scenarios", "scenarios-most")


def test_the_look_back_says_hits_and_misses_and_is_left_out_without_a_result() -> None:
    """CRPS 5 of 10 and 9 of 3: mean of 0.5 and 3. Bands 40 of 100, 5 of 50 and 4 of 8 wide."""
    assert _said("look-back", "look-back") == (
        "Looking back, 2 of 3 outcomes fell inside the model's band for four of five, beside 1 of 2 for naive drift; "
        "the model's CRPS is 1.8× that of naive drift on average."
    )
    scores = _said("look-back", "look-back-scores")
    assert scores.startswith("Where both forecast, mean CRPS is USD 7bn for the model and USD 6.5bn for naive drift")
    assert "nearer to 1 of 2 outcomes. Its band is 33% of what came wide on average" in scores
    assert _said("look-back", "look-back-misses") == (
        "2026-Q2, outside the band, worst beside naive drift first: revenue of Nvidia USD 50bn."
    )
    assert "2026-Q2, inside the band: debt of Oracle USD 100bn" in _said("look-back", "look-back-hits")
    assert _said("look-back", "look-back-gaps").endswith("lacks it: capital spending of Meta in 2026-Q1.")
    assert any("not a blind test" in note for note in _section("look-back").notes)
    table = _report().tables["look-back"]
    assert table.row("meta-capex-2026-Q1").cells["verdict"].value == "nothing recorded for all of it"
    assert table.row("oracle-debt-2026-Q2").cells["record"].cites == ("sec-oracle",)
    assert table.row("openai-revenue-2026-Q2").cells["naive_crps"].value == ""
    without = findings(load("ai-loop"), "en", SimulatedResults(results()))
    names = [section.id for section in without.sections]
    assert not {"look-back", "scenarios", "lives"} & set(names)
    assert "outcome" in names


def test_a_simulation_that_was_begun_is_waited_for() -> None:
    class Later:
        def wait(self) -> SimulatedResults:
            return simulated()

    names = [section.id for section in findings(load("ai-loop"), "en", Later()).sections if section.simulated]
    assert tuple(names) == ORDER


def test_a_simulation_that_failed_is_said_plainly() -> None:
    report = findings(load("ai-loop"), "en", NotSimulated("the dossier lacks dem-035"))
    section = next(section for section in report.sections if section.simulated)
    assert section.lead.endswith("The reason: the dossier lacks dem-035")
    assert "simulated" in page(report)


@pytest.mark.parametrize("code", CODES)
def test_the_page_with_simulated_sections_is_whole(code: str) -> None:
    read = Reader(page(_report(code)))
    ids = [attributes["id"] for _, attributes in read.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    inner = {a["href"][1:] for a in read.all("a") if a.get("href", "").startswith("#")}
    assert sorted(inner - set(ids)) == []
    for element in read.all("path"):
        if element.get("role") == "img":
            assert element["aria-label"]


@needs_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_simulated_sections_read_in_a_browser(tmp_path: Path, scheme: str) -> None:
    path = write_report(_report("zh-Hans"), tmp_path / "report.html")
    with opened(path, scheme, width=400) as seen:
        assert seen.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        seen.page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        assert seen.complaints == []
        assert seen.page.evaluate(LOW_CONTRAST) == []
        assert seen.page.evaluate(NAMELESS) == []


def test_recorded_and_simulated_look_different() -> None:
    read = Reader(page(_report()))
    marked = {a["id"] for a in read.all("section") if "simulated" in a.get("class", "")}
    assert marked == set(ORDER)
    cells = {a.get("class", "") for a in read.all("td")}
    assert any("b-simulated" in css for css in cells)
    assert any("b-reported" in css for css in cells)


def test_the_model_stands_beside_the_quote_with_its_error() -> None:
    row = _report().tables["spreads"].row("oracle").cells
    assert (row["left-out"].value, row["counted"].value, row["quoted"].value) == (90.0, 290.0, 227.0)
    assert row["error"].value == 90.0 - 227.0
    assert row["quoted"].basis is Basis.REPORTED
    assert "asks 90 bp with promises left out and 290 bp" in _said("credit", "spread-oracle")


def test_ratings_over_time_name_the_firm_that_falls_furthest() -> None:
    table = _report().tables["ratings"]
    assert [table.row(name).cells["oracle"].value for name in ("2028-Q1", "2030-Q4")] == [1.0, 0.0]
    assert [table.row(name).cells["openai"].value for name in ("2028-Q1", "2030-Q4")] == [1.0, 1.0]
    assert _said("credit", "rating-falls").startswith(
        "Oracle is investment grade on 100% of paths at the end of 2028-Q1"
    )
    letters = _report().tables["letters"].row("oracle-2030-Q4").cells
    assert (letters["B"].value, letters["D"].value) == (0.5, 0.5)


def test_losses_say_who_bears_them_that_transfers_leave_nothing_and_how_far_the_crash_runs() -> None:
    tables = _report().tables
    assert tables["loss-holders"].row("pensions").cells["then"].value == 9.0
    assert tables["loss-scenarios"].row("credit-closes-first").cells["all"].value == 5.0
    assert [tables["loss-ways"].row(key).cells["all"].value for key in ("destroyed", "net")] == [7.0, 7.0]
    assert _said("losses", "loss-pensions").startswith(
        "In 'The credit-closes-first', Pension funds lose USD 9bn more than otherwise by the end of 2030-Q4 "
        "(standard error USD 0.25bn)."
    )
    assert "on 25% of paths" in _said("losses", "loss-stages")
    assert "before 'rents are cut or not paid', on 50%" in _said("losses", "loss-stages")


def test_bonds_that_had_to_be_sold_add_up_over_the_quarters() -> None:
    table = _report().tables["bonds-sold"]
    assert [table.row("2030-Q4").cells[firm].value for firm in ("openai", "oracle")] == [120.0, 120.0]
    assert _said("credit", "bonds-sold").startswith(
        "By the end of 2030-Q4, investors who may hold investment grade only have sold USD 120bn of bonds of "
    )


def test_tranches_say_ratings_before_and_after_who_bears_it_and_which_pool_is_lumpy() -> None:
    assert "notes of Meta Hyperion would go from AA to BBB" in _said("tranches", "tranche-cut")
    assert "5.00% on average, instead of 0.10%" in _said("tranches", "tranche-cut")
    holders = _report().tables["tranche-holders"]
    assert [row.key for row in holders.rows] == ["insurers", "pensions"]
    assert holders.row("pensions").cells["amount"].value == pytest.approx(0.127)  # 0.125 of one, 0.002 of the other
    assert _said("tranches", "tranche-lumpy").startswith("Vantage series 2025-1 has too few tenants")


def test_the_flow_from_tenants_to_holders_has_a_band_for_each_row_and_runs_one_way() -> None:
    section = _section("tranches")
    links = _report().tables["tranche-links"]
    drawn = ElementTree.fromstring(next(chart.svg for chart in section.charts if chart.id == "tranche-flow"))
    css = [element.get("class", "") for element in drawn.iter()]
    assert css.count("stream") == len(links.rows)
    order = ("tenant", "vehicle", "class", "holder")
    for row in links.rows:
        start, end = (order.index(row.code[key].partition(":")[0]) for key in ("from", "to"))
        assert end == start + 1
    into = sum(row.cells["notes"].value for row in links.rows if row.code["to"] == "vehicle:hyperion")  # pyright: ignore
    assert into == pytest.approx(27.3)


def test_what_nobody_says_of_a_vehicle_stands_under_its_tables() -> None:
    assert any("Meta Hyperion, unknown: Interest until rents begin" in note for note in _section("tranches").notes)


def test_the_narrowest_door_is_said_with_what_stands_behind_it_and_what_fits_through() -> None:
    said = _said("calls", "calls-door")
    assert "Microsoft" in said
    assert all(number in said for number in ("20.0", "35.0%", "5.0%", "2.0%"))
    assert "40" in _said("calls", "calls-called")
    assert "90" in _said("calls", "calls-missing_income")
    assert "Amazon" in _said("calls", "calls-insiders")
    assert "USD 5.7bn" in _said("calls", "calls-insiders")
    sold = _report().tables["insiders"]
    assert all(row.cells["amount"].basis is Basis.REPORTED and row.cells["amount"].cites for row in sold.rows)
    without = findings(load("ai-loop"), "en", SimulatedResults(results()))
    assert "calls" not in [section.id for section in without.sections]


def test_a_page_says_truly_whether_anything_on_it_is_simulated() -> None:
    assert "Nothing here is simulated" not in page(_report())
    assert "sections that are marked as simulated" in page(_report())
    assert "Nothing here is simulated" in page(findings(load("ai-loop")))
