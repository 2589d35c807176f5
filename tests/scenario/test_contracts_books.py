"""Instruments made of promises: rows in order, amounts kept, a ledger that proves all of their flows."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from types import MappingProxyType

import jax
import numpy as np
import pytest

from ouroloop.core import BadInput, Quarter
from ouroloop.ledger import build
from ouroloop.scenario.axes import axes
from ouroloop.scenario.contracts import Contracts
from ouroloop.scenario.contracts.backlog import backlogs
from ouroloop.scenario.contracts.books import Books, books
from ouroloop.scenario.contracts.supply import supply_shares
from tests.scenario.promises import ai_loop, on

jax.config.update("jax_enable_x64", True)

KINDS = ("cloud", "orders", "leases", "rounds", "draws", "vendor_loans", "guarantees", "warrants", "letters",
         "prepayments", "credits")  # fmt: skip


@cache
def booked(day: str = "2026-10-31") -> tuple[Contracts, Books]:
    return on(day), books(on(day), ai_loop(day))


@pytest.mark.parametrize("day", ["2025-11-21", "2026-10-31"])
def test_the_ledger_proves_every_flow_of_every_book(day: str) -> None:
    made, found = booked(day)
    flows = [flow for kind in KINDS for flow in getattr(found, kind).instrument.flows]
    assert len({flow.name for flow in flows}) == len(flows)
    build(flows, sectors=dict(axes(ai_loop(day)).sectors))
    for kind in KINDS:
        assert all(0 <= row < len(made.terms) for row in getattr(found, kind).rows)


def test_rows_name_the_promise_that_they_stand_for() -> None:
    made, found = booked()
    for kind in ("cloud", "orders", "leases", "guarantees", "letters", "warrants"):
        book = getattr(found, kind)
        assert [made.terms[row].name for row in book.rows] == list(book.instrument.names)
    parts = found.rounds
    assert all(
        name.startswith(made.terms[row].name) for name, row in zip(parts.instrument.names, parts.rows, strict=True)
    )


def test_the_backlog_of_clouds_at_the_start_is_what_the_deals_still_owe() -> None:
    made, found = booked()
    contracts = found.cloud.instrument
    backlog = np.asarray(contracts.backlog(contracts.start(1)))[:, 0]
    assert backlog == pytest.approx([term.payments.point_usd_bn.sum() for term in made.cloud])
    oracle = contracts.names.index("openai-oracle-300bn#whole")
    assert backlog[oracle] == pytest.approx(300)


def test_shares_come_in_the_quarters_of_their_schedule() -> None:
    _, found = booked("2026-05-15")
    rounds = found.rounds.instrument
    rows = zip(rounds.names, rounds.quarter, rounds.amount[:, 0], strict=True)
    mine = {name: (int(q), float(a)) for name, q, a in rows if name.startswith("softbank-openai")}
    assert mine == {
        "softbank-openai-equity-2026#july:2026-Q3": (0, 10),
        "softbank-openai-equity-2026#october:2026-Q4": (1, 10),
    }


def test_rent_is_level_and_adds_up_to_the_lease() -> None:
    made, found = booked()
    leases = found.leases.instrument
    total = np.asarray(leases.rent_per_quarter * leases.term)
    assert total == pytest.approx(
        [term.payments.point for term in (*made.leases, *made.other_leases, *made.site_leases)]
    )
    hyperion = leases.names.index("meta-hyperion-lease#whole")
    # 12.3bn over the four years from 2029, eight quarters after 2027-Q1, and up to sixteen years more.
    assert float(leases.rent_per_quarter[hyperion]) == pytest.approx(12.3 / 16, rel=1e-3)
    assert float(leases.commencement[hyperion]) == 8
    assert float(leases.renewal_term[hyperion]) == 64


def test_a_loan_that_is_drawn_in_part_can_be_drawn_for_the_rest_only() -> None:
    made, found = booked()
    draws = found.draws.instrument
    jupiter = draws.loans.names.index("jupiter-loan#whole")
    # 18bn over the 1157 days from November 2025 to the end of 2028, 731 of them after 2026.
    assert float(draws.commitment[jupiter, 0]) == pytest.approx(18 * 731 / 1157)
    assert (int(draws.first_draw[jupiter]), int(draws.last_draw[jupiter])) == (0, 7)
    # Four years after November 2025 it is 2029-Q4, the twelfth quarter from 2027-Q1 on, in one piece.
    assert made.first + int(draws.first_repayment[jupiter]) == Quarter(2029, 4)
    assert int(draws.repayments[jupiter]) == 1
    assert float(draws.rate[jupiter, 0]) == pytest.approx(0.025)
    assert bool(draws.loans.floating[jupiter])
    notes = draws.loans.names.index("tpu-vehicle-notes#whole")
    assert (float(draws.rate[notes, 0]), bool(draws.loans.floating[notes])) == (pytest.approx(0.06), False)


def test_a_warrant_has_a_part_for_each_gigawatt() -> None:
    _, found = booked()
    warrants = found.warrants.instrument
    mine = [n for n, of in enumerate(warrants.contract_of) if warrants.parties[of] == ("amd", "openai")]
    assert np.asarray(warrants.milestone_gw)[mine].tolist() == [1, 2, 3, 4, 5, 6]
    assert float(np.asarray(warrants.shares_bn)[mine].sum()) == pytest.approx(0.16)
    assert float(warrants.hurdle_usd[mine[-1]]) == 600
    worth = np.asarray(warrants.shares_bn * warrants.fair_value_usd)[mine].sum()
    assert worth == pytest.approx(34)


def test_letters_are_decided_when_their_money_would_move() -> None:
    _, found = booked()
    letters = found.letters.instrument
    stock = letters.names.index("oracle-stock-program-2026#whole")
    assert float(letters.amount[stock, 0]) == 20
    assert int(letters.decision[stock]) == 4
    assert float(letters.firm_probability[stock, 0]) == pytest.approx(0.4)
    assert np.asarray(letters.schedule[stock])[:5] == pytest.approx([91 / 366, 91 / 366, 92 / 366, 92 / 366, 0])


def test_published_backlogs_stand_beside_what_the_deals_explain() -> None:
    known = ai_loop()
    found = {one.provider: one for one in backlogs(known, axes(known))}
    oracle = found["oracle"]
    assert (oracle.published, oracle.named, oracle.other) == (664, pytest.approx(300), pytest.approx(364))
    assert oracle.ratio == pytest.approx(300 / 664)
    # CoreWeave at the end of June 2026, by days left: OpenAI's three, Microsoft's, and Meta's two.
    days_left = 11.9 * 1348 / 1826 + 4 * 1431 / 1826 + 6.5 * 1553 / 1826
    days_left += 10 * 1645 / 2771 + 14.2 * 2010 / 2283 + 21
    assert found["coreweave"].named == pytest.approx(days_left)
    assert found["coreweave"].published == 104


def test_every_builders_chips_come_from_somebody() -> None:
    known = ai_loop()
    shares = supply_shares(known, axes(known))
    assert shares.vendors == ("nvidia", "amd", "broadcom", "suppliers")
    assert shares.share.sum(axis=1) == pytest.approx(np.ones(len(shares.builders)))
    assert (shares.share >= 0).all()
    oracle = shares.builders.index("oracle")
    assert shares.rows[oracle] == ("eco-supply-oracle-nvidia", "eco-supply-oracle-amd", None, None)
    lambda_ = shares.builders.index("lambda")
    assert shares.rows[lambda_][0] == "eco-supply-other-nvidia"
    assert "nvidia" not in shares.builders


def test_shares_of_vendors_beyond_the_whole_are_refused() -> None:
    known = ai_loop()
    row = known.assumptions["eco-supply-oracle-amd"].model_copy(update={"value": 0.5, "high": 0.6})
    more = replace(known, assumptions=MappingProxyType({**known.assumptions, row.id: row}))
    with pytest.raises(BadInput, match="vendors of oracle have 1"):
        supply_shares(more, axes(more))
    none = replace(known, assumptions=MappingProxyType({}))
    with pytest.raises(BadInput, match="knows no shares of vendors"):
        supply_shares(none, axes(none))
