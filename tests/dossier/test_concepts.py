"""The vocabulary of figures, and the bundled figures held to it."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import product
from pathlib import Path

import pytest

import ouroloop
from ouroloop.dossier.concepts import CONCEPTS, Concept, Vocabulary, concept
from ouroloop.dossier.models import Figure
from ouroloop.dossier.read import read

BUNDLED = Path(ouroloop.__file__).parent / "dossiers" / "ai-loop"


@cache
def figures() -> tuple[Figure, ...]:
    return tuple(read(BUNDLED).figures)


def test_a_member_of_a_family_finds_its_family_and_nothing_else_does() -> None:
    assert CONCEPTS["direct_customer_share.a"].name == "direct_customer_share"
    assert concept("capex_guidance.high") is CONCEPTS["capex_guidance"]
    for stranger in ("revenue.a", "direct_customer_share.", ".a", "", "revenues", "total-assets"):
        assert stranger not in CONCEPTS
        assert concept(stranger) is None


def test_a_concept_defined_twice_is_refused() -> None:
    once = Concept("revenue", "Revenue", "flow", "income")
    with pytest.raises(AssertionError, match="twice"):
        Vocabulary([once, once])


def test_every_concept_has_a_title_of_its_own_and_a_unit() -> None:
    titles = [word.title for word in CONCEPTS.values()]
    assert len(set(titles)) == len(titles)
    assert all(word.units and word.unit == word.units[0] for word in CONCEPTS.values())
    assert all(not word.us_gaap or word.statement != "operating" for word in CONCEPTS.values())


def test_no_element_of_us_gaap_reports_two_concepts() -> None:
    users: dict[str, list[str]] = defaultdict(list)
    for word in CONCEPTS.values():
        for element in word.us_gaap:
            users[element].append(word.name)
    assert {element: names for element, names in users.items() if len(names) > 1} == {}


def test_the_vocabulary_is_light_to_import() -> None:
    code = (
        "import sys, ouroloop.dossier.concepts; "
        "print([m for m in ('numpy', 'jax', 'scipy', 'networkx', 'duckdb', 'numba') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_every_bundled_figure_uses_a_word_a_unit_an_element_and_a_time_of_the_vocabulary() -> None:
    assert len(figures()) > 2500
    wrong: list[str] = []
    for figure in figures():
        word = concept(figure.concept)
        if word is None:
            wrong.append(f"{figure.place}: no concept {figure.concept}")
            continue
        taxonomy, _, element = (figure.tag or "").partition(":")
        if figure.unit not in word.units:
            wrong.append(f"{figure.place}: {figure.concept} in {figure.unit}")
        if taxonomy == "us-gaap" and element not in word.us_gaap:
            wrong.append(f"{figure.place}: {figure.concept} under {figure.tag}")
        if (word.kind == "stock" and figure.start) or (word.kind == "flow" and not figure.start):
            wrong.append(f"{figure.place}: {figure.concept} is a {word.kind}")
    assert wrong == []


def test_no_figure_stands_twice_with_the_same_source() -> None:
    keys = [
        (f.entity, f.concept, f.counterparty, f.start, f.end, f.value, f.unit, f.tag, str(f.cite)) for f in figures()
    ]
    assert len(set(keys)) == len(keys)


def test_no_figure_of_the_past_is_known_before_its_period_ends() -> None:
    ahead = [
        str(figure.place)
        for figure in figures()
        if figure.basis not in ("guidance", "forecast") and figure.known.last < figure.end
    ]
    assert ahead == []


def test_residual_lines_close_their_side_of_the_balance_sheet_exactly() -> None:
    """The note of a residual names the total and the lines; the sum is taken in decimals, so nothing may be left."""
    lines: dict[tuple[str, str, date], set[Decimal]] = defaultdict(set)
    first_known: dict[tuple[str, str, date, Decimal], date] = {}
    for figure in figures():
        if figure.start is None:
            value = Decimal(repr(figure.value))
            lines[figure.entity, figure.concept, figure.end].add(value)
            key = (figure.entity, figure.concept, figure.end, value)
            first_known[key] = min(figure.known.last, first_known.get(key, date.max))
    residuals = [f for f in figures() if f.concept in ("other_assets", "other_liabilities")]
    # 54 and 47 of them stand in the table of balance sheets that the dossier was built from.
    assert len(residuals) == 101
    for residual in residuals:
        total, _, parts = (residual.note or "").partition(" less ")
        names = [name.strip().replace(" ", "_") for name in (total, *parts.split(","))]
        assert all(concept(name) for name in names), residual.note
        choices = [sorted(lines[residual.entity, name, residual.end]) for name in names]
        rest = Decimal(repr(residual.value))
        closing = [pick for pick in product(*choices) if pick[0] - sum(pick[1:]) == rest]
        assert closing, f"{residual.place}: {names} leave something else than {rest}"
        known = [
            max(
                first_known[residual.entity, name, residual.end, value] for name, value in zip(names, pick, strict=True)
            )
            for pick in closing
        ]
        assert min(known) <= residual.known.last, f"{residual.place} is known before its lines"
