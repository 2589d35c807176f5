"""A world is proved in integers before anything is posted."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroloop import ledger as books
from ouroloop.core import BadInput
from tests.ledger.worlds import SECTORS, SPECS, Specs, build, flow_types

A, L, R, X = (
    books.AccountClass.ASSET,
    books.AccountClass.LIABILITY,
    books.AccountClass.REAL,
    books.AccountClass.EXPENSE,
)


def problems(*flows: books.Flow) -> list[tuple[str, str]]:
    with pytest.raises(BadInput) as caught:
        books.build(flows)
    return [(p.code, p.message) for p in caught.value.problems]


@settings(max_examples=40, deadline=None)
@given(SPECS)
def test_every_admitted_column_sums_to_zero_by_entity_and_by_claim_in_integers(specs: Specs):
    chart = build(flow_types(specs)).chart
    for columns in (chart.S, chart.O):
        assert columns.dtype == np.int64
        assert set(np.unique(columns)) <= {-1, 0, 1}
        assert not (chart.E @ columns).any()
        assert not (chart.I @ columns).any()
    # E and I are not empty sums: every account stands in one set of books, every claim in one instrument.
    assert (chart.E.sum(axis=0) == 1).all()
    assert [a.account_class.claim for a in chart.accounts] == (chart.I.sum(axis=0) == 1).tolist()


@settings(max_examples=40, deadline=None)
@given(SPECS, st.data())
def test_a_flow_with_a_leg_missing_is_refused_by_entity_and_flow(specs: Specs, data: st.DataObject):
    flows = flow_types(specs)
    whole = data.draw(st.sampled_from(flows))
    gone = data.draw(st.sampled_from(whole.legs))
    leaking = books.Flow("leaky", whole.kind, tuple(leg for leg in whole.legs if leg != gone))
    with pytest.raises(BadInput) as caught:
        books.build([*flows, leaking], sectors=SECTORS)
    said = str(caught.value)
    assert "'leaky'" in said
    assert f"'{gone.account.entity}'" in said
    assert all(f"flow '{flow.name}'" not in said for flow in flows)


def test_all_leaks_are_told_at_once():
    flows = [
        books.Flow("one", books.FlowKind.TRANSACTION, (books.credit(books.cash("a")), books.debit(books.cash("b")))),
        books.Flow("two", books.FlowKind.ACCRUAL, (books.debit(books.Account("c", R, "chips")),)),
    ]
    found = problems(*flows)
    assert sorted(code for code, _ in found) == ["leak-entity"] * 3
    for entity, flow in (("a", "one"), ("b", "one"), ("c", "two")):
        assert any(f"'{entity}'" in message and f"'{flow}'" in message for _, message in found)


def test_a_claim_that_nobody_owes_is_refused_by_instrument_although_the_entity_balances():
    legs = (books.debit(books.Account("a", A, "note")), books.credit(books.Account("a", R, "chips")))
    assert problems(books.Flow("gift", books.FlowKind.TRANSACTION, legs)) == [
        ("leak-claim", "flow 'gift' leaks in instrument 'note': its USD legs sum to +1, not 0")
    ]


def test_a_claim_and_the_same_named_claim_of_another_good_do_not_cancel():
    legs = (
        *(books.debit(books.Account("a", A, "note")), books.credit(books.Account("a", R, "chips"))),
        books.credit(books.Account("b", L, "note", "shares")),
        books.debit(books.Account("b", R, "vault", "shares")),
    )
    assert {code for code, _ in problems(books.Flow("swap", books.FlowKind.TRANSACTION, legs))} == {
        "leak-claim",
        "mixed-goods",
    }


def test_only_transactions_move_cash():
    sale = books.purchase_expensed("a", "b")
    found = problems(books.Flow("odd", books.FlowKind.ACCRUAL, sale.legs))
    assert {code for code, _ in found} == {"cash-outside-transaction"}


def test_a_conversion_needs_its_conversion_accounts():
    legs = (books.debit(books.Account("a", R, "power", "GW")), books.credit(books.Account("a", R, "chips")))
    codes = {code for code, _ in problems(books.Flow("magic", books.FlowKind.CONVERSION, legs))}
    assert codes == {"leak-entity", "mixed-goods"}


@pytest.mark.parametrize(
    ("code", "flows"),
    [
        ("duplicate-flow", [books.loan("a", "b", "x"), books.loan("b", "a", "x")]),
        ("bad-leg", [books.Flow("x", books.FlowKind.ACCRUAL, ())]),
        ("bad-leg", [books.Flow("x", books.FlowKind.ACCRUAL, (books.Leg(books.Account("a", X, "y"), 2),))]),
        ("bad-leg", [books.Flow("x", books.FlowKind.ACCRUAL, (books.debit(books.cash("a")),) * 2)]),
        ("bad-cost-of", [books.cost_of_sale("a", "no-such-sale")]),
        ("value-of-nothing", [books.revaluation("a", "equity:nobody")]),
    ],
)
def test_what_is_no_flow_type_is_refused(code: str, flows: list[books.Flow]):
    assert code in {c for c, _ in problems(*flows)}


def test_a_flow_with_two_payers_is_refused():
    legs = (
        *(books.credit(books.cash(payer)) for payer in ("a", "b")),
        *(books.debit(books.Account(payer, X, "fee")) for payer in ("a", "b")),
        *(books.debit(books.cash(payee)) for payee in ("c", "d")),
        *(books.credit(books.Account(payee, books.AccountClass.INCOME, "revenue")) for payee in ("c", "d")),
    )
    assert {code for code, _ in problems(books.Flow("both", books.FlowKind.TRANSACTION, legs))} == {"several-payers"}


def test_an_unknown_account_or_flow_is_answered_with_the_nearest():
    world = books.build([books.loan("bank", "lab")])
    with pytest.raises(BadInput, match="did you mean 'lend:bank:lab'"):
        world.column("lend:bank:lap")
    with pytest.raises(BadInput, match="did you mean 'lab/asset/cash'"):
        world.account("lap", A, "cash")
    with pytest.raises(BadInput, match="did you mean 'lend:bank:lab'"):
        world.amounts({"lent:bank:lab": 1.0})
    with pytest.raises(BadInput, match="shape"):
        world.amounts({"lend:bank:lab": [1.0, 2.0]}, paths=3)


def _spend(payer: books.Account) -> books.Flow:
    """B uses up 1 that A sold to it, and credits this account."""
    sold = books.Account("A", books.AccountClass.INCOME, "revenue")
    legs = (books.debit(books.cash("A")), books.credit(sold), books.debit(books.Account("B", X, "services")))
    return books.Flow("spend", books.FlowKind.TRANSACTION, (*legs, books.credit(payer)))


@pytest.mark.parametrize(
    ("make", "code"),
    [
        # Money that B owes instead of paying would reach A's cash with no color.
        (
            lambda: books.build([_spend(books.Account("B", L, "cash"))]),
            "one-sided-cash",
        ),
        (lambda: books.build([], sectors={"users": "member:A"}), "bad-sponsor"),
        (lambda: books.build([], sectors={"unexplained": "bank"}), "bad-sponsor"),
        # Openings and logs know accounts by how they read: these two would be one.
        (
            lambda: books.build(
                [],
                accounts=[
                    books.Account("a/asset", A, "x"),
                    books.Account("a", A, "asset/x"),
                ],
            ),
            "ambiguous-account",
        ),
    ],
    ids=["cash-from-a-debt", "member-sponsor", "unexplained-sponsor", "names"],
)
def test_what_would_go_wrong_in_silence_later_is_refused_at_build(make, code: str):
    with pytest.raises(BadInput, match=code):
        make()
    books.build([_spend(books.cash("B"))])
