"""From the dossier's vehicles to ones that can run: quarters, promises, ratings, and what was left open."""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
import pytest

from ouroloop.core import BadInput
from ouroloop.dossier import load
from ouroloop.dossier.models.structure import Structure
from ouroloop.scenario.grades import LETTERS, failed_by, letters_table
from ouroloop.scenario.vehicles import READ, Setting, setting
from ouroloop.securitization.waterfall import Interest, Principal

AI_LOOP = load("ai-loop")


@cache
def made(name: str) -> Setting:
    return setting(AI_LOOP, AI_LOOP.structures[name])


def test_the_worked_structures_of_the_loop_are_on_file_with_sources_and_what_is_unknown() -> None:
    wanted = {"hyperion", "el-paso", "vantage-2025-1", "jupiter", "vantage-oracle", "abilene", "tpu-leases"}
    wanted.add("compass-2026-1")
    assert wanted | {f"coreweave-ddtl-{n}" for n in (2, 3, 4, 5)} == set(AI_LOOP.structures)
    for structure in AI_LOOP.structures.values():
        assert structure.unknown, f"{structure.id} claims that everything is known"
        sizes = [one.size_usd_bn for one in structure.classes]
        assert all(size.basis == "reported" and size.cite is not None for size in sizes)
        for _, term in structure.terms():
            assert term.cite if term.basis == "reported" else term.why


def test_sizes_are_those_of_the_deals_that_the_classes_name() -> None:
    for structure in AI_LOOP.structures.values():
        by_deal: dict[str, float] = {}
        for one in structure.classes:
            if one.deal is not None:
                by_deal[one.deal] = by_deal.get(one.deal, 0.0) + one.size_usd_bn.value
        for deal, size in by_deal.items():
            tranches = AI_LOOP.deals[deal].tranches
            low, high = (sum(getattr(t, end) or 0.0 for t in tranches) for end in ("low", "high"))
            assert low - 1e-9 <= size <= high + 1e-9, deal


def test_rents_that_are_derived_from_a_deal_add_up_to_it() -> None:
    for structure, deal in (("hyperion", "meta-hyperion-lease"), ("coreweave-ddtl-4", "meta-coreweave-2026")):
        lease = AI_LOOP.structures[structure].leases[0]
        assert lease.deal == deal
        assert lease.rent_usd_bn.value * lease.years.value == pytest.approx(AI_LOOP.deals[deal].tranches[0].low)


def test_hyperion_stands_empty_until_2029_and_its_notes_wait_with_it() -> None:
    of = made("hyperion")
    assert str(of.first) == "2025-Q4"
    assert of.vehicle.leases[0].begins == 13
    assert len(of.vehicle.years) == 97
    interest = 27.3 * 0.06581 / 4
    np.testing.assert_allclose(of.vehicle.prefunded, [interest] * 13 + [0.0] * 84)
    schedule = np.asarray(of.vehicle.tranches[0].schedule)
    assert (schedule[:13] == 1.0).all()
    assert schedule[13] < 1.0
    assert schedule[-1] == 0.0
    payments = 27.3 * (np.r_[1.0, schedule[:-1]][13:] * 0.06581 / 4 - np.diff(np.r_[1.0, schedule])[13:])
    np.testing.assert_allclose(payments, payments[0], rtol=1e-9)


def test_a_promise_that_falls_with_the_notes_is_what_is_owed_as_the_quarter_begins() -> None:
    of = made("hyperion").vehicle
    cap, schedule = np.asarray(of.guarantees[0].cap), np.asarray(of.tranches[0].schedule)
    assert cap[0] == 28.0
    ends = (2044 - 2025) * 4 + 1
    np.testing.assert_allclose(cap[1:ends], 28.0 * schedule[: ends - 1])
    assert (cap[ends:] == 0).all()


def test_a_class_is_capped_by_who_pays_most_of_the_rent_or_vouches_for_it() -> None:
    """Broadcom's promise lifts the first two classes of the TPU leases above Anthropic, and not the third."""
    assert made("tpu-leases").caps == ("A", "A", "BB")
    assert made("hyperion").caps == ("AA",)
    assert made("coreweave-ddtl-5").caps == ("BB",)


def test_lines_keep_their_order_and_their_classes() -> None:
    lines = made("tpu-leases").vehicle.waterfall.lines
    assert lines[:3] == (
        Interest(("a1",)),
        Interest(("a2",)),
        Principal(("a1", "a2"), of="collected", from_reserve=True),
    )


def test_letters_fail_in_order_and_as_the_table_of_a_year_says() -> None:
    table = letters_table(AI_LOOP)
    assert (np.diff(table.probability, axis=0) >= 0).all()
    assert (np.diff(table.probability, axis=1) >= 0).all()
    np.testing.assert_allclose(table.probability[LETTERS.index("BB"), 0], 0.0106, atol=1e-4)
    quarters = failed_by(table, "BB", 8)
    np.testing.assert_allclose(quarters[[3, 7]], table.probability[LETTERS.index("BB"), :2])
    assert quarters[0] == pytest.approx(1 - (1 - quarters[3]) ** 0.25)


def test_no_structure_is_seen_before_it_was_known_and_none_opens_without_its_assumptions() -> None:
    early = AI_LOOP.as_of(date(2025, 10, 20))
    assert "hyperion" not in early.structures
    assert set(AI_LOOP.as_of(date(2025, 11, 30)).structures) == {
        "hyperion", "vantage-2025-1", "vantage-oracle", "abilene", "coreweave-ddtl-2", "coreweave-ddtl-3"
    }  # fmt: skip
    with pytest.raises(BadInput) as caught:
        setting(AI_LOOP.as_of(date(2025, 10, 20)), AI_LOOP.structures["hyperion"])
    assert {problem.code for problem in caught.value.problems} == {"no-assumption"}


def test_every_assumption_that_is_read_is_named() -> None:
    assert set(made("hyperion").assumed) == set(READ.values())


def test_a_structure_says_where_its_entities_and_deals_stand() -> None:
    structure = AI_LOOP.structures["hyperion"]
    assert isinstance(structure, Structure)
    assert (("classes", 0, "deal"), "hyperion-bonds") in set(structure.deals())
    assert (("classes", 0, "held_by", 1, "by"), "pensions") in set(structure.entities())
