"""From the bundled scenario to inputs of the engine: each path its own, whatever else is built beside it."""

import jax
import numpy as np
import pytest

from ouroloop.behavior.completion import CHIP_STAGES, STAGES
from ouroloop.dossier import load
from ouroloop.economy.open import open_state
from ouroloop.scenario.ask import parse_question
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
    assert len(shapes) == 13
    for name, found in shapes.items():
        assert found == shapes["baseline"], name


def test_what_is_under_construction_spends_the_pace_of_capex_and_was_begun_at_a_pace_that_grew() -> None:
    """On the median path: what was begun last is surprising, up or down alike."""
    economy = build(read_scenario("baseline"), 0, 2000)
    traits, engine, completion = (
        economy.inputs.traits,
        economy.inputs.parameters.engine,
        economy.inputs.parameters.completion,
    )
    rows = [economy.world.builders.index(name) for name in ("alphabet", "microsoft", "coreweave")]
    members = economy.world.builder_rows[rows]
    gw, chips = np.asarray(traits.pipeline)[rows], np.asarray(completion.chip_share)
    finished = np.minimum(STAGES / (4 * np.asarray(completion.build_years)), 1.0)
    usd_bn = gw * finished * np.asarray(engine.site_cost_per_gw)
    early, late = usd_bn[:, :-CHIP_STAGES].sum(axis=1), usd_bn[:, -CHIP_STAGES:].sum(axis=1)
    spent = early * (1 - chips) / (STAGES - CHIP_STAGES) + late * chips / CHIP_STAGES
    pace = np.asarray(traits.capex - traits.other_capex)[members]
    opened = jax.jit(open_state, static_argnums=0)(economy.world, economy.inputs)
    renewed = np.asarray(opened.plant.empty)[rows] * chips * np.asarray(engine.site_cost_per_gw)
    assert np.all(renewed > 0.0)
    np.testing.assert_allclose(np.median(np.log((spent + renewed) / pace), axis=1), 0.0, atol=0.03)
    years = np.asarray(completion.build_years) * (STAGES - 1) / STAGES
    grown = np.log(gw[:, 0] / gw[:, -1]) - np.asarray(engine.starts_growth) * years
    np.testing.assert_allclose(np.median(grown, axis=1), 0.0, atol=0.05)


def test_banks_have_hedged_a_part_of_what_they_lent_to_quoted_firms() -> None:
    economy = build(read_scenario("baseline"), 0, 2)
    swaps = economy.world.swaps
    lent = {debt.borrower: debt.principal for debt in economy.opening.debts if debt.lender == "banks"}
    assert "oracle" in swaps.references
    assert {buyer for buyer, _ in swaps.parties} == {"banks"}
    for firm in set(swaps.references):
        rows = [n for n, of in enumerate(swaps.references) if of == firm]
        assert {swaps.parties[n][1] for n in rows} == {"hedge-funds", "insurers"}
        whole = float(swaps.notional[np.array(rows)].sum())
        assert 0.15 < whole / lent[firm].mean() < 0.25, "a fifth of what was lent at central values"
        assert 0 < float(swaps.rate[rows[0]]) < 0.2


def test_a_loan_that_is_called_off_is_drawn_no_more_and_no_other_is_touched() -> None:
    economy = build(parse_question("deal jupiter-loan is called off in 2027-Q3", read_scenario("baseline")), 0, 2)
    stands = np.asarray(economy.inputs.calendar.draw_stands)[..., 0]
    of = np.array([draw.name.startswith("jupiter-loan#") for draw in economy.world.promised_draws])
    assert of.any()
    assert stands[of].tolist() == [[1.0, 1.0, *[0.0] * 38]] * int(of.sum())
    assert np.all(stands[~of] == 1.0)


