"""The replay through the books: nothing leaks, the auditor agrees, gaps stay in sight, revenue splits by who paid."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings

from ouroloop import ledger as books
from ouroloop.core import BadInput, Quarter
from ouroloop.dossier import Dossier, choose, load, replay
from ouroloop.dossier.replay import PATHS, POINT, Replay
from tests.dossier.worlds import deal, dossier, entity, figure, worlds

Q1, Q2, Q4 = Quarter(2025, 1), Quarter(2025, 2), Quarter(2025, 4)
YEAR = "2025-01-01/2025-12-31"
ALL = [
    entity("chips", "chip_maker"),
    entity("lab", unexplained_revenue="customers"),
    entity("cloud", "cloud"),
    entity("bonds", "bond_market", loop=False),
]


def held(run: Replay, quarter: Quarter, account: books.Account, path: int = POINT) -> float:
    return float(run.books[run.quarters.index(quarter) + 1].balances[run.ledger.row(account), path])


@pytest.fixture(scope="module")
def friends() -> Replay:
    return replay(load("three-friends"))


def test_three_friends_book_200_of_revenue_one_asset_one_loss_and_nothing_from_outside(friends: Replay) -> None:
    """Hand arithmetic: A buys 100 of shares of B, B uses up 100 of C's cloud, C keeps 100 of A's chips."""
    run = friends
    a, b, c = sorted(run.reading(), key=lambda one: one.entity)
    assert [one.article_revenue for one in (a, b, c)] == [100, 100, 100], "the article's reading"
    assert [one.revenue for one in (a, b, c)] == [100, 0, 100]
    assert [one.asset for one in (a, b, c)] == [0, 0, 100]
    assert [one.profit for one in (a, b, c)] == [100, -100, 100]
    assert [one.equity_raised for one in (a, b, c)] == [0, 100, 0]
    assert [one.outside_cash for one in (a, b, c)] == [0, 0, 0]
    assert run.residual == 0
    assert run.verdict.agrees


def test_all_of_the_friends_revenue_was_paid_with_the_money_of_one_of_them(friends: Replay) -> None:
    assert friends.shares("friend-c") == {"member:friend-a": 1}
    assert friends.shares("friend-a") == {"member:friend-a": 1}
    assert friends.shares("friend-b") == {}


def test_cash_that_the_flows_explain_leaves_no_gap() -> None:
    some = dossier(
        ALL,
        figures=[
            figure("lab", "cash", 40, "2024-12-31"),
            figure("lab", "revenue", 365, YEAR),
            figure("lab", "capex_cash_ppe", 300, YEAR),
            figure("lab", "cash", 105, "2025-12-31"),
        ],
    )
    run = replay(some, Q1, Q4)
    assert run.unexplained == ()
    assert held(run, Q4, books.cash("lab")) == pytest.approx(105, abs=1e-6)


def test_a_published_balance_that_the_flows_do_not_explain_is_posted_and_listed() -> None:
    some = dossier(
        ALL,
        figures=[
            figure("lab", "cash", 40, "2024-12-31"),
            figure("lab", "revenue", 365, YEAR),
            figure("lab", "cash", 100, "2025-03-31"),
        ],
    )
    run = replay(some, Q1, Q2)
    # 40 + 90 would be 130; 100 was published.
    (gap,) = run.unexplained
    assert (gap.entity, gap.quarter, gap.line, gap.opening, gap.published) == ("lab", Q1, "cash", False, 100)
    assert gap.point == pytest.approx(-30, abs=1e-6)
    assert [str(ref) for ref in gap.refs] == ["figure:lab/cash/2025-03-31@primary"]
    assert held(run, Q1, books.cash("lab")) == pytest.approx(100)
    assert held(run, Q1, books.Account("lab", books.AccountClass.RESERVE, books.UNEXPLAINED)) != 0
    assert run.residual == 0


def test_a_balance_in_the_middle_of_a_quarter_is_held_against_the_books_of_its_day() -> None:
    some = dossier(
        ALL,
        figures=[
            figure("lab", "revenue", 365, YEAR),
            figure("lab", "cash", 0.5, "2024-12-31"),
            figure("lab", "cash", 31.5, "2025-01-31"),
        ],
    )
    run = replay(some, Q1, Q1)
    assert run.unexplained == ()
    assert held(run, Q1, books.cash("lab")) == pytest.approx(90.5, abs=1e-6)


def test_books_open_with_what_was_published_before() -> None:
    some = dossier(
        ALL,
        figures=[
            figure("cloud", "cash", 10, "2024-12-31"),
            figure("cloud", "short_term_debt", 5, "2024-12-31"),
            figure("cloud", "long_term_debt", 25, "2024-12-31"),
            figure("cloud", "stockholders_equity", 50, "2024-12-31"),
        ],
    )
    run = replay(some, Q1, Q1)
    opened = books.statement(run.ledger, run.books[0])
    row = run.ledger.entities.index("cloud")
    # 10 of cash and 70 of everything else, net, are 30 of debt and 50 of equity.
    assert [float(rows[row, POINT]) for rows in (opened.cash, opened.assets, opened.liabilities, opened.equity)] == [
        10,
        80,
        30,
        50,
    ]
    assert float(books.gaps(run.ledger, run.books[0]).by_entity[run.ledger.books.index(("cloud", "USD")), POINT]) == 0


def test_an_entity_whose_first_balance_comes_later_opens_its_books_then() -> None:
    some = dossier(
        ALL,
        figures=[
            figure("cloud", "revenue", 90, "2025-01-01/2025-03-31"),
            figure("cloud", "cash", 10, "2025-03-31"),
            figure("cloud", "stockholders_equity", 50, "2025-03-31"),
        ],
    )
    run = replay(some, Q1, Q1)
    row = run.ledger.entities.index("cloud")
    closed = run.statement(Q1)
    assert float(closed.cash[row, POINT]) == pytest.approx(10)
    assert float(closed.equity[row, POINT]) == pytest.approx(50)
    # 90 came in and 10 are there: 80 are gone before the books open; other assets of 40 make up the equity of 50.
    assert [(gap.line, gap.opening, gap.point) for gap in run.unexplained] == [
        ("cash", True, pytest.approx(-80, abs=1e-6)),
        ("equity", True, pytest.approx(40, abs=1e-6)),
    ]


def test_a_prepayment_is_owed_in_services_and_is_no_debt() -> None:
    some = dossier(
        ALL,
        figures=[
            figure("cloud", "customer_prepayments_financing", 11, "2025-01-01/2025-03-31"),
            figure("cloud", "long_term_debt_total", 100, "2024-12-31"),
            figure("cloud", "long_term_debt_total", 100, "2025-03-31"),
        ],
    )
    run = replay(some, Q1, Q1)
    assert run.unexplained == ()
    assert held(run, Q1, books.Account("cloud", books.AccountClass.LIABILITY, "deposit:@unknown:cloud")) == -11


def test_published_debt_is_held_against_loans_of_named_and_unnamed_lenders() -> None:
    bond = deal("bond", "bonds", "cloud", "bond", 18, steps=[("funded", "2025-02-01")])
    figures = [
        figure("cloud", "debt_issued", 30, "2025-01-01/2025-03-31"),
        figure("cloud", "debt_repaid", 4, "2025-01-01/2025-03-31"),
        figure("cloud", "long_term_debt_total", 100, "2024-12-31"),
        figure("cloud", "long_term_debt_total", 126, "2025-03-31"),
    ]
    assert replay(dossier(ALL, [bond], figures), Q1, Q1).unexplained == ()


def test_revenue_splits_by_whose_money_paid_for_it() -> None:
    some = dossier(
        ALL,
        [
            deal("d", "chips", "lab", "equity", 30, steps=[("funded", "2025-01-01")]),
            deal("e", "lab", "cloud", amount=40, steps=[("funded", "2025-01-15")]),
        ],
        [figure("lab", "revenue", 10, "2025-01-01/2025-03-31")],
    )
    run = replay(some, Q1, Q1)
    # The lab had 30 of the chip maker's money and 10 of its customers', and paid all 40 on.
    assert run.shares("cloud") == pytest.approx({"member:chips": 0.75, "outside_customers": 0.25})


def test_each_quarter_has_its_own_shares() -> None:
    some = dossier(
        ALL,
        [
            deal("d", "chips", "lab", "equity", 30, steps=[("funded", "2025-01-01")]),
            deal("e", "lab", "cloud", amount=30, steps=[("funded", "2025-01-15")]),
            deal("f", "lab", "cloud", amount=10, steps=[("funded", "2025-05-15")]),
        ],
        [figure("lab", "revenue", 10, "2025-04-01/2025-06-30")],
    )
    run = replay(some, Q1, Q2)
    assert run.shares("cloud", Q1, Q1) == {"member:chips": 1}
    assert run.shares("cloud", Q2, Q2) == {"outside_customers": 1}
    assert sum(run.revenue_by_sponsor("cloud").values()) == 40


def test_what_moves_in_kind_is_in_the_books_of_its_good_and_moves_no_cash() -> None:
    some = dossier(
        ALL,
        [
            deal("d", "chips", "lab", "equity", 5, steps=[("funded", "2025-01-01")], in_kind="chips"),
            deal("e", "lab", "cloud", amount=3, steps=[("funded", "2025-01-15")], in_kind="rights"),
        ],
    )
    run = replay(some, Q1, Q1)
    assert held(run, Q1, books.Account("lab", books.AccountClass.ASSET, "chips:chips:lab", "chips")) == 5
    by_entity = {one.entity: one for one in run.reading()}
    assert by_entity["cloud"].revenue == 3
    assert run.shares("cloud") == {}, "no cash paid for it"
    assert run.residual == 0


def test_paths_carry_the_low_the_point_and_the_high_end() -> None:
    some = dossier(ALL, [deal("e", "lab", "cloud", amount=(10, 30), steps=[("funded", "2025-01-15")])])
    run = replay(some, Q1, Q1)
    assert [held(run, Q1, books.cash("cloud"), path) for path in range(len(PATHS))] == [10, 20, 30]


def test_entities_without_books_and_backward_ranges_are_refused() -> None:
    run = replay(dossier(ALL), Q1, Q1)
    with pytest.raises(BadInput):
        run.shares("nobody")
    with pytest.raises(BadInput):
        replay(dossier(ALL), Q4, Q1)


def check(run: Replay) -> None:
    """Residual 0, the auditor agrees, colors are cash, and every split of revenue sums to 1."""
    assert run.residual == 0
    assert run.verdict.agrees, run.verdict.disagreements[:3]
    for entity_id in run.members:
        for quarter in run.quarters:
            for path in range(len(PATHS)):
                shares = run.shares(entity_id, quarter, quarter, path)
                assert not shares or sum(shares.values()) == pytest.approx(1, abs=1e-12)
    for period, kept in zip([run.log.opening, *run.log.periods], run.books, strict=True):
        cash = np.asarray(books.statement(run.ledger, kept).cash)
        assert np.array_equal(np.array(period.cash_colors).sum(axis=1), cash)


@given(some=worlds(most_deals=5, most_figures=8))
@settings(max_examples=4, deadline=None)
def test_random_dossiers_replay_without_a_residual_and_the_auditor_agrees(some: Dossier) -> None:
    run = replay(some, Q1, Quarter(2026, 4))
    check(run)
    days = {(gap.entity, gap.line, gap.day) for gap in run.unexplained}
    assert len(days) == len(run.unexplained)


@pytest.fixture(scope="module")
def real() -> Replay:
    return replay(load("ai-loop"))


def test_the_real_loop_replays_without_a_residual_and_the_auditor_agrees(real: Replay) -> None:
    assert real.quarters[0] == Quarter(2019, 1)
    check(real)


def test_the_real_books_end_each_quarter_at_the_published_cash(real: Replay) -> None:
    """Microsoft's fiscal year ends with a calendar quarter: the books then hold what the figure says."""
    published = choose(load("ai-loop"), "microsoft", "cash", at=date(2025, 6, 30)).picked.value
    assert held(real, Q2, books.cash("microsoft")) == pytest.approx(published, abs=0.001)


def test_every_gap_of_the_real_books_names_its_figure(real: Replay) -> None:
    assert real.unexplained
    for gap in real.unexplained:
        assert gap.refs
        assert abs(gap.point) > gap.tolerance or gap.low or gap.high
        assert gap.quarter == Quarter.of(gap.day)
