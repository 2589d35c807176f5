"""Who ends up with the loss: outside holders by scenario, from gross to net, and the stages of the crash."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ouroloop.core import Quarter
from ouroloop.experiment.losses import LossAccount, StageLoss
from ouroloop.report.charts import bars
from ouroloop.report.language import Language, mark
from ouroloop.report.simulated.footing import quarter_cell, run_line, simulated, three_digits
from ouroloop.report.simulated.results import Results, SimulatedResults
from ouroloop.report.table import Basis, Cell, Chart, Column, Finding, Kind, Row, Section, Table, state

CRASH = "leases-torn-up"
"""The scenario that is told in full: the articles' crash, where it was simulated."""
_LEAST = 0.05
_SECTORS: Mapping[str, str] = {
    "households": mark("Households"),
    "mutual-funds": mark("Investment funds"),
    "sovereign-funds": mark("Sovereign funds"),
    "suppliers": mark("Suppliers"),
    "other-customers": mark("Other customers"),
    "core-customers": mark("Customers of the core business"),
    "businesses": mark("Businesses"),
    "consumers": mark("Consumers"),
}
"""Holders that the dossier has no entity for."""
WAYS: Mapping[str, str] = {
    "claims": mark("claims written down"),
    "forgiven": mark("debts no longer owed"),
    "guarantees": mark("paid for others"),
    "protection": mark("paid on default swaps"),
    "discounts": mark("sold below what is owed"),
    "plant": mark("sites given up (destroyed)"),
    "shares": mark("fall of shares (destroyed)"),
}
"""What each way of `economy.losses.HOW` is called."""
STAGES: Mapping[str, str] = {
    "shares": mark("quoted shares fall"),
    "rents": mark("rents are cut or not paid"),
    "tranches": mark("notes on rents lose investment grade"),
    "calls": mark("brokers and investors of funds call for much"),
    "sales": mark("holders have to sell, or find no buyer"),
    "lenders": mark("lenders have lost too much to lend on"),
    "outside": mark("building slumps"),
}
"""What each of `contagion.stages.STAGES` is called."""


HELD: Mapping[str, str] = {
    "shares": mark("shares did not fall so far"),
    "rents": mark("tenants paid what they had signed"),
    "tranches": mark("notes kept their grade"),
    "calls": mark("brokers and investors called for little"),
    "sales": mark("nobody had to sell what found no buyer"),
    "lenders": mark("lenders lost too little to stop"),
    "outside": mark("building went on"),
}
"""What stopped the cascade where the sign of a stage never came."""


def holder_name(language: Language, name: Callable[[str], str]) -> Callable[[str], str]:
    """What a holder is called, where the dossier has no entity for it too."""
    return lambda holder: language.text(_SECTORS[holder]) if holder in _SECTORS else name(holder)


def losses_section(results: SimulatedResults, language: Language, name: Callable[[str], str]) -> Section | None:
    """The loss of every scenario by holder, and of one of them in full; None where no scenario was simulated."""
    told = results.scenario(CRASH) or next(iter(results.scenarios), None)
    if told is None or told.scenario not in results.losses:
        return None

    called = holder_name(language, name)
    account = results.losses[told.scenario]
    at = told.quarters.index(Quarter.parse(account.soon))
    holders = _holders(account, told, at, language, called)
    every, ways, stages = (
        _every(results, at, language, called),
        _ways(account, language),
        _stages(account, told, language),
    )
    findings = [
        *_borne(holders, told, language.quarter(told.quarters[at]), language),
        _identity(ways, told, language),
        _furthest(stages, told, language),
    ]
    title = findings[0].text
    charts = (
        Chart(
            "loss-holders",
            holders.id,
            title,
            language.text(
                "What holders outside lose beyond what happens otherwise, mean of the paths, {unit}.",
                unit=language.money_unit,
            ),
            bars(_losers(holders), "holder", ("then",), language, title),
            run_line(told, language),
        ),
    )
    return Section(
        "losses",
        language.text("Who ends up with the loss"),
        language.text(
            "Losses are those beyond what happens otherwise, path by path on the same draws. Funds lose for whom they "
            "hold. What firms of the loop lose is their lenders' and owners', and is not added once more. A write-off "
            "takes from one what it gives to another; only sites given up and the fall of shares leave everybody with "
            "less. A crash that comes sooner can cost less in the end, because less is lent until then."
        ),
        tuple(findings),
        charts,
        (
            holders,
            _by_quarter(account, told, language, called),
            every,
            ways,
            stages,
            _by_stage(account, told, language),
        ),
        simulated=True,
    )


