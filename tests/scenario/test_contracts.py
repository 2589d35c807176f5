"""Promises of a dossier: each tranche in one place, counted once, and every dollar of it in one quarter."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given, settings

from ouroloop.core import BadInput, Quarter, Tier
from ouroloop.dossier import Dossier, standings
from ouroloop.scenario.axes import Axes, axes
from ouroloop.scenario.contracts import Contracts
from ouroloop.scenario.contracts.bounded import sums
from ouroloop.scenario.contracts.kinds import cancellable
from ouroloop.scenario.contracts.terms import Term
from tests.dossier.worlds import deal, dossier, entity, worlds
from tests.scenario.promises import ai_loop, on, opened

DAYS = ("2025-10-31", "2025-11-21", "2026-02-28", "2026-05-15", "2026-10-31")


def term(made: Contracts, name: str) -> Term:
    return next(one for one in made.terms if one.name == name)


def why(made: Contracts, name: str) -> str:
    return next(one.why for one in made.left_out if one.name == name)


def small(*deals: object, day: str = "2026-12-31") -> Dossier:
    parties = [
        entity("lab"),
        entity("cloud", "cloud"),
        entity("chips", "chip_maker"),
        entity("others", "equity_investors", loop=False),
    ]
    made = dossier(parties, deals, day=day)  # type: ignore[arg-type]
    return replace(made, assumptions=ai_loop().assumptions)


def places(made: Contracts) -> list[str]:
    named = [one.name for one in made.terms if one not in (*made.other_leases, *made.site_leases)]
    return named + [one.name for one in made.left_out]


@pytest.mark.parametrize("day", DAYS)
def test_every_known_tranche_is_in_exactly_one_place(day: str) -> None:
    known = sorted(f"{s.deal.id}#{s.tranche.id}" for s in standings(ai_loop(day)))
    assert sorted(places(on(day))) == known


@settings(max_examples=60, deadline=None)
@given(worlds())
def test_in_any_dossier_every_tranche_has_one_place_and_every_amount_its_quarters(world: Dossier) -> None:
    known = replace(world, assumptions=ai_loop().assumptions)
    made = opened(known, quarters=6)
    assert sorted(places(made)) == sorted(f"{s.deal.id}#{s.tranche.id}" for s in standings(known))
    for one in made.terms:
        money = one.payments
        assert money.before + money.shares.sum() + money.after == pytest.approx(1, abs=1e-12)
        assert 0 <= money.low <= money.point <= money.high < np.inf
        assert money.remaining > 0


@settings(max_examples=60, deadline=None)
@given(worlds())
def test_closing_open_ends_stays_within_what_the_dossier_counts(world: Dossier) -> None:
    for one in sums(world, 0.25):
        counted = one.standing.amount
        if one.amount is not None and counted is not None:
            assert counted.low - 1e-9 <= one.amount.low <= one.point <= one.amount.high
            assert one.amount.high <= max(counted.high, counted.low * 1.25) + 1e-9


@pytest.mark.parametrize("day", DAYS)
def test_what_is_paid_or_void_is_no_promise(day: str) -> None:
    void = {f"{s.deal.id}#{s.tranche.id}" for s in standings(ai_loop(day)) if s.tier is Tier.VOID}
    assert not void & {one.name for one in on(day).terms}
    assert all(one.tier not in (Tier.VOID, Tier.PAID) for one in on(day).terms)


def test_oracles_contract_with_openai_is_fifteen_a_quarter_over_five_years() -> None:
    money = term(on(), "openai-oracle-300bn#whole").payments
    # 1826 days from 2027 to 2031, 90 of them in the first quarter of 2027, which is the first simulated one.
    assert money.point_usd_bn[0] == pytest.approx(300 * 90 / 1826)
    assert money.point_usd_bn[:20] == pytest.approx(np.full(20, 15.0), abs=0.3)
    assert money.point_usd_bn[:20].sum() == pytest.approx(300)
    assert not money.point_usd_bn[20:].any()
    assert (money.before, money.after) == (0, 0)


def test_openais_three_contracts_with_coreweave_lose_the_days_that_have_passed() -> None:
    mine = [one for one in on().cloud if one.link == "coreweave-openai"]
    assert sum(one.payments.point for one in mine) == pytest.approx(11.9 + 4 + 6.5)
    # Days from 2027-01-01 to 2030-03-09, 2030-05-31 and 2030-09-30, each out of five years with one leap day.
    left = (11.9 * 1164 + 4 * 1247 + 6.5 * 1369) / 1826
    assert sum(one.payments.point_usd_bn.sum() for one in mine) == pytest.approx(left)
    assert {(one.payer, one.payee, one.tier) for one in mine} == {("openai", "coreweave", Tier.FIRM)}


def test_softbanks_tranches_fall_in_their_own_quarters() -> None:
    made = on("2026-05-15")
    assert made.first == Quarter(2026, 3)
    assert why(made, "softbank-openai-equity-2026#april") == "moved before"
    july, october = (term(made, f"softbank-openai-equity-2026#{month}") for month in ("july", "october"))
    assert july.payments.point_usd_bn[:3].tolist() == [10, 0, 0]
    assert october.payments.point_usd_bn[:3].tolist() == [0, 10, 0]
    assert not july.pending


def test_the_letter_of_2025_is_pending_until_the_investment_takes_its_place() -> None:
    letter = term(on("2025-10-31"), "nvidia-openai-letter-2025#whole")
    assert (letter.payer, letter.payee, letter.tier, letter.pending) == ("nvidia", "openai", Tier.LETTER, True)
    # "0 to 100": if it comes, it is the headline. Nobody said when, so it is decided a year on.
    assert (letter.payments.low, letter.payments.point, letter.payments.high) == (100, 100, 100)
    assert letter.payments.first == 4
    assert letter in on("2025-10-31").letters
    assert why(on(), "nvidia-openai-letter-2025#whole") == "void"
    assert why(on(), "nvidia-openai-equity-2026#last") == "moved before"


def test_anthropics_obligations_add_up_to_their_total() -> None:
    made = on()
    inside = {d.id for d in ai_loop().deals.values() if d.overlap is not None and d.overlap.group == "ANT-518"}
    group = [one for one in made.terms if one.deal in inside]
    rents = [one for one in made.site_leases if one.payer == "anthropic"]  # a part of what it promised Broadcom
    assert sum(one.payments.point for one in (*group, *rents)) == pytest.approx(518)
    # Parts that are announced or reported only are inside a firm total, so they are owed on every path.
    assert not any(one.pending for one in group)
    assert term(made, "anthropic-fluidstack-50bn#whole").bound_by == "anthropic-obligations-s1"
    assert why(made, "anthropic-google-cloud-2025#whole") == "counted elsewhere"
    assert why(made, "anthropic-google-cloud-200bn#whole") == "counted elsewhere"
    # 518 less 30 + 50 + 100 (more than) + 44 + 19 + 7 + 125.2.
    assert term(made, "anthropic-obligations-s1#whole").payments.point == pytest.approx(142.8)


def test_openais_round_of_122_is_counted_once() -> None:
    made = on("2026-04-15")
    named = ("nvidia-openai-equity-2026", "softbank-openai-equity-2026", "amazon-openai-equity-2026")
    points = {s.standing.deal.id + s.standing.tranche.id: s.point for s in sums(ai_loop("2026-04-15"), 0.1)
              if s.standing.deal.id in (*named, "openai-round-2026")}  # fmt: skip
    assert sum(points.values()) == pytest.approx(122)
    # 122 less 3 x 10, 3 x 10, 15 and the headline of 35.
    assert term(made, "openai-round-2026#whole").payments.point == pytest.approx(12)


def test_oracles_58_is_the_loans_to_those_who_build_and_two_more() -> None:
    points = {s.standing.deal.id: s.point for s in sums(ai_loop(), 0.1)}
    loans = points["vantage-texas-loan"] + points["vantage-wisconsin-loan"] + points["jupiter-loan"]
    assert loans == pytest.approx(56)
    assert points["oracle-capital-raised-2026-02"] == pytest.approx(2)


def test_the_leases_of_the_five_are_those_of_their_members() -> None:
    made = on()
    assert why(made, "five-hyperscalers-leases-2025-12#whole") == "parties"
    assert {one.payer for one in made.leases} == {"anthropic", "microsoft", "meta", "oracle"}


def test_leases_published_beyond_the_named_ones_are_counted_for_the_rest() -> None:
    rest = {one.payer: one for one in on().other_leases}
    # Oracle published 288 at the end of August 2026; 248 of it, from 2027 on, are named.
    assert rest["oracle"].payments.point == pytest.approx(40)
    assert rest["oracle"].payee == "data-center-landlords"
    # Microsoft published 329.1 at the end of June 2026; of the 155 named, 5298 of 5479 days lie after it.
    assert rest["microsoft"].payments.point == pytest.approx(329.1 - 155 * 5298 / 5479)
    # Meta's figure is its lease of Hyperion alone.
    assert "meta" not in rest


def test_running_contracts_that_may_be_left_are_not_pending() -> None:
    left = {s.deal.id for s in standings(ai_loop()) if s.tier is Tier.CONDITIONAL and cancellable(s.tier, s.tranche)}
    assert left == {
        "anthropic-spacex-lease",
        "google-spacex-lease",
        "microsoft-iren-2025",
        "nvidia-supply-commitments-2026-07",
    }
    assert not any(one.pending for one in on().terms if one.cancellable)
    assert {one.take_or_pay_share for one in on().cloud if one.cancellable} == {0.0}


def test_each_kind_of_bargain_finds_its_book() -> None:
    made = on()
    books = {one.deal: kind for kind in ("cloud", "orders", "leases", "rounds", "debts", "vendor_loans", "guarantees",
             "warrants", "acquisitions") for one in getattr(made, kind)}  # fmt: skip
    expected = {
        "anthropic-broadcom-tpu-lease": "cloud",  # rented from a chip maker
        "openai-cerebras-20bn": "cloud",  # capacity, which its payer does not own
        "openai-amd-6gw": "orders",
        "nvidia-supply-commitments-2026-07": "orders",
        "anthropic-fluidstack-50bn": "orders",
        "meta-hyperion-lease": "leases",
        "oracle-future-leases": "leases",
        "amazon-openai-equity-2026": "rounds",
        "jupiter-loan": "debts",
        "tpu-vehicle-notes": "debts",
        "broadcom-anthropic-notes": "vendor_loans",
        "nvidia-coreweave-backstop": "guarantees",
        "amd-openai-warrant": "warrants",
        "nvidia-hugging-face": "acquisitions",
    }
    assert {name: books[name] for name in expected} == expected
    assert [one.goods for one in made.orders if one.deal in ("anthropic-fluidstack-50bn", "openai-amd-6gw")] == [
        "chips", "chips", "sites",
    ]  # fmt: skip
    prepaid = on("2025-11-21").prepayments
    assert [(one.name, one.covers) for one in prepaid] == [
        ("microsoft-iren-2025#prepayment", ("microsoft-iren-2025#rest",))
    ]


def test_guarantees_know_what_they_stand_behind() -> None:
    found = {one.deal: (one.kind, one.creditor, one.covers) for one in on().guarantees}
    assert found["broadcom-tpu-vehicle-guarantee"] == ("guarantee", "private-credit-funds", ("tpu-vehicle-notes",))
    assert found["nvidia-coreweave-backstop"] == ("backstop", "coreweave", ())
    assert found["meta-hyperion-guarantee"] == ("residual_value", "beignet-investor", ("hyperion-bonds",))
    assert found["nvidia-sb-energy-guarantee-2026"] == ("backstop", "sb-energy", ("openai-ohio-lease",))
    backstop = next(one for one in on().guarantees if one.deal == "nvidia-coreweave-backstop")
    # From 2027-Q1 to 2032-Q2, in which it ends: 22 quarters.
    assert backstop.active.sum() == 22
    assert not backstop.payments.shares.any()


def test_a_warrant_is_worth_what_was_announced_over_its_shares() -> None:
    warrant = next(one for one in on().warrants if one.payee == "openai")
    assert warrant.fair_value_usd == pytest.approx(34 / 0.16)
    assert warrant.order == ("openai-amd-6gw#first-gw", "openai-amd-6gw#further-5-gw")
    before = next(one for one in on("2026-02-28").warrants if one.payee == "meta")
    assert not before.complete  # the share price that its value is derived from was not all known then
    assert not before.value_known


def test_an_order_is_a_share_of_the_spending_that_its_builder_publishes() -> None:
    hints = {one.name: one.vendor_share_hint for one in on().orders}
    # 83.3bn from 2027-07 to 2031 (1645 days), against 31.078bn in the 91 days to June 2026, 62 % of it compute.
    expected = (83.3 / 1645) / (31.078 / 91 * 0.62)
    assert hints["meta-amd-6gw#further-5-gw"] == pytest.approx(expected)
    assert np.isnan(hints["openai-amd-6gw#first-gw"])  # OpenAI publishes almost no spending: others build for it
    assert np.isnan(hints["nvidia-supply-commitments-2026-07#whole"])


def test_money_that_a_paid_deal_schedules_later_still_has_to_come() -> None:
    late = deal("late", "others", "lab", "equity", 8, steps=[("funded", "2026-12-31")],
                schedule=("2026-10-01", "2027-09-30"))  # fmt: skip
    (round_,) = opened(small(late)).rounds
    # 92 of 365 days lie in the opening quarter.
    assert round_.tier is Tier.FIRM
    assert round_.payments.point_usd_bn.sum() == pytest.approx(8 * 273 / 365)


def test_more_than_is_closed_at_the_top_and_starts_from_what_was_said() -> None:
    open_ended = deal("open", "lab", "cloud", "purchase", (100, None), schedule=("2027", "2028"))
    (found,) = opened(small(open_ended)).cloud
    assert (found.payments.low, found.payments.point, found.payments.high) == pytest.approx((100, 100, 110))


def test_a_part_without_an_amount_stays_inside_its_total() -> None:
    inside = {"group": "g", "role": "part"}
    whole = deal("whole", "lab", "cloud", "purchase", 50, schedule=("2027", "2028"),
                 overlap={"group": "g", "role": "total"})  # fmt: skip
    silent = deal("silent", "lab", "cloud", "purchase", schedule=("2027", "2028"), overlap=inside)
    made = opened(small(whole, silent))
    assert [(one.deal, one.payments.low, one.payments.point) for one in made.cloud] == [("whole", 50, 50)]
    assert why(made, "silent#whole") == "counted elsewhere"
    alone = opened(small(silent))
    assert why(alone, "silent#whole") == "not disclosed"


def test_a_deal_between_two_arms_of_one_firm_moves_nothing() -> None:
    inner = deal("inner", "arm", "cloud", "purchase", 5, schedule=("2027", "2028"))
    known = small(inner)
    arm = entity("arm", "cloud", loop=False, part_of="cloud")
    known = replace(known, entities=MappingProxyType({**known.entities, "arm": arm}))
    assert why(opened(known), "inner#whole") == "parties"


def test_a_missing_assumption_is_named_with_all_others_that_are_missing() -> None:
    known = replace(ai_loop(), assumptions=MappingProxyType({}))
    with pytest.raises(BadInput) as refused:
        opened(known)
    assert {problem.code for problem in refused.value.problems} == {"unknown-assumption"}
    assert len(refused.value.problems) > 10


def test_what_moves_in_the_rest_of_the_opening_quarter_is_said() -> None:
    made = on("2025-11-21")
    # SoftBank's 22.5bn are due in December 2025, after the day, and hang on a condition: decided in the first quarter.
    second = term(made, "softbank-openai-equity-2025#second-closing")
    assert second.pending
    assert second.payments.point_usd_bn[:2].tolist() == [22.5, 0]
    # 11.9bn over 1826 days, 40 of them from 22 November to the end of the year.
    money = term(made, "openai-coreweave-2025-03#whole").payments
    assert money.opening == pytest.approx(40 / 1826)
    loan = deal("loan", "others", "lab", "loan", 9, schedule=("2026-12-01", "2026-12-31"))
    (left,) = opened(small(loan, day="2026-12-21")).left_out
    assert left.opening_usd_bn == pytest.approx(9 * 10 / 31)


def test_a_shorter_horizon_moves_money_behind_it_and_loses_none() -> None:
    short, long = opened(ai_loop(), 8), on()
    for one, other in zip(short.terms, long.terms, strict=True):
        assert one.name == other.name
        assert one.payments.point_usd_bn == pytest.approx(other.payments.point_usd_bn[:8])
        assert one.payments.remaining == pytest.approx(other.payments.remaining)


def test_axes_are_those_of_the_dossier() -> None:
    made: Axes = axes(ai_loop())
    ends = {end for one in on().terms for end in (one.payer, one.payee)}
    assert ends <= set(made.entities)
