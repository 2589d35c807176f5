"""Power as a limit with delay: worked quarters, conservation of gigawatts, and who waits."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroloop.behavior.power import PowerParameters, energize, grid_additions, power_share
from tests.behavior.central import central

NONE = jnp.zeros((2, 1))


def column(*values: float) -> jax.Array:
    return jnp.asarray(values, jnp.float64)[:, None]


def punctual() -> PowerParameters:
    return central(PowerParameters, late_share=0.0)


def test_what_is_short_is_shared_pro_rata() -> None:
    found = energize(punctual(), column(4, 2), waiting_gw=NONE, grid_gw=jnp.asarray([3.0]))
    np.testing.assert_allclose(found.online_gw[:, 0], [2, 1])
    np.testing.assert_allclose(found.waiting_gw[:, 0], [2, 1])
    share = power_share(punctual(), column(4, 2), waiting_gw=NONE, grid_gw=jnp.asarray([3.0]))
    assert share.tolist() == [0.5]


def test_with_room_for_all_nobody_waits() -> None:
    found = energize(punctual(), column(4, 2), waiting_gw=NONE, grid_gw=jnp.asarray([7.0]))
    np.testing.assert_array_equal(found.online_gw[:, 0], [4, 2])
    np.testing.assert_array_equal(found.waiting_gw, NONE)


def test_a_part_of_what_is_finished_is_late_even_with_room_and_comes_by_its_waiting_time() -> None:
    parameters = central(PowerParameters, late_share=0.4, late_years=0.75)
    found = energize(parameters, column(10), waiting_gw=column(0), grid_gw=jnp.asarray([100.0]))
    assert float(found.online_gw[0, 0]) == pytest.approx(6)
    waiting, total = found.waiting_gw, 0.0
    for quarter in range(1, 200):
        found = energize(parameters, column(0), waiting_gw=waiting, grid_gw=jnp.asarray([100.0]))
        total += quarter * float(found.online_gw[0, 0])
        waiting = found.waiting_gw
    # A third of those waiting each quarter: 4 GW, three quarters of a year on average.
    assert total / 4 == pytest.approx(3.0, rel=1e-9)


def test_no_power_connects_nothing_and_nothing_is_lost() -> None:
    found = energize(
        punctual(), column(4, 2), waiting_gw=column(1, 0), grid_gw=jnp.asarray([3.0]), delay_factor=jnp.asarray([0.0])
    )
    np.testing.assert_array_equal(found.online_gw, NONE)
    np.testing.assert_array_equal(found.waiting_gw[:, 0], [5, 2])


def test_a_delay_lowers_what_comes_online() -> None:
    online = [
        float(
            energize(
                punctual(), column(4, 2), waiting_gw=NONE, grid_gw=jnp.asarray([6.0]), delay_factor=f
            ).online_gw.sum()
        )
        for f in (1.0, 0.5, 0.25)
    ]
    assert online == pytest.approx([6, 3, 1.5])


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 50), st.floats(0, 50)), min_size=1, max_size=6),
    st.floats(0, 100),
)
def test_gigawatts_are_kept_and_the_limit_holds(sites: list[tuple[float, float]], grid: float) -> None:
    ready, waiting = (column(*part) for part in zip(*sites, strict=True))
    found = energize(central(PowerParameters), ready, waiting_gw=waiting, grid_gw=jnp.asarray([grid]))
    assert float(found.online_gw.sum()) <= grid * (1 + 1e-12)
    assert (found.online_gw >= 0).all()
    assert (found.waiting_gw >= -1e-12).all()
    np.testing.assert_allclose(found.online_gw + found.waiting_gw, ready + waiting, rtol=1e-12, atol=1e-12)


def test_additions_grow_from_those_of_2025() -> None:
    parameters = central(PowerParameters, added_gw_per_year=7.0, growth=0.25)
    assert float(grid_additions(parameters, 0.0)) == pytest.approx(1.75)
    assert float(grid_additions(parameters, 4.0)) == pytest.approx(1.75 * math.e)


def test_the_compiled_sharing_is_the_eager_one_and_its_gradient_a_finite_difference() -> None:
    parameters, grid = central(PowerParameters), jnp.asarray([3.0])
    eager = energize(parameters, column(4, 2), waiting_gw=column(1, 3), grid_gw=grid)
    compiled = jax.jit(energize)(parameters, column(4, 2), waiting_gw=column(1, 3), grid_gw=grid)
    np.testing.assert_allclose(eager.online_gw, compiled.online_gw, rtol=1e-14)

    def first(ready: jax.Array) -> jax.Array:
        return energize(parameters, ready, waiting_gw=column(1, 3), grid_gw=grid).online_gw[0, 0]

    step = column(1e-5, 0)
    difference = (first(column(4, 2) + step) - first(column(4, 2) - step)) / 2e-5
    assert float(jax.grad(first)(column(4, 2))[0, 0]) == pytest.approx(float(difference), rel=1e-7)
    empty = jax.grad(lambda ready: energize(parameters, ready, waiting_gw=NONE, grid_gw=grid).online_gw[0, 0])(NONE)
    assert np.isfinite(empty).all()


def test_every_path_has_its_own_parameters() -> None:
    late, grid = [0.3, 0.4, 0.5], [1.0, 4.0, 20.0]
    ready, waiting = jnp.tile(column(4, 2), (1, 3)), jnp.tile(column(1, 3), (1, 3))
    together = energize(
        central(PowerParameters, late_share=jnp.asarray(late)), ready, waiting_gw=waiting, grid_gw=jnp.asarray(grid)
    )
    for path in range(3):
        alone = energize(
            central(PowerParameters, late_share=late[path]),
            column(4, 2),
            waiting_gw=column(1, 3),
            grid_gw=jnp.asarray(grid[path : path + 1]),
        )
        np.testing.assert_allclose(together.online_gw[:, path], alone.online_gw[:, 0], rtol=1e-13)
        np.testing.assert_allclose(together.waiting_gw[:, path], alone.waiting_gw[:, 0], rtol=1e-13)