def _holders(account: LossAccount, told: Results, at: int, language: Language, called: Callable[[str], str]) -> Table:
    columns = (
        Column("holder", language.text("Holder")),
        Column("then", language.text("net, end of {quarter}", quarter=language.quarter(told.quarters[at])), Kind.MONEY),
        Column("then-error", language.text("its standard error"), Kind.MONEY),
        Column("last", language.text("net, end of {quarter}", quarter=language.quarter(told.quarters[-1])), Kind.MONEY),
        Column("error", language.text("its standard error"), Kind.MONEY),
        Column("shares", language.text("of the last: fall of shares"), Kind.MONEY),
        Column("gross", language.text("of the last: claims, gross"), Kind.MONEY),
    )
    rows = tuple(
        Row(
            one.holder,
            {
                "holder": Cell(called(one.holder), Basis.NONE),
                "then": simulated(three_digits(one.soon)),
                "then-error": simulated(three_digits(one.soon_error)),
                "last": simulated(three_digits(one.net)),
                "error": simulated(three_digits(one.error)),
                "shares": simulated(three_digits(one.shares)),
                "gross": simulated(three_digits(one.gross)),
            },
        )
        for one in sorted(account.outside, key=lambda one: -one.soon)
        if max(abs(one.soon), abs(one.net)) >= _LEAST
    )
    caption = language.text("Holders outside in '{scenario}'", scenario=language.name(told.title))
    return Table("loss-holders", caption, columns, rows)


def _by_quarter(account: LossAccount, told: Results, language: Language, called: Callable[[str], str]) -> Table:
    """What each holder outside has lost by the end of every quarter."""
    shown = [one for one in account.outside if np.abs(one.by_quarter).max() >= _LEAST]
    shown.sort(key=lambda one: -one.soon)
    columns = (
        Column("quarter", language.text("Quarter")),
        *(Column(one.holder, called(one.holder), Kind.MONEY) for one in shown),
    )
    rows = tuple(
        Row(
            str(quarter),
            {
                "quarter": quarter_cell(quarter, language),
                **{one.holder: simulated(three_digits(float(one.by_quarter[n]))) for one in shown},
            },
        )
        for n, quarter in enumerate(told.quarters)
    )
    caption = language.text(
        "Net loss so far, by holder and quarter, in '{scenario}'", scenario=language.name(told.title)
    )
    return Table("loss-quarters", caption, columns, rows, fold=True)


def _losers(holders: Table) -> Table:
    rows = tuple(row for row in holders.rows if _number(row, "then") > _LEAST)
    return Table(holders.id, holders.caption, holders.columns, rows or holders.rows[:1])


def _number(row: Row, key: str) -> float:
    value = row.cells[key].value
    return float(value) if isinstance(value, (int, float)) else 0.0


def _every(results: SimulatedResults, at: int, language: Language, called: Callable[[str], str]) -> Table:
    shown = [one for one in results.scenarios if one.scenario in results.losses]
    holders: dict[str, float] = {}
    for one in shown:
        for row in results.losses[one.scenario].outside:
            holders[row.holder] = max(holders.get(row.holder, 0.0), abs(row.soon))
    kept = sorted((holder for holder, most in holders.items() if most >= _LEAST), key=lambda one: -holders[one])
    columns = (
        Column("scenario", language.text("Scenario")),
        Column("all", language.text("all outside"), Kind.MONEY),
        Column("error", language.text("its standard error"), Kind.MONEY),
        *(Column(holder, called(holder), Kind.MONEY) for holder in kept),
    )
    rows: list[Row] = []
    for one in shown:
        account = results.losses[one.scenario]
        by = {row.holder: row.soon for row in account.outside}
        rows.append(
            Row(
                one.scenario,
                {
                    "scenario": Cell(language.name(one.title), Basis.NONE),
                    "all": simulated(three_digits(account.soon_outside[0])),
                    "error": simulated(three_digits(account.soon_outside[1])),
                    **{holder: simulated(three_digits(by.get(holder, 0.0))) for holder in kept},
                },
            )
        )
    quarter = language.quarter(shown[0].quarters[at])
    caption = language.text("Net loss outside by scenario and holder, to the end of {quarter}", quarter=quarter)
    return Table("loss-scenarios", caption, columns, tuple(rows))


def _ways(account: LossAccount, language: Language) -> Table:
    columns = (
        Column("how", language.text("How")),
        Column("outside", language.text("outside the loop"), Kind.MONEY),
        Column("firms", language.text("firms of the loop"), Kind.MONEY),
        Column("all", language.text("all"), Kind.MONEY),
    )

    def row(key: str, words: str, parts: Sequence[tuple[float, float]], *, total: bool = False) -> Row:
        outside, within = (sum(part[n] for part in parts) for n in (0, 1))
        cells = {"outside": outside, "firms": within, "all": outside + within}
        shown = {name: simulated(three_digits(value)) for name, value in cells.items()}
        return Row(key, {"how": Cell(words, Basis.NONE), **shown}, total=total)

    rows = [row(how, language.text(WAYS[how]), [parts]) for how, parts in account.by_way.items()]
    destroyed = [parts for how, parts in account.by_way.items() if how in ("plant", "shares")]
    rows.append(row("destroyed", language.text("destroyed"), destroyed, total=True))
    rows.append(row("net", language.text("net"), list(account.by_way.values()), total=True))
    return Table("loss-ways", language.text("From gross to net, over all quarters"), columns, tuple(rows))


