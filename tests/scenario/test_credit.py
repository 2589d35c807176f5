"""The credit of a firm of `ai-loop`: what it owes adds up, promises cost, quotes imply what they should."""

from __future__ import annotations

from datetime import date
from functools import cache

import jax.numpy as jnp
import numpy as np
import pytest

from ouroloop.core import BadInput
from ouroloop.dossier import Dossier, load
from ouroloop.market import cds
from ouroloop.market.cds_by_hand import triangle_default_probability
from ouroloop.market.curves import flat_rate
from ouroloop.scenario.build import build
from ouroloop.scenario.credit import CreditView, credit_view
from ouroloop.scenario.read import read_scenario


@cache
def loop() -> Dossier:
    return load("ai-loop")


@cache
def oracle() -> CreditView:
    return credit_view(loop(), "oracle")


def test_what_it_owes_is_what_its_books_open_with() -> None:
    found, economy = oracle(), build(read_scenario("baseline"), 0, 1)
    at = economy.world.members.index("oracle")
    ladder = np.asarray(economy.inputs.traits.loan_ladder)[economy.world.loan_borrower == at]
    owed = found.obligations["short_debt"], found.obligations["long_debt"]
    assert owed[0] + owed[1] == pytest.approx(ladder.sum())
    assert owed[0] == pytest.approx(ladder[:, :4].sum())
    assert found.obligations["leases_not_commenced"] > 200.0, "Oracle publishes that it signed leases of 288bn"
    assert found.obligations["expected_guarantees"] is None, "no guarantee of it is on file"


def test_promises_move_the_default_point_by_what_they_are_and_make_protection_dearer() -> None:
    found = oracle()
    out, counted = found.model
    promised = (found.obligations["leases_not_commenced"] or 0.0) + (found.obligations["take_or_pay"] or 0.0)
    assert counted.default_point - out.default_point == pytest.approx(promised)
    assert counted.spread_bp > out.spread_bp > 0
    assert counted.distance < out.distance
    for one in found.model:
        assert one.spread_low_bp < one.spread_bp < one.spread_high_bp
        assert one.assets == pytest.approx(found.equity_value + one.default_point, rel=0.03)


def test_the_model_spread_is_near_the_rule_of_thumb_of_its_own_default_probability() -> None:
    for one in oracle().model:
        wanted = float(triangle_default_probability(1e-4 * one.spread_bp, 0.4, 5.0))
        assert one.default_probability == pytest.approx(wanted, rel=0.1)


def test_a_quote_is_the_par_spread_of_the_probability_read_in_it() -> None:
    for one in oracle().quotes:
        trade = one.quote.on.last
        contract = cds.standard_contract(trade, cds.tenor_date(trade, 5))
        hazard = -np.log1p(-one.default_probability) / contract.expires
        credit = cds.hazard_curve([contract.expires], jnp.asarray([hazard]))
        spread = cds.par_spread(cds.legs(contract, flat_rate(0.04), credit, 0.4))
        assert 1e4 * float(spread) == pytest.approx(one.quote.spread_bp, rel=1e-6)


def test_as_of_an_earlier_day_later_quotes_are_not_seen() -> None:
    found = credit_view(loop().as_of(date(2025, 11, 21)), "oracle")
    assert found.day == date(2025, 11, 21)
    assert [str(one.quote.on) for one in found.quotes] == ["2025-06", "2025-07", "2025-10"]


def test_a_firm_whose_shares_have_no_value_here_is_refused_with_those_that_have() -> None:
    with pytest.raises(BadInput, match="no-credit") as refused:
        credit_view(loop(), "vantage-texas")
    assert "oracle" in refused.value.problems[0].hint


def test_a_day_on_which_too_little_was_known_is_refused_and_is_no_traceback() -> None:
    with pytest.raises(BadInput, match="no-assumption") as refused:
        credit_view(loop().as_of(date(2024, 6, 30)), "oracle")
    assert refused.value.problems[0].hint == "open the books on a later day"
