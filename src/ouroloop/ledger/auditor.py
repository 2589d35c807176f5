"""The auditor: keeps the books of a posting log again, slowly, in Python integers, and says where they differ.

It shares no arithmetic with the engine: no arrays, no floating point beyond reading the log, no matrix (it follows the
legs of the flow types), no common code for colors. Both are exact, so one quantum of difference is a disagreement.
Where colors were moved in rounds, shares are defined by a ratio in double precision, which Python repeats bit for bit.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ouroloop.core import QUANTUM, quanta
from ouroloop.ledger.chart import MEMBER, OPENING_CASH, UNKNOWN, Flow
from ouroloop.ledger.log import Cube, Disagreement, Period, PostingLog, Rows, Verdict


@dataclass
class _Path:
    """One path's books, in quanta."""

    log: PostingLog
    path: int
    books: Counter[str] = field(default_factory=Counter[str])
    cash: dict[str, Counter[str]] = field(default_factory=dict[str, Counter[str]])
    revenue: dict[str, Counter[str]] = field(default_factory=dict[str, Counter[str]])
    carried: list[Counter[str]] = field(default_factory=list[Counter[str]])
    found: list[Disagreement] = field(default_factory=list[Disagreement])

    def post(self, flows: Sequence[Flow], amounts: Rows, period: str) -> list[int]:
        """Add every flow, leg by leg; an amount that cannot be exact is reported and left out."""
        rounded: list[int] = []
        for flow, row in zip(flows, amounts, strict=True):
            try:
                rounded.append(quanta(row[self.path]))
            except ValueError:
                self.found.append(Disagreement(period, self.path, f"amount of {flow.name}", row[self.path], 0.0))
                rounded.append(0)
            for leg in flow.legs:
                self.books[str(leg.account)] += leg.sign * rounded[-1]
        return rounded

    def open_colors(self) -> None:
        for entity in self.log.entities:
            held = self.books[f"{entity}/asset/cash"]
            color = self.log.sectors.get(entity, OPENING_CASH if held > 0 else UNKNOWN)
            self.cash[entity], self.revenue[entity] = Counter({color: held}), Counter()

    def pay(self, flow: Flow, amount: int) -> None:
        """Move the colors of one payment."""
        payer, payee = flow.payers[0], flow.payees[0]
        source, target = (payer, payee) if amount >= 0 else (payee, payer)
        moved, sectors = abs(amount), self.log.sectors
        if source in sectors:
            taken = Counter({sectors[source]: moved})
        else:
            pot = self.cash[source]
            covered = min(moved, max(sum(pot.values()), 0))
            taken = self.share(pot, covered)
            taken[UNKNOWN] += moved - covered
        self.cash[source].subtract(taken)
        arriving = Counter(taken)
        if target in sectors:
            arriving = Counter({sectors[target]: moved})
        elif flow.paint is not None and amount >= 0 and (payer not in sectors or flow.paint != MEMBER):
            arriving = Counter({f"{MEMBER}:{payer}" if flow.paint == MEMBER else flow.paint: moved})
        if target not in sectors:
            hole = min(max(-self.cash[target][UNKNOWN], 0), moved)
            filling = self.share(arriving, hole)
            self.cash[target][UNKNOWN] += hole
            self.cash[target].subtract(filling)
        self.cash[target].update(arriving)
        signed = Counter({color: part if amount >= 0 else -part for color, part in taken.items()})
        self.carried.append(signed)
        if flow.pays_revenue:
            self.revenue[payee].update(signed)

    def quarter(self, flows: Sequence[Flow], amounts: Sequence[int]) -> None:
        """Move the colors of a whole period: what sectors pay, what members pay each other, what leaves for sectors."""
        sectors, leaving, between = self.log.sectors, Counter[str](), list[tuple[Flow, int]]()
        for flow, amount in zip(flows, amounts, strict=True):
            if not (flow.payers and flow.payees):
                continue
            payer, payee = flow.payers[0], flow.payees[0]
            source, target = (payer, payee) if amount >= 0 else (payee, payer)
            for entity, sign in ((payer, -1), (payee, 1)):
                if entity in sectors:
                    self.cash[entity][sectors[entity]] += sign * amount
            if source in sectors and target not in sectors:
                color = sectors[source]
                if amount >= 0 and flow.paint not in (None, MEMBER):
                    color = str(flow.paint)
                self.cash[target][color] += abs(amount)
            elif target in sectors and source not in sectors:
                leaving[source] += abs(amount)
            elif source not in sectors:
                between.append((flow, amount))
            if payer in sectors and payee not in sectors and flow.pays_revenue:
                self.revenue[payee][sectors[payer]] += amount
        for flow, amount in between:
            self.between(flow, amount)
        for entity in self.log.entities:
            if entity not in sectors:
                self.leave(entity, leaving[entity])

    def between(self, flow: Flow, amount: int) -> None:
        """One payment from member to member."""
        payer, payee = flow.payers[0], flow.payees[0]
        source, target = (payer, payee) if amount >= 0 else (payee, payer)
        moved = abs(amount)
        covered = min(moved, sum(max(part, 0) for part in self.cash[source].values()))
        taken = self.portion(self.cash[source], covered)
        taken[UNKNOWN] += moved - covered
        self.cash[source].subtract(taken)
        arriving = taken
        if amount >= 0 and flow.paint is not None:
            arriving = Counter({f"{MEMBER}:{payer}" if flow.paint == MEMBER else flow.paint: moved})
        self.cash[target].update(arriving)
        if flow.pays_revenue:
            for color, part in taken.items():
                self.revenue[payee][color] += part if amount >= 0 else -part

    def leave(self, entity: str, amount: int) -> None:
        """All that a member pays to sectors, and the hole that is filled first."""
        pot = self.cash[entity]
        wanted = amount + max(-pot[UNKNOWN], 0)
        held = Counter({color: max(part, 0) for color, part in pot.items()})
        covered = min(wanted, sum(held.values()))
        held.subtract(self.portion(held, covered))
        held[UNKNOWN] += covered - wanted
        self.cash[entity] = held

    def portion(self, pot: Counter[str], amount: int) -> Counter[str]:
        """Pro rata by a ratio in double precision, rounded down; the rest from the first colors with some left."""
        total, taken = sum(max(part, 0) for part in pot.values()), Counter[str]()
        ratio = (amount / total if total else 0.0) * (1.0 - 2.0**-50)
        for color in self.log.colors:
            taken[color] = math.floor(max(pot[color], 0) * ratio)
        missing = amount - sum(taken.values())
        for color in self.log.colors:
            more = min(missing, max(pot[color], 0) - taken[color])
            taken[color] += more
            missing -= more
        return taken

    def share(self, pot: Counter[str], amount: int) -> Counter[str]:
        """floor(amount * part / total) of each color; the missing quanta from the first colors with a remainder."""
        total, taken, broken = sum(max(part, 0) for part in pot.values()), Counter[str](), list[str]()
        for color in self.log.colors if amount else ():
            taken[color], rest = divmod(max(pot[color], 0) * amount, total)
            broken += [color] if rest else []
        for color in broken[: amount - sum(taken.values())]:
            taken[color] += 1
        return taken

    def compare(self, period: Period) -> None:
        """Everything that the log says after a period, and the sums that must be 0."""
        for account, row in zip(self.log.accounts, period.books, strict=True):
            self.check(period.label, f"account {account}", row[self.path], self.books[str(account)])
        entities, claims = Counter[str](), Counter[str]()
        for account in self.log.accounts:
            entities[f"{account.entity} [{account.good}]"] += self.books[str(account)]
            if account.account_class.claim:
                claims[f"{account.instrument} [{account.good}]"] += self.books[str(account)]
        for kind, sums in (("entity", entities), ("claim", claims)):
            for name, value in sums.items():
                self.check(period.label, f"residual of {kind} {name}", 0.0, value)
        names = self.log.entities
        self.check_cube(period, "cash of", names, period.cash_colors, lambda n: self.cash[names[n]])
        self.check_cube(period, "revenue of", names, period.revenue_colors, lambda n: self.revenue[names[n]])
        paid = [flow.name for flow in self.log.flows if flow.payers and flow.payees]
        # In rounds nothing is kept of single payments.
        self.check_cube(period, "payment", paid, period.carried, lambda n: self.carried[n])
        for entity in names if period.cash_colors is not None else ():
            held = self.books[f"{entity}/asset/cash"] - sum(self.cash[entity].values())
            self.check(period.label, f"cash without color of {entity}", 0.0, held)

    def check_cube(
        self, period: Period, what: str, names: Sequence[str], cube: Cube | None, mine: Callable[[int], Counter[str]]
    ) -> None:
        for n, rows in enumerate(cube or ()):
            for color, row in zip(self.log.colors, rows, strict=True):
                self.check(period.label, f"{what} {names[n]} from {color}", row[self.path], mine(n)[color])

    def check(self, period: str, what: str, logged: float, mine: int) -> None:
        # Scaling by a power of two is exact, comparing a float with an integer is exact in Python, and NaN equals none.
        if logged / QUANTUM != mine:
            self.found.append(Disagreement(period, self.path, what, logged, mine * QUANTUM))


