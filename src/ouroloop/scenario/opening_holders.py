"""Whose money is in the funds: final holders behind the bond market, the stock market and private credit."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from ouroloop.scenario.axes import (
    BANKS,
    BOND_INVESTORS,
    EQUITY_INVESTORS,
    GOVERNMENT,
    HEDGE_FUNDS,
    HOUSEHOLDS,
    INSURERS,
    MUTUAL_FUNDS,
    PENSIONS,
    PRIVATE_CREDIT_FUNDS,
    SOVEREIGN_FUNDS,
)
from ouroloop.scenario.estimate import central

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier

FUNDS = (HEDGE_FUNDS, MUTUAL_FUNDS)
"""Holders of shares with books of their own: brokers may call the first, investors leave the second."""

INTERMEDIARIES = (BOND_INVESTORS, EQUITY_INVESTORS, PRIVATE_CREDIT_FUNDS)
"""Sectors that hold for others: all that they own is owed on, as `fund_shares:<intermediary>`."""

_ABROAD = "rest of the world"
_HEDGE_IN_HOUSEHOLDS = "eco-opening-060"
_SOVEREIGN_ABROAD = "eco-opening-061"

_SHARES: Mapping[str, str] = MappingProxyType(
    {
        "hold-001": HOUSEHOLDS,
        "hold-002": _ABROAD,
        "hold-003": MUTUAL_FUNDS,
        "hold-004": MUTUAL_FUNDS,
        "hold-005": PENSIONS,
        "hold-006": PENSIONS,
        "hold-007": INSURERS,
        "hold-008": PENSIONS,
        "hold-009": INSURERS,
    }
)
"""Direct holders of US shares. Exchange-traded funds count as mutual funds, all retirement funds as pensions."""

_BONDS: Mapping[str, str] = MappingProxyType(
    {
        "hold-020": _ABROAD,
        "hold-021": INSURERS,
        "hold-022": MUTUAL_FUNDS,
        "hold-023": INSURERS,
        "hold-024": PENSIONS,
        "hold-025": BANKS,
        "hold-026": PENSIONS,
        "hold-027": GOVERNMENT,
        "hold-028": HOUSEHOLDS,
        "hold-029": BANKS,
    }
)
"""Holders of corporate bonds. Dealers and whoever is not named count as banks, state and local governments as
government."""

_ROUNDED: Mapping[str, tuple[Mapping[str, str], str]] = MappingProxyType(
    {
        EQUITY_INVESTORS: (
            {
                "eco-opening-070": HOUSEHOLDS,
                "eco-opening-071": MUTUAL_FUNDS,
                "eco-opening-072": PENSIONS,
                "eco-opening-073": HEDGE_FUNDS,
                "eco-opening-074": SOVEREIGN_FUNDS,
            },
            INSURERS,
        ),
        BOND_INVESTORS: (
            {
                "eco-opening-080": INSURERS,
                "eco-opening-081": MUTUAL_FUNDS,
                "eco-opening-082": PENSIONS,
                "eco-opening-083": BANKS,
                "eco-opening-084": SOVEREIGN_FUNDS,
            },
            HOUSEHOLDS,
        ),
        PRIVATE_CREDIT_FUNDS: (
            {
                "eco-opening-090": PENSIONS,
                "eco-opening-091": INSURERS,
                "eco-opening-092": SOVEREIGN_FUNDS,
                "eco-opening-093": BANKS,
                "eco-opening-094": HEDGE_FUNDS,
            },
            HOUSEHOLDS,
        ),
    }
)
"""Rounded shares, and who holds what they leave, for where no accounts of holders are known."""


def held_by_funds(dossier: Dossier) -> Mapping[str, float]:
    """Which part of each firm's shares that outside investors hold is in the books of each of `FUNDS`?"""
    whole = _final_holders(dossier, EQUITY_INVESTORS)
    return {fund: whole.get(fund, 0.0) for fund in FUNDS}


