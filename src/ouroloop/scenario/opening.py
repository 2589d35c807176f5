"""The books of every entity at the end of the opening quarter, from what was known on the dossier's date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from ouroloop.core import Quarter
from ouroloop.dossier.refs import Refs, joined
from ouroloop.instruments.margin_loan import margin_claim
from ouroloop.ledger import Account, AccountClass
from ouroloop.scenario.axes import BANKS, EQUITY_INVESTORS, HEDGE_FUNDS, Axes
from ouroloop.scenario.balance_sheet import Sheet
from ouroloop.scenario.estimate import Basis, Estimate, Uniforms, Values, assumed, worst
from ouroloop.scenario.opening_debts import Debt
from ouroloop.scenario.opening_funding import Funding, funding, refs_of
from ouroloop.scenario.opening_holders import INTERMEDIARIES, held_by_funds, holder_shares
from ouroloop.scenario.opening_lines import Line, Lines, drawn, quanta
from ouroloop.scenario.opening_member import World, money_of, open_member
from ouroloop.scenario.run_rates import RunRates, run_rates
from ouroloop.scenario.site_vehicles import site_vehicles

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier

_C = AccountClass
_PAID_IN = "eco-opening-035"
_LEVERAGE, _LEAST_MARGIN = "hold-036", "eco-finance-101"


@dataclass(frozen=True, eq=False)
class Opening:
    """Opening books, with what they rest on.

    `lines` are by account, `sheets` the members' balances as positive numbers before shares are entered.
    `equity_gaps` [1 or path] by member that publishes its equity: equity as published less assets and liabilities as
    opened; the ledger shows it as the member's `unexplained` reserve.
    """

    quarter: Quarter
    axes: Axes
    lines: Mapping[Account, Line]
    sheets: Mapping[str, Sheet]
    debts: tuple[Debt, ...]
    run_rates: RunRates
    equity_gaps: Mapping[str, Values]

    @property
    def balances(self) -> dict[Account, Values]:
        """What stands on each account, [1 or path], debits positive: the argument of `ledger.open_books`."""
        return {account: line.value for account, line in self.lines.items()}

    @property
    def paths(self) -> int:
        """The number of paths that were drawn; 1 where nothing was."""
        return max((len(line.value) for line in self.lines.values()), default=1)

    def of(self, entity: str) -> tuple[Line, ...]:
        """The lines of one entity."""
        return tuple(line for line in self.lines.values() if line.account.entity == entity)

    def line(self, account: Account) -> Line | None:
        """The line of one account, None where nothing was opened."""
        return self.lines.get(account)

    def point(self, account: Account) -> float:
        """What stands on one account, mean over paths; 0 where nothing was opened."""
        line = self.lines.get(account)
        return line.point if line else 0.0

    def debts_of(self, borrower: str) -> tuple[Debt, ...]:
        """What one member owes, by lender."""
        return tuple(debt for debt in self.debts if debt.borrower == borrower)

    def total(self, entity: str, *instruments: str, classes: tuple[AccountClass, ...] = (_C.ASSET, _C.REAL)) -> float:
        """The sum of an entity's lines whose instrument is, or begins with, one of these; mean over paths."""
        return sum(
            line.point
            for line in self.of(entity)
            if line.account.account_class in classes and line.account.instrument.startswith(instruments)
        )


