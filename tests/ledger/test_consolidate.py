"""A group read as one entity: dealings inside are gone, dealings with the outside are untouched."""

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings

from ouroloop import ledger as books
from ouroloop.core import BadInput
from tests.ledger.worlds import MEMBERS, Run, opened, runs


def one(value: np.ndarray) -> float:
    (number,) = value.tolist()
    return number


def test_profit_inside_an_asset_is_taken_out_down_to_what_the_goods_cost():
    # A maker sells chips that cost it 30 to its cloud for 100, and other chips that cost 12 to an outsider for 40.
    world = books.build(
        [
            books.purchase_capitalized("cloud", "maker"),
            books.cost_of_sale("maker", "capex:cloud:maker"),
            books.purchase_capitalized("stranger", "maker"),
            books.cost_of_sale("maker", "capex:stranger:maker"),
        ]
    )
    opening = {
        books.cash("cloud"): 100.0,
        books.Account("maker", books.AccountClass.REAL, "inventory"): 42.0,
        books.cash("stranger"): 40.0,
    }
    amounts = world.amounts(
        {
            "capex:cloud:maker": 100.0,
            "cost:capex:cloud:maker": 30.0,
            "capex:stranger:maker": 40.0,
            "cost:capex:stranger:maker": 12.0,
        }
    )
    kept = books.post(world, books.open_books(world, opening), amounts)
    group = books.consolidate(world, kept, amounts, ["maker", "cloud"])
    assert one(group.revenue_booked) == 140.0
    assert one(group.revenue) == 40.0
    assert one(group.profit) == 28.0  # 40 - 12
    assert one(group.assets) == 170.0  # cash 140, chips at 30
    assert one(group.equity) == 170.0
    assert (one(group.cash_in), one(group.cash_out)) == (40.0, 0.0)


def test_profit_in_goods_used_up_lowers_depreciation_instead():
    world = books.build([books.purchase_capitalized("cloud", "maker"), books.depreciation("cloud")])
    amounts = world.amounts({"capex:cloud:maker": 100.0, "depreciate:cloud:equipment": 25.0})
    kept = books.post(world, books.open_books(world, {books.cash("cloud"): 100.0}), amounts)
    group = books.consolidate(world, kept, amounts, ["maker", "cloud"], held={"capex:cloud:maker": 0.75})
    # The goods cost the group nothing: no revenue, no depreciation, no asset but the cash.
    assert (one(group.revenue), one(group.profit), one(group.assets)) == (0.0, 0.0, 100.0)


def test_a_warrant_earned_inside_the_group_takes_nothing_off_its_revenue_twice():
    # A maker sells chips for 10 to its cloud and gives it warrants of 3 for buying: 7 of revenue, chips at 7; as a
    # group it sold nothing.
    world = books.build(
        [books.purchase_capitalized("cloud", "maker"), books.warrant_vested("maker", "cloud", asset="equipment")]
    )
    names = {flow.name: amount for flow, amount in zip(world.flows, (10.0, 3.0), strict=True)}
    amounts = world.amounts(names)
    kept = books.post(world, books.open_books(world, {books.cash("cloud"): 10.0}), amounts)
    group = books.consolidate(world, kept, amounts, ["maker", "cloud"])
    assert one(group.revenue_booked) == 7.0
    assert one(group.revenue) == 0.0


def test_claims_inside_go_and_claims_of_outsiders_stay():
    world = books.build(
        [
            books.equity_investment("parent", "lab"),
            books.equity_investment("fund", "lab"),
            books.loan("parent", "lab"),
            books.loan("bank", "lab"),
            books.interest("lab", "parent"),
        ]
    )
    amounts = world.amounts(
        {
            "invest:parent:lab": 10.0,
            "invest:fund:lab": 5.0,
            "lend:parent:lab": 20.0,
            "lend:bank:lab": 7.0,
            "interest:lab:parent": 2.0,
        }
    )
    kept = books.post(world, books.open_books(world, {books.cash("parent"): 30.0}), amounts)
    group = books.consolidate(world, kept, amounts, {"parent", "lab"})
    assert one(group.liabilities) == 7.0
    assert one(group.total(books.AccountClass.EQUITY)) == -5.0
    assert one(group.total(books.AccountClass.EXPENSE)) == 0.0
    assert one(group.total(books.AccountClass.INCOME)) == 0.0
    assert one(group.assets) == 42.0  # 30 of its own, 5 and 7 from outside, all cash
    assert (one(group.cash_in), one(group.cash_out)) == (12.0, 0.0)


