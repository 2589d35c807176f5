"""Every loop over rings and ladders is its definition in JAX to the last bit."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings

from ouroloop.core.foreign import call
from ouroloop.instruments import kernel, ladder, vintages
from ouroloop.ledger import quantize
from tests.instruments.financing_examples import SEEDS

CONTRACTS, SLOTS = 5, 7
Case = Callable[[np.random.Generator, int], list[np.ndarray]]


def money(random: np.random.Generator, *shape: int) -> np.ndarray:
    """Whole quanta, of which half of the rows have none."""
    some = random.random((shape[0],) + (1,) * (len(shape) - 1)) < 0.5
    return np.array(quantize(jnp.asarray(random.random(shape) * 10 * some)))


def share(random: np.random.Generator, rows: int, paths: int) -> np.ndarray:
    return np.where(random.random((rows, paths)) < 0.3, random.choice([0.25, 1 / 3, 1.0], (rows, paths)), 0.0)


def dates(random: np.random.Generator, least: int, most: int, rows: int = CONTRACTS) -> np.ndarray:
    return random.integers(least, most, rows).astype(np.int32)


def rungs(random: np.random.Generator, paths: int) -> np.ndarray:
    return money(random, CONTRACTS, SLOTS, paths)


CASES: dict[str, tuple[object, Callable[..., tuple[jax.Array, ...]], Case]] = {
    "wear": (
        kernel.wear,
        vintages.wear_by_definition,
        lambda random, paths: [
            rungs(random, paths),
            money(random, CONTRACTS, paths),
            random.random((CONTRACTS, paths)) * SLOTS,
            ((random.integers(0, 40) - np.arange(SLOTS)) % SLOTS).astype(np.int32),
        ],
    ),
    "place_evenly": (
        kernel.place_evenly,
        ladder.place_evenly_by_definition,
        lambda random, paths: [
            rungs(random, paths),
            money(random, 4, paths) / 3,
            dates(random, -1, SLOTS + 2, 4),
            dates(random, -1, SLOTS + 2, 4),
            dates(random, 0, CONTRACTS, 4),
        ],
    ),
    "put_off": (
        kernel.put_off,
        ladder.put_off_by_definition,
        lambda random, paths: [
            rungs(random, paths),
            money(random, CONTRACTS, paths),
            money(random, CONTRACTS, paths),
            dates(random, 0, SLOTS + 2, 1),
        ],
    ),
    "scale": (
        kernel.scale,
        ladder.scale_by_definition,
        lambda random, paths: [rungs(random, paths), share(random, CONTRACTS, paths)],
    ),
    "take_earliest": (
        kernel.take_earliest,
        ladder.take_earliest_by_definition,
        lambda random, paths: [rungs(random, paths), money(random, CONTRACTS, paths) * random.choice([1.0, 4.0])],
    ),
    "hand_over": (
        kernel.hand_over,
        ladder.hand_over_by_definition,
        lambda random, paths: [
            rungs(random, paths),
            share(random, 2, paths),
            np.maximum(np.arange(SLOTS) - 3.0, 0.0),
            *random.permutation(CONTRACTS)[:4].astype(np.int32).reshape(2, 2),
        ],
    ),
    "weigh": (
        kernel.weigh,
        ladder.weigh_by_definition,
        lambda random, paths: [
            rungs(random, paths),
            np.maximum(np.arange(SLOTS) - 3.0, 0.0),
            dates(random, 0, CONTRACTS, 3),
        ],
    ),
}


@pytest.mark.parametrize("paths", [1, 3, 64])
@pytest.mark.parametrize("name", CASES)
@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_the_kernel_is_its_definition(name: str, paths: int, seed: int) -> None:
    entry, definition, case = CASES[name]
    arrays = case(np.random.default_rng(seed), paths)
    wanted = jax.jit(definition)(*arrays)
    found = call(entry, definition, [jnp.asarray(of) for of in arrays], wanted)
    for one, other in zip(found, wanted, strict=True):
        assert np.array_equal(np.asarray(one), np.asarray(other))


@pytest.mark.parametrize("name", ["wear", "scale", "take_earliest", "put_off", "place_evenly"])
def test_what_is_not_a_number_stays_on_its_path(name: str) -> None:
    entry, definition, case = CASES[name]
    arrays = case(np.random.default_rng(1), 3)
    clean = call(entry, definition, [jnp.asarray(of) for of in arrays], jax.jit(definition)(*arrays))
    arrays[1][0, 1] = np.nan
    spoilt = call(entry, definition, [jnp.asarray(of) for of in arrays], jax.jit(definition)(*arrays))
    assert np.isnan(np.asarray(spoilt[0])[..., 1]).any()
    for one, other in zip(spoilt, clean, strict=True):
        assert np.array_equal(np.asarray(one)[..., [0, 2]], np.asarray(other)[..., [0, 2]])


def test_a_contract_is_not_sold_twice_nor_bought_in_the_same_go() -> None:
    owed, half = jnp.ones((3, 2, 1)), jnp.full((2, 1), 0.5)
    with pytest.raises(AssertionError, match="sold twice"):
        ladder.hand_over(owed, jnp.asarray(0), half, np.array([0, 0]), np.array([1, 2]))
    with pytest.raises(AssertionError, match="sold and bought"):
        ladder.hand_over(owed, jnp.asarray(0), half, np.array([0, 1]), np.array([1, 2]))
