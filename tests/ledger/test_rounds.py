"""Colors of a whole quarter: exact, audited, and the same as payment by payment where order plays no part."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings

from ouroloop import ledger as books
from ouroloop.core import QUANTUM
from tests.ledger.worlds import Run, opened, runs


def _logged(run: Run) -> books.PostingLog:
    kept = opened(run.ledger, run.opening)
    colored = books.open_colors(run.ledger, kept)
    log = books.begin_log(run.ledger, run.opening, kept, colored, in_rounds=True)
    for number, amounts in enumerate(run.amounts):
        kept = books.post(run.ledger, kept, amounts)
        colored = books.recolor_in_rounds(run.ledger, colored, jnp.asarray(amounts))
        log.record(f"quarter {number}", amounts, kept, colored)
    return log


@settings(max_examples=12, deadline=None)
@given(runs())
def test_the_auditor_who_works_in_integers_agrees_to_the_last_quantum(run: Run):
    assert books.audit(_logged(run)) == books.Verdict(True, ())


@settings(max_examples=12, deadline=None)
@given(runs())
def test_colors_add_up_to_cash_exactly_and_no_pot_but_the_unknown_is_negative(run: Run):
    kept = opened(run.ledger, run.opening)
    colored = books.open_colors(run.ledger, kept)
    for amounts in run.amounts:
        kept = books.post(run.ledger, kept, amounts)
        colored = books.recolor_in_rounds(run.ledger, colored, jnp.asarray(amounts))
        assert not np.asarray(books.color_gap(run.ledger, kept, colored)).any()
    rows = [run.ledger.entities.index(member) for member in run.ledger.members]
    pots = np.delete(np.asarray(colored.cash)[rows], books.colors_of(run.ledger).index("unknown"), axis=1)
    assert pots.min(initial=0.0) >= 0.0


def test_one_wrong_quantum_is_found():
    log = _logged(Run(number=0, seed=11, pool=(1.0, 0.1, 7.25, 2.0**-31, 1e5), periods=2, paths=3))
    assert books.audit(log).agrees
    assert log.periods[1].cash_colors is not None
    log.periods[1].cash_colors[1][2][1] += QUANTUM
    (found,) = books.audit(log).disagreements
    assert (found.period, found.path) == ("quarter 1", 1)


def _chain() -> books.Ledger:
    """Users pay a lab, the lab its cloud, the cloud its maker, the maker invests in the lab; all pay suppliers."""
    return books.build(
        [
            books.boundary_receipt("users", "lab"),
            books.equity_investment("maker", "lab"),
            books.purchase_expensed("lab", "cloud"),
            books.purchase_capitalized("cloud", "maker"),
            *(books.boundary_payment(member, "suppliers") for member in ("lab", "cloud", "maker")),
        ],
        sectors={"users": "outside_customers", "suppliers": "unknown"},
    )


def test_a_chain_by_hand_users_money_and_the_makers_own_reach_the_maker():
    # The lab has 60 of users' money and 40 of the maker's, pays 50 to the cloud, which pays 50 to the maker.
    world = _chain()
    kept = books.open_books(world, {books.cash("maker"): 40.0})
    amounts = world.amounts(
        {"receive:users:lab": 60.0, "invest:maker:lab": 40.0, "buy:lab:cloud": 50.0, "capex:cloud:maker": 50.0}
    )
    after = books.recolor_in_rounds(world, books.open_colors(world, kept), jnp.asarray(amounts))
    names = books.colors_of(world)
    earned = dict(zip(names, np.asarray(after.revenue)[world.entities.index("maker"), :, 0].tolist(), strict=True))
    # A part is rounded down to a quantum, and the first color makes up for it.
    assert earned["outside_customers"] + earned["member:maker"] == 50.0
    assert abs(earned["outside_customers"] - 30.0) <= QUANTUM
    left = dict(zip(names, np.asarray(after.cash)[world.entities.index("lab"), :, 0].tolist(), strict=True))
    assert left["outside_customers"] + left["member:maker"] == 50.0
    assert abs(left["outside_customers"] - 30.0) <= QUANTUM


@pytest.mark.parametrize("seed", range(5))
def test_payment_by_payment_gives_the_same_where_each_member_pays_one_sector_last(seed: int):
    world, random = _chain(), np.random.default_rng(seed)
    kept = books.open_books(world, {books.cash(m): random.uniform(50, 100) for m in ("lab", "cloud", "maker")})
    amounts = jnp.asarray(random.uniform(0, 10, (len(world.flows), 1)))
    start = books.open_colors(world, kept)
    ours = books.recolor_in_rounds(world, start, amounts)
    theirs, _ = books.pay(world, start, amounts)
    members = [world.entities.index(m) for m in world.members]
    # Both round shares to quanta, in other ways: a quantum or two per payment.
    np.testing.assert_allclose(np.asarray(ours.cash)[members], np.asarray(theirs.cash)[members], atol=20 * QUANTUM)
    np.testing.assert_allclose(
        np.asarray(ours.revenue)[members], np.asarray(theirs.revenue)[members], atol=20 * QUANTUM
    )


def test_a_path_does_not_depend_on_its_neighbors_nor_on_compilation():
    run = Run(number=1, seed=5, pool=(1.0, 0.3, 12.5, 1e4), periods=1, paths=6)
    start = books.open_colors(run.ledger, opened(run.ledger, run.opening))
    amounts = jnp.asarray(run.amounts[0])
    whole = books.recolor_in_rounds(run.ledger, start, amounts)
    for path in (0, 4):
        alone = jax.tree.map(lambda leaf, path=path: leaf[..., path : path + 1], start)
        one = books.recolor_in_rounds(run.ledger, alone, amounts[:, path : path + 1])
        assert np.array_equal(np.asarray(one.cash)[..., 0], np.asarray(whole.cash)[..., path])
    compiled = jax.jit(lambda colored, moved: books.recolor_in_rounds(run.ledger, colored, moved))(start, amounts)
    assert np.array_equal(np.asarray(compiled.cash), np.asarray(whole.cash))


def test_the_slope_is_that_of_the_plain_shares():
    world = _chain()
    start = books.open_colors(world, books.open_books(world, {books.cash("lab"): 10.0, books.cash("maker"): 10.0}))

    def earned(given: float) -> jax.Array:
        moved = jnp.asarray(world.amounts({"invest:maker:lab": 10.0, "buy:lab:cloud": 5.0}))
        moved = moved.at[world.column("invest:maker:lab"), 0].set(given)
        after = books.recolor_in_rounds(world, start, moved)
        return after.revenue[world.entities.index("cloud"), books.colors_of(world).index("member:maker"), 0]

    # 5 g / (10 + g) at g = 10: slope 5 * 10 / 400 = 0.125.
    assert float(jax.grad(earned)(10.0)) == pytest.approx(0.125, abs=1e-9)


def test_a_path_on_which_nobody_pays_keeps_its_colors_beside_one_on_which_all_pay():
    # Payments that are 0 on all paths at hand are passed over; beside a path that pays they are not.
    world, random = _chain(), np.random.default_rng(3)
    kept = books.open_books(world, {books.cash(m): [70.1, 30.7] for m in ("lab", "cloud", "maker")}, 2)
    first = jnp.asarray(random.uniform(0, 9, (len(world.flows), 2)))
    start = books.recolor_in_rounds(world, books.open_colors(world, kept), first)
    amounts = first.at[:, 0].set(0.0)
    after = books.recolor_in_rounds(world, start, amounts)
    assert np.array_equal(np.asarray(after.cash)[..., 0], np.asarray(start.cash)[..., 0])
    assert np.array_equal(np.asarray(after.revenue)[..., 0], np.asarray(start.revenue)[..., 0])
    assert not np.array_equal(np.asarray(after.revenue)[..., 1], np.asarray(start.revenue)[..., 1])
    both = jax.vmap(lambda moved: books.recolor_in_rounds(world, start, moved).cash)(jnp.stack([first, amounts]))
    assert np.array_equal(np.asarray(both[1]), np.asarray(after.cash))


def test_colors_stay_whole_quanta_whatever_the_slope_is_taken_of():
    world, random = _chain(), np.random.default_rng(8)
    kept = books.open_books(world, {books.cash(m): random.exponential(1e-8, 40) for m in world.members}, 40)
    amounts = jnp.asarray(random.exponential(1e-8, (len(world.flows), 40)))
    start = books.open_colors(world, kept)
    after, _ = jax.jvp(lambda moved: books.recolor_in_rounds(world, start, moved), (amounts,), (amounts,))
    quanta = np.asarray(after.cash) / QUANTUM
    assert np.array_equal(quanta, np.rint(quanta))
    assert not np.asarray(books.color_gap(world, books.post(world, kept, amounts), after)).any()


@pytest.mark.parametrize("flow", ["invest:maker:lab", "buy:lab:cloud", "capex:cloud:maker", "pay:lab:suppliers"])
def test_slopes_are_differences_on_the_same_path(flow: str):
    world, random = _chain(), np.random.default_rng(2)
    kept = books.open_books(world, {books.cash(m): random.uniform(50, 100) for m in world.members})
    start, weights = books.open_colors(world, kept), random.normal(size=(len(world.members), 2))
    amounts = jnp.asarray(random.uniform(5, 10, (len(world.flows), 1)))
    own, column = books.colors_of(world).index("member:maker"), world.column(flow)

    def measured(moved: jax.Array) -> jax.Array:
        after = books.recolor_in_rounds(world, start, moved)
        of_maker = jnp.stack([after.cash[: len(weights), own, 0], after.revenue[: len(weights), own, 0]], axis=1)
        return (of_maker * weights).sum()

    slope, step = jax.grad(measured)(amounts)[column, 0], 2.0**-8
    up, down = (measured(amounts.at[column, 0].add(change)) for change in (step, -step))
    assert float(slope) == pytest.approx(float((up - down) / (2 * step)), abs=1e-5)
    assert abs(float(slope)) > 1e-4
