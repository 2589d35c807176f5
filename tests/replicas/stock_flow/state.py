"""States that pay with money and bills, and the regions in them: what chapters 4 to 6 have in common.

A state is a government and its central bank. The government pays for services and for interest, taxes, and sells bills;
the central bank buys every bill that households do not hold, pays with money that it thereby issues, and hands its
profit back. A region is the households and producers of one place. Bills that the opening states as owed but not as
held stand at `unexplained`, which is paid interest like any holder and sells to the central bank in the first period.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ouroloop import ledger as books
from ouroloop.core import quantize
from ouroloop.ledger import USD, Account, Flow
from tests.replicas.stock_flow.model import Values
from tests.replicas.stock_flow.world import World, asset, debt, expense, moved_by, payment, revenue
from tests.replicas.stock_flow.worth import own_worth


@dataclass(frozen=True)
class State:
    """A government and its central bank; `mark` is what the model's names of its variables end with ("", "N", "S")."""

    mark: str = ""
    currency: str = USD

    def _entity(self, word: str) -> str:
        return f"{word}{self.mark and '-' + self.mark}"

    @cached_property
    def government(self) -> str:
        return self._entity("government")

    @cached_property
    def central_bank(self) -> str:
        return self._entity("central_bank")

    @cached_property
    def bills(self) -> str:
        return self._entity("bills")

    @cached_property
    def money(self) -> str:
        return self._entity("money")

    @cached_property
    def treasury(self) -> Account:
        """The government's money, 0 at the end of every period."""
        return asset(self.government, self.money, self.currency)

    @cached_property
    def bills_owed(self) -> Account:
        return debt(self.government, self.bills, self.currency)

    @cached_property
    def worth(self) -> Account:
        """What the government was worth at the opening."""
        return own_worth(self.government, self.currency)

    @cached_property
    def bills_kept(self) -> Account:
        return asset(self.central_bank, self.bills, self.currency)

    @cached_property
    def issued(self) -> Account:
        return debt(self.central_bank, self.money, self.currency)

    @cached_property
    def lost_bills(self) -> Account:
        """Bills that nobody accounts for, as the ledger opens them: a negative debt of `unexplained`."""
        return debt(books.UNEXPLAINED, self.bills, self.currency)

    @cached_property
    def lost_money(self) -> Account:
        return debt(books.UNEXPLAINED, self.money, self.currency)

    def pay(self, name: str, payer: Account, payee: Account, spent: str, earned: str) -> Flow:
        """A payment between these money accounts for an expense of the one that is an income of the other."""
        cost, income = expense(payer.entity, spent, self.currency), revenue(payee.entity, earned, self.currency)
        return payment(f"{name}{self.mark and ':' + self.mark}", payer, payee, cost, income)

    @cached_property
    def flows(self) -> tuple[Flow, ...]:
        """Interest to the central bank and to nobody known, the central bank's profit, and its purchases of bills."""
        end = self.mark and ":" + self.mark
        return (
            self.pay("interest:central-bank", self.treasury, self.issued, "interest", "interest"),
            self.pay("interest:unexplained", self.treasury, self.lost_money, "interest", "interest"),
            self.pay("profit", self.issued, self.treasury, "profit", "profit"),
            payment(f"bills:central-bank{end}", self.issued, self.treasury, self.bills_kept, self.bills_owed),
            payment(f"bills:unexplained{end}", self.issued, self.lost_money, self.bills_kept, self.lost_bills),
        )

    def opening(self, start: Values) -> dict[Account, float]:
        """The government is worth less than nothing by the bills it owes, and the central bank nothing.

        What bills and gold miss of the money issued is therefore a gap of the central bank.
        """
        owed, kept, money = (start[f"{name}{self.mark}"] for name in ("Bs", "Bcb", "Hs"))
        return {self.bills_owed: -owed, self.worth: owed, self.bills_kept: kept, self.issued: -money}

    def amounts(self, flows: tuple[Flow, ...], decided: Mapping[str, float], before: Values) -> dict[str, float]:
        """What the state adds to the amounts decided by others: in the end its treasury is empty.

        Needs R(-1), Bcb(-1) and `_lost_bills`(-1) of this state.
        """
        mark, end = self.mark, self.mark and ":" + self.mark
        rate, kept, lost = before[f"R{mark}"], before[f"Bcb{mark}"], before[f"_lost_bills{mark}"]
        added = {
            f"interest:central-bank{end}": rate * kept,
            f"interest:unexplained{end}": rate * lost,
            f"profit{end}": rate * kept,
            f"bills:unexplained{end}": lost,
        }
        lacking = -moved_by(flows, self.treasury, {**decided, **added})
        return added | {f"bills:central-bank{end}": lacking}

    def stocks(self, world: World) -> dict[str, float]:
        mark = self.mark
        return {
            f"Bs{mark}": world.stock(self.bills_owed),
            f"Bcb{mark}": world.stock(self.bills_kept),
            f"Hs{mark}": world.stock(self.issued),
            f"_lost_bills{mark}": -world.stock(self.lost_bills),
            f"_lost_money{mark}": -world.stock(self.lost_money),
            f"_treasury{mark}": world.stock(self.treasury),
        }


