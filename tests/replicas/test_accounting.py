"""Published and constructed cases of double entry.

LOOP-100: A invests 100 in B, B buys services of 100 from C, C buys chips of 100 from A; the stylized loop of an
article ("three friends"), which says that each of the three books 100 of revenue. Arithmetic by double entry, no cost
of goods. INCIDENCE-negative: constructed; a flow type with a leg missing is refused when the world is built.
"""

import numpy as np
import pytest

from ouroloop import ledger as books
from ouroloop.core import BadInput

FRIENDS = ("A", "B", "C")
FLOWS = [books.equity_investment("A", "B"), books.purchase_expensed("B", "C"), books.purchase_capitalized("C", "A")]


@pytest.mark.parametrize("start", [100.0, 250.0])
def test_three_friends_book_two_hundred_of_revenue_and_no_outside_dollar(start: float):
    world = books.build(FLOWS)
    amounts = world.amounts({"invest:A:B": 100.0, "buy:B:C": 100.0, "capex:C:A": 100.0})
    before = books.open_books(world, {books.cash("A"): start})
    after = books.post(world, before, amounts)
    rows = [world.entities.index(name) for name in FRIENDS]
    first, last = books.statement(world, before), books.statement(world, after)

    def change(line: str) -> list[float]:
        return np.asarray(getattr(last, line) - getattr(first, line))[rows, 0].tolist()

    assert change("cash") == [0, 0, 0]
    assert change("revenue") == [100, 0, 100]
    assert change("profit") == [100, -100, 100]
    assert change("assets") == [100, 0, 100]
    assert change("equity") == [100, 0, 100]  # paid-in capital included

    group = books.consolidate(world, after, amounts, FRIENDS)
    opening = books.consolidate(world, before, np.zeros_like(amounts), FRIENDS)
    assert group.cash_in.tolist() == group.cash_out.tolist() == [0]
    assert group.revenue_booked.tolist() == [200]
    assert group.revenue.tolist() == [0]
    assert (group.equity - opening.equity).tolist() == [0]
    assert group.profit.tolist() == [0]


@pytest.mark.parametrize("flow", range(3))
@pytest.mark.parametrize("leg", range(4))
def test_a_flow_type_with_one_leg_missing_is_refused_naming_entity_and_flow(flow: int, leg: int):
    whole = FLOWS[flow]
    short = books.Flow(whole.name, whole.kind, whole.legs[:leg] + whole.legs[leg + 1 :], whole.paint)
    with pytest.raises(BadInput) as caught:
        books.build([short if f is whole else f for f in FLOWS])
    said = str(caught.value)
    assert f"flow '{whole.name}' leaks in entity '{whole.legs[leg].account.entity}'" in said


def test_every_admitted_flow_type_sums_to_zero_by_entity_and_by_instrument_in_int64():
    chart = books.build(FLOWS).chart
    assert chart.S.dtype == chart.E.dtype == chart.I.dtype == np.int64
    assert not (chart.E @ chart.S).any()
    assert not (chart.I @ chart.S).any()