def open_world(dossier: Dossier, axes: Axes, uniforms: Uniforms = None, rates: RunRates | None = None) -> Opening:
    """What does every entity own and owe at the end of the quarter that contains the dossier's date?

    Members: the latest published sheet, each line from its own date, rolled to the end of the quarter
    (`balance_sheet`); a firm without accounts from its deals and stated flows, with ranges (`undisclosed`). Published
    equity is stated as it is, so that what sources do not add up to stays in sight as a gap; a firm that publishes none
    gets the equity that balances it. Shares: what deals paid, at cost, and for the rest of each issuer equity investors
    and funds, who carry it at market value; levered funds owe banks a part of what quoted ones are worth. Sectors: the
    other side of every claim, with their own net worth as what balances them; all that intermediaries own is owed on to
    final holders (`opening_holders`). Cash is money that nobody in the books owes.

    `uniforms` gives numbers in (0, 1) per path by the name of a draw; without it there is one path, of central values.
    Not a forecast: nothing after the dossier's date is used, except dates of payments that were agreed by then.
    """
    rates = rates or run_rates(dossier, axes, uniforms)
    quarter = Quarter.of(dossier.date)
    lent = funding(dossier, axes, quarter.last_day)
    world = World(dossier, axes, quarter, rates, lent, uniforms, site_vehicles(dossier, axes))
    lines, owed, gaps, sheets = Lines(), list[Debt](), dict[str, Values](), dict[str, Sheet]()
    for firm in axes.members:
        sheets[firm], debts = open_member(world, firm, lines)
        owed += debts
    for firm in axes.members:
        _shares(world, firm, sheets[firm].equity, lines)
    for firm in axes.members:
        gap = _retained(world, firm, sheets[firm].equity, lines)
        if gap is not None:
            gaps[firm] = gap
    _margin_debt(world, lines)
    _fund_shares(dossier, lines)
    for sector in axes.sectors:
        _net_worth(sector, dossier.date, lines)
    opened = {account: line for account, line in lines.of.items() if _kept(line)}
    return Opening(
        quarter,
        axes,
        MappingProxyType(opened),
        MappingProxyType(sheets),
        tuple(owed),
        rates,
        MappingProxyType(gaps),
    )


def _kept(line: Line) -> bool:
    """A line of nothing is left out, except shares: a claim at cost 0 may carry a value."""
    return bool(np.any(line.value)) or line.account.instrument.startswith("equity:")


def _shares(world: World, firm: str, equity: Estimate | None, lines: Lines) -> None:
    """Enter the shares that holders outside the members have: at cost, and for all but those of deals the market value.

    Holders named by deals have what they paid. Equity investors and funds have at least that; of a firm that publishes
    its equity, what part of it is assumed to have been paid in, less what everybody else paid. It is theirs in the
    parts in which the market is held (`opening_holders`).
    """
    instrument = f"equity:{firm}"
    outside: dict[str, list[Funding]] = {}
    for one in world.funding:
        if one.firm == firm and not one.is_debt and one.source in world.axes.sectors:
            outside.setdefault(one.source, []).append(one)
    for holder, some in outside.items():
        if holder != EQUITY_INVESTORS:
            like = Estimate.exactly(money_of(some), "reported", world.dossier.date, refs_of(some))
            lines.claim(instrument, holder, firm, np.array([like.point]), like, equity=True)
    others = 0.0 - lines.net(firm, _C.EQUITY)
    named = outside.get(EQUITY_INVESTORS, [])
    like = Estimate.exactly(money_of(named), "reported", world.dossier.date, refs_of(named))
    cost = np.array([like.point])
    if equity is not None:
        part = assumed(world.dossier, _PAID_IN, world.uniforms)
        cost = np.maximum(part * max(0.0, equity.point) - others, like.point)
        like = Estimate.exactly(float(cost.mean()), "assumed", equity.day, joined(equity.refs, like.refs))
    market = world.rates.members[firm].market_value
    if not market.known and not np.any(cost):
        return
    parts = held_by_funds(world.dossier)
    for holder, some in _split(parts, cost).items():
        lines.claim(instrument, holder, firm, some, like, equity=True)
    if market.known:
        value = drawn(market, f"opening:{firm}:market_value", world.uniforms)
        above = np.maximum(value - _carried(lines, firm), -quanta(cost))
        basis = worst(market.basis, like.basis)
        gain = Estimate.exactly(float(above.mean()), basis, market.day, market.refs, market.tolerance)
        for holder, some in _split(parts, above).items():
            lines.own(Account(holder, _C.VALUATION, instrument), some, gain)


