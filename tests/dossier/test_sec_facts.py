"""The bundled figures against the facts that the companies filed with the SEC.

The facts are the bodies of `data.sec.gov/api/xbrl/companyfacts` (whole for Nvidia, AMD and Alphabet, subsets for
Microsoft and CoreWeave) and facts without dimensions from inline XBRL of Meta, Amazon and Oracle. They stand outside
the repository, in the folder named by OUROLOOP_DATA.

A fact is found by element, first and last day, and accession number, never by its `fy`, `fp` or `frame`: the fiscal
year of a filing labels its comparative columns too, and a frame keeps only the last filing of a value.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

import ouroloop
from ouroloop.dossier.concepts import CONCEPTS
from ouroloop.dossier.models import Figure
from ouroloop.dossier.read import read

BUNDLED = Path(ouroloop.__file__).parent / "dossiers" / "ai-loop"
DATA = Path(os.environ.get("OUROLOOP_DATA", ""))
FILES = {
    "nvidia": "companyfacts/CIK0001045810.json.gz",
    "amd": "companyfacts/CIK0000002488.json.gz",
    "alphabet": "companyfacts/CIK0001652044.json.gz",
    "microsoft": "companyfacts/CIK0000789019_subset.json",
    "coreweave": "companyfacts/CIK0001769628_subset.json",
    "meta": "ixbrl/CIK0001326801_10K_FY2024.json.gz",
    "amazon": "ixbrl/CIK0001018724_10K_FY2024.json.gz",
    "oracle": "ixbrl/CIK0001341439_10Q_2024-08-31.json.gz",
}
UNITS = {"usd_bn": "USD", "shares_bn": "shares"}
OPEN = {("coreweave", "interest_expense", date(2026, 6, 30), 0.64)}
"""Differences from a filing that nobody has resolved: the dossier shows both values, this one graded low."""
ACCESSION = re.compile(r"\d{10}-\d{2}-\d{6}")

pytestmark = pytest.mark.skipif(
    not os.environ.get("OUROLOOP_DATA") or not all((DATA / name).is_file() for name in FILES.values()),
    reason="OUROLOOP_DATA does not name a folder with the SEC facts",
)


@dataclass(frozen=True)
class Fact:
    """One value as one filing gave it. Accession and day are None where the extract does not have them."""

    value: Decimal
    accession: str | None
    filed: date | None


Key = tuple[str, str, date | None, date, str]


@cache
def facts() -> dict[Key, list[Fact]]:
    """Every filed value by entity, element, first day, last day and unit."""
    found: dict[Key, list[Fact]] = defaultdict(list)
    for entity, name in FILES.items():
        body = (DATA / name).read_bytes()
        document = json.loads(gzip.decompress(body) if name.endswith(".gz") else body, parse_float=Decimal)
        for taxonomy, elements in document["facts"].items():
            for element, filed in elements.items():
                for unit, rows in filed["units"].items():
                    for row in rows:
                        first = date.fromisoformat(row["start"]) if row.get("start") else None
                        key = (entity, f"{taxonomy}:{element}", first, date.fromisoformat(row["end"]), unit)
                        day = date.fromisoformat(row["filed"]) if row["filed"] else None
                        found[key].append(Fact(Decimal(row["val"]), row["accn"], day))
    return found


@cache
def figures() -> tuple[Figure, ...]:
    """The bundled figures of the eight companies."""
    return tuple(figure for figure in read(BUNDLED).figures if figure.entity in FILES)


def primary() -> list[Figure]:
    """The figures read from the SEC's facts, each with its element."""
    return [figure for figure in figures() if figure.tag and figure.cite.source == f"sec-{figure.entity}"]


def filed(figure: Figure, elements: Iterable[str]) -> list[Fact]:
    """What was filed under these elements for the figure's own time and unit."""
    unit = UNITS.get(figure.unit, "")
    return [f for e in elements for f in facts().get((figure.entity, e, figure.start, figure.end, unit), [])]


def agrees(figure: Figure, fact: Fact) -> bool:
    """Is the figure the fact, rounded to the millionth of a bn that the files keep?"""
    return round(fact.value / 10**9, 6) == Decimal(repr(figure.value))


def accession(figure: Figure) -> str | None:
    locator = figure.cite.locator or ""
    return locator if ACCESSION.fullmatch(locator) else None


def shown(figure: Figure, candidates: list[Fact]) -> str:
    values = sorted({f"{fact.value / 10**9} in {fact.accession}" for fact in candidates})
    return f"{figure.place}: {figure.concept} of {figure.entity} to {figure.end} is {figure.value}, filed: {values}"


