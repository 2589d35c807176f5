"""A kernel in a compiled program: the same as its definition wherever JAX may put it."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import ouroloop.ledger.precision  # noqa: F401  (float64)
from ouroloop.core import foreign, frame

X = jnp.arange(6.0).reshape(2, 3)


@frame.entry_point
def added_kernel(asked):
    """Arguments: x, rows. Result: x with 1 added to these rows."""
    if frame.executes(asked):
        result = frame.in_place2(asked, 0)
        for row in frame.integers(asked, 1):
            result[row] += 1.0
    return 0


def by_definition(x: jax.Array, rows: jax.Array) -> tuple[jax.Array]:
    return (x.at[rows].add(1.0),)


def added(x: jax.Array) -> jax.Array:
    return foreign.call(added_kernel, by_definition, [x, np.array([1], np.int32)], [x], in_place={0: 0})[0]


WANTED = [[0, 1, 2], [4, 5, 6]]


def test_it_is_called_alone_compiled_in_a_loop_and_for_each_of_many() -> None:
    assert added(X).tolist() == jax.jit(added)(X).tolist() == WANTED
    assert jax.jit(lambda x: jax.lax.fori_loop(0, 5, lambda _, y: added(y), x))(X).tolist() == [[0, 1, 2], [8, 9, 10]]
    assert jax.vmap(added)(jnp.stack([X, X + 1])).tolist() == [WANTED, [[1, 2, 3], [5, 6, 7]]]


def test_an_argument_that_is_still_needed_keeps_its_numbers() -> None:
    before, after = jax.jit(lambda x: (2 * x, added(x) + x))(X)
    assert before.tolist() == (2 * X).tolist()
    assert after.tolist() == [[0, 2, 4], [7, 9, 11]]
    assert X.tolist() == [[0, 1, 2], [3, 4, 5]]


def test_its_derivative_is_that_of_the_definition() -> None:
    assert jax.grad(lambda x: (added(x) ** 2).sum())(X).tolist() == (2 * np.array(WANTED)).tolist()


def test_the_program_says_that_it_calls_it() -> None:
    assert f"{__name__}.added_kernel" in jax.jit(added).lower(X).as_text()


def test_where_xla_does_not_take_it_the_definition_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise RuntimeError("another version of the interface")

    monkeypatch.setattr(jax.ffi, "register_ffi_target", refuse)
    foreign._registered.cache_clear()
    try:
        assert added(X).tolist() == WANTED
        assert "added_kernel" not in jax.jit(lambda x: added(x)).lower(X).as_text()
    finally:
        foreign._registered.cache_clear()


def test_on_another_device_the_definition_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jax, "default_backend", lambda: "gpu")
    assert "added_kernel" not in jax.jit(lambda x: added(x)).lower(X).as_text()
