"""A small simulated world by hand: two firms and a site vehicle, twelve quarters, numbers that a reader can check."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

from ouroloop.core import Quarter
from ouroloop.dossier.models.record import Text
from ouroloop.experiment.credit_course import STATES
from ouroloop.experiment.hindsight import LookBack, LookBackRow
from ouroloop.experiment.losses import Loss, LossAccount, Stage, StageLoss
from ouroloop.experiment.published import Record
from ouroloop.report.simulated.results import (
    LEVELS,
    MEASURES,
    Chance,
    Fan,
    Followed,
    FollowedClass,
    Influence,
    Results,
    SimulatedResults,
    UnderLife,
)
from ouroloop.scenario.credit import CreditView, ModelSpread
from ouroloop.scenario.exits import Exit

QUARTERS = tuple(Quarter(2028, 1) + n for n in range(12))
FIRMS = ("openai", "oracle")
RISING = np.linspace(1.0, 12.0, 12)


def fan(median: np.ndarray | float, spread: float = 1.0) -> Fan:
    """Quantiles at equal steps of `spread` around a median."""
    middle = np.broadcast_to(np.asarray(median, float), 12)
    steps = spread * np.arange(-3, 4)[:, None]
    return Fan(LEVELS, middle + steps, middle + 0.0)


def text(words: str) -> Text:
    return Text.model_validate({"en": words, "zh-Hans": f"{words}景", "zh-Hant": f"{words}境"})


def results(name: str = "baseline", *, credit_first: float = 0.5) -> Results:
    """Debt due rises above Oracle's cash of 6 in 2029-Q4; a fifth of capital spending is trapped."""
    members = {(firm, measure): fan(10.0) for firm in FIRMS for measure in MEASURES}
    members["oracle", "debt"] = fan(100 * RISING, 20.0)
    members["oracle", "cash"] = fan(6.0, 0.5)
    members["oracle", "maturing_in_year"] = fan(RISING, 0.0)
    members["openai", "maturing_in_year"] = fan(0.0, 0.0)
    who = {(firm, sponsor): RISING * 0 for firm in FIRMS for sponsor in ("outside_customers", "lenders", "own")}
    who["openai", "outside_customers"] = RISING * 0 + 5.0
    who["oracle", "outside_customers"], who["oracle", "lenders"] = RISING * 0 + 6.0, RISING * 0 + 2.0
    return Results(
        scenario=name,
        title=text(f"The {name}"),
        dossier="ai-loop",
        as_of=date(2027, 12, 31),
        quarters=QUARTERS,
        paths=400,
        seed=7,
        run_id="1a2b3c4d",
        firms=FIRMS,
        members=members,
        who_paid=who,
        system={
            "paper_wealth": fan(900.0, 100.0),
            "narrative_premium": fan(-40.0, 30.0),
            "bezzle": fan(80.0, 10.0),
            "called": fan(40.0, 9.0),
            "unsold": fan(12.0, 3.0),
            "missing_income": fan(90.0, 20.0),
            "power_waiting": fan(4.0, 0.5),
            "capex": fan(50.0, 5.0),
            "debt": fan(200.0, 10.0),
        },
        trapped=RISING * 0 + 10.0,
        endings={
            "payoff_first": Chance(0.2, 0.02),
            "credit_first": Chance(credit_first, 0.025),
            "muddle_through": Chance(0.8 - credit_first, 0.023),
        },
        ended={"payoff_first": 0.2 * RISING / 12, "credit_first": credit_first * RISING / 12},
        defaulted={"openai": 0.05 * RISING / 12, "oracle": 0.3 * RISING / 12, "abilene-site": RISING * 0},
        outside_loss_soon=Fan(LEVELS, np.arange(7.0)[:, None] * 10, np.array([30.0])),
        outside_loss=Fan(LEVELS, np.arange(7.0)[:, None] * 100, np.array([300.0])),
        influences=(
            Influence("eco-eng-006", "Growth of the cost of one GW", 0.0, 0.1, 0.3, 0.7, 0.05, True),
            Influence("dem-035", "Part of this year's growth", 0.6, 0.8, 0.6, 0.4, 0.06, False),
            Influence("beh-001", "Response", *[float("nan")] * 5, False),
        ),
        letters={"openai": letters(0.0), "oracle": letters(1.0)},
    )


def letters(falls: float) -> np.ndarray:
    """Of each state by quarter: A at first, and of this part of the paths B, then default, in equal steps."""
    shares = np.zeros((len(STATES), 12))
    gone = falls * (RISING - 1) / 11
    shares[STATES.index("A")] = 1 - gone
    shares[STATES.index("B")] = gone / 2
    shares[STATES.index("D")] = gone / 2
    return shares


