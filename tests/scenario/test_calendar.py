"""Each verb moves the numbers that it names, in the quarters and on the paths that it names, and no others."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from ouroloop.behavior.lending import LENDER_CLASSES
from ouroloop.core import Quarter
from ouroloop.scenario.calendar import LENDERS, ShockCalendar, drawn, shock_calendar
from ouroloop.scenario.language import Scenario
from ouroloop.scenario.verbs import VERBS, CloseCredit
from tests.scenario.test_language import EXAMPLES, example
from tests.scenario.test_read import HEAD, written

MEMBERS = ("nvidia", "amd", "openai", "oracle", "coreweave", "softbank")
SECTORS = ("consumers", "businesses")
CONTRACTS = ("amd-openai-warrant#whole", "openai-amd-6gw#first-gw", "openai-amd-6gw#further-5-gw", "openai-amd-6gw-b#x")


def imposed(folder: Path, *shocks: str, uniforms: np.ndarray | None = None, horizon: int = 8) -> ShockCalendar:
    """The calendar of these shocks, eight quarters from 2027-Q1."""
    rows = "".join(f"  - {{{shock}}}\n" for shock in shocks)
    text = HEAD + f"as_of: 2026-10-31\nhorizon: {horizon}\n" + (f"shocks:\n{rows}" if rows else "")
    return of(written(folder, text), uniforms)


def of(scenario: Scenario, uniforms: np.ndarray | None = None) -> ShockCalendar:
    return shock_calendar(scenario, members=MEMBERS, sectors=SECTORS, contracts=CONTRACTS, uniforms=uniforms)


def arrays(calendar: ShockCalendar) -> dict[str, np.ndarray]:
    found = {field.name: getattr(calendar, field.name) for field in fields(calendar)}
    return {name: value for name, value in found.items() if isinstance(value, np.ndarray)}


def test_without_shocks_every_number_is_neutral_and_holds_for_all_paths(tmp_path: Path) -> None:
    calm = imposed(tmp_path)
    assert calm.first == Quarter(2027, 1)
    for name, array in arrays(calm).items():
        assert array.shape[-2:] == (8, 1), name
        neutral = {
            "spread_add": 0,
            "letters_down": 0,
            "sold_down": 0,
            "forced_default": 0,
            "credit_closed": 0,
            "contract_void": 0,
            "life_years": np.nan,
        }
        np.testing.assert_array_equal(array, np.full(array.shape, neutral.get(name, 1.0)), name)
    assert (calm.payoff_quarter, calm.honest_from) == (None, None)
    assert calm.stopped == calm.withdrawn == calm.voided == calm.guarantees == ()
    assert calm.pays("openai", "oracle").tolist() == [[1.0]] * 8


# What each verb moves, by the names of the calendar's fields.
MOVES: dict[str, set[str]] = {
    "stop_paying": {"stopped", "pay_share"},
    "default": {"forced_default"},
    "cut_demand": {"sector_demand_factor"},
    "close_credit": {"credit_closed"},
    "raise_spread": {"spread_add"},
    "shorten_life": {"life_years"},
    "void_deal": {"voided", "contract_void"},
    "withdraw_equity": {"withdrawn", "equity_pay_share"},
    "reprice_equity": {"price_factor"},
    "downgrade": {"letters_down"},
    "sell_down": {"sold_down"},
    "delay_power": {"power_factor"},
    "improve_efficiency": {"efficiency_factor"},
    "arrive_payoff": {"payoff_quarter"},
    "guarantee": {"guarantees"},
    "stop_investing": {"vendor_scale"},
    "honest_books": {"honest_from"},
    "renegotiate_leases": {"rent_factor"},
}


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_moves_what_it_names_and_nothing_else(verb: str, tmp_path: Path) -> None:
    text = HEAD + "as_of: 2026-10-31\nhorizon: 20\n"
    calm, moved = (of(written(tmp_path, t), np.array([[0.5]]) if "low" in t else None) for t in (
        text, text + "shocks:\n" + example(verb)))  # fmt: skip
    changed = {
        field.name
        for field in fields(moved)
        if not np.array_equal(
            getattr(moved, field.name), getattr(calm, field.name), equal_nan=field.name == "life_years"
        )
    }
    assert changed == MOVES[verb]
    assert re.search(r"^at: ", EXAMPLES[verb], re.MULTILINE)


def test_the_classes_of_lenders_are_those_of_the_engine_and_shares_are_bought_on() -> None:
    assert LENDERS == LENDER_CLASSES
    closed = CloseCredit.model_validate({"at": "2027-Q1"}).classes
    assert set(LENDERS) - set(closed) == {"outside_equity"}


def test_a_stop_holds_from_its_first_quarter_to_its_last_and_only_between_the_two(tmp_path: Path) -> None:
    made = imposed(tmp_path, "verb: stop_paying, from: openai, to: oracle, at: 2027-Q3, until: 2028-Q1, share: 0.75")
    assert made.pays("openai", "oracle")[:, 0].tolist() == [1, 1, 0.25, 0.25, 0.25, 1, 1, 1]
    assert made.pays("oracle", "openai")[:, 0].tolist() == [1] * 8
    assert made.stopped == (("openai", "oracle"),)


def test_two_stops_of_one_pair_leave_the_product_of_what_each_leaves(tmp_path: Path) -> None:
    one = "verb: stop_paying, from: openai, to: oracle, at: 2027-Q1, share: 0.5"
    made = imposed(tmp_path, one, one.replace("2027-Q1", "2028-Q1"))
    assert made.pays("openai", "oracle")[:, 0].tolist() == [0.5] * 4 + [0.25] * 4


def test_a_default_is_forced_in_one_quarter(tmp_path: Path) -> None:
    made = imposed(
        tmp_path, "verb: default, entity: coreweave, at: 2027-Q2", "verb: default, entity: oracle, at: 2028-Q1"
    )
    assert np.argwhere(made.forced_default == 1).tolist() == [[3, 4, 0], [4, 1, 0]]
    assert made.forced_default.sum() == 2


def test_demand_is_cut_while_the_cut_is_in_force_and_sectors_are_cut_apart(tmp_path: Path) -> None:
    made = imposed(
        tmp_path,
        "verb: cut_demand, share: 0.2, at: 2027-Q2",
        "verb: cut_demand, share: 0.5, at: 2028-Q1, until: 2028-Q2",
        "verb: cut_demand, share: 1, at: 2027-Q1, sector: businesses",
    )
    np.testing.assert_allclose(made.demand_factor[:, 0], [1, 0.8, 0.8, 0.8, 0.4, 0.4, 0.8, 0.8])
    assert made.sector_demand_factor[:, :, 0].tolist() == [[1.0] * 8, [0.0] * 8]


def test_named_classes_close_and_the_others_stay_open(tmp_path: Path) -> None:
    made = imposed(tmp_path, "verb: close_credit, lenders: [bank, insurer], at: 2027-Q1, until: 2027-Q2, share: 0.9")
    np.testing.assert_allclose(made.credit_closed.sum(axis=(1, 2)), [1.8, 0, 0, 0, 1.8, 0])


def test_spreads_add_up_in_decimals(tmp_path: Path) -> None:
    made = imposed(
        tmp_path, "verb: raise_spread, bp: 100, at: 2027-Q1", "verb: raise_spread, bp: 250, entity: oracle, at: 2028-Q4"
    )
    oracle = made.spread_add[MEMBERS.index("oracle"), :, 0]
    np.testing.assert_allclose(oracle, [0.01] * 7 + [0.035])
    np.testing.assert_allclose(made.spread_add.sum(), 6 * 8 * 0.01 + 0.025)


def test_the_shortest_life_counts_and_nothing_is_imposed_before(tmp_path: Path) -> None:
    made = imposed(
        tmp_path,
        "verb: shorten_life, years: 3, at: 2027-Q2",
        "verb: shorten_life, years: 5, entity: oracle, at: 2027-Q1",
    )
    oracle = made.life_years[MEMBERS.index("oracle"), :, 0]
    assert oracle.tolist() == [5, 3, 3, 3, 3, 3, 3, 3]
    assert np.isnan(made.life_years[0, 0, 0])
    assert made.life_years[0, 1, 0] == 3


def test_calling_off_a_deal_ends_its_tranches_and_no_deal_that_only_begins_alike(tmp_path: Path) -> None:
    made = imposed(tmp_path, "verb: void_deal, deal: openai-amd-6gw, at: 2027-Q3")
    assert made.contract_void[:, :, 0].tolist() == [[0] * 8, [0, 0] + [1] * 6, [0, 0] + [1] * 6, [0] * 8]
    assert made.voided == (("openai-amd-6gw", 2),)
    one = imposed(tmp_path, "verb: void_deal, deal: openai-amd-6gw#first-gw, at: 2027-Q3")
    assert one.contract_void.sum(axis=(1, 2)).tolist() == [0, 6, 0, 0]


def test_withdrawn_money_is_the_investors_the_issuers_or_that_of_both(tmp_path: Path) -> None:
    made = imposed(
        tmp_path,
        "verb: withdraw_equity, investor: nvidia, at: 2027-Q1, share: 0.5",
        "verb: withdraw_equity, issuer: openai, at: 2028-Q1",
    )
    assert made.invests("nvidia", "coreweave")[:, 0].tolist() == [0.5] * 8
    assert made.invests("nvidia", "openai")[:, 0].tolist() == [0.5] * 4 + [0] * 4
    assert made.invests("softbank", "openai")[:, 0].tolist() == [1] * 4 + [0] * 4
    assert made.invests("softbank", "oracle")[:, 0].tolist() == [1] * 8


def test_a_price_a_rent_and_an_efficiency_change_once(tmp_path: Path) -> None:
    made = imposed(
        tmp_path,
        "verb: reprice_equity, share: 0.3, entity: amd, at: 2027-Q2",
        "verb: renegotiate_leases, share: 0.25, at: 2027-Q4",
        "verb: improve_efficiency, factor: 4, at: 2028-Q1",
    )
    assert made.price_factor[1, :, 0].tolist() == [1, 0.7, 1, 1, 1, 1, 1, 1]
    assert made.rent_factor[:, 3, 0].tolist() == [0.75] * 6
    assert made.rent_factor.sum() == 6 * 8 - 6 * 0.25
    assert made.efficiency_factor[:, 0].tolist() == [1, 1, 1, 1, 0.25, 1, 1, 1]


def test_a_delay_of_two_and_a_half_quarters_holds_back_two_and_half_of_the_third(tmp_path: Path) -> None:
    made = imposed(tmp_path, "verb: delay_power, quarters: 2.5, at: 2027-Q3")
    assert made.power_factor[:, 0].tolist() == [1, 1, 0, 0, 0.5, 1, 1, 1]
    made = imposed(tmp_path, "verb: delay_power, share: 0.4, at: 2027-Q3, until: 2027-Q4")
    np.testing.assert_allclose(made.power_factor[:, 0], [1, 1, 0.6, 0.6, 1, 1, 1, 1])


def test_the_first_payoff_and_the_first_honest_books_count(tmp_path: Path) -> None:
    made = imposed(
        tmp_path,
        "verb: arrive_payoff, at: 2028-Q4",
        "verb: arrive_payoff, at: 2028-Q1",
        "verb: honest_books, at: 2027-Q2",
    )
    assert (made.payoff_quarter, made.honest_from) == (4, 1)


def test_a_guarantee_keeps_who_for_whom_how_much_and_from_when(tmp_path: Path) -> None:
    (one,) = imposed(
        tmp_path,
        "verb: guarantee, guarantor: us-government, debtors: [openai, oracle], at: 2027-Q2, share: 0.8, "
        "cap_usd_bn: 100",
    ).guarantees
    assert (one.guarantor, one.debtors, one.quarter) == ("us-government", ("openai", "oracle"), 1)
    assert one.share.tolist() == [0.8]
    assert one.cap_usd_bn is not None
    assert one.cap_usd_bn.tolist() == [100]


RANGE = "{low: 0.2, value: 0.4, high: 0.6, distribution: uniform}"


def test_a_range_is_drawn_once_per_path_and_only_its_array_grows(tmp_path: Path) -> None:
    u = np.array([[0.25, 0.5, 0.75]])
    made = imposed(tmp_path, f"verb: stop_investing, vendor: nvidia, at: 2028-Q4, share: {RANGE}", uniforms=u)
    np.testing.assert_allclose(made.vendor_scale[0, -1], [0.7, 0.6, 0.5])  # 1 - (0.2 + u * 0.4)
    assert {name: array.shape[-1] for name, array in arrays(made).items() if array.shape[-1] > 1} == {"vendor_scale": 3}


def test_a_path_s_magnitudes_do_not_depend_on_the_other_paths(tmp_path: Path) -> None:
    shocks = (
        f"verb: cut_demand, at: 2027-Q1, share: {RANGE}",
        "verb: raise_spread, at: 2027-Q1, bp: {low: 100, value: 200, high: 600, distribution: lognormal}",
    )
    u = np.random.default_rng(1).uniform(size=(2, 6))
    whole = imposed(tmp_path, *shocks, uniforms=u)
    part = imposed(tmp_path, *shocks, uniforms=u[:, 2:4])
    np.testing.assert_array_equal(part.demand_factor, whole.demand_factor[..., 2:4])
    np.testing.assert_array_equal(part.spread_add, whole.spread_add[..., 2:4])
    assert whole.demand_factor.min() >= 0.4


def test_draws_are_named_by_shock_and_key_in_their_order(tmp_path: Path) -> None:
    text = (
        HEAD + "shocks:\n  - {verb: arrive_payoff, at: 2030-Q1}\n"
        f"  - {{verb: guarantee, guarantor: us-government, debtors: [openai], at: 2027-Q1, share: {RANGE},"
        " cap_usd_bn: {low: 10, value: 20, high: 50, distribution: triangular}}\n"
    )
    assert [one.name for one in drawn(written(tmp_path, text))] == ["shocks[1].share", "shocks[1].cap_usd_bn"]


def test_rows_that_are_all_the_same_share_their_memory(tmp_path: Path) -> None:
    u = np.full((1, 1000), 0.5)
    made = imposed(tmp_path, f"verb: renegotiate_leases, at: 2027-Q1, share: {RANGE}", uniforms=u)
    assert made.rent_factor.shape == (6, 8, 1000)
    assert made.rent_factor.strides[0] == 0