def _missing(log: PostingLog) -> list[Disagreement]:
    """The rows that a log should have and has not: one per account, flow and color, with one value per path."""
    found: list[Disagreement] = []
    paths = max((len(row) for row in log.opening.books), default=0)
    paying = sum(1 for flow in log.flows if flow.payers and flow.payees)

    def count(period: Period, what: str, has: int, should: int) -> None:
        if has != should:
            found.append(Disagreement(period.label, 0, what, float(has), float(should)))

    for period in (log.opening, *log.periods):
        flows = log.openings if period is log.opening else log.flows
        tables: list[tuple[str, Rows, int]] = [
            ("amounts", period.amounts, len(flows)),
            ("accounts", period.books, len(log.accounts)),
        ]
        for what, cube, height in (
            ("cash by color", period.cash_colors, len(log.entities)),
            ("revenue by color", period.revenue_colors, len(log.entities)),
            ("payments by color", period.carried, 0 if log.in_rounds else paying),
        ):
            count(period, f"rows of {what}", height if cube is None else len(cube), height)
            tables += [(what, rows, len(log.colors)) for rows in cube or ()]
        for what, rows, height in tables:
            count(period, f"rows of {what}", len(rows), height)
            for row in rows:
                count(period, f"paths of {what}", len(row), paths)
    return found


def audit(log: PostingLog) -> Verdict:
    """Are these books right? Replays the log and returns every disagreement, by path, period and account.

    Checks balances, the sums that must be 0 by entity and by claim, and, where the log holds them, the colors of cash,
    of revenue and of each payment. Never raises for what a log contains: a number that is none disagrees with
    all, and of a log with rows missing or of unequal length only that is said.
    """
    found = _missing(log)
    for path in range(len(log.opening.books[0]) if log.opening.books and not found else 0):
        ours = _Path(log, path)
        ours.post(log.openings, log.opening.amounts, "opening")
        ours.open_colors()
        ours.compare(log.opening)
        for period in log.periods:
            ours.carried = []
            rounded = ours.post(log.flows, period.amounts, period.label)
            if log.in_rounds:
                ours.quarter(log.flows, rounded)
            else:
                for flow, amount in zip(log.flows, rounded, strict=True):
                    if flow.payers and flow.payees:
                        ours.pay(flow, amount)
            ours.compare(period)
        found += ours.found
    return Verdict(not found, tuple(found))