def _stages(account: LossAccount, told: Results, language: Language) -> Table:
    columns = (
        Column("stage", language.text("Stage")),
        Column("otherwise", language.text("otherwise, share of paths"), Kind.SHARE),
        Column("now", language.text("in the scenario, share of paths"), Kind.SHARE),
        Column("quarter", language.text("median quarter")),
        Column("stops", language.text("the cascade ends before it"), Kind.SHARE),
        Column("early", language.text("of it: the sign came before its turn"), Kind.SHARE),
        Column("held", language.text("what held where it never came")),
        Column("guaranteed", language.text("paid by guarantors where it ends"), Kind.MONEY),
    )
    nothing = Cell("", Basis.NONE)
    rows = [
        Row(
            stage.name,
            {
                "stage": Cell(language.text(STAGES[stage.name]), Basis.NONE),
                "otherwise": simulated(three_digits(stage.first)),
                "now": simulated(three_digits(stage.second)),
                "quarter": quarter_cell(Quarter.parse(stage.median), language)
                if stage.median
                else Cell("", Basis.NONE),
                "stops": simulated(three_digits(stage.stops)),
                "early": simulated(three_digits(stage.early)),
                "held": Cell(language.text(HELD[stage.name]) if stage.stops > stage.early else "", Basis.NONE),
                "guaranteed": simulated(three_digits(stage.guaranteed)) if stage.stops else nothing,
            },
        )
        for stage in account.stages
    ]
    whole = {
        "stage": Cell(language.text("all of them, in this order"), Basis.NONE),
        "otherwise": nothing,
        "now": simulated(three_digits(account.whole)),
        "quarter": nothing,
        "stops": nothing,
        "early": nothing,
        "held": nothing,
        "guaranteed": nothing,
    }
    rows.append(Row("whole", whole, total=True))
    caption = language.text("The stages of the crash in '{scenario}'", scenario=language.name(told.title))
    return Table("loss-stages", caption, columns, tuple(rows))


def _by_stage(account: LossAccount, told: Results, language: Language) -> Table:
    """Gross beside net while the crash has come so far."""
    columns = (
        Column("stage", language.text("The last sign that was seen")),
        Column("gross", language.text("outside, claims gross"), Kind.MONEY),
        Column("outside", language.text("outside, net"), Kind.MONEY),
        Column("firms", language.text("firms of the loop, net"), Kind.MONEY),
        Column("otherwise", language.text("outside otherwise, net"), Kind.MONEY),
    )
    words = {"before": mark("none yet"), **STAGES}

    def row(key: str, said: str, some: Sequence[StageLoss], *, total: bool = False) -> Row:
        amounts = {name: sum(getattr(one, name) for one in some) for name in ("gross", "outside", "firms", "otherwise")}
        cells = {name: simulated(three_digits(amount)) for name, amount in amounts.items()}
        return Row(key, {"stage": Cell(said, Basis.NONE), **cells}, total=total)

    rows = [row(one.stage, language.text(words[one.stage]), [one]) for one in account.by_stage]
    rows.append(row("all", language.text("all quarters"), account.by_stage, total=True))
    caption = language.text("Losses by stage of the crash in '{scenario}'", scenario=language.name(told.title))
    note = language.text(
        "All that is lost on the paths of the scenario, not what is lost more: quarters are counted by the sign that "
        "was seen last on the path, each once."
    )
    return Table("loss-by-stage", caption, columns, tuple(rows), note)


def _borne(holders: Table, told: Results, quarter: str, language: Language) -> list[Finding]:
    """The two that lose most."""
    worst = [row for row in holders.rows if _number(row, "then") > _LEAST][:2]
    return [
        state(
            language,
            f"loss-{row.key}",
            "In '{scenario}', {holder} lose {amount} more than otherwise by the end of {quarter} (standard error "
            "{error}).",
            measure=language.text("net loss beyond that of the deals as they stand, mean of the paths"),
            scenario=language.name(told.title),
            holder=str(row.cells["holder"].value),
            amount=holders.at(row.key, "then"),
            error=holders.at(row.key, "then-error"),
            quarter=quarter,
        )
        for row in worst
    ]


def _identity(ways: Table, told: Results, language: Language) -> Finding:
    return state(
        language,
        "loss-identity",
        "Over all quarters, net losses of everybody in '{scenario}' are {net}: what was destroyed ({destroyed}), and "
        "transfers that add up to nothing.",
        measure=language.text("beyond the deals as they stand; exact on every path, rounded here"),
        scenario=language.name(told.title),
        net=ways.at("net", "all"),
        destroyed=ways.at("destroyed", "all"),
    )


def _furthest(stages: Table, told: Results, language: Language) -> Finding:
    """Where the cascade ends most often."""
    rows = [row for row in stages.rows if row.key != "whole"]
    end = max(rows, key=lambda row: _number(row, "stops"))
    return state(
        language,
        "loss-stages",
        "In '{scenario}' the crash runs through all stages in their order on {whole} of paths; most often it ends "
        "before '{stage}', on {stops}; on {early} its sign came before its turn, which is another order and no rescue.",
        measure=language.text("first sign of each stage on every path"),
        scenario=language.name(told.title),
        whole=stages.at("whole", "now"),
        stage=str(end.cells["stage"].value),
        stops=stages.at(end.key, "stops"),
        early=stages.at(end.key, "early"),
    )
