"""How a firm's balances move from the days of its published sheet to the end of the opening quarter."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from ouroloop.dossier.days import Days
from ouroloop.dossier.spread import Spread
from ouroloop.scenario.axes import Axes
from ouroloop.scenario.balance_sheet import ASSETS, read
from ouroloop.scenario.opening_flows import later_of, recorded
from ouroloop.scenario.opening_funding import Funding, acquisitions
from ouroloop.scenario.run_rates import MemberRates

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier

_SHORTEST_LIFE_QUARTERS = 12
"""Plant is taken to lose at most a twelfth of itself a quarter: amortization may be inside what is published."""


@dataclass(frozen=True, slots=True)
class Roll:
    """How one firm's balances move between two days, USD bn.

    Every rule is an entry on two lines, so that rolling opens no gap between assets, debt and equity:

    - cash: operating cash − capital expenditure − payout + money raised − shares and firms bought + borrowed
    - plant: capital expenditure − depreciation, a twelfth of it a quarter at most; what is published beyond that is
      amortization, and comes off goodwill and intangibles
    - debt: borrowed, which is what is published of it; on days without a record, what named deals lent or what the
      firm's own cash leaves uncovered of its spending, whichever is more
    - equity: operating cash − payout − depreciation + money raised

    Flows are as recorded; where nothing is, at the member's run rate. What is unknown does not move.
    """

    dossier: Dossier
    axes: Axes
    firm: str
    rates: MemberRates
    funding: Sequence[Funding]
    borrows: bool

    def operating(self, after: date, until: date, pace: float | None = None) -> float:
        flow = recorded(self.dossier, self.firm, "operating_cash_flow", signed=True)
        return flow.between(after, until, self.rates.operating_cash.point if pace is None else pace)

    def capex(self, after: date, until: date) -> float:
        return later_of(self.dossier, self.firm, "capex_cash_ppe", "capex").between(
            after, until, self.rates.capex.point
        )

    def payout(self, after: date, until: date) -> float:
        parts = [recorded(self.dossier, self.firm, concept) for concept in ("dividends", "buybacks")]
        paces = [part.trailing(self.dossier.date).point for part in parts]
        return sum(part.between(after, until, pace) for part, pace in zip(parts, paces, strict=True))

    def depreciation(self, after: date, until: date) -> float:
        flow = later_of(self.dossier, self.firm, "depreciation", "depreciation_amortization")
        return flow.between(after, until, self.rates.depreciation.point)

    def raised(self, after: date, until: date) -> float:
        """Paid for new shares: by named deals, or by the market where more is published."""
        named = sum(
            one.between(after, until)
            for one in self.funding
            if one.firm == self.firm and not one.is_debt and not one.in_kind
        )
        return max(named, recorded(self.dossier, self.firm, "equity_issued_atm").between(after, until, 0.0))

    def bought(self, after: date, until: date) -> float:
        """Paid for shares of others."""
        return sum(
            one.between(after, until)
            for one in self.funding
            if one.source == self.firm and not one.is_debt and not one.in_kind
        )

    def spent_on_firms(self, after: date, until: date) -> float:
        return acquisitions(self.dossier, self.axes, self.firm, after, until)

    def borrowed(self, after: date, until: date) -> float:
        net = recorded(self.dossier, self.firm, "net_debt_issuance", signed=True)
        issued = recorded(self.dossier, self.firm, "debt_issued")
        repaid = recorded(self.dossier, self.firm, "debt_repaid")
        whole = Days.between(after + timedelta(days=1), until)
        gross, net_days = Spread(issued.pieces).days, Spread(net.pieces).days
        amount = issued.within(whole) - repaid.within(whole & gross) + net.within(whole - gross)
        if not self.borrows:
            return amount
        for first, last in (whole - gross - net_days).ranges:
            days = (date.fromordinal(first - 1), date.fromordinal(last))
            named = sum(one.between(*days) for one in self.funding if one.firm == self.firm and one.is_debt)
            amount += max(named, -self._own_cash(*days), 0.0)
        return amount

    def _own_cash(self, after: date, until: date) -> float:
        came = self.operating(after, until) + self.raised(after, until)
        went = self.capex(after, until) + self.payout(after, until) + self.bought(after, until)
        return came - went - self.spent_on_firms(after, until)

    def cash(self, after: date, until: date) -> float:
        return self._own_cash(after, until) + self.borrowed(after, until)

    def plant(self, after: date, until: date, held: float) -> float:
        return self._plant(after, until, held)[0]

    def intangibles(self, after: date, until: date) -> float:
        held = read(self.dossier, self.firm, ASSETS["plant"], after)
        return 0.0 if held is None else -self._plant(after, until, held.value)[1]

    def _plant(self, after: date, until: date, held: float) -> tuple[float, float]:
        """The change of plant, and depreciation beyond what plant can lose; by quarters, as the limit goes by plant."""
        steps = [*range(after.toordinal(), until.toordinal(), 91), until.toordinal()]
        now, beyond = held, 0.0
        for first, last in pairwise(steps):
            days = (date.fromordinal(first), date.fromordinal(last))
            most = max(0.0, now) / _SHORTEST_LIFE_QUARTERS * (last - first) / 91
            lost = self.depreciation(*days)
            now += self.capex(*days) - min(lost, most)
            beyond += max(0.0, lost - most)
        return now - held, beyond

    def investments(self, after: date, until: date) -> float:
        return self.bought(after, until)

    def equity(self, after: date, until: date) -> float:
        earned = self.operating(after, until) - self.payout(after, until) - self.depreciation(after, until)
        return earned + self.raised(after, until)

    def move(self, line: str, after: date, until: date, held: float) -> float:
        """By how much does this line move? 0 for a line without a rule, which keeps what was published."""
        if after >= until:
            return 0.0
        if line == "plant":
            return self.plant(after, until, held)
        rules: Mapping[str, Callable[[date, date], float]] = {
            "cash": self.cash,
            "debt": self.borrowed,
            "investments": self.investments,
            "goodwill_intangibles": self.intangibles,
            "equity": self.equity,
        }
        return rules[line](after, until) if line in rules else 0.0
