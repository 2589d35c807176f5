"""Which promises hold on which path: chances by tier, amounts between their ends, legs of one bargain together."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ouroloop.core import Tier
from ouroloop.scenario.contracts.include import Chances, include
from ouroloop.scenario.contracts.payments import Payments
from ouroloop.scenario.contracts.terms import Term
from tests.scenario.promises import on

jax.config.update("jax_enable_x64", True)

CHANCES = Chances(jnp.asarray(0.6), jnp.asarray(0.4), jnp.asarray(0.25))
GRID = (np.arange(20_000) + 0.5) / 20_000


def promise(tier: Tier, low: float, point: float, high: float, link: str | None = None) -> Term:
    money = Payments(low, point, high, 0.0, 0.0, np.asarray([0.5, 0.5]), 0.0, "reported")
    return Term(
        deal="deal", tranche="whole", payer="a", payee="b", tier=tier, cancellable=False, condition=None, bound_by=None,
        link=link, payments=money, refs=(),
    )  # fmt: skip


def test_a_firm_sum_is_owed_in_full_on_every_path() -> None:
    assert (include([promise(Tier.FIRM, 300, 300, 300)], GRID[None], CHANCES) == 1).all()


@pytest.mark.parametrize(("tier", "chance"), [(Tier.CONDITIONAL, 0.6), (Tier.LETTER, 0.4), (Tier.REPORTED, 0.25)])
def test_a_pending_sum_is_owed_in_full_or_not_at_all(tier: Tier, chance: float) -> None:
    share = include([promise(tier, 100, 100, 100)], GRID[None], CHANCES)
    assert set(np.unique(share)) == {0.0, 1.0}
    assert float(share.mean()) == pytest.approx(chance, abs=1e-4)


def test_an_amount_lies_between_its_ends_and_has_the_mean_of_the_triangle() -> None:
    amount = 18.0 * include([promise(Tier.FIRM, 17, 18, 22)], GRID[None], CHANCES)
    assert 17 <= float(amount.min()) < 17.1
    assert 21.9 < float(amount.max()) <= 22
    assert float(amount.mean()) == pytest.approx((17 + 18 + 22) / 3, abs=1e-3)


def test_a_pending_amount_has_the_same_triangle_on_the_paths_where_it_holds() -> None:
    amount = np.asarray(275.0 * include([promise(Tier.LETTER, 200, 275, 350)], GRID[None], CHANCES))
    held = amount[amount > 0]
    assert held.size / amount.size == pytest.approx(0.4, abs=1e-4)
    assert held.mean() == pytest.approx(275, abs=0.05)
    assert held.min() == pytest.approx(200, abs=1)


def test_legs_of_one_bargain_stand_or_fall_together() -> None:
    generator = np.random.default_rng(3)
    draws = generator.uniform(size=(3, 5000))
    legs = [
        promise(Tier.LETTER, 1, 1, 1, "x"),
        promise(Tier.FIRM, 1, 1, 1, "x"),
        promise(Tier.CONDITIONAL, 1, 1, 1, "x"),
    ]
    letter, firm, conditional = np.asarray(include(legs, draws, CHANCES))
    assert (firm == 1).all()
    # Never the letter without the more likely leg; their frequencies are their own chances.
    assert not ((letter == 1) & (conditional == 0)).any()
    assert conditional.mean() == pytest.approx(0.6, abs=0.03)
    assert letter.mean() == pytest.approx(0.4, abs=0.03)


def test_chances_may_differ_by_path() -> None:
    chances = Chances(jnp.asarray(0.6), jnp.asarray([0.0, 1.0]), jnp.asarray(0.25))
    share = include([promise(Tier.LETTER, 5, 5, 5)], np.full((1, 2), 0.5), chances)
    assert share.tolist() == [[0.0, 1.0]]


def test_compiled_and_plain_agree_on_all_promises_of_the_loop() -> None:
    terms = on().terms
    draws = np.random.default_rng(7).uniform(size=(len(terms), 50))
    plain = include(terms, draws, CHANCES)
    compiled = jax.jit(lambda u, c: include(terms, u, c))(draws, CHANCES)
    np.testing.assert_allclose(compiled, plain, rtol=1e-12)
    assert plain.shape == (len(terms), 50)
    firm = np.asarray([not term.pending for term in terms])
    assert (np.asarray(plain)[firm] > 0).all()
