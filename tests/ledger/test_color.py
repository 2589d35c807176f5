"""Colors sum to cash to the last quantum, and revenue splits by who paid."""

from fractions import Fraction
from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroloop import ledger as books
from ouroloop.core import QUANTUM
from tests.ledger.worlds import Run, opened, runs

RUNS = settings(max_examples=12, deadline=None)
SECTORS = {"users": "outside_customers", "banks": "bank"}


def replay(run: Run) -> tuple[books.Books, books.ColoredCash, list[np.ndarray]]:
    kept = opened(run.ledger, run.opening)
    colored, carried = books.open_colors(run.ledger, kept), []
    for amounts in run.amounts:
        kept = books.post(run.ledger, kept, amounts)
        colored, moved = books.pay(run.ledger, colored, amounts)
        carried.append(np.asarray(moved))
    return kept, colored, carried


@RUNS
@given(runs())
def test_colors_sum_to_cash_exactly_and_are_negative_only_as_unknown_overdraft(run: Run):
    kept, colored, _ = replay(run)
    assert not np.asarray(books.color_gap(run.ledger, kept, colored)).any()
    cash, colors = np.asarray(colored.cash), books.colors_of(run.ledger)
    for row, entity in enumerate(run.ledger.entities):
        if entity in run.ledger.chart.sectors:
            own = colors.index(run.ledger.chart.sectors[entity])
            assert not np.delete(cash[row], own, axis=0).any()
            continue
        overdrawn = cash[row].sum(axis=0) < 0
        assert (cash[row][:, ~overdrawn] >= 0).all()
        unknown = colors.index("unknown")
        assert not np.delete(cash[row][:, overdrawn], unknown, axis=0).any()


@RUNS
@given(runs())
def test_each_payment_carries_its_amount_in_whole_quanta(run: Run):
    _, colored, carried = replay(run)
    plan = books.payments(run.ledger.chart, books.colors_of(run.ledger))
    earned = np.zeros((len(run.ledger.entities), run.paths))
    for amounts, moved in zip(run.amounts, carried, strict=True):
        rounded = np.asarray(books.quantize(jnp.asarray(amounts)))[plan.flow]
        assert (moved.sum(axis=1) == rounded).all()
        assert (moved / QUANTUM == np.rint(moved / QUANTUM)).all()
        assert ((moved >= 0) | (rounded < 0)[:, None]).all()
        for n in np.flatnonzero(plan.revenue):
            earned[plan.payee[n]] += rounded[n]
    assert (np.asarray(colored.revenue).sum(axis=1) == earned).all()


