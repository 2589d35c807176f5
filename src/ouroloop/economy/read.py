"""Read a world's books by member: what it has, owes, earned and paid, as sums of accounts and of flows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float64

from ouroloop.economy.state import Plant
from ouroloop.ledger import USD, Account, AccountClass, Books, Flow, FlowKind, Ledger
from ouroloop.ledger.incidence import Incidence

_C = AccountClass
_OWN_MONEY = (_C.EXPENSE, _C.LIABILITY)

Members = Float64[Array, "member path"]


@dataclass(frozen=True, eq=False)
class Reader:
    """Sums over accounts and flows, by member. Made once for each world."""

    stocks: dict[str, Incidence]
    """Sums of balances, each with the sign that a reader expects."""
    flows: dict[str, Incidence]
    """Sums of a quarter's amounts."""
    builders: np.ndarray
    sites: np.ndarray
    others: np.ndarray
    members: int

    def stock(self, name: str, books: Books) -> Members:
        """A balance by member: `cash`, `debt`, `receivables`, `fixed_assets`, `stakes`, `net_worth`, ..."""
        return self.stocks[name] @ books.balances

    def flow(self, name: str, amounts: Float64[Array, "flow path"]) -> Members:
        """A sum of the quarter by member: `revenue`, `operating_cash`, `interest`, `capex`, ..."""
        return self.flows[name] @ amounts

    def cash(self, books: Books) -> Members:
        """Cash of every member."""
        return self.stock("cash", books)

    def plant_reported(self, plant: Plant) -> Members:
        """All plant in use as the books carry it, USD bn."""
        total = jnp.zeros((self.members, plant.capacity.shape[1]))
        total = total.at[self.builders].add(plant.chips.reported_total)
        total = total.at[self.sites].add(plant.sites.reported_total)
        return total.at[self.others].add(plant.other.reported_total)

    def plant_economic(self, plant: Plant) -> Members:
        """All plant in use on economic lives, USD bn."""
        total = jnp.zeros((self.members, plant.capacity.shape[1]))
        total = total.at[self.builders].add(plant.chips.economic_total)
        total = total.at[self.sites].add(plant.sites.economic_total)
        return total.at[self.others].add(plant.other.economic_total)


def reader(
    ledger: Ledger, members: Sequence[str], builders: np.ndarray, sites: np.ndarray, others: np.ndarray
) -> Reader:
    """The sums of a ledger for these members; rows of who owns chips, sites and other plant."""
    row = {member: n for n, member in enumerate(members)}

    def by_account(sign: int, wanted: Callable[[Account], bool]) -> Incidence:
        matrix = np.zeros((len(members), len(ledger.accounts)), np.int64)
        for column, account in enumerate(ledger.accounts):
            if account.entity in row and account.good == USD and wanted(account):
                matrix[row[account.entity], column] = sign
        return Incidence(matrix)

    stocks = {
        "cash": by_account(1, lambda a: a.is_cash),
        "debt": by_account(-1, lambda a: a.account_class is _C.LIABILITY and a.instrument.startswith("loan:")),
        "receivables": by_account(1, lambda a: a.account_class is _C.ASSET and a.instrument.startswith("bill:")),
        "fixed_assets": by_account(1, lambda a: a.account_class is _C.REAL),
        "deposits": by_account(1, lambda a: a.account_class is _C.ASSET and a.instrument.startswith("deposit:")),
        "stakes": by_account(
            1, lambda a: a.instrument.startswith("equity:") and a.account_class in (_C.ASSET, _C.VALUATION)
        ),
        "valuations": by_account(1, lambda a: a.account_class is _C.VALUATION),
        "net_worth": by_account(
            1, lambda a: a.account_class in (_C.ASSET, _C.REAL, _C.VALUATION, _C.LIABILITY) and a.good == USD
        ),
        "unfinished": by_account(1, lambda a: a.account_class is _C.REAL and a.instrument == "unfinished_sites"),
    }
    return Reader(stocks, _flow_sums(ledger, row), builders, sites, others, len(members))


def _flow_sums(ledger: Ledger, row: dict[str, int]) -> dict[str, Incidence]:
    names = (
        "revenue", "outside_revenue", "profit", "depreciation", "operating_cash", "interest", "capex", "payout",
        "raised", "issued", "written_off",
    )  # fmt: skip
    sums = {name: np.zeros((len(row), len(ledger.flows)), np.int64) for name in names}
    for column, flow in enumerate(ledger.flows):
        _income(flow, column, row, sums)
        if flow.kind is FlowKind.TRANSACTION and flow.payers and flow.payees:
            _cash_flow(flow, column, row, sums)
        if flow.kind is FlowKind.WRITE_OFF:
            for leg in flow.legs:
                if leg.account.entity in row and leg.account.account_class is _C.EXPENSE:
                    sums["written_off"][row[leg.account.entity], column] = 1
    return {name: Incidence(matrix) for name, matrix in sums.items()}


def _income(flow: Flow, column: int, row: dict[str, int], sums: dict[str, np.ndarray]) -> None:
    """Revenue and profit; a change of prices of what is held is no profit here."""
    outside = bool(flow.payers) and flow.payers[0] not in row
    for leg in flow.legs:
        entity, kind = leg.account.entity, leg.account.account_class
        if entity not in row or kind not in (_C.INCOME, _C.EXPENSE):
            continue
        if leg.account.instrument == "depreciation":
            sums["depreciation"][row[entity], column] += leg.sign
        if flow.kind is not FlowKind.REVALUATION:
            sums["profit"][row[entity], column] -= leg.sign
        if leg.account.is_revenue:
            sums["revenue"][row[entity], column] -= leg.sign
            if outside:
                sums["outside_revenue"][row[entity], column] -= leg.sign


def _cash_flow(flow: Flow, column: int, row: dict[str, int], sums: dict[str, np.ndarray]) -> None:
    payer, payee = row.get(flow.payers[0]), row.get(flow.payees[0])
    own = [leg for leg in flow.legs if leg.account.entity == flow.payers[0] and not leg.account.is_cash]
    if flow.pays_revenue:
        if payee is not None:
            sums["operating_cash"][payee, column] += 1
        if payer is not None and any(leg.account.account_class in _OWN_MONEY for leg in own):
            sums["operating_cash"][payer, column] -= 1
    if payer is not None and any(leg.account.account_class is _C.REAL for leg in own):
        sums["capex"][payer, column] += 1
    if payer is not None and any(leg.account.instrument == "interest" for leg in own):
        sums["interest"][payer, column] += 1
    if payer is not None and any(leg.account.instrument == "distributed" for leg in own):
        sums["payout"][payer, column] += 1
    theirs = [leg for leg in flow.legs if leg.account.entity == flow.payees[0] and not leg.account.is_cash]
    raised = any(
        leg.sign < 0
        and (leg.account.account_class is _C.EQUITY or leg.account.instrument.startswith("loan:"))
        and leg.account.account_class is not _C.ASSET
        for leg in theirs
    )
    if payee is not None and raised:
        sums["raised"][payee, column] += 1
    if payee is not None and any(leg.sign < 0 and leg.account.account_class is _C.EQUITY for leg in theirs):
        sums["issued"][payee, column] += 1
