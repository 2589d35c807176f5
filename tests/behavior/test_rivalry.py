"""Planned starts: worked quarters, the limits, and fear that builds what nobody needs."""

from __future__ import annotations

import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ouroloop.behavior.rivalry import RivalryParameters, planned_starts, rivals_growth
from tests.behavior.central import central


def world(builders: int = 3, **instead: Any) -> dict[str, Any]:
    """Builders that have just what they need, with starts that do not change."""
    one = np.ones((builders, 1))
    at_rest = {
        "need_gw": 10 * one,
        "capacity_gw": 7 * one,
        "pipeline_gw": 3 * one,
        "starts_gw": one,
        "starts_year_ago_gw": one,
        "fear_scale": np.ones(1),
        "active": np.ones((builders, 1), bool),
    }
    return {name: jnp.asarray(value) for name, value in (at_rest | instead).items()}


def column(*values: float) -> jax.Array:
    return jnp.asarray(values, jnp.float64)[:, None]


def test_who_has_what_it_needs_among_rivals_at_rest_goes_on_as_before() -> None:
    np.testing.assert_allclose(planned_starts(central(RivalryParameters), **world()), 1.0, rtol=1e-12)


def test_a_gap_is_closed_by_the_speed_of_adjustment() -> None:
    parameters = central(RivalryParameters, adjustment=0.5, entry_share=0.0)
    planned = planned_starts(parameters, **world(1, need_gw=column(20)))
    assert float(planned[0, 0]) == pytest.approx(2 ** (0.5 / 4))  # ln(20 / 10) x 0.5 / 4


def test_rivals_that_doubled_raise_starts_by_the_elasticity_though_need_is_flat() -> None:
    parameters = central(RivalryParameters, fear_elasticity=0.54)
    # The first sees 2 + 4 against 1 + 2: doubled. The second sees 1 + 4 against 1 + 2; the third 1 + 2 against 1 + 1.
    ago, now = column(1, 1, 2), column(1, 2, 4)
    planned = planned_starts(parameters, **world(starts_gw=now, starts_year_ago_gw=ago))
    expected = [2 ** (0.54 / 4), 2 * (5 / 3) ** (0.54 / 4), 4 * 1.5 ** (0.54 / 4)]
    np.testing.assert_allclose(planned[:, 0], expected, rtol=1e-7)


def test_fear_raises_starts_while_need_is_flat_and_without_it_nothing_happens() -> None:
    race = {"starts_gw": column(1, 2, 2), "starts_year_ago_gw": column(1, 1, 1)}
    planned = [
        float(planned_starts(central(RivalryParameters), **world(**race, fear_scale=jnp.asarray([scale])))[0, 0])
        for scale in (0.0, 0.5, 1.0, 2.0)
    ]
    assert planned[0] == pytest.approx(1.0, rel=1e-12)
    assert planned == sorted(planned)
    assert planned[2] == pytest.approx(2 ** (0.54 / 4))


def test_a_wave_of_fear_dies_down_and_leaves_more_built() -> None:
    parameters = central(RivalryParameters, adjustment=0.0, entry_share=0.0)
    history = [column(1, 1, 1)] * 4 + [column(2, 2, 2)]
    for _ in range(80):
        history.append(
            planned_starts(
                parameters, **world(starts_gw=history[-1], starts_year_ago_gw=history[-5], need_gw=column(10, 10, 10))
            )
        )
    assert float(history[12][0, 0]) > 2.0
    np.testing.assert_allclose(history[-1], history[-2], rtol=1e-6)


def test_a_builder_alone_fears_nobody_and_own_growth_frightens_only_others() -> None:
    parameters = central(RivalryParameters)
    alone = {"starts_gw": column(3), "starts_year_ago_gw": column(1), "active": jnp.ones((1, 1), bool)}
    assert float(rivals_growth(parameters, **alone)[0, 0]) == 0.0
    pair = {"starts_gw": column(3, 1), "starts_year_ago_gw": column(2, 1), "active": jnp.ones((2, 1), bool)}
    np.testing.assert_allclose(rivals_growth(parameters, **pair)[:, 0], [0.0, math.log(1.5)], atol=1e-8)