def simulated() -> SimulatedResults:
    """With a scenario in which credit closes, other lives in the books, and a look back."""
    closing = results("credit-closes-first", credit_first=0.7)
    closing = replace(closing, defaulted={**closing.defaulted, "oracle": 0.9 * RISING / 12})
    return SimulatedResults(
        results(),
        (closing,),
        tuple(UnderLife(years, dict.fromkeys(FIRMS, RISING * 0 + years)) for years in (2.5, 5.5, 6.0)),
        dict.fromkeys(FIRMS, RISING * 0 + 3.0),
        look_back=look_back(),
        vehicles=vehicles(),
        losses={"credit-closes-first": losses()},
        credit=(credit(),),
        exits=(Exit("microsoft", 0.05, 0.35, 0.02), Exit("oracle", 0.05, 0.35, 0.08)),
    )


def losses() -> LossAccount:
    """Pensions lose 9 by the end and households gain; debtors no longer owe 12, and shares fall by 5."""
    return LossAccount(
        tuple(map(str, QUARTERS)),
        str(QUARTERS[-1]),
        (5.0, 0.5),
        (
            Loss("pensions", False, 9.0, 0.25, 12.0, 9.0, -3.0, 0.5, 0.75 * RISING),
            Loss("households", False, -4.0, 0.25, 0.0, -4.0, 8.0, 0.25, -RISING / 3),
            Loss("oracle", True, -12.0, 1.0, 0.0, -12.0, 0.0, 1.0, -RISING),
        ),
        {
            "claims": (12.0, 0.0), "forgiven": (0.0, -12.0), "guarantees": (0.0, 0.0), "protection": (0.0, 0.0),
            "discounts": (0.0, 0.0), "plant": (0.0, 2.0), "shares": (5.0, 0.0),
        },
        (
            Stage("shares", 0.5, 0.75, "2028-Q2", 0.25, 0.0, 0.0), Stage("rents", 0.25, 0.5, "2029-Q1", 0.5, 0.25, 3.0),
            Stage("tranches", 0.0, 0.25, "2029-Q2", 0.0, 0.0, 0.0), Stage("calls", 0.0, 0.25, "2029-Q2", 0.0, 0.0, 0.0),
            Stage("sales", 0.0, 0.25, "2029-Q3", 0.0, 0.0, 0.0),
            Stage("lenders", 0.0, 0.25, "2029-Q4", 0.0, 0.0, 0.0),
            Stage("outside", 0.0, 0.25, "2030-Q1", 0.0, 0.0, 0.0),
        ),
        (StageLoss("before", 1.0, 2.0, 0.5, -1.0), StageLoss("shares", 11.0, 15.0, 3.0, -9.0)),
        0.25, 7.0, 0.0, 0.0,
    )  # fmt: skip


def vehicles() -> tuple[Followed, ...]:
    """Hyperion, whose notes fall by two letters where rents are cut by 30 %, and a lumpy pool."""
    cuts, first = (0.0, 0.3), Quarter(2030, 1)

    notes = FollowedClass("notes", 0.02, "BBB", "AA", (0.001, 0.05), ("AA", "BBB"), (0, 2))
    pool = FollowedClass("a2", 0.4, "CCC", None, (0.01, 0.02), ("A", "BBB"), (0, 1))
    return (
        Followed(
            "hyperion", 500, cuts, first, (notes,),
            {"pensions": (2.5, (0.0025, 0.125)), "insurers": (7.5, (0.0075, 0.375))}, 1.0, 1.0, False,
        ),
        Followed("vantage-2025-1", 500, cuts, first, (pool,), {"pensions": (0.1, (0.001, 0.002))}, 2.8, 0.56, True),
    )  # fmt: skip


def credit() -> CreditView:
    """Oracle by the model."""
    model = [ModelSpread(k, 100.0, 400.0, 0.3, 5.0 - k, 0.05, 0.02, 90.0 + 200 * k, 50.0, 150.0) for k in (0.0, 1.0)]
    return CreditView("oracle", date(2026, 10, 31), 300.0, {"short_debt": 10.0}, {}, tuple(model), ())


def look_back() -> LookBack:
    """A hit beside a worse drift, a miss beside a better one, a hit without a drift, and a quarter without a record."""
    second = Quarter(2026, 2)

    def record(value: float, day: date = date(2026, 6, 30)) -> Record:
        return Record(value, day, True, ("sec-oracle",))

    return LookBack(
        "ai-loop",
        date(2025, 11, 21),
        date(2026, 10, 31),
        400,
        7,
        131,
        ("dem-003.2025", "dem-023.2025"),
        (
            LookBackRow(
                "oracle", "debt", second, record(100.0, date(2026, 5, 31)), "",
                90.0, 80.0, 120.0, 5.0, 99.0, 98.0, 99.5, 10.0, 4,
            ),
            LookBackRow(
                "nvidia", "revenue", second, record(50.0), "", 40.0, 38.0, 43.0, 9.0, 50.0, 45.0, 60.0, 3.0, 6
            ),
            LookBackRow("openai", "revenue", second, record(8.0), "", 8.0, 6.0, 10.0, 0.5, known=1),
            LookBackRow("meta", "capex", Quarter(2026, 1), None, "no-record", known=6),
        ),
    )  # fmt: skip
