"""Default: who fails and when, what is recovered, what a landlord may claim, and the time after."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroloop.behavior.default import (
    SENIORITY,
    DefaultParameters,
    Defaults,
    DefaultState,
    capped_by_assets,
    detect,
    may_start,
    open_default,
    recovery,
    rejected_contracts,
    rejected_lease_claim,
    write_down,
)
from tests.behavior.central import central

PARAMETERS = central(
    DefaultParameters, tolerance=0.1, grace=2.0, no_new_starts=3.0, loan_recovery=0.9, secured_bond_recovery=0.6,
    unsecured_bond_recovery=0.5, subordinated_recovery=0.3, downturn_recovery=0.25, bust_recovery=0.15,
)  # fmt: skip
RANKS = np.arange(len(SENIORITY))


def row(*values: float) -> jax.Array:
    return jnp.array(values, float)[:, None]


def quarter(
    state: DefaultState, shortfall: float = 0.0, equity: float = 50.0, point: float = 0.0, **more: jax.Array
) -> tuple[DefaultState, Defaults]:
    return detect(
        PARAMETERS, state, shortfall=row(shortfall), equity_value=row(equity), debt=row(10.0), default_point=row(point),
        **more,
    )  # fmt: skip


def test_a_firm_fails_when_it_has_not_paid_for_as_many_quarters_as_the_grace() -> None:
    state, first = quarter(open_default(1, 1), shortfall=1.0)
    assert float(first.newly[0, 0]) == 0
    state, second = quarter(state, shortfall=1.0)
    assert (float(second.newly[0, 0]), float(second.liquidity[0, 0]), float(second.structural[0, 0])) == (1, 1, 0)
    assert float(state.defaulted[0, 0]) == 1


def test_paying_in_between_starts_the_grace_anew_and_a_trifle_is_no_shortfall() -> None:
    state, _ = quarter(open_default(1, 1), shortfall=1.0)
    state, _ = quarter(state, shortfall=0.1)
    _, third = quarter(state, shortfall=1.0)
    assert float(third.newly[0, 0]) == 0


def test_a_firm_worth_less_than_its_default_point_fails_though_it_pays() -> None:
    """Equity 2 and debt 10 against a default point of 12.5, then of 12."""
    _, below = quarter(open_default(1, 1), equity=2.0, point=12.5)
    assert (float(below.newly[0, 0]), float(below.liquidity[0, 0]), float(below.structural[0, 0])) == (1, 0, 1)
    _, at = quarter(open_default(1, 1), equity=2.0, point=12.0)
    assert float(at.newly[0, 0]) == 0


def test_a_failed_firm_starts_nothing_for_a_time_and_cannot_fail_twice_in_it() -> None:
    state, _ = quarter(open_default(1, 1), equity=0.0, point=11.0)
    allowed, failed = [], []
    for _ in range(4):
        allowed.append(float(may_start(state)[0, 0]))
        state, again = quarter(state, equity=0.0, point=11.0)
        failed.append(float(again.newly[0, 0]))
    assert allowed == [0, 0, 0, 1]
    assert failed == [0, 0, 0, 1]


def test_a_scenario_can_let_a_sound_firm_fail() -> None:
    _, forced = quarter(open_default(1, 1), forced=row(1.0))
    assert float(forced.newly[0, 0]) == 1
    assert float(forced.liquidity[0, 0] + forced.structural[0, 0]) == 0


def test_recovery_is_by_rank_and_falls_with_the_number_of_failures() -> None:
    """Unsecured 50 % in calm, 25 % in a downturn, 15 % in a bust: all ranks to one half, then to three tenths."""
    shares = recovery(PARAMETERS, RANKS, jnp.array([0.0, 0.25, 0.5, 1.0, 3.0]))
    means = np.array([0.9, 0.6, 0.5, 0.3])[:, None]
    assert np.asarray(shares) == pytest.approx(means * np.array([1, 0.75, 0.5, 0.3, 0.3]))


def test_recovery_never_rises_with_stress_even_where_draws_cross() -> None:
    """A draw in which calm (10 %) is below downturn (25 %) and bust (15 %): stress then changes nothing."""
    crossed = central(
        DefaultParameters, unsecured_bond_recovery=0.1, downturn_recovery=0.25, bust_recovery=0.15, loan_recovery=0.8
    )
    shares = recovery(crossed, np.array([0, 2]), jnp.array([0.0, 0.5, 1.0]))
    assert np.asarray(shares) == pytest.approx(np.array([[0.8] * 3, [0.1] * 3]))


def test_central_recoveries_are_those_of_moodys() -> None:
    shares = recovery(central(DefaultParameters), RANKS, jnp.array([0.0, 1.0]))
    assert np.asarray(shares[:, 0]) == pytest.approx([0.86, 0.61, 0.47, 0.28])
    assert np.asarray(shares[:, 1]) == pytest.approx(np.array([0.86, 0.61, 0.47, 0.28]) * 0.15 / 0.47)


def test_only_loans_of_failed_borrowers_are_written_down() -> None:
    share = write_down(row(1, 0), np.array([0, 1, 0]), row(0.9, 0.9, 0.4))
    assert np.asarray(share[:, 0]) == pytest.approx([0.1, 0.0, 0.6])


def test_lenders_together_get_no_more_than_the_assets_are_worth() -> None:
    """Claims of 100 at 90 % and 50 at 60 % are 120; assets of 60 pay half of that. Another firm has plenty."""
    claims, borrower = row(100, 50, 10), np.array([0, 0, 1])
    cut = capped_by_assets(row(0.9, 0.6, 0.5), claims, borrower, row(60, 60))
    assert np.asarray(cut[:, 0]) == pytest.approx([0.45, 0.3, 0.5])
    assert float((cut * claims)[:2].sum()) == pytest.approx(60)
    assert np.asarray(capped_by_assets(row(0.9), row(100), np.array([0]), row(-5)))[0, 0] == 0


def test_a_failed_firm_rejects_what_it_overpays_and_keeps_what_is_cheap() -> None:
    rejected = rejected_contracts(row(1, 0), np.array([0, 0, 1]), row(12, 8, 12), row(10, 10, 10))
    assert np.asarray(rejected[:, 0]).tolist() == [1, 0, 0]


@pytest.mark.parametrize(
    ("years", "claimed_years"),
    [(0.5, 0.5), (1, 1), (4, 1), (20 / 3, 1), (10, 1.5), (16, 2.4), (20, 3), (30, 3), (0, 0), (-1, 0)],
)
def test_a_landlord_claims_a_year_or_fifteen_percent_up_to_three_years(years: float, claimed_years: float) -> None:
    """11 U.S.C. 502(b)(6): the greater of one year and 15 %, not above three years, of the remaining term."""
    assert float(rejected_lease_claim(row(2.0), row(years))[0, 0]) == pytest.approx(2 * claimed_years)


def test_rent_unpaid_before_the_petition_comes_on_top() -> None:
    assert float(rejected_lease_claim(row(2.0), row(10.0), row(0.7))[0, 0]) == pytest.approx(3.7)


@given(short=st.floats(0, 5), more=st.floats(0, 5), equity=st.floats(0, 50), less=st.floats(0, 50))
@settings(deadline=None)
def test_more_shortfall_or_less_equity_never_saves_a_firm(
    short: float, more: float, equity: float, less: float
) -> None:
    once_short = DefaultState(row(1.0), row(0.0), row(0.0))
    _, here = quarter(once_short, shortfall=short, equity=equity, point=30.0)
    _, worse = quarter(once_short, shortfall=short + more, equity=equity - min(less, equity), point=30.0)
    assert float(worse.newly[0, 0]) >= float(here.newly[0, 0])


def test_compiled_inside_a_scan_it_gives_the_same() -> None:
    g = np.random.default_rng(3)
    shortfall = jnp.asarray(g.choice([0.0, 1.0], (8, 5, 4)))
    equity, debt = jnp.asarray(g.uniform(0, 10, (8, 5, 4))), jnp.full((5, 4), 10.0)

    def step(state: DefaultState, given: tuple[jax.Array, jax.Array]) -> tuple[DefaultState, jax.Array]:
        short, value = given
        state, new = detect(
            PARAMETERS, state, shortfall=short, equity_value=value, debt=debt, default_point=jnp.full((5, 4), 11.0)
        )
        return state, new.newly

    state = open_default(5, 4)
    _, scanned = jax.lax.scan(step, state, (shortfall, equity))
    for number in range(8):
        state, new = step(state, (shortfall[number], equity[number]))
        assert np.array_equal(new, scanned[number])
    assert 0 < float(scanned.sum()) < scanned.size


def test_slopes_of_recovery_and_claims_are_differences() -> None:
    def total(along: jax.Array) -> jax.Array:
        shares = recovery(PARAMETERS, RANKS, jnp.array([0.3, 0.8]) + along)
        capped = capped_by_assets(shares, shares * 0 + 10, np.zeros(4, int), jnp.array([[20.0, 9.0]]) + along)
        return capped.sum() + rejected_lease_claim(row(2.0) + along, row(12.0) + along).sum()

    compiled = jax.jit(total)
    assert float(compiled(0.0)) == pytest.approx(float(total(jnp.asarray(0.0))), rel=1e-14)
    slope = (compiled(1e-6) - compiled(-1e-6)) / 2e-6
    assert float(jax.jit(jax.grad(total))(0.0)) == pytest.approx(float(slope), rel=1e-6)