def test_two_members_that_hold_shares_of_a_third_take_out_what_it_owes_once():
    investors = {"parent": 10.0, "sister": 5.0, "fund": 3.0}
    world = books.build([books.equity_investment(name, "lab") for name in investors])
    amounts = world.amounts({f"invest:{name}:lab": amount for name, amount in investors.items()})
    opening = {books.cash(name): amount for name, amount in investors.items()}
    kept = books.post(world, books.open_books(world, opening), amounts)
    group = books.consolidate(world, kept, amounts, {"parent", "sister", "lab"})
    assert one(group.total(books.AccountClass.EQUITY)) == -3.0
    assert one(group.assets) == 18.0  # all cash, at the lab
    assert sorted(one(e.amount) for e in group.eliminations if one(e.amount)) == [5.0, 10.0]


def test_members_that_state_more_than_is_owed_take_out_no_more_than_is_owed():
    world = books.build([books.equity_investment(name, "lab") for name in ("parent", "sister")])
    shares = {name: books.Account(name, books.AccountClass.ASSET, "equity:lab") for name in ("parent", "sister")}
    paid_in = books.Account("lab", books.AccountClass.EQUITY, "equity:lab")
    kept = books.open_books(world, {shares["parent"]: 10.0, shares["sister"]: 5.0, paid_in: -12.0})
    group = books.consolidate(world, kept, world.amounts({}), {"parent", "sister", "lab"})
    assert one(group.total(books.AccountClass.EQUITY)) == 0.0
    assert one(group.assets) == 3.0


def test_a_price_above_cost_of_a_member_counts_nothing_for_the_group():
    world = books.build([books.equity_investment("parent", "lab"), books.revaluation("parent", "equity:lab")])
    valued = books.Account("parent", books.AccountClass.VALUATION, "equity:lab")
    kept = books.open_books(world, {books.cash("parent"): 10.0, valued: 3.0})
    amounts = world.amounts({"invest:parent:lab": 10.0, "revalue:parent:equity:lab": 50.0})
    kept = books.post(world, kept, amounts)
    group = books.consolidate(world, kept, amounts, {"parent", "lab"})
    assert (one(group.profit), one(group.assets), one(group.equity)) == (0.0, 10.0, 10.0)
    alone = books.consolidate(world, kept, amounts, {"parent"})
    assert (one(alone.profit), one(alone.assets)) == (50.0, 63.0)


def consolidated_opening(run: Run, members: tuple[str, ...]) -> Mapping[books.Account, np.ndarray]:
    kept = opened(run.ledger, run.opening)
    return books.consolidate(run.ledger, kept, np.zeros_like(run.amounts[0]), members).before


@settings(max_examples=12, deadline=None)
@given(runs())
def test_the_consolidated_books_balance_and_one_member_alone_is_itself(run: Run):
    kept, total = opened(run.ledger, run.opening), np.zeros_like(run.amounts[0])
    for amounts in run.amounts:
        kept = books.post(run.ledger, kept, amounts)
        total = total + np.round(amounts * 2**30) / 2**30
    for members in (MEMBERS, MEMBERS[:2]):
        group = books.consolidate(run.ledger, kept, total, members)
        for lines in (group.before, group.after):
            assert not sum(lines.values(), np.zeros(run.paths)).any()
        cash = sum(v for a, v in group.before.items() if a.is_cash)
        opening = sum(v for a, v in consolidated_opening(run, members).items() if a.is_cash)
        assert (cash - opening == group.cash_in - group.cash_out).all()
    entity = next(name for name in MEMBERS if any(a.entity == name for a in run.ledger.accounts))
    alone, read = books.consolidate(run.ledger, kept, total, {entity}), books.statement(run.ledger, kept)
    row = run.ledger.entities.index(entity)
    assert (alone.revenue == np.asarray(read.revenue)[row]).all()
    assert (alone.profit == np.asarray(read.profit)[row]).all()


def test_the_whole_world_as_one_group_has_no_revenue():
    world = books.build([books.purchase_expensed("a", "b"), books.purchase_capitalized("b", "a")])
    amounts = world.amounts({"buy:a:b": 3.0, "capex:b:a": 2.0})
    kept = books.post(world, books.open_books(world, {}), amounts)
    assert one(books.consolidate(world, kept, amounts, {"a", "b"}).revenue) == 0.0


def test_unknown_names_and_shares_are_refused_all_at_once():
    world = books.build([books.purchase_capitalized("cloud", "maker")])
    kept = books.open_books(world, {})
    with pytest.raises(BadInput) as caught:
        books.consolidate(world, kept, world.amounts({}), {"clout"}, held={"capex:cloud:maker": 1.5, "nothing": 0.5})
    assert sorted(p.code for p in caught.value.problems) == ["bad-share", "unknown-entity", "unknown-flow"]