def holder_shares(dossier: Dossier, intermediary: str) -> Mapping[str, float]:
    """Which part of an intermediary's assets belongs to which final holder? Positive, adding up to 1.

    `FUNDS` hold shares in their own books; equity investors hold for everybody else.
    """
    found = _final_holders(dossier, intermediary)
    if intermediary != EQUITY_INVESTORS:
        return found
    rest = {holder: part for holder, part in found.items() if holder not in FUNDS}
    return MappingProxyType({holder: part / sum(rest.values()) for holder, part in rest.items()})


def holder_assumptions(dossier: Dossier, holder: str, intermediary: str) -> tuple[str, ...]:
    """By which assumptions is a part of an intermediary's assets the holder's?"""
    accounts = {EQUITY_INVESTORS: _SHARES, BOND_INVESTORS: _BONDS}.get(intermediary, {})
    if not accounts or not all(row in dossier.assumptions for row in accounts):
        rows, rest = _ROUNDED[intermediary]
        return tuple(rows) if holder == rest else tuple(row for row, whose in rows.items() if whose == holder)
    own = [row for row, whose in accounts.items() if whose == holder]
    if holder in (SOVEREIGN_FUNDS, MUTUAL_FUNDS):
        own += [row for row, whose in accounts.items() if whose == _ABROAD] + [_SOVEREIGN_ABROAD]
    if intermediary == EQUITY_INVESTORS and holder in (HEDGE_FUNDS, HOUSEHOLDS):
        own += [row for row, whose in accounts.items() if whose == HOUSEHOLDS and row not in own]
        own.append(_HEDGE_IN_HOUSEHOLDS)
    return tuple(own)


def _final_holders(dossier: Dossier, intermediary: str) -> Mapping[str, float]:
    """Final holders of an asset class, by whose name it ends in.

    Shares and bonds: the accounts of holders (`hold-001` to `hold-029`), divided by their sum, where every row of them
    is known on the dossier's date; else rounded shares that are assumed. Of what the rest of the world holds, a part
    is sovereign funds' and the rest foreign funds'; a part of the household sector is hedge funds. Private credit:
    assumed.

    The accounts are of all US shares and corporate bonds; that the loop's are held alike is an assumption as well.
    """
    accounts = {EQUITY_INVESTORS: _SHARES, BOND_INVESTORS: _BONDS}.get(intermediary, {})
    if accounts and all(row in dossier.assumptions for row in accounts):
        parts = _sums({row: central(dossier, row) for row in accounts}, accounts)
        abroad, sovereign = parts.pop(_ABROAD), central(dossier, _SOVEREIGN_ABROAD)
        _add(parts, SOVEREIGN_FUNDS, abroad * sovereign)
        _add(parts, MUTUAL_FUNDS, abroad * (1 - sovereign))
        if intermediary == EQUITY_INVESTORS:
            hedge = parts[HOUSEHOLDS] * central(dossier, _HEDGE_IN_HOUSEHOLDS)
            parts[HOUSEHOLDS] -= hedge
            _add(parts, HEDGE_FUNDS, hedge)
    else:
        rows, rest = _ROUNDED[intermediary]
        parts = _sums({row: central(dossier, row) for row in rows}, rows)
        _add(parts, rest, 1 - sum(parts.values()))
    whole = sum(parts.values())
    return MappingProxyType({holder: part / whole for holder, part in parts.items()})


def passed_on(dossier: Dossier) -> dict[str, dict[str, float]]:
    """Whose losses those of the intermediaries are, each adding up to 1."""
    return {name: dict(holder_shares(dossier, name)) for name in INTERMEDIARIES}


def _sums(amounts: Mapping[str, float], holders: Mapping[str, str]) -> dict[str, float]:
    parts: dict[str, float] = {}
    for row, amount in amounts.items():
        _add(parts, holders[row], amount)
    return parts


def _add(parts: dict[str, float], holder: str, amount: float) -> None:
    parts[holder] = parts.get(holder, 0.0) + amount