def test_rivals_that_are_gone_frighten_nobody() -> None:
    parameters = central(RivalryParameters)
    active = jnp.asarray([[True], [True], [False]])
    seen = rivals_growth(parameters, starts_gw=column(1, 1, 9), starts_year_ago_gw=column(1, 1, 1), active=active)
    np.testing.assert_allclose(seen[:2, 0], 0.0, atol=1e-12)


def test_no_need_no_starts_and_none_from_who_is_not_active() -> None:
    inputs = world(need_gw=column(0, 10, 10), active=jnp.asarray([[True], [True], [False]]))
    planned = planned_starts(central(RivalryParameters), **inputs)
    assert planned[0, 0] == 0
    assert planned[1, 0] > 0
    assert planned[2, 0] == 0


def test_starts_neither_grow_nor_fall_faster_than_they_can() -> None:
    parameters = central(RivalryParameters, fastest_growth=1.0, fastest_fall=-2.0, entry_share=0.0)
    fast = planned_starts(parameters, **world(1, need_gw=column(1e9)))
    slow = planned_starts(parameters, **world(1, need_gw=column(1e-9)))
    assert float(fast[0, 0]) == pytest.approx(math.exp(0.25))
    assert float(slow[0, 0]) == pytest.approx(math.exp(-0.5))


def test_a_newcomer_begins_with_its_share_of_the_shortage() -> None:
    parameters = central(RivalryParameters, entry_share=0.05, adjustment=0.0)
    nothing = {
        "capacity_gw": column(0),
        "pipeline_gw": column(0),
        "starts_gw": column(0),
        "starts_year_ago_gw": column(0),
    }
    assert float(planned_starts(parameters, **world(1, need_gw=column(8), **nothing))[0, 0]) == pytest.approx(0.4)


@pytest.mark.parametrize(("name", "sign"), [("need_gw", 1), ("capacity_gw", -1), ("pipeline_gw", -1)])
def test_more_need_starts_more_and_more_of_ones_own_starts_less(name: str, sign: int) -> None:
    base = world()
    more = base | {name: base[name] * 1.5}
    parameters = central(RivalryParameters)
    difference = planned_starts(parameters, **more) - planned_starts(parameters, **base)
    assert (jnp.sign(difference) == sign).all()


def test_the_order_of_builders_does_not_matter() -> None:
    inputs = world(starts_gw=column(1, 2, 4), starts_year_ago_gw=column(1, 1, 3), need_gw=column(9, 12, 30))
    turned = {name: value[::-1] if value.ndim == 2 else value for name, value in inputs.items()}
    parameters = central(RivalryParameters)
    straight = planned_starts(parameters, **inputs)
    np.testing.assert_allclose(planned_starts(parameters, **turned)[::-1], straight, rtol=1e-13)


def test_the_compiled_plan_is_the_eager_one_and_its_gradient_a_finite_difference() -> None:
    inputs = world(starts_gw=column(1, 2, 4), starts_year_ago_gw=column(1, 1.5, 3), need_gw=column(9, 12, 11))
    parameters = central(RivalryParameters)
    np.testing.assert_allclose(
        jax.jit(planned_starts)(parameters, **inputs), planned_starts(parameters, **inputs), rtol=1e-13
    )

    def total(elasticity: jax.Array) -> jax.Array:
        return planned_starts(central(RivalryParameters, fear_elasticity=elasticity), **inputs).sum()

    step = 1e-5
    difference = (total(jnp.asarray(0.54 + step)) - total(jnp.asarray(0.54 - step))) / (2 * step)
    assert float(jax.grad(total)(jnp.asarray(0.54))) == pytest.approx(float(difference), rel=1e-7)


def test_every_path_has_its_own_parameters() -> None:
    elasticity, fear = [0.2, 0.54, 0.85], [1.0, 0.0, 2.0]
    inputs = world(starts_gw=column(1, 2, 4), starts_year_ago_gw=column(1, 1.5, 3))
    wide = {name: jnp.tile(value, (1, 3)) for name, value in inputs.items() if value.ndim == 2}
    together = central(RivalryParameters, fear_elasticity=jnp.asarray(elasticity))
    planned = planned_starts(together, **wide, fear_scale=jnp.asarray(fear))
    for path in range(3):
        one = central(RivalryParameters, fear_elasticity=elasticity[path])
        alone = planned_starts(one, **(inputs | {"fear_scale": jnp.asarray(fear[path : path + 1])}))
        np.testing.assert_allclose(planned[:, path], alone[:, 0], rtol=1e-13)
