"""Vendor policy: worked quarters, never more than the free cash, and a vendor that stops."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroloop.behavior.vendor import VendorParameters, promised, recycled
from tests.behavior.central import central

WEIGHTS = jnp.asarray([[3.0, 1.0], [0.0, 2.0]])


def column(*values: float) -> jax.Array:
    return jnp.asarray(values, jnp.float64)[:, None]


def quarter(**instead: Any) -> dict[str, Any]:
    return {"free_cash_flow": column(20, 10), "policy_scale": column(1, 1), "weights": WEIGHTS} | instead


def test_a_share_of_free_cash_goes_to_customers_by_weight() -> None:
    found = recycled(central(VendorParameters, recycled_share=0.18), **quarter())
    np.testing.assert_allclose(found[:, :, 0], [[2.7, 0.9], [0, 1.8]])


def test_nvidia_of_fiscal_2026_puts_back_what_it_put_back() -> None:
    """96.7bn of free cash flow and 17.5bn of shares bought in others."""
    year = quarter(free_cash_flow=column(96.7, 0))
    assert float(recycled(central(VendorParameters), **year).sum()) == pytest.approx(17.5, abs=0.15)


def test_a_vendor_without_free_cash_or_that_stops_gives_nothing() -> None:
    parameters = central(VendorParameters)
    assert not recycled(parameters, **quarter(free_cash_flow=column(-5, 0))).any()
    assert not recycled(parameters, **quarter(policy_scale=column(0, 0))).any()
    assert not recycled(parameters, **quarter(weights=jnp.zeros((2, 2)))).any()


@settings(deadline=None)
@given(
    st.floats(-100, 100),
    st.floats(0, 20),
    st.floats(0, 100),
    st.floats(0, 100),
    st.lists(st.floats(0, 10), min_size=3, max_size=3),
)
def test_money_and_promises_together_never_exceed_free_cash(
    cash: float, scale: float, revenue: float, outstanding: float, weights: list[float]
) -> None:
    parameters = central(VendorParameters)
    same: dict[str, Any] = {
        "free_cash_flow": column(cash),
        "policy_scale": column(scale),
        "weights": jnp.asarray([weights]),
    }
    money = recycled(parameters, **same)
    promises = promised(parameters, revenue_usd_bn=column(revenue), outstanding_usd_bn=column(outstanding), **same)
    parts = (money, promises.guaranteed_usd_bn, promises.in_kind_usd_bn)
    assert all(bool((part >= 0).all()) for part in parts)
    assert sum(float(part.sum()) for part in parts) <= max(cash, 0.0) * (1 + 1e-12)


def test_promises_fill_up_to_their_share_of_yearly_revenue() -> None:
    parameters = central(VendorParameters, promised_share=0.21, in_kind_share=0.3)
    found = promised(parameters, revenue_usd_bn=column(10, 10), outstanding_usd_bn=column(5, 9), **quarter())
    # 0.21 x 40 = 8.4: the first promises 3.4 more, the second is above its limit.
    np.testing.assert_allclose(found.guaranteed_usd_bn[:, :, 0], [[0.7 * 3.4 * 0.75, 0.7 * 3.4 * 0.25], [0, 0]])
    np.testing.assert_allclose(found.in_kind_usd_bn[:, :, 0], [[1.02 * 0.75, 1.02 * 0.25], [0, 0]])


def test_promises_grow_with_revenue_until_free_cash_binds() -> None:
    parameters = central(VendorParameters, recycled_share=0.18)
    totals = []
    for revenue in (5, 10, 20, 200, 400):
        found = promised(parameters, revenue_usd_bn=column(revenue, 0), outstanding_usd_bn=column(0, 0), **quarter())
        totals.append(float((found.guaranteed_usd_bn + found.in_kind_usd_bn).sum()))
    assert totals == pytest.approx([4.2, 8.4, 16.4, 16.4, 16.4])  # 82 % of 20 is left


def test_compiled_policy_is_the_eager_one_and_its_gradient_a_finite_difference() -> None:
    parameters = central(VendorParameters)
    np.testing.assert_allclose(
        jax.jit(recycled)(parameters, **quarter()), recycled(parameters, **quarter()), rtol=1e-14
    )

    def to_first(cash: jax.Array) -> jax.Array:
        return recycled(parameters, **quarter(free_cash_flow=cash))[0, 0, 0]

    step = column(1e-4, 0)
    difference = (to_first(column(20, 10) + step) - to_first(column(20, 10) - step)) / 2e-4
    slope = jax.grad(to_first)(column(20, 10))
    assert float(slope[0, 0]) == pytest.approx(float(difference), rel=1e-8)
    assert float(slope[1, 0]) == 0.0


def test_every_path_has_its_own_parameters() -> None:
    shares = [0.02, 0.18, 0.41]
    wide = quarter(free_cash_flow=jnp.tile(column(20, 10), (1, 3)), policy_scale=jnp.ones((2, 3)))
    together = recycled(central(VendorParameters, recycled_share=jnp.asarray(shares)), **wide)
    for path in range(3):
        alone = recycled(central(VendorParameters, recycled_share=shares[path]), **quarter())
        np.testing.assert_allclose(together[:, :, path], alone[:, :, 0], rtol=1e-13)