def test_letters_of_lenders_are_lent_on_the_paths_on_which_they_become_firm() -> None:
    economy = build(read_scenario("baseline"), 0, 400)
    terms, world = economy.assembled.contracts.terms, economy.world
    letters: dict[str, float] = {}
    for draw, number, share in zip(
        world.promised_draws, economy.assembled.draw_terms, np.asarray(economy.inputs.draw_share), strict=True
    ):
        if terms[number].pending:
            letters[world.loans.borrowers[draw.loan]] = sum(draw.usd_bn)
            assert 0.1 < (share > 0).mean() < 0.6, "reported or a letter: neither sure nor impossible"
        else:
            assert np.all(share == 1.0), "what is bound is lent as agreed"
    # Broadcom's bonds of 65bn and SpaceX's of 40bn were announced, SoftBank's second margin loan is in talks.
    assert letters == pytest.approx({"broadcom": 65.0, "softbank": 10.0, "spacex-xai": 40.0})


def test_vendors_lend_on_the_paths_on_which_their_promise_becomes_firm() -> None:
    economy = build(read_scenario("baseline"), 0, 400)
    world, shares = economy.world, np.asarray(economy.inputs.advance_share)
    promised = {pair: sum(a.usd_bn) for pair, a in zip(world.advance_parties, world.advances, strict=True)}
    # Broadcom's notes are signed, and issued as Anthropic draws; Nvidia and OpenAI were said to talk.
    assert promised == pytest.approx({("broadcom", "anthropic"): 42.0, ("nvidia", "openai"): 350.0})
    firm = dict(zip(promised, (shares > 0).mean(axis=1), strict=True))
    assert 0.5 < firm["broadcom", "anthropic"] < 0.9
    assert 0.1 < firm["nvidia", "openai"] < 0.5
    for (lender, borrower), bought in zip(promised, world.cloud_by_advance.matrix, strict=True):
        rented = [pair for pair, there in zip(world.cloud.parties, bought, strict=True) if there]
        assert set(rented) <= {(borrower, lender)}
    assert world.cloud_by_advance.matrix[0].any(), "the chips that the notes pay for"


@pytest.mark.parametrize(
    ("question", "row", "left"),
    [
        ("deal broadcom-anthropic-notes is called off in 2027-Q3", 0, 2),
        ("broadcom stops paying anthropic from 2027-Q2", 0, 1),
        ("deal nvidia-openai-chip-loan-talks is called off in 2028-Q1", 1, 4),
    ],
)
def test_a_vendor_s_loan_can_be_called_off_or_not_be_paid(question: str, row: int, left: int) -> None:
    economy = build(parse_question(question, read_scenario("baseline")), 0, 2)
    stands = np.asarray(economy.inputs.calendar.advance_stands)[..., 0]
    assert stands[row].tolist() == [1.0] * left + [0.0] * (40 - left)
    assert np.all(stands[1 - row] == 1.0)


def test_nvidia_that_stops_investing_lends_nothing_either() -> None:
    economy = build(read_scenario("vendor-stops-investing"), 0, 2)
    stands = dict(zip(economy.world.advance_parties, np.asarray(economy.inputs.calendar.advance_stands), strict=True))
    assert not stands["nvidia", "openai"].any()
    assert np.all(stands["broadcom", "anthropic"] == 1.0)


def test_the_door_of_a_firm_is_a_part_of_its_volume_or_that_of_the_usual_firm() -> None:
    economy = build(read_scenario("baseline"), 0, 4)
    members, calls = economy.world.members, economy.inputs.parameters.calls
    found, worth = np.asarray(economy.inputs.traits.exit_share), economy.opening.run_rates.values("market_value")
    # mkt-adv-amd: 8.42bn are traded in a day; 63 days are a quarter. CoreWeave's volume is not on file.
    amd = np.asarray(calls.of_volume) * 8.42 * 63 / worth[members.index("amd")].mean()
    np.testing.assert_allclose(found[members.index("amd")], amd, rtol=1e-12)
    np.testing.assert_array_equal(found[members.index("coreweave")], np.asarray(calls.usual_exit))
