"""Three twins of the quarter, written by hand for the benchmarks, come to the engine's numbers."""

from __future__ import annotations

from dataclasses import replace

import jax.numpy as jnp
import numpy as np
import pytest

from benchmarks.economy.equal import largest_gaps
from ouroloop.economy.inputs import Inputs
from tests.economy.worlds import MEMBERS, inputs, quiet, with_parameters, world

PATHS, QUARTERS = 4, 8


def stormy() -> Inputs:
    """Little cash, a customer that stops paying, a vendor that lends, a cloud that fails and is rated at once, shares
    that fall and are dumped, the payoff on one path."""
    of = inputs(world(), PATHS)
    calendar = quiet(world())
    shocks = replace(
        calendar,
        forced_default=calendar.forced_default.at[MEMBERS.index("cloud"), 4].set(1.0),
        claim_pays=calendar.claim_pays.at[0, 2:5].set(0.0).at[-30:, 3:5].set(0.7).at[5:, 6].set(0.5),
        credit_open=calendar.credit_open.at[:, 3:].set(0.2),
        draw_stands=calendar.draw_stands.at[0, 1:].set(0.5),
        advance_stands=calendar.advance_stands.at[0, 2].set(0.5),
        lease_factor=calendar.lease_factor.at[0, 3].set(0.5),
        letters_down=calendar.letters_down.at[MEMBERS.index("maker"), 3].set(4.0),
        equity_factor=calendar.equity_factor.at[1, 2].set(0.7).at[:, 5].set(0.4),
        sold_down=calendar.sold_down.at[1, 1].set(0.3).at[:, 6].set(0.8),
        vendor_scale=calendar.vendor_scale.at[0, 5:].set(0.0),
        honest=calendar.honest.at[4:].set(1.0),
        chip_life_years=calendar.chip_life_years.at[0, 3:].set(2.5),
    )
    opening = np.array(of.opening)
    for row, flow in enumerate(world().ledger.chart.openings):
        if any(leg.account.is_cash and leg.account.entity in MEMBERS for leg in flow.legs):
            opening[row] *= 0.1
    payoff = jnp.asarray([2, 10_000, 10_000, 10_000])
    follows = of.traits.follows_chips.at[MEMBERS.index("maker")].set(0.5)
    surprise = jnp.zeros((len(MEMBERS), 1)).at[1].set(0.1).at[3].set(-0.2)
    of = with_parameters(of, "agency", patience=0.9)
    of = replace(of, traits=replace(of.traits, follows_chips=follows, core_surprise=surprise))
    drawn = jnp.asarray([[0.5, 1.0, 0.0, 1.0], [1.0, 1.0, 1.0, 0.25]])
    lent = jnp.asarray([[1.0, 0.5, 1.0, 0.0]])
    shares = {"draw_share": drawn, "advance_share": lent}
    return replace(of, **shares, calendar=shocks, opening=jnp.asarray(opening), payoff_quarter=payoff)


@pytest.mark.parametrize("given", [inputs(world(), PATHS), stormy()], ids=["quiet", "stormy"])
def test_the_twins_come_to_the_engine_s_numbers(given: Inputs) -> None:
    for twin, (gap, where) in largest_gaps(world(), given, QUARTERS).items():
        assert gap <= 1e-9, f"{twin}: {gap:.2g} in {where}"