QUANTA = st.one_of(st.integers(0, 2**50), st.integers(0, 5), st.integers(2**49, 2**50))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(QUANTA, min_size=6, max_size=6), min_size=16, max_size=16), st.data())
def test_a_split_is_the_exact_fraction_rounded_down_or_up_by_one_quantum(pots: list[list[int]], data: st.DataObject):
    shares = data.draw(st.lists(st.integers(0, 2**40), min_size=16, max_size=16))
    amounts = [sum(pot) * share // 2**40 for pot, share in zip(pots, shares, strict=True)]
    given_pots = jnp.asarray(np.array(pots, float).T * QUANTUM)
    parts = np.asarray(books.split(given_pots, jnp.asarray(np.array(amounts, float) * QUANTUM))).T / QUANTUM
    for pot, amount, part in zip(pots, amounts, parts.tolist(), strict=True):
        assert sum(map(int, part)) == amount
        for held, taken in zip(pot, part, strict=True):
            assert 0 <= taken <= held
            fair = Fraction(held * amount, sum(pot)) if sum(pot) else Fraction(0)
            assert int(fair) <= taken <= int(fair) + (fair.denominator > 1)


def test_creditors_are_paid_pari_passu_to_the_last_quantum():
    owed = jnp.asarray([[70.0], [30.0], [0.0]])
    assert np.asarray(books.split(owed, jnp.asarray([60.0])))[:, 0].tolist() == [42.0, 18.0, 0.0]
    thirds = np.asarray(books.split(jnp.ones((3, 1)), jnp.asarray([1.0])))[:, 0] / QUANTUM
    assert thirds.tolist() == [357913942, 357913941, 357913941]  # 2^30 = 3 * 357913941 + 1


@cache
def three_friends() -> books.Ledger:
    flows = [
        books.boundary_receipt("users", "lab"),
        books.loan("banks", "lab"),
        books.equity_investment("vendor", "lab"),
        books.purchase_expensed("lab", "cloud"),
        books.purchase_capitalized("cloud", "vendor"),
    ]
    return books.build(flows, sectors=SECTORS)


def by_color(world: books.Ledger, array: jax.Array, entity: str, path: int = 0) -> dict[str, float]:
    values = np.asarray(array)[world.entities.index(entity), :, path]
    return {color: v for color, v in zip(books.colors_of(world), values.tolist(), strict=True) if v}


def test_revenue_splits_by_who_paid():
    # The lab has 10 of opening cash and takes in 20 from users, 30 from banks and 40 from the vendor; it spends half.
    world = three_friends()
    kept = books.open_books(world, {books.cash("lab"): 10.0, books.cash("vendor"): 40.0})
    amounts = world.amounts(
        {
            "receive:users:lab": 20.0,
            "lend:banks:lab": 30.0,
            "invest:vendor:lab": 40.0,
            "buy:lab:cloud": 50.0,
            "capex:cloud:vendor": 25.0,
        }
    )
    colored, carried = books.pay(world, books.open_colors(world, kept), amounts)
    half = {"outside_customers": 10.0, "bank": 15.0, "opening_cash": 5.0, "member:vendor": 20.0}
    assert by_color(world, colored.revenue, "cloud") == half
    assert by_color(world, colored.cash, "lab") == half
    assert by_color(world, colored.revenue, "lab") == {"outside_customers": 20.0}
    # Of what the cloud pays the vendor, 40 % is the vendor's own money come home.
    assert by_color(world, books.revenue_shares(colored), "vendor")["member:vendor"] == 0.4
    # The investment itself was paid from the vendor's opening cash, although it arrives under the vendor's name.
    colors = books.colors_of(world)
    assert np.asarray(carried)[2, colors.index("opening_cash"), 0] == 40.0


@RUNS
@given(runs())
def test_shares_of_revenue_sum_to_one(run: Run):
    positive = [np.abs(a) for a in run.amounts]
    kept = opened(run.ledger, run.opening)
    colored = books.open_colors(run.ledger, kept)
    for amounts in positive:
        colored, _ = books.pay(run.ledger, colored, amounts)
    total = np.asarray(books.revenue_shares(colored)).sum(axis=1)
    earned = np.asarray(colored.revenue).sum(axis=1) > 0
    assert np.abs(total[earned] - 1).max(initial=0.0) <= 1e-15 * len(books.colors_of(run.ledger))
    assert np.isnan(total[~earned]).all()


def test_what_is_spent_beyond_cash_is_unknown_and_money_coming_in_fills_the_hole_first():
    world = three_friends()
    kept = books.open_books(world, {books.cash("lab"): 10.0})
    overdrawn, carried = books.pay(world, books.open_colors(world, kept), world.amounts({"buy:lab:cloud": 16.0}))
    plan = books.payments(world.chart, books.colors_of(world))
    row = plan.flow.tolist().index(world.column("buy:lab:cloud"))
    paid = dict(zip(books.colors_of(world), np.asarray(carried)[row, :, 0].tolist(), strict=True))
    assert {color: v for color, v in paid.items() if v} == {"opening_cash": 10.0, "unknown": 6.0}
    assert by_color(world, overdrawn.cash, "lab") == {"unknown": -6.0}
    filled, _ = books.pay(world, overdrawn, world.amounts({"receive:users:lab": 4.0}))
    assert by_color(world, filled.cash, "lab") == {"unknown": -2.0}
    above, _ = books.pay(world, filled, world.amounts({"receive:users:lab": 5.0}))
    assert by_color(world, above.cash, "lab") == {"outside_customers": 3.0}


def test_a_refund_takes_revenue_back_with_the_mix_of_who_refunds():
    world = three_friends()
    kept = books.open_books(world, {books.cash("lab"): 10.0, books.cash("cloud"): 10.0})
    colored, _ = books.pay(world, books.open_colors(world, kept), world.amounts({"buy:lab:cloud": -4.0}))
    assert by_color(world, colored.revenue, "cloud") == {"opening_cash": -4.0}
    assert by_color(world, colored.cash, "lab") == {"opening_cash": 14.0}


def test_funding_that_is_paid_back_keeps_the_mix_of_who_pays_it_back():
    world = three_friends()
    kept = books.open_books(world, {books.cash("lab"): 10.0})
    start, _ = books.pay(world, books.open_colors(world, kept), world.amounts({"receive:users:lab": 10.0}))
    colored = books.recolor(world, start, world.amounts({"invest:vendor:lab": -4.0}))
    assert by_color(world, colored.cash, "vendor") == {"outside_customers": 2.0, "opening_cash": 2.0}
    assert by_color(world, colored.cash, "lab") == {"outside_customers": 8.0, "opening_cash": 8.0}


def test_cash_that_pays_an_earlier_bill_counts_as_revenue():
    world = books.build([books.sale_on_account("lab", "cloud"), books.settlement("lab", "cloud")])
    kept = books.open_books(world, {books.cash("lab"): 10.0})
    amounts = world.amounts({"bill:lab:cloud": 7.0, "settle:lab:cloud": 6.0})
    colored, _ = books.pay(world, books.open_colors(world, kept), amounts)
    assert by_color(world, colored.revenue, "cloud") == {"opening_cash": 6.0}


def test_a_correction_of_cash_is_of_unknown_sponsor():
    world = books.build([books.correction(books.cash("lab")), books.purchase_expensed("lab", "cloud")])
    empty = books.open_books(world, {})
    amounts = world.amounts({"correct:lab/asset/cash": 5.0})
    colored, _ = books.pay(world, books.open_colors(world, empty), amounts)
    assert by_color(world, colored.cash, "lab") == {"unknown": 5.0}
    kept = books.post(world, empty, amounts)
    assert not np.asarray(books.color_gap(world, kept, colored)).any()


def test_a_flow_may_paint_its_money_with_any_sponsor():
    world = books.build([books.equity_investment("parent", "lab", paint="sovereign_fund")])
    kept = books.open_books(world, {books.cash("parent"): 5.0})
    colored, _ = books.pay(world, books.open_colors(world, kept), world.amounts({"invest:parent:lab": 5.0}))
    assert by_color(world, colored.cash, "lab") == {"sovereign_fund": 5.0}


def test_paths_eager_compiled_and_mapped_agree_to_the_bit():
    world, order = three_friends(), [2, 0, 3, 1]
    random = np.random.default_rng(4)
    kept = books.open_books(world, {books.cash(e): random.exponential(9, 4) for e in ("lab", "vendor")}, 4)
    start = books.open_colors(world, kept)
    amounts = jnp.asarray(random.normal(9, 9, (5, 4)))
    whole, carried = books.pay(world, start, amounts)
    turned = jax.tree.map(lambda x: x[..., jnp.asarray(order)], start)
    permuted, _ = books.pay(world, turned, amounts[:, jnp.asarray(order)])
    assert np.asarray(permuted.cash).tobytes() == np.asarray(whole.cash)[..., order].tobytes()
    mapped = jax.vmap(lambda a: books.recolor(world, start, a).cash)(jnp.stack([amounts, amounts / 3]))
    assert np.asarray(mapped[0]).tobytes() == np.asarray(whole.cash).tobytes()
    with jax.disable_jit():
        eager = books.pay(world, start, amounts)[1]
    assert np.asarray(carried).tobytes() == np.asarray(eager).tobytes()


def test_the_gradient_is_the_finite_difference_of_the_pro_rata_rule():
    world = three_friends()
    kept = books.open_books(world, {books.cash("lab"): 10.0, books.cash("vendor"): 100.0, books.cash("cloud"): 3.0})
    start = books.open_colors(world, kept)
    amounts = jnp.asarray([[20.0], [30.0], [40.0], [50.0], [25.0]])
    own = books.colors_of(world).index("member:vendor")

    @jax.jit
    def came_home(a: jax.Array) -> jax.Array:
        return books.pay(world, start, a)[0].revenue[world.entities.index("vendor"), own, 0]

    gradient, step = jax.grad(came_home)(amounts), 2.0**-8
    for row in range(5):
        up, down = (came_home(amounts.at[row, 0].add(s)) for s in (step, -step))
        assert float(gradient[row, 0]) == pytest.approx(float((up - down) / (2 * step)), abs=1e-5)
    assert float(jnp.abs(gradient).max()) > 0.1


def test_a_path_that_is_not_a_number_does_not_touch_the_others():
    world = three_friends()
    kept = books.open_books(world, {books.cash("lab"): 10.0}, paths=2)
    colored, _ = books.pay(world, books.open_colors(world, kept), world.amounts({"buy:lab:cloud": [np.nan, 4.0]}, 2))
    assert by_color(world, colored.revenue, "cloud", path=1) == {"opening_cash": 4.0}
    assert np.isnan(np.asarray(colored.revenue)[world.entities.index("cloud"), :, 0]).any()