def test_every_figure_under_a_taxonomy_element_equals_the_fact_of_its_filing() -> None:
    tagged = primary()
    wrong: list[str] = []
    for figure in tagged:
        assert figure.tag is not None
        candidates = filed(figure, [figure.tag])
        number = accession(figure)
        # Two extracts of inline XBRL do not carry the accession number: there is one filing to look in.
        own = [fact for fact in candidates if fact.accession == number]
        if not any(agrees(figure, fact) for fact in own):
            wrong.append(shown(figure, candidates))
    per_entity = {entity: sum(f.entity == entity for f in tagged) for entity in FILES}
    assert not wrong, "\n".join(wrong)
    # Counted on the source tables: every primary row that names an element, so the comparison cannot shrink unseen.
    least = {"nvidia": 309, "alphabet": 278, "amd": 195, "coreweave": 131, "amazon": 70, "meta": 61, "oracle": 47}
    least["microsoft"] = 36
    assert {entity for entity, count in least.items() if per_entity[entity] < count} == set(), per_entity


def test_every_accession_number_of_the_primary_sources_is_that_of_a_filing() -> None:
    numbers = {fact.accession for rows in facts().values() for fact in rows if fact.accession}
    cited = [f for f in figures() if f.cite.source == f"sec-{f.entity}" and accession(f)]
    assert len(cited) >= 1050, len(cited)
    assert [shown(f, []) for f in cited if accession(f) not in numbers] == []


def test_no_filed_figure_is_known_before_the_day_of_its_filing() -> None:
    early: list[str] = []
    dated = 0
    for figure in primary():
        assert figure.tag is not None
        own = [fact for fact in filed(figure, [figure.tag]) if fact.accession == accession(figure) and fact.filed]
        days = {fact.filed for fact in own if agrees(figure, fact)}
        dated += bool(days)
        if days and figure.known.last not in days:
            early.append(f"{shown(figure, own)}; known {figure.known}")
    assert dated >= 1100, dated
    assert not early, "\n".join(early)


def test_figures_from_the_press_and_from_vendors_agree_with_what_was_filed() -> None:
    """A second opinion on the rows that name no element: the elements of their concept, within their own digits."""
    wrong: dict[tuple[str, str, date, float], str] = {}
    compared = 0
    for figure in figures():
        if figure.tag or figure.basis in ("guidance", "forecast") or "." in figure.concept:
            continue
        candidates = filed(figure, [f"us-gaap:{element}" for element in CONCEPTS[figure.concept].us_gaap])
        if not candidates:
            continue
        compared += 1
        half_a_digit = Decimal(5).scaleb(_exponent(figure.value) - 1)
        if not any(abs(fact.value / 10**9 - Decimal(repr(figure.value))) <= half_a_digit for fact in candidates):
            wrong[figure.entity, figure.concept, figure.end, figure.value] = shown(figure, candidates)
    assert compared >= 55, compared
    assert wrong.keys() == OPEN, "\n".join(wrong.values())


def _exponent(value: float) -> int:
    exponent = Decimal(repr(value)).normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    return min(exponent, 0)  # 40 is read as rounded to the unit, not to tens


def test_values_that_later_filings_changed_stand_beside_the_first_ones() -> None:
    """Each pair is one element and one time, filed twice with two values; neither replaces the other."""
    expected = {
        ("amd", "receivables", date(2023, 12, 30)): {5.376, 4.323},
        ("amd", "accounts_payable", date(2024, 12, 28)): {1.99, 2.466},
        ("alphabet", "finance_lease_liabilities", date(2023, 12, 31)): {1.746, 1.666},
        ("alphabet", "non_marketable_equity_securities", date(2024, 12, 31)): {35.531, 35.218},
        ("coreweave", "debt_issued", date(2025, 6, 30)): {4.432723, 4.396},
    }
    for (entity, concept, end), values in expected.items():
        both = [f for f in figures() if (f.entity, f.concept, f.end) == (entity, concept, end) and f.tag]
        assert {f.value for f in both} == values
        assert len({accession(f) for f in both}) == 2
        for figure in both:
            assert figure.tag is not None
            assert any(
                agrees(figure, fact) and fact.accession == accession(figure) for fact in filed(figure, [figure.tag])
            )


def test_the_backlog_and_the_maturities_of_coreweave_are_those_of_its_releases() -> None:
    table = DATA / "companyfacts" / "CRWV_disclosed_kpis.csv"
    rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    backlog = {row["accession"]: row for row in rows if row["kpi"] == "revenue_backlog_usd_bn"}
    mine = {f.cite.locator: f for f in figures() if f.cite.source == "coreweave-8k"}
    assert len(mine) == 6
    assert {number: row["value"] for number, row in backlog.items()} == {
        number: f"{figure.value:g}" for number, figure in mine.items()
    }
    assert {number: row["filed"] for number, row in backlog.items()} == {
        number: str(figure.known) for number, figure in mine.items()
    }
    due = {row["period"]: float(row["value"]) / 1000 for row in rows if row["kpi"] == "debt_principal_due_usd_m"}
    falling = {f.end.year: f.value for f in figures() if f.concept == "debt_maturing_in_year"}
    assert sorted(falling) == [2026, 2027, 2028]
    assert all(round(due[str(year)], 1) == value for year, value in falling.items())
