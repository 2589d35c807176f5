"""Credit default swaps beside QuantLib: 1,000 curves of six quotes bootstrapped, and 100,000 spreads of one contract.

Both sides price by the standard model and are held to each other before any clock runs. QuantLib goes curve by curve
and hazard by hazard, as its interface has it; ours takes all of them as one axis. Compiling is not in our time.
"""

from __future__ import annotations

from datetime import date
from statistics import median
from time import perf_counter

import jax
import jax.numpy as jnp
import numpy as np
import QuantLib as ql  # noqa: N813

from benchmarks.ratio import Ratio, measure
from ouroloop.market import cds
from ouroloop.market.curves import flat_rate, hazard_curve

TRADE, TENORS, RATE, RECOVERY = date(2026, 10, 30), (1, 2, 3, 5, 7, 10), 0.04, 0.4
CURVES, SPREADS, THEIR_SPREADS = 1_000, 100_000, 5_000
YEARS = 7
"""Of the one contract: it expires on a Tuesday, where both take the same day for the last coupon."""


def run() -> list[Ratio]:
    """Two rows of ratios."""
    ql.Settings.instance().evaluationDate = ql.Date(TRADE.day, TRADE.month, TRADE.year)
    return [_curves(), _spreads()]


def _curves() -> Ratio:
    contracts = tuple(cds.standard_contract(TRADE, cds.tenor_date(TRADE, tenor)) for tenor in TENORS)
    draw = np.random.default_rng(1)
    hazards = jnp.asarray(np.exp(draw.uniform(np.log(0.002), np.log(0.1), (len(TENORS), CURVES))))
    true = hazard_curve([contract.expires for contract in contracts], hazards)
    spreads = jnp.stack([cds.par_spread(cds.legs(one, flat_rate(RATE), true, RECOVERY)) for one in contracts])
    quotes = np.asarray(spreads).T.tolist()
    kept = [ql.SimpleQuote(0.01) for _ in TENORS]
    helpers = [
        ql.SpreadCdsHelper(
            ql.QuoteHandle(quote), ql.Period(tenor, ql.Years), 0, ql.WeekendsOnly(), ql.Quarterly, ql.Following,
            ql.DateGeneration.CDS2015, ql.Actual360(), RECOVERY, _flat(RATE), True, True,
            ql.Date(), ql.Actual360(True), True, ql.CreditDefaultSwap.ISDA,
        )
        for tenor, quote in zip(TENORS, kept, strict=True)
    ]  # fmt: skip

    def ours() -> jax.Array:
        return jax.block_until_ready(cds.bootstrap(contracts, flat_rate(RATE), spreads, RECOVERY).levels)

    def theirs(count: int = CURVES) -> list[float]:
        found: list[float] = []
        for row in quotes[:count]:
            for quote, spread in zip(kept, row, strict=True):
                quote.setValue(spread)
            today = ql.Settings.instance().evaluationDate
            found.append(ql.PiecewiseFlatHazardRate(today, helpers, ql.Actual365Fixed()).survivalProbability(5.0))
        return found

    mine = np.asarray(cds.bootstrap(contracts, flat_rate(RATE), spreads, RECOVERY).survival([5.0]))[0]
    np.testing.assert_allclose(mine[:20], theirs(20), atol=1e-5)
    return measure(f"{CURVES:,} curves of {len(TENORS)} quotes", ours, "QuantLib", theirs, "< 1", repeats=3)


def _spreads() -> Ratio:
    contract = cds.standard_contract(TRADE, cds.tenor_date(TRADE, YEARS))
    hazards = np.exp(np.random.default_rng(2).uniform(np.log(0.002), np.log(0.5), SPREADS))
    price = jax.jit(lambda h: cds.par_spread(cds.legs(contract, flat_rate(RATE), hazard_curve([9.0], h), RECOVERY)))
    given, hazard = jnp.asarray(hazards)[None], ql.SimpleQuote(0.01)
    swap = _swap(ql.QuoteHandle(hazard))

    def theirs() -> list[float]:
        found: list[float] = []
        for one in hazards[:THEIR_SPREADS]:
            hazard.setValue(float(one))
            found.append(swap.fairSpread())
        return found

    np.testing.assert_allclose(np.asarray(price(given))[:THEIR_SPREADS], theirs(), rtol=1e-8)
    pairs: list[tuple[float, float]] = []
    for _ in range(5):
        start = perf_counter()
        jax.block_until_ready(price(given))
        middle = perf_counter()
        theirs()
        pairs.append((middle - start, (perf_counter() - middle) * SPREADS / THEIR_SPREADS))
    ours, peer = (median(times) for times in zip(*pairs, strict=True))
    yardstick = f"QuantLib, {THEIR_SPREADS:,} times {SPREADS // THEIR_SPREADS}"
    return Ratio(f"{SPREADS:,} spreads of a contract", ours, yardstick, peer, median(a / b for a, b in pairs), "< 1")


def _flat(rate: float) -> ql.YieldTermStructureHandle:
    today = ql.Settings.instance().evaluationDate
    return ql.YieldTermStructureHandle(ql.FlatForward(today, rate, ql.Actual365Fixed()))


def _swap(hazard: ql.QuoteHandle) -> ql.CreditDefaultSwap:
    today, expires = ql.Settings.instance().evaluationDate, cds.tenor_date(TRADE, YEARS)
    schedule = ql.MakeSchedule(
        today,
        ql.Date(expires.day, expires.month, expires.year),
        ql.Period(ql.Quarterly),
        calendar=ql.WeekendsOnly(),
        convention=ql.Following,
        terminalDateConvention=ql.Unadjusted,
        rule=ql.DateGeneration.CDS2015,
    )
    settles = cds.after(TRADE, 3)
    swap = ql.CreditDefaultSwap(
        ql.Protection.Buyer, 1.0, 0.0, 0.01, schedule, ql.Following, ql.Actual360(), True, True, today + 1,
        ql.Date(settles.day, settles.month, settles.year), ql.FaceValueClaim(), ql.Actual360(True), True, today, 3,
    )  # fmt: skip
    curve = ql.FlatHazardRate(today, hazard, ql.Actual365Fixed())
    swap.setPricingEngine(ql.IsdaCdsEngine(ql.DefaultProbabilityTermStructureHandle(curve), RECOVERY, _flat(RATE)))
    return swap
