"""If AI succeeds, who pays for it? The jobs and wages that its revenue must replace, or create."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ouroloop.core import BadInput, Problem
from ouroloop.measures.network import PLACE

Array = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, eq=False)
class WageBill:
    """What a revenue of AI comes to in work. Arrays in the shape of the arguments; 0 or more.

    - `wages_usd_bn`: the pay, with its social costs, of the work that this revenue replaces, per year.
    - `jobs_million`: full-time jobs of that pay.
    - `share_of_compensation`: that pay over all pay; above 1 the revenue cannot come from wages at all.
    """

    jobs_million: Array
    wages_usd_bn: Array
    share_of_compensation: Array


def wage_bill(
    ai_revenue_usd_bn_per_year: Any,
    price_share_of_wage: Any,
    loaded_cost_usd: Any,
    *,
    compensation_usd_bn_per_year: Any,
) -> WageBill:
    """How many jobs and which part of all pay must AI replace, or create, to earn this revenue?

        wages = revenue / price share,   jobs = wages / loaded cost,   share = wages / all compensation

    Parameters
    ----------
    ai_revenue_usd_bn_per_year
        What customers outside pay for AI. Revenue that members of the loop pay each other replaces nobody.
    price_share_of_wage
        What AI costs over the pay it saves, in (0, 1]; the rest stays with the buyer. At 0.2 a revenue needs five
        times its own amount of wages.
    loaded_cost_usd
        Yearly cost of one full-time job with social costs.
    compensation_usd_bn_per_year
        Pay of all employees, with social costs.

    Raises
    ------
    BadInput
        With all of: a negative revenue, a price share outside (0, 1], a cost or a compensation that is not above 0.

    Notes
    -----
    An equivalent, not a forecast of jobs lost: the same revenue can come from work that nobody did before, and then the
    jobs are those that it must create. Jobs and pay are those of whoever pays; a revenue from the world is set against
    the world's pay.

    >>> bill = wage_bill(190, 0.2, 95_000, compensation_usd_bn_per_year=15_800)
    >>> float(bill.wages_usd_bn), float(bill.jobs_million), round(float(bill.share_of_compensation), 3)
    (950.0, 10.0, 0.06)
    """
    revenue, share, cost, pay = (
        np.asarray(given, dtype=np.float64)
        for given in (ai_revenue_usd_bn_per_year, price_share_of_wage, loaded_cost_usd, compensation_usd_bn_per_year)
    )
    # What is no number (NaN) fulfills no condition and is refused too.
    rules = (
        (revenue >= 0, "negative-revenue", "Revenue is 0 or more."),
        (
            (share > 0) & (share <= 1),
            "bad-price-share",
            "The price of AI is above 0 and at most the wage it saves (1).",
        ),
        (cost > 0, "bad-cost", "A job costs more than 0."),
        (pay > 0, "bad-compensation", "The pay of all employees is more than 0."),
    )
    problems = [Problem(PLACE, code, message) for good, code, message in rules if not bool(np.all(good))]
    if problems:
        raise BadInput(problems)
    wages = revenue / share
    # Single numbers stay arrays, of no dimension.
    return WageBill(np.asarray(wages * 1e3 / cost), np.asarray(wages), np.asarray(wages / pay))
