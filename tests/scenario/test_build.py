"""From the bundled scenario to inputs of the engine: each path its own, whatever else is built beside it."""

import jax
import numpy as np

from ouroloop.behavior.completion import CHIP_STAGES, STAGES
from ouroloop.dossier import load
from ouroloop.scenario.build import build
from ouroloop.scenario.read import read_presets, read_scenario


def test_the_inputs_of_a_path_do_not_depend_on_the_batch_in_which_it_is_built() -> None:
    scenario = read_scenario("baseline")
    whole, first, second = (build(scenario, start, count).inputs for start, count in ((0, 12), (0, 7), (7, 5)))
    leaves = zip(*(jax.tree_util.tree_leaves_with_path(one) for one in (whole, first, second)), strict=True)
    seen = 0
    for (name, together), (_, one), (_, other) in leaves:
        together, one, other = np.asarray(together), np.asarray(one), np.asarray(other)
        if together.shape and together.shape[-1] == 12 and one.shape[-1] == 7:
            seen += 1
            one = np.concatenate([one, other], axis=-1)
        assert np.array_equal(together, one, equal_nan=True), jax.tree_util.keystr(name)
    assert seen > 100


def test_the_same_dossier_read_twice_makes_the_same_world_so_that_compiled_code_is_found_again() -> None:
    one, other = (build(read_scenario(name), 0, 2) for name in ("baseline", "credit-closes-first"))
    assert one.world is other.world


def test_all_bundled_scenarios_have_inputs_of_one_shape_so_that_one_program_serves_them() -> None:
    """A program is compiled for shapes and types: one preset with its own would cost a compilation."""
    presets = read_presets("ai-loop", dossier=load("ai-loop"))
    shapes = {one.id: jax.tree.map(jax.typeof, build(one, 0, 3).inputs) for one in presets}
    assert len(shapes) == 9
    for name, found in shapes.items():
        assert found == shapes["baseline"], name


def test_an_old_figure_of_capex_says_less_of_the_pace_at_the_opening_than_a_young_one() -> None:
    """Carried half a year and a third of one, each by a growth of its own: 27 % a year, 33 points off as a rule."""
    economy = build(read_scenario("baseline"), 0, 2000)
    rows = [economy.world.members.index(m) for m in ("microsoft", "oracle")]
    days = [economy.opening.run_rates.members[m].capex.day for m in ("microsoft", "oracle")]
    published = [economy.opening.run_rates.members[m].capex.point for m in ("microsoft", "oracle")]
    years = [(economy.opening.quarter.last_day - day).days / 365.25 for day in days]
    assert years[0] > years[1] + 0.1
    log = np.log(np.asarray(economy.inputs.traits.capex)[rows] / np.array(published)[:, None])
    np.testing.assert_allclose(log.mean(axis=1), 0.273 * np.array(years), atol=0.02)
    np.testing.assert_allclose(log.std(axis=1), 0.329 * np.array(years), rtol=0.06)
    assert abs(np.corrcoef(log)[0, 1]) < 0.07


def test_what_is_under_construction_spends_the_pace_of_capex_and_was_begun_at_a_pace_that_grew() -> None:
    given = build(read_scenario("baseline"), 0, 16).inputs
    traits, engine, completion = given.traits, given.parameters.engine, given.parameters.completion
    gw, chips = np.asarray(traits.pipeline), np.asarray(completion.chip_share)
    finished = np.minimum(STAGES / (4 * np.asarray(completion.build_years)), 1.0)
    usd_bn = gw * finished * np.asarray(engine.site_cost_per_gw)
    early, late = usd_bn[:, :-CHIP_STAGES].sum(axis=1), usd_bn[:, -CHIP_STAGES:].sum(axis=1)
    spent = early * (1 - chips) / (STAGES - CHIP_STAGES) + late * chips / CHIP_STAGES
    rows = build(read_scenario("baseline"), 0, 1).world.builder_rows
    np.testing.assert_allclose(spent, np.asarray(traits.capex - traits.other_capex)[rows], rtol=1e-9, atol=1e-9)
    building = gw[:, 0, 0] > 0
    years = np.asarray(completion.build_years) / STAGES
    fewer = np.exp(-np.asarray(engine.starts_growth) * years)
    np.testing.assert_allclose(gw[building, 1:] / gw[building, :-1], np.broadcast_to(fewer, gw[building, 1:].shape))
