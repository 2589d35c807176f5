"""Parameters drawn from the dossier: every path its own, the same for whoever reads the same assumption."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from types import MappingProxyType

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ouroloop.core import BadInput
from ouroloop.dossier import Assumption, Distribution, Dossier, load, quantile
from ouroloop.dossier.models import Text
from ouroloop.economy.draws import uniform
from ouroloop.scenario.language import Scenario
from ouroloop.scenario.magnitude import Magnitude
from ouroloop.scenario.parameters import draw_parameters, needed

SEED, PATHS = 7, 12
WORDS = Text.model_validate({"en": "T", "zh-Hans": "T", "zh-Hant": "T"})


@cache
def ai_loop() -> Dossier:
    return load("ai-loop")


def scenario(dossier: Dossier | None = None, **assume: Magnitude) -> Scenario:
    return Scenario(
        id="one",
        title=WORDS,
        about=WORDS,
        dossier=dossier or ai_loop(),
        horizon=4,
        paths=PATHS,
        seed=SEED,
        assume={name.replace("_", "-"): given for name, given in assume.items()},
        shocks=(),
    )


def named(first: int = 0, paths: int = PATHS) -> Callable[[str], np.ndarray]:
    return lambda name: np.asarray(uniform(SEED, first, paths, name))


def without(*names: str, instead: Mapping[str, Assumption]) -> Dossier:
    kept = {name: row for name, row in ai_loop().assumptions.items() if name not in names}
    return replace(ai_loop(), assumptions=MappingProxyType(kept | dict(instead)))


def test_all_that_the_engine_reads_is_in_the_bundled_dossier_and_can_be_drawn() -> None:
    assert len(needed()) == len(set(needed())) > 100
    assert [name for name in needed() if name not in ai_loop().assumptions] == []
    assert [name for name in needed() if not ai_loop().assumptions[name].drawable] == []


def test_each_value_is_the_quantile_of_the_uniform_named_after_its_assumption() -> None:
    row = ai_loop().assumptions["dem-035"]
    drawn = draw_parameters(scenario(), named())
    by_hand = quantile(row, np.asarray(uniform(SEED, 0, PATHS, "dem-035")))
    assert np.array_equal(drawn.values["dem-035"], by_hand)
    assert np.array_equal(np.asarray(drawn.parameters.demand.growth_persistence), by_hand)


def test_a_percentage_reaches_its_behavior_as_a_fraction() -> None:
    """The rate without risk stands in percent and is read per year."""
    drawn = draw_parameters(scenario(), named())
    percent = drawn.values["eco-eng-011"]
    assert percent.min() > 1
    np.testing.assert_allclose(np.asarray(drawn.parameters.engine.base_rate), percent / 100, rtol=1e-15)


def test_parts_of_a_run_have_the_draws_of_the_whole() -> None:
    whole = draw_parameters(scenario(), named())
    parts = [draw_parameters(scenario(), named(first, 4)) for first in (0, 4, 8)]
    for name, values in whole.values.items():
        if len(values) > 1:
            assert np.array_equal(values, np.concatenate([part.values[name] for part in parts])), name


def test_whoever_reads_one_assumption_gets_the_same_draws() -> None:
    """Completion and operations both read the share of chips; engine and accounting both read lives of chips."""
    drawn = draw_parameters(scenario(), named())
    by_row: dict[str, list[np.ndarray]] = {}
    for part in vars(drawn.parameters).values():
        for field, kept in type(part).__dataclass_fields__.items():
            row, scale = kept.metadata["assumption"], kept.metadata["scale"]
            by_row.setdefault(row, []).append(np.asarray(getattr(part, field)) / scale)
    shared = {row: found for row, found in by_row.items() if len(found) > 1}
    assert shared
    for row, found in shared.items():
        for one in found:
            np.testing.assert_allclose(one, drawn.values[row], rtol=1e-14)


def test_what_is_drawn_has_one_value_per_path_and_what_is_not_has_one() -> None:
    drawn = draw_parameters(scenario(), named())
    leaves = jax.tree.leaves(drawn.parameters)
    assert {leaf.dtype for leaf in leaves} == {jnp.dtype("float64")}
    for name, values in drawn.values.items():
        point = ai_loop().assumptions[name].distribution is Distribution.POINT
        assert values.shape == ((1,) if point else (PATHS,)), name
        assert point or len(np.unique(values)) > 1, name


def test_without_uniforms_everything_stands_at_its_central_value() -> None:
    drawn = draw_parameters(scenario())
    assert {name: values.tolist() for name, values in drawn.values.items()} == {
        name: [ai_loop().assumptions[name].value] for name in needed()
    }


def test_a_scenario_s_value_or_range_takes_the_place_of_the_dossier_s() -> None:
    at_most = Magnitude(value=0.3, low=0.2, high=0.4, distribution="uniform")
    one = Magnitude(value=3.0, distribution="point")
    drawn = draw_parameters(scenario(dem_035=at_most, chip_013=one), named())
    own = draw_parameters(scenario(), named())
    u = np.asarray(uniform(SEED, 0, PATHS, "dem-035"))
    np.testing.assert_allclose(drawn.values["dem-035"], 0.2 + 0.2 * u, rtol=1e-14)
    assert drawn.values["chip-013"].tolist() == [3.0]
    same = set(needed()) - {"dem-035", "chip-013"}
    assert all(np.array_equal(drawn.values[name], own.values[name]) for name in same)


def test_everything_that_is_missing_or_not_drawable_is_named_at_once_with_its_reader() -> None:
    course = ai_loop().assumptions["dem-035"].model_copy(update={"distribution": Distribution.ROW})
    world = without("beh-001", "eco-finance-001", instead={"dem-035": course})
    with pytest.raises(BadInput) as refused:
        draw_parameters(scenario(world), named())
    said = {(problem.code, problem.message) for problem in refused.value.problems}
    assert said == {
        ("no-assumption", "RivalryParameters.fear_elasticity reads 'beh-001', which is not known"),
        ("no-assumption", "SpreadParameters.calm_reversion reads 'eco-finance-001', which is not known"),
        ("not-drawable", "DemandParameters.growth_persistence reads 'dem-035', of which nothing can be drawn"),
    }
    hints = [problem.hint for problem in refused.value.problems if "beh-001" in problem.message]
    assert len(hints) == 1
    assert "beh-0" in hints[0]
