"""Tiers by status path, on every day by what was known then."""

from datetime import date

import pytest
from hypothesis import given, settings

from ouroloop.core import ZERO, Interval, Tier
from ouroloop.dossier import standings, tier_of
from tests.dossier.worlds import deal, dossier, entity, worlds

TWO = [entity("a"), entity("b")]


@pytest.mark.parametrize(
    ("status", "tier"),
    [
        ("rumored", Tier.REPORTED),
        ("reported", Tier.REPORTED),
        ("announced", Tier.LETTER),
        ("letter", Tier.LETTER),
        ("signed", Tier.FIRM),
        ("funded", Tier.PAID),
        ("withdrawn", Tier.VOID),
        ("expired", Tier.VOID),
        ("superseded", Tier.VOID),
        ("amended", Tier.FIRM),
    ],
)
def test_the_last_known_step_decides_the_tier(status: str, tier: Tier) -> None:
    one = deal("d", "a", "b", amount=1, steps=[(status, "2025-03-01")])
    assert tier_of(one, one.tranches[0], date(2025, 3, 1)) is tier


def test_a_signed_tranche_with_a_condition_is_conditional_until_it_is_funded() -> None:
    one = deal("d", "a", "b", amount=1, steps=[("signed", "2025-01"), ("funded", "2025-06-30")], condition="a GW runs")
    assert tier_of(one, one.tranches[0], date(2025, 6, 29)) is Tier.CONDITIONAL
    assert tier_of(one, one.tranches[0], date(2025, 6, 30)) is Tier.PAID


def test_an_amendment_leaves_the_tier_as_it_was() -> None:
    one = deal("d", "a", "b", amount=1, steps=[("letter", "2025-01-01"), ("amended", "2025-02-01")])
    assert tier_of(one, one.tranches[0], date(2025, 3, 1)) is Tier.LETTER


def test_nobody_knows_of_a_deal_before_the_last_day_that_its_date_may_mean() -> None:
    one = deal("d", "a", "b", amount=1, steps=[("signed", "2025-Q1")])
    assert tier_of(one, one.tranches[0], date(2025, 3, 30)) is None
    assert tier_of(one, one.tranches[0], date(2025, 3, 31)) is Tier.FIRM


def test_a_tranche_with_its_own_path_does_not_follow_the_deal() -> None:
    paid = {"id": "first", "low": 10, "high": 10, "status": [{"is": "funded", "known": "2025-02-01"}]}
    one = deal("d", "a", "b", tranches=[paid, {"id": "rest", "low": 0, "high": 90, "condition": "milestones"}])
    tiers = {s.tranche.id: s.tier for s in standings(dossier(TWO, [one]))}
    assert tiers == {"first": Tier.PAID, "rest": Tier.CONDITIONAL}


def test_void_deals_count_nothing_and_name_what_replaced_them() -> None:
    old = deal("old", "a", "b", amount=100, steps=[("letter", "2025-01-01"), ("superseded", "2025-06-01")])
    new = deal("new", "a", "b", amount=30, steps=[("signed", "2025-06-01")], amends="old")
    first, second = standings(dossier(TWO, [old, new]))
    assert first.tier is Tier.VOID
    assert (first.amount, first.stated) == (ZERO, Interval(100, 100))
    assert first.dropped_because == "superseded by new"
    assert second.amount == Interval(30, 30)


def test_an_amount_that_nobody_disclosed_is_none_and_not_zero() -> None:
    (standing,) = standings(dossier(TWO, [deal("d", "a", "b")]))
    assert standing.amount is None
    assert standing.counts


@given(world=worlds())
@settings(max_examples=50, deadline=None)
def test_what_was_known_earlier_is_still_known_later(world: object) -> None:
    days = [date(2025, 6, 30), date(2026, 2, 1), date(2026, 12, 31)]
    seen = [{(s.deal.id, s.tranche.id) for s in standings(world.as_of(day))} for day in days]  # type: ignore[attr-defined]
    assert seen[0] <= seen[1] <= seen[2]