def _split(parts: Mapping[str, float], whole: Values) -> dict[str, Values]:
    """Their parts of it, in whole quanta; equity investors take the rest."""
    split = {holder: quanta(part * whole) for holder, part in parts.items()}
    split[EQUITY_INVESTORS] = quanta(whole) - sum(split.values(), np.zeros(1))
    return split


def _margin_debt(world: World, lines: Lines) -> None:
    """What levered funds owe banks: their quoted shares less the equity that their usual leverage needs.

    Nobody publishes it by name; the leverage is that of funds of their kind, within what brokers allow.
    """
    dossier, uniforms = world.dossier, world.uniforms
    quoted = [firm for firm in world.axes.members if dossier.entities[firm].ticker is not None]
    held = sum((_worth(lines, HEDGE_FUNDS, f"equity:{firm}") for firm in quoted), np.zeros(1))
    leverage = np.minimum(assumed(dossier, _LEVERAGE, uniforms), 1.0 / assumed(dossier, _LEAST_MARGIN, uniforms))
    owed = quanta(held * (1.0 - 1.0 / leverage))
    like = Estimate.exactly(float(owed.mean()), "assumed", dossier.date)
    lines.claim(margin_claim(HEDGE_FUNDS), BANKS, HEDGE_FUNDS, owed, like)


def _worth(lines: Lines, holder: str, instrument: str) -> Values:
    """What a holder carries of it, values above cost included."""
    some = (lines.of.get(Account(holder, kind, instrument)) for kind in (_C.ASSET, _C.VALUATION))
    return sum((line.value for line in some if line is not None), np.zeros(1))


def _carried(lines: Lines, firm: str) -> Values:
    """At what do all holders carry the firm's shares, values above cost included?"""
    held = (_C.ASSET, _C.VALUATION)
    some = (
        line.value
        for account, line in lines.of.items()
        if account.instrument == f"equity:{firm}" and account.account_class in held
    )
    return sum(some, np.zeros(1))


def _retained(world: World, firm: str, equity: Estimate | None, lines: Lines) -> Values | None:
    """Enter what equity exceeds paid-in capital by; returns the gap of a firm that publishes its equity."""
    account = Account(firm, _C.RESERVE, "retained")
    worth, paid_in = lines.net(firm, _C.ASSET, _C.REAL, _C.VALUATION, _C.LIABILITY), -lines.net(firm, _C.EQUITY)
    if equity is None:
        basis, refs = _basis_of(firm, lines)
        like = Estimate.exactly(float((paid_in - worth).mean()), basis, world.dossier.date, refs)
        lines.own(account, paid_in - worth, like)
        return None
    stated = quanta(np.array([equity.point]))
    kept = Estimate.exactly(-float((stated - paid_in).mean()), equity.basis, equity.day, equity.refs, equity.tolerance)
    lines.own(account, paid_in - stated, kept)
    return stated - worth


def _basis_of(entity: str, lines: Lines) -> tuple[Basis, Refs]:
    some = list(lines.entity(entity))
    bases: list[Basis] = [line.basis for line in some] or ["unknown"]
    return worst(*bases), joined(*(line.refs for line in some))


def _fund_shares(dossier: Dossier, lines: Lines) -> None:
    """Owe all that intermediaries own on to final holders, by their shares; the last of them takes the rounding."""
    for intermediary in INTERMEDIARIES:
        whole = lines.net(intermediary)
        shares = holder_shares(dossier, intermediary)
        left = whole
        for number, (holder, share) in enumerate(shares.items(), 1):
            part = left if number == len(shares) else quanta(whole * share)
            left = left - part
            like = Estimate.exactly(float(part.mean()), "assumed", dossier.date)
            lines.claim(f"fund_shares:{intermediary}", holder, intermediary, part, like)


def _net_worth(sector: str, day: date, lines: Lines) -> None:
    """What a sector's claims leave is its own; it is no statement about the sector's other wealth."""
    worth = 0.0 - lines.net(sector)
    if np.any(worth):
        like = Estimate.exactly(float(worth.mean()), "estimated", day)
        lines.own(Account(sector, _C.RESERVE, "retained"), worth, like)