@dataclass(frozen=True)
class Region:
    """The households and producers of one place in a state, with the mark of their variables."""

    mark: str = ""
    state: State = field(default_factory=State)

    def _entity(self, word: str) -> str:
        return f"{word}{self.mark and '-' + self.mark}"

    @cached_property
    def households(self) -> str:
        return self._entity("households")

    @cached_property
    def producers(self) -> str:
        return self._entity("producers")

    @cached_property
    def purse(self) -> Account:
        """The households' money."""
        return asset(self.households, self.state.money, self.state.currency)

    @cached_property
    def till(self) -> Account:
        """The producers' money, 0 at the end of every period."""
        return asset(self.producers, self.state.money, self.state.currency)

    @cached_property
    def bills(self) -> Account:
        return asset(self.households, self.state.bills, self.state.currency)

    @cached_property
    def worth(self) -> Account:
        """What the households were worth at the opening."""
        return own_worth(self.households, self.state.currency)

    def earned(self, name: str) -> Account:
        """An income account of the households."""
        return revenue(self.households, name, self.state.currency)

    def sold(self, name: str) -> Account:
        """An income account of the producers."""
        return revenue(self.producers, f"revenue:{name}", self.state.currency)

    @cached_property
    def taxed(self) -> Account:
        return expense(self.households, "taxes", self.state.currency)

    def _pay(self, name: str, payer: Account, payee: Account, spent: str, earned: str) -> Flow:
        cost, income = expense(payer.entity, spent, payer.good), revenue(payee.entity, earned, payee.good)
        return payment(f"{name}{self._end}", payer, payee, cost, income)

    @property
    def _end(self) -> str:
        return self.mark and ":" + self.mark

    @cached_property
    def flows(self) -> tuple[Flow, ...]:
        """Consumption, the state's purchases, wages, taxes, interest on bills, and bills bought from the state."""
        treasury = self.state.treasury
        return (
            self._pay("consume", self.purse, self.till, "consumption", "revenue:households"),
            self._pay("spend", treasury, self.till, "services", "revenue:government"),
            self._pay("wages", self.till, self.purse, "wages", "wages"),
            self._pay("tax", self.purse, treasury, "taxes", "taxes"),
            self._pay("interest:households", treasury, self.purse, "interest", "interest"),
            payment(f"bills:households{self._end}", self.purse, treasury, self.bills, self.state.bills_owed),
        )

    def opening(self, start: Values) -> dict[Account, float]:
        """Wealth is stated and bills are; the rest of the wealth is money."""
        wealth, bills = quantize(start[f"V{self.mark}"]), quantize(start[f"Bh{self.mark}"])
        return {self.purse: wealth - bills, self.bills: bills, self.worth: -wealth}

    def amounts(
        self, flows: tuple[Flow, ...], plan: Values, before: Values, decided: Mapping[str, float]
    ) -> dict[str, float]:
        """What the plan (C, G, T, Bh) makes households, producers and government pay; `decided` by trade already.

        Wages are all that is in the till, and interest is R(-1) Bh(-1).
        """
        mark, end = self.mark, self._end
        made = {
            f"consume{end}": plan[f"C{mark}"],
            f"spend{end}": plan[f"G{mark}"],
            f"tax{end}": plan[f"T{mark}"],
            f"interest:households{end}": before[f"R{self.state.mark}"] * before[f"Bh{mark}"],
            f"bills:households{end}": quantize(plan[f"Bh{mark}"]) - before[f"Bh{mark}"],
        }
        return made | {f"wages{end}": moved_by(flows, self.till, {**decided, **made})}

    def stocks(self, world: World) -> dict[str, float]:
        mark = self.mark
        return {
            f"Hh{mark}": world.stock(self.purse),
            f"Bh{mark}": world.stock(self.bills),
            f"V{mark}": world.stock(self.purse, self.bills),
            f"_till{mark}": world.stock(self.till),
        }

    def read(self, world: World) -> dict[str, float]:
        """The period's consumption, state purchases, output (what producers paid out), taxes and income."""
        income = world.flow(self.earned("wages"), self.earned("interest"))
        return {
            f"C{self.mark}": world.flow(self.sold("households")),
            f"G{self.mark}": world.flow(self.sold("government")),
            f"Y{self.mark}": world.flow(self.earned("wages")),
            f"T{self.mark}": world.flow(self.taxed),
            f"YD{self.mark}": income - world.flow(self.taxed),
        }
