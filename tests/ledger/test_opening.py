"""Opening books go through posting, and what they do not explain stays in sight."""

import numpy as np
from hypothesis import given, settings

from ouroloop import ledger as books
from tests.ledger.worlds import Run, opened, runs

C = books.AccountClass


def gap(world: books.Ledger, kept: books.Books) -> tuple[dict[str, float], dict[str, float]]:
    found = books.gaps(world, kept)
    entities = {name: v for (name, _), v in zip(world.books, np.asarray(found.by_entity)[:, 0].tolist(), strict=True)}
    claims = {name: v for (name, _), v in zip(world.claims, np.asarray(found.by_claim)[:, 0].tolist(), strict=True)}
    return {k: v for k, v in entities.items() if v}, {k: v for k, v in claims.items() if v}


def test_balances_that_add_up_leave_no_gap():
    world = books.build(
        [books.loan("bank", "lab")],
        accounts=[books.Account("bank", C.LIABILITY, "cash"), books.Account("lab", C.RESERVE, "retained")],
    )
    note = "loan:bank:lab"
    kept = books.open_books(
        world,
        {
            books.cash("lab"): 12.0,
            books.Account("lab", C.LIABILITY, note): -10.0,
            books.Account("lab", C.RESERVE, "retained"): -2.0,
            books.Account("bank", C.ASSET, note): 10.0,
            books.Account("bank", C.LIABILITY, "cash"): -12.0,
        },
    )
    # The bank states assets of 10 and liabilities of 12: equity of -2 that nobody stated.
    assert gap(world, kept) == ({"bank": 2.0}, {})


def test_an_opening_gap_is_visible_by_entity_and_by_claim_and_leaks_nothing():
    # A balance sheet that prints 21.62 of money held and 21.576 of money issued (model PC as published).
    world = books.build([], accounts=[books.Account("bank", C.LIABILITY, "cash"), books.cash("household")])
    stated = {books.cash("household"): 21.62, books.Account("bank", C.LIABILITY, "cash"): -21.576}
    kept = books.open_books(world, stated)
    entities, claims = gap(world, kept)
    assert abs(claims["cash"] + 0.044) < 2.0**-29
    assert abs(entities["household"] + 21.62) < 2.0**-30
    left = books.residual(world, kept)
    assert not np.asarray(left.by_claim).any()
    assert not np.asarray(left.by_entity).any()


@settings(max_examples=12, deadline=None)
@given(runs())
def test_gaps_are_minus_what_the_stated_balances_sum_to(run: Run):
    kept = opened(run.ledger, run.opening)
    stated = np.round(run.opening * 2**30) / 2**30
    found = books.gaps(run.ledger, kept)
    accounts = [flow.legs[0].account for flow in run.ledger.chart.openings]
    for row, (entity, good) in enumerate(run.ledger.books):
        mine = [n for n, a in enumerate(accounts) if (a.entity, a.good) == (entity, good)]
        if entity != "unexplained":
            assert (np.asarray(found.by_entity)[row] == -stated[mine].sum(axis=0)).all()
    for row, claim in enumerate(run.ledger.claims):
        mine = [n for n, a in enumerate(accounts) if a.account_class.claim and (a.instrument, a.good) == claim]
        assert (np.asarray(found.by_claim)[row] == -stated[mine].sum(axis=0)).all()


def test_paper_wealth_is_what_holders_carry_above_what_was_paid_in():
    flows = [books.equity_investment("fund", "lab"), books.revaluation("fund", "equity:lab")]
    world = books.build(
        [*flows, books.equity_investment("chipmaker", "lab"), books.revaluation("chipmaker", "equity:lab")]
    )
    amounts = world.amounts(
        {
            "invest:fund:lab": 10.0,
            "invest:chipmaker:lab": 5.0,
            "revalue:fund:equity:lab": [40.0, -4.0],
            "revalue:chipmaker:equity:lab": [20.0, -2.0],
        },
        paths=2,
    )
    kept = books.post(world, books.open_books(world, {}, 2), amounts)
    paper = np.asarray(books.paper_wealth(world, kept))[world.claims.index(("equity:lab", "USD"))]
    assert paper.tolist() == [60.0, -6.0]
    assert not np.asarray(books.residual(world, kept).by_claim).any()
    read = books.statement(world, kept)
    assert np.asarray(read.profit)[world.entities.index("fund")].tolist() == [40.0, -4.0]
    assert not np.asarray(read.profit)[world.entities.index("lab")].any()
