"""Equal content gives equal digests in every process; whatever a function does otherwise gives another."""

import subprocess
import sys
from dataclasses import dataclass
from functools import partial

import jax.numpy as jnp
import numpy as np
import pytest

import ouroloop.behavior.demand
import ouroloop.instruments.ladder
from ouroloop.core.content import code_of, digest
from ouroloop.economy import simulate


@dataclass(frozen=True)
class Pair:
    one: object
    other: object


DIFFERENT = [
    1,
    True,
    1.0,
    "1",
    b"1",
    None,
    (),
    (1,),
    ((1,),),
    (1, 1),
    [1],
    {"a": 1},
    {"a": 2},
    {"b": 1},
    frozenset({1, 2}),
    np.array([1, 2]),
    np.array([1, 3]),
    np.array([[1, 2]]),
    np.array([1.0, 2.0]),
    Pair(1, 2),
    Pair(2, 1),
    int,
    float,
    partial(max, 1),
]


def test_what_differs_has_another_digest() -> None:
    assert len({digest(thing) for thing in DIFFERENT[:-1]}) == len(DIFFERENT) - 1


def test_what_is_equal_has_the_same() -> None:
    assert digest(Pair((1, 2.0), "x")) == digest(Pair((1, 2.0), "x"))
    assert digest(frozenset({"a", "b", "c"})) == digest(frozenset({"c", "b", "a"}))
    assert digest(1, (2, 3)) != digest((1, 2), 3)


def test_of_an_array_of_jax_its_numbers_count() -> None:
    assert digest(jnp.arange(3)) == digest(jnp.arange(3)) != digest(jnp.arange(1, 4))


def test_an_object_without_content_is_refused() -> None:
    with pytest.raises(TypeError, match="object has no fixed content"):
        digest({"a": (object(),)})


def test_a_function_or_a_constant_put_in_place_of_ours_is_other_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the quarter's code is reached from: a behavior, a method of an instrument, a constant, a default."""

    def mine(*_: object) -> int:
        return 3

    def now() -> str:
        return digest(code_of(simulate._run))

    before = now()
    for owner, name, stand_in in (
        (ouroloop.behavior.demand, "free_growth", mine),
        (ouroloop.instruments.vintages.Vintages, "serve", mine),
        (ouroloop.instruments.ladder.due_within, "__defaults__", (3,)),
        (simulate, "CHUNK", 31),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, stand_in)
            assert now() != before, name
        assert now() == before, name


def test_kernels_are_no_part_of_the_code_that_calls_them() -> None:
    """They are imported when a program is traced: the same code before and after, and in another process."""
    import ouroloop.instruments.kernel
    import ouroloop.ledger.kernel  # noqa: F401

    rooms = [name for name, _ in code_of(simulate._run)]
    assert "ouroloop.economy.step" in rooms
    assert not [name for name in rooms if "kernel" in name]


_SAY = """
from ouroloop.core.content import code_of, digest
from ouroloop.economy import simulate
print(digest(code_of(simulate._run)))
"""


def test_another_process_says_the_same() -> None:
    said = {
        subprocess.run(
            [sys.executable, "-c", _SAY], check=True, capture_output=True, text=True, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1
