"""The auditor agrees to the last quantum with what the engine kept, and with nothing else."""

from copy import deepcopy

import numpy as np
import pytest
from hypothesis import given, settings

from ouroloop import ledger as books
from ouroloop.core import QUANTUM
from tests.ledger.worlds import Run, opened, runs


def logged(run: Run) -> books.PostingLog:
    kept = opened(run.ledger, run.opening)
    colored = books.open_colors(run.ledger, kept)
    log = books.begin_log(run.ledger, run.opening, kept, colored)
    for number, amounts in enumerate(run.amounts):
        kept = books.post(run.ledger, kept, amounts)
        colored, carried = books.pay(run.ledger, colored, amounts)
        log.record(f"quarter {number}", amounts, kept, colored, carried)
    return log


@settings(max_examples=12, deadline=None)
@given(runs())
def test_the_auditor_agrees_exactly(run: Run):
    assert books.audit(logged(run)) == books.Verdict(True, ())


RUN = Run(number=0, seed=11, pool=(1.0, 0.1, 7.25, 2.0**-31, 1e5), periods=2, paths=3)


def test_one_quantum_in_one_account_is_found_by_account_period_and_path():
    log = logged(RUN)
    log.periods[1].books[3][2] += QUANTUM
    verdict = books.audit(log)
    assert not verdict.agrees
    (found,) = verdict.disagreements
    assert (found.period, found.path, found.what) == ("quarter 1", 2, f"account {log.accounts[3]}")
    assert found.logged - found.recomputed == QUANTUM


@pytest.mark.parametrize("part", ["cash_colors", "revenue_colors", "carried"])
def test_one_quantum_of_the_wrong_color_is_found(part: str):
    log = logged(RUN)
    getattr(log.periods[0], part)[1][2][1] += QUANTUM
    (found,) = books.audit(log).disagreements
    assert (found.period, found.path) == ("quarter 0", 1)
    assert found.what.endswith(f"from {log.colors[2]}")


def test_a_changed_amount_is_found_in_every_account_it_touched_and_ever_after():
    log = logged(RUN)
    number = next(n for n, flow in enumerate(log.flows) if not flow.payers)
    log.periods[0].amounts[number][0] += 1.0
    verdict = books.audit(log)
    touched = {f"account {leg.account}" for leg in log.flows[number].legs}
    for period in ("quarter 0", "quarter 1"):
        assert {d.what for d in verdict.disagreements if d.period == period} == touched
    assert {d.path for d in verdict.disagreements} == {0}


def test_a_changed_opening_a_missing_period_and_a_swapped_order_are_found():
    whole = logged(RUN)
    for change in ("opening", "missing", "swapped"):
        log = deepcopy(whole)
        if change == "opening":
            log.opening.amounts[0][0] += 1.0
        elif change == "missing":
            del log.periods[0]
        else:
            log.periods[0].amounts, log.periods[1].amounts = log.periods[1].amounts, log.periods[0].amounts
        assert not books.audit(log).agrees, change


def test_a_flow_type_that_leaks_is_found_by_the_auditor_alone():
    log = logged(RUN)
    flow = log.flows[0]
    leaky = books.Flow(flow.name, flow.kind, flow.legs[1:], flow.paint)
    log.flows = (leaky, *log.flows[1:])
    log.periods[0].amounts[0] = [1.0, 1.0, 1.0]
    whats = {d.what for d in books.audit(log).disagreements}
    assert any(what.startswith("residual of entity") for what in whats)


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e300])
def test_amounts_and_balances_that_are_no_money_are_disagreements_not_crashes(value: float):
    log = logged(RUN)
    log.periods[0].amounts[0][0] = value
    log.periods[1].books[0][1] = value
    whats = {(d.path, d.what) for d in books.audit(log).disagreements}
    assert (0, f"amount of {log.flows[0].name}") in whats
    assert (1, f"account {log.accounts[0]}") in whats


def test_the_auditor_computes_without_arrays():
    import ouroloop.ledger.auditor as auditor

    names = set(vars(auditor))
    assert not names & {"np", "jnp", "jax", "numpy"}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda log: log.periods[0].books.pop(),
        lambda log: log.periods[0].amounts.pop(),
        lambda log: log.periods[1].books[0].pop(),
        lambda log: [row.clear() for row in log.opening.books],
        lambda log: log.periods[0].cash_colors.clear(),
        lambda log: log.periods[1].carried[0].pop(),
    ],
    ids=["account", "flow", "path", "every-path", "entities", "color"],
)
def test_a_log_with_something_missing_disagrees_and_raises_nothing(spoil):
    log = logged(RUN)
    spoil(log)
    verdict = books.audit(log)
    assert not verdict.agrees
    assert verdict.disagreements
