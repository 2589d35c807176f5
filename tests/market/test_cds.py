"""Credit default swaps: the standard model's published prices, QuantLib on random contracts, what it cannot find."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import QuantLib as ql  # noqa: N813
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate

from ouroloop.core import BadInput
from ouroloop.market import cds
from ouroloop.market.cds_by_hand import triangle_default_probability, yearly_legs
from ouroloop.market.curves import DiscountCurve, SurvivalCurve, flat_rate, hazard_curve
from ouroloop.market.rates import discount_curve

TRADE = date(2009, 5, 21)
DEPOSITS = {1: 0.003081, 2: 0.005525, 3: 0.007163, 6: 0.012413, 9: 0.014, 12: 0.015488}
SWAPS = {
    2: 0.011907, 3: 0.01699, 4: 0.021198, 5: 0.02444, 6: 0.026937, 7: 0.028967, 8: 0.030504, 9: 0.031719, 10: 0.03279,
    12: 0.034535, 15: 0.036217, 20: 0.036981, 25: 0.037246, 30: 0.037605,
}  # fmt: skip
"""US dollars on 2009-05-21, as in the test of the standard model in QuantLib (`creditdefaultswap.cpp`)."""

UPFRONTS = {
    (2010, 0.001): -97798.29358, (2010, 0.1): 914971.5977, (2011, 0.001): -186921.3594, (2011, 0.1): 1646623.672,
    (2012, 0.001): -274298.9203, (2012, 0.1): 2279730.93, (2016, 0.001): -592420.2297, (2016, 0.1): 3993550.206,
    (2019, 0.001): -797501.1422, (2019, 0.1): 4702034.688,
}  # fmt: skip
"""Markit's upfront for 10 million at a coupon of 1 % and a recovery of 20 %, by year of expiry (20 June) and quoted
spread; the same test."""


@pytest.fixture(scope="module")
def rates() -> DiscountCurve:
    return discount_curve(TRADE, DEPOSITS, SWAPS)


@pytest.mark.parametrize(("year", "spread"), UPFRONTS)
def test_quoted_spreads_become_the_upfronts_of_the_standard_model(
    rates: DiscountCurve, year: int, spread: float
) -> None:
    contract = cds.standard_contract(TRADE, date(year, 6, 20))
    credit = cds.flat_hazard(contract, rates, jnp.asarray(spread), 0.2)
    of = cds.legs(contract, rates, credit, 0.2)
    assert 1e7 * float(cds.upfront(contract, rates, of, 0.01)) == pytest.approx(UPFRONTS[year, spread], abs=0.01)
    assert float(cds.par_spread(of)) == pytest.approx(spread, rel=1e-9)


YIELD_TIMES = [
    0.09041095890410959, 0.16712328767123288, 0.2547945205479452, 0.5041095890410959, 0.7534246575342466,
    1.0054794520547945, 2.0054794520547947, 3.008219178082192, 4.013698630136987, 5.010958904109589, 6.008219178082192,
    7.010958904109589, 8.01095890410959, 9.01095890410959, 10.016438356164384, 12.013698630136986, 15.021917808219179,
    20.01917808219178, 30.024657534246575,
]  # fmt: skip
YIELDS = [
    -0.002078655697855299, -0.001686438401304855, -0.0013445486228483379, -0.0004237819925898475,
    2.5142499469348057e-05, 0.0005935063895780138, -0.0003247081037469503, 0.0006147182786549223, 0.0019060597240545122,
    0.0033125742254568815, 0.0047766352312329455, 0.0062374324537341225, 0.007639664176639106, 0.008971003650150983,
    0.010167545380711455, 0.012196853322376243, 0.01441082634734099, 0.016236611610989507, 0.01652439910865982,
]  # fmt: skip
CREDIT_TIMES = [
    1.2054794520547945, 1.7095890410958905, 2.712328767123288, 3.712328767123288, 4.712328767123288, 5.712328767123288,
    7.715068493150685, 10.717808219178082,
]  # fmt: skip
HAZARDS = [
    0.009950492020354761, 0.01203385973637765, 0.01418821591480718, 0.01684815168721049, 0.01974873350586718,
    0.023084203422383043, 0.02696911931489543, 0.029605642651816415,
]  # fmt: skip


def test_both_legs_of_a_contract_with_a_stub_are_those_of_strata() -> None:
    """OpenGamma Strata, `IsdaCdsProductPricerTest`: traded 2014-01-03, from 2014-01-04 (a Saturday) to 2020-10-20."""
    discount = DiscountCurve(tuple(YIELD_TIMES), jnp.asarray(YIELD_TIMES) * jnp.asarray(YIELDS))
    credit = SurvivalCurve(tuple(CREDIT_TIMES), jnp.asarray(CREDIT_TIMES) * jnp.asarray(HAZARDS))
    contract = cds.contract(date(2014, 1, 3), date(2014, 1, 4), date(2020, 10, 20), date(2014, 1, 8))
    of = cds.legs(contract, discount, credit, 0.25)
    settled = float(discount.discount([contract.settles])[0])
    assert float(of.protection) / settled == pytest.approx(0.11770082424693698, abs=1e-12)
    assert float(of.annuity) / settled == pytest.approx(6.395697031451866, abs=1e-10)


def test_swaps_by_hand_as_in_hulls_tables_and_the_rule_of_thumb() -> None:
    """Hull, Options, Futures, and Other Derivatives; an FRM example; Bloomberg's screen as in R's `creditr`."""
    hull = yearly_legs(0.02, 0.05, 0.4, 5)
    found = [float(x) for x in (hull.premium, hull.accrual, hull.payoff, hull.par_spread)]
    np.testing.assert_allclose(found, [4.0704, 0.0426, 0.0511, 0.0124], atol=6e-5)
    binary = yearly_legs(0.02, 0.05, 0.0, 5)
    np.testing.assert_allclose([float(binary.payoff), float(binary.par_spread)], [0.0852, 0.0207], atol=6e-5)
    assert float(yearly_legs(0.02, 0.06, 0.4, 4).premium) == pytest.approx(3.2864, abs=6e-5)
    span = (date(2019, 6, 20) - date(2014, 4, 15)).days / 365
    assert float(triangle_default_probability(0.024328, 0.4, span)) == pytest.approx(0.1915, abs=0.0015)


# QuantLib beside ours


def ql_date(day: date) -> ql.Date:
    return ql.Date(day.day, day.month, day.year)


def ql_flat(rate: float) -> ql.YieldTermStructureHandle:
    curve = ql.FlatForward(ql.Settings.instance().evaluationDate, rate, ql.Actual365Fixed())
    return ql.YieldTermStructureHandle(curve)


def ql_swap(trade: date, expires: date, coupon: float) -> ql.CreditDefaultSwap:
    schedule = ql.MakeSchedule(
        ql_date(trade),
        ql_date(expires),
        ql.Period(ql.Quarterly),
        calendar=ql.WeekendsOnly(),
        convention=ql.Following,
        terminalDateConvention=ql.Unadjusted,
        rule=ql.DateGeneration.CDS2015,
    )
    return ql.CreditDefaultSwap(
        ql.Protection.Buyer,
        1.0,
        0.0,
        coupon,
        schedule,
        ql.Following,
        ql.Actual360(),
        True,
        True,
        ql_date(trade + timedelta(days=1)),
        ql_date(cds.after(trade, 3)),
        ql.FaceValueClaim(),
        ql.Actual360(True),
        True,
        ql_date(trade),
        3,
    )


def random_days(draw: np.random.Generator) -> tuple[date, date]:
    """A trade and an expiry. Not on a weekend: QuantLib waits for the moved payment to see who is alive."""
    while True:
        trade = cds.following(date(2024, 1, 2) + timedelta(days=int(draw.integers(0, 900))))
        expires = cds.tenor_date(trade, int(draw.integers(1, 11)))
        if expires.weekday() <= 4:
            return trade, expires


@pytest.mark.parametrize("seed", range(10))
def test_two_hundred_random_swaps_cost_what_quantlib_says(seed: int) -> None:
    """Twenty firms on each of ten random days."""
    draw = np.random.default_rng(seed)
    trade, expires = random_days(draw)
    rates, hazards = draw.uniform(0.0, 0.08, 20), np.exp(draw.uniform(np.log(0.0005), np.log(1.0), 20))
    recoveries, coupons = draw.uniform(0.0, 0.7, 20), draw.choice([0.01, 0.05], 20)
    contract, discount = cds.standard_contract(trade, expires), flat_rate(jnp.asarray(rates))
    credit = hazard_curve([contract.expires], jnp.asarray(hazards)[None])
    of = cds.legs(contract, discount, credit, jnp.asarray(recoveries))
    spread, paid = cds.par_spread(of), cds.upfront(contract, discount, of, jnp.asarray(coupons))
    ql.Settings.instance().evaluationDate = ql_date(trade)
    for n in range(20):
        theirs = ql_swap(trade, expires, float(coupons[n]))
        hazard = ql.QuoteHandle(ql.SimpleQuote(float(hazards[n])))
        default = ql.FlatHazardRate(ql_date(trade), hazard, ql.Actual365Fixed())
        handle = ql.DefaultProbabilityTermStructureHandle(default)
        theirs.setPricingEngine(ql.IsdaCdsEngine(handle, float(recoveries[n]), ql_flat(float(rates[n]))))
        at = f"{trade} to {expires}, hazard {hazards[n]:.4g}, rate {rates[n]:.4g}"
        assert float(spread[n]) == pytest.approx(theirs.fairSpread(), rel=1e-8), at
        assert float(paid[n]) == pytest.approx(theirs.fairUpfront(), abs=1e-9), at


TENORS = (1, 2, 3, 5, 7, 10)


def ql_bootstraps(trade: date, spreads: list[float], recovery: float, rate: float) -> bool:
    ql.Settings.instance().evaluationDate = ql_date(trade)
    helpers = [
        ql.SpreadCdsHelper(
            ql.QuoteHandle(ql.SimpleQuote(spread)), ql.Period(tenor, ql.Years), 0, ql.WeekendsOnly(), ql.Quarterly,
            ql.Following, ql.DateGeneration.CDS2015, ql.Actual360(), recovery, ql_flat(rate),
        )
        for tenor, spread in zip(TENORS, spreads, strict=True)
    ]  # fmt: skip
    try:
        ql.PiecewiseFlatHazardRate(ql_date(trade), helpers, ql.Actual365Fixed()).survivalProbability(5.0)
    except RuntimeError:
        return False
    return True


def contracts_of(trade: date) -> tuple[cds.Contract, ...]:
    return tuple(cds.standard_contract(trade, cds.tenor_date(trade, tenor)) for tenor in TENORS)


@pytest.mark.parametrize(
    ("spread", "recovery", "theirs"), [(0.30, 0.6, True), (0.60, 0.6, False), (0.30, 0.7, False), (1.00, 0.6, False)]
)
def test_curves_in_distress_are_found_where_quantlib_finds_none_too(
    spread: float, recovery: float, theirs: bool
) -> None:
    trade, spreads = date(2026, 10, 30), [spread] * len(TENORS)
    assert ql_bootstraps(trade, spreads, recovery, 0.04) is theirs
    contracts, discount = contracts_of(trade), flat_rate(0.04)
    credit = cds.check_spreads(contracts, discount, jnp.asarray(spreads), recovery)
    assert (np.asarray(credit.hazard) > 0.5).all()
    for contract in contracts:
        assert float(cds.par_spread(cds.legs(contract, discount, credit, recovery))) == pytest.approx(spread, rel=1e-10)


@settings(deadline=None)  # the first example compiles
@given(st.integers(0, 2**32 - 1))
def test_hazards_of_a_random_curve_come_back(seed: int) -> None:
    draw = np.random.default_rng(seed)
    contracts, discount = contracts_of(date(2026, 10, 30)), flat_rate(float(draw.uniform(-0.005, 0.08)))
    times = [contract.expires for contract in contracts]
    hazards, recovery = jnp.asarray(np.exp(draw.uniform(-7.0, 0.5, (len(TENORS), 3)))), float(draw.uniform(0.0, 0.7))
    credit = hazard_curve(times, hazards)
    spreads = jnp.stack([cds.par_spread(cds.legs(one, discount, credit, recovery)) for one in contracts])
    found = cds.bootstrap(contracts, discount, spreads, recovery).hazard
    # A hazard of after sure default moves no price: only where enough are alive can it be told.
    seen = np.asarray(jnp.concatenate([jnp.ones((1, 3)), credit.survival(times[:-1])])) > 1e-4
    np.testing.assert_allclose(np.asarray(found)[seen], np.asarray(hazards)[seen], rtol=1e-5)


# What the numbers mean


def test_the_legs_are_the_integrals_that_they_stand_for() -> None:
    contract, discount = cds.standard_contract(date(2026, 10, 30), date(2031, 12, 20)), flat_rate(0.04)
    credit = hazard_curve([1.0, 3.0, 6.0], jnp.asarray([0.02, 0.1, 0.3]))
    of = cds.legs(contract, discount, credit, 0.4)

    def fails(t: float) -> float:
        hazard = 0.02 if t < 1 else 0.1 if t < 3 else 0.3
        return hazard * float(credit.survival([t])[0]) * np.exp(-0.04 * t)

    wanted = 0.6 * integrate.quad(fails, 0.0, contract.expires, points=[1.0, 3.0], epsabs=1e-9, limit=200)[0]
    assert float(of.protection) == pytest.approx(wanted, abs=1e-8)


def test_dearer_risk_shorter_life_and_less_recovery_are_worth_more_protection() -> None:
    trade, discount = date(2026, 10, 30), flat_rate(0.04)
    contract = cds.standard_contract(trade, cds.tenor_date(trade, 5))
    hazards = jnp.asarray([[0.01, 0.02, 0.05, 0.2]])
    of = cds.legs(contract, discount, hazard_curve([contract.expires], hazards), 0.4)
    assert (np.diff(np.asarray(cds.par_spread(of))) > 0).all()
    assert (np.diff(np.asarray(of.clean_annuity)) < 0).all()
    np.testing.assert_allclose(
        np.asarray(cds.upfront(contract, discount, of, cds.par_spread(of))), 0.0, atol=1e-15
    )  # a contract at its own spread costs nothing


def test_gradients_of_a_bootstrap_are_those_of_differences() -> None:
    contracts, discount = contracts_of(date(2026, 10, 30)), flat_rate(0.04)
    spreads = np.array([0.010, 0.013, 0.016, 0.02, 0.022, 0.023])

    def survives(quoted: Any, recovery: Any = 0.4) -> Any:
        return cds.bootstrap(contracts, discount, quoted, recovery).survival([6.5])[0]

    both_slopes = jax.jit(jax.grad(survives, argnums=(0, 1)))
    slopes, by_recovery = both_slopes(jnp.asarray(spreads), 0.4)
    for row in range(len(TENORS)):
        step = np.zeros(len(TENORS))
        step[row] = 1e-6
        ends = float(survives(jnp.asarray(spreads + step))), float(survives(jnp.asarray(spreads - step)))
        assert float(slopes[row]) == pytest.approx((ends[0] - ends[1]) / 2e-6, abs=1e-6)
    ends = float(survives(jnp.asarray(spreads), 0.4 + 1e-6)), float(survives(jnp.asarray(spreads), 0.4 - 1e-6))
    assert float(by_recovery) == pytest.approx((ends[0] - ends[1]) / 2e-6, abs=1e-6)


def test_days_of_contracts() -> None:
    assert cds.tenor_date(date(2025, 12, 2), 5) == date(2030, 12, 20)
    assert cds.tenor_date(date(2026, 3, 19), 5) == date(2030, 12, 20)
    assert cds.tenor_date(date(2026, 3, 20), 5) == date(2031, 6, 20)
    contract = cds.standard_contract(date(2025, 12, 2), date(2030, 12, 20))
    assert len(contract.paid) == 21
    assert contract.accrued == pytest.approx(72 / 360)  # since Monday, 22 September
    assert contract.part[0] == pytest.approx(91 / 360)  # to Monday, 22 December
    assert contract.part[-1] == pytest.approx(92 / 360)  # 20 September 2030 is a Friday; the last day counts


# Bad input


def test_a_curve_with_arbitrage_is_refused_with_its_place() -> None:
    contracts, discount = contracts_of(date(2026, 10, 30)), flat_rate(0.04)
    spreads = np.full((len(TENORS), 3), 0.02)
    spreads[3, 1] = 0.0001  # five years cheaper than three
    spreads[0, 2] = 40.0  # dearer than to fail tomorrow
    with pytest.raises(BadInput) as refused:
        cds.check_spreads(contracts, discount, jnp.asarray(spreads), 0.4)
    assert [(one.place.path, one.code) for one in refused.value.problems] == [
        ("curve 1", "arbitrage"),
        ("curve 2", "arbitrage"),
    ]
    assert "5.14 years" in refused.value.problems[0].message


def test_contracts_and_rates_that_mean_nothing_are_refused() -> None:
    with pytest.raises(BadInput, match="protects nobody"):
        cds.standard_contract(date(2026, 10, 30), date(2026, 10, 30))
    with pytest.raises(BadInput, match="do not rise"):
        discount_curve(TRADE, {12: 0.01}, {1: 0.01})
    with pytest.raises(BadInput, match="do not rise"):
        discount_curve(TRADE, {}, {})
    with pytest.raises(BadInput, match="fits the swap of 2 years"):
        discount_curve(TRADE, {12: 0.01}, {2: 400.0})
