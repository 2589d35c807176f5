"""The opening books of one member: its published sheet, or what deals and stated flows say of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from ouroloop.core import Quarter
from ouroloop.dossier.choose import periods
from ouroloop.dossier.models import EntityKind, Instrument
from ouroloop.dossier.refs import joined
from ouroloop.dossier.spread import spread_figures
from ouroloop.dossier.streams import root_of
from ouroloop.ledger import Account, AccountClass, cash
from ouroloop.scenario.axes import LANDLORDS, SUPPLIERS, Axes, customers_of
from ouroloop.scenario.balance_sheet import LIABILITIES, Sheet, read, sheet
from ouroloop.scenario.estimate import Estimate, Uniforms, Values, assumed, worst
from ouroloop.scenario.opening_debts import Debt, debts, reference_rate, vehicle_debts
from ouroloop.scenario.opening_flows import QUARTER_DAYS
from ouroloop.scenario.opening_funding import Funding, refs_of
from ouroloop.scenario.opening_lines import Lines, drawn
from ouroloop.scenario.opening_roll import Roll
from ouroloop.scenario.run_rates import RunRates
from ouroloop.scenario.site_vehicles import SiteVehicle
from ouroloop.scenario.undisclosed import cash_from_flows, discloses, plant_from_spending

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier

_C = AccountClass

PLANT = ("chips", "sites", "unfinished_sites")
"""Instruments of plant that have a share of their own; `other_fixed_assets` is what they leave."""

_PLANT_SHARES: Mapping[EntityKind, tuple[str, str, str]] = MappingProxyType(
    {
        EntityKind.CLOUD: ("eco-opening-001", "eco-opening-002", "eco-opening-003"),
        EntityKind.NEOCLOUD: ("eco-opening-004", "eco-opening-005", "eco-opening-006"),
        EntityKind.LAB: ("eco-opening-007", "eco-opening-008", "eco-opening-009"),
    }
)
_ALL_DRAWN = 0.9
"""A vehicle that owes this part of what it may has drawn everything: sources print amounts that differ a little."""
_BUILDING_DAYS = 365
"""A site whose loans were drawn for a shorter time than this, and for which no lease runs, counts as unfinished."""


@dataclass(frozen=True, slots=True)
class World:
    """What the books of every member are opened from."""

    dossier: Dossier
    axes: Axes
    quarter: Quarter
    rates: RunRates
    funding: tuple[Funding, ...]
    uniforms: Uniforms
    vehicles: Mapping[str, SiteVehicle]

    def stakes(self, investor: str) -> dict[str, list[Funding]]:
        """What the investor has paid for shares, by issuer."""
        found: dict[str, list[Funding]] = {}
        for one in self.funding:
            if one.source == investor and not one.is_debt:
                found.setdefault(one.firm, []).append(one)
        return found


def open_member(world: World, firm: str, lines: Lines) -> tuple[Sheet, tuple[Debt, ...]]:
    """Enter what the firm owns and owes, but not its own equity, with the other side of every claim.

    Returns its sheet and debts. Equity is entered later, when all shares are known (see `opening`).
    """
    here = _sheet(world, firm)
    _claims(world, firm, here, lines)
    _things(world, firm, here, lines)
    _investments(world, firm, here, lines)
    owed = here.lines.get("debt")
    if owed is None:
        return here, ()
    quarter, rates = world.quarter, world.rates.members[firm]
    if firm in world.vehicles:
        found = vehicle_debts(world.dossier, world.axes, world.vehicles[firm], owed, quarter)
    else:
        found = debts(world.dossier, firm, owed, world.funding, rates, quarter, world.uniforms)
    for debt in found:
        like = Estimate.exactly(float(debt.principal.mean()), debt.basis, owed.day, debt.refs, owed.tolerance)
        lines.claim(debt.claim, debt.lender, firm, debt.principal, like)
    return here, found


def _sheet(world: World, firm: str) -> Sheet:
    """The published sheet, with cash, plant and debt filled in for a firm that does not publish them."""
    dossier, end, rates = world.dossier, world.quarter.last_day, world.rates.members[firm]
    published_debt = read(dossier, firm, LIABILITIES["debt"])
    borrows = discloses(dossier, firm) or (published_debt is not None and published_debt.value > 0)
    published = sheet(dossier, firm, Roll(dossier, world.axes, firm, rates, world.funding, borrows), end)
    if discloses(dossier, firm):
        return published
    found = dict(published.lines)
    came = [one for one in world.funding if one.firm == firm]
    if "debt" not in found and any(one.is_debt for one in came):
        lent = [one for one in came if one.is_debt]
        amount = sum(one.amount for one in lent)
        found["debt"] = Estimate.exactly(amount, "estimated", dossier.date, refs_of(lent))
    if dossier.entities[firm].kind is EntityKind.SPV:
        money = [one for one in came if not one.in_kind]
        if money and "plant" not in found:
            amount, aside = sum(one.amount for one in money), _set_aside(world, firm, found.get("debt"))
            found["plant"] = Estimate.exactly(amount - aside, "estimated", dossier.date, refs_of(money))
            if aside:
                found["cash"] = Estimate.exactly(aside, "estimated", dossier.date, refs_of(money))
    else:
        if "cash" in found:
            found["cash"] = _as_unsure_as(found["cash"], rates.operating_cash, end)
        else:
            burned = _burned(rates.operating_cash, rates.capex)
            found["cash"] = cash_from_flows(dossier, firm, world.quarter, came, burned)
        plant = plant_from_spending(dossier, firm, end, rates.capex.point)
        if "plant" not in found and plant is not None:
            found["plant"] = plant
    return Sheet(MappingProxyType(found), published.equity)


def _set_aside(world: World, firm: str, owed: Estimate | None) -> float:
    """What a vehicle keeps for interest until its rents begin: nothing where loans to come will pay it."""
    vehicle = world.vehicles.get(firm)
    if vehicle is None or owed is None or owed.point < _ALL_DRAWN * vehicle.size:
        return 0.0
    quarters = max(0, vehicle.begins.ordinal - world.quarter.ordinal - 1)
    return quarters * owed.point * vehicle.rate(reference_rate(world.dossier)) / 4


def _as_unsure_as(cash: Estimate, operating: Estimate, end: date) -> Estimate:
    """Stated cash, rolled, with the range that the range of operating cash gives it since its day."""
    if not operating.known:
        return cash
    quarters = max(0, (end - cash.day).days) / QUARTER_DAYS
    low = cash.point + (operating.low - operating.point) * quarters
    return cash.within(max(0.0, low), cash.point + (operating.high - operating.point) * quarters)


def _burned(operating: Estimate, capex: Estimate) -> Estimate:
    """Cash used up per quarter, capital expenditure inside; unknown where operating cash is."""
    if not operating.known:
        return operating
    spent = capex.point if capex.known else 0.0
    ends = (spent - operating.high, spent - operating.low)
    refs = joined(operating.refs, capex.refs)
    return Estimate(spent - operating.point, *ends, "estimated", operating.day, refs)


def _draw(world: World, firm: str, here: Sheet, name: str) -> Values:
    return drawn(here.lines[name], f"opening:{firm}:{name}", world.uniforms)


def _claims(world: World, firm: str, here: Sheet, lines: Lines) -> None:
    """Bills, rents to come, money taken in advance and all other claims, against the sectors outside."""
    customers = customers_of(world.dossier, firm)
    sides = {
        "receivables": (f"bill:{customers}:{firm}", firm, customers),
        "payables": (f"bill:{firm}:{SUPPLIERS}", SUPPLIERS, firm),
        "operating_leases": (f"lease:{firm}:{LANDLORDS}", LANDLORDS, firm),
        "finance_leases": (f"lease:{firm}:{LANDLORDS}", LANDLORDS, firm),
        "deferred_revenue": (f"deferred_revenue:{firm}", customers, firm),
        "other_liabilities": (f"other_liabilities:{firm}", SUPPLIERS, firm),
    }
    for name, (instrument, holder, debtor) in sides.items():
        if name in here.lines:
            lines.claim(instrument, holder, debtor, _draw(world, firm, here, name), here.lines[name])


def _things(world: World, firm: str, here: Sheet, lines: Lines) -> None:
    """Cash, and everything that is nobody's debt."""
    if "cash" in here.lines:
        lines.own(cash(firm), _draw(world, firm, here, "cash"), here.lines["cash"])
    for name in ("inventory", "leased_assets", "goodwill_intangibles"):
        if name in here.lines:
            lines.own(Account(firm, _C.REAL, name), _draw(world, firm, here, name), here.lines[name])
    if "plant" not in here.lines:
        return
    plant, like = _draw(world, firm, here, "plant"), here.lines["plant"]
    shares = _plant_shares(world, firm)
    for instrument, share in shares.items():
        basis = worst(like.basis, "assumed") if len(shares) > 1 else like.basis
        part = Estimate.exactly(like.point, basis, like.day, like.refs, like.tolerance)
        lines.own(Account(firm, _C.REAL, instrument), plant * share, part.within(like.low, like.high))


def _plant_shares(world: World, firm: str) -> dict[str, Values]:
    """How plant is divided: by assumption for clouds and labs; a vehicle has one thing; others have other plant."""
    kind = world.dossier.entities[firm].kind
    if kind is EntityKind.SPV:
        return {_vehicle_owns(world, firm): np.ones(1)}
    if kind not in _PLANT_SHARES:
        return {"other_fixed_assets": np.ones(1)}
    rows = _PLANT_SHARES[kind]
    shares = {name: assumed(world.dossier, row, world.uniforms) for name, row in zip(PLANT, rows, strict=True)}
    left = 1 - sum(shares.values(), np.zeros(1))
    return {**shares, "other_fixed_assets": left}


def _vehicle_owns(world: World, firm: str) -> str:
    """Chips where a lab rents from it; else a site, finished once a lease runs or its loans are drawn."""
    dossier, end = world.dossier, world.quarter.last_day
    leases = [
        deal
        for deal in dossier.deals.values()
        if deal.instrument is Instrument.LEASE and world.axes.booked_at(deal.payee) == firm
    ]
    if any(dossier.entities[root_of(dossier, deal.payer)].kind is EntityKind.LAB for deal in leases):
        return "chips"
    starts = [t.schedule.first for deal in leases for t in deal.tranches if t.schedule is not None]
    if starts:
        return "sites" if min(starts) <= end else "unfinished_sites"
    drawn_days = [one.days for one in world.funding if one.firm == firm and one.is_debt]
    done = bool(drawn_days) and all(d.last < end and d.count >= _BUILDING_DAYS for d in drawn_days)
    return "sites" if done else "unfinished_sites"


def _investments(world: World, firm: str, here: Sheet, lines: Lines) -> None:
    """Shares of other members at cost, their known gain in value, and what is left of published investments.

    Stakes come out of published investments first and, where these are smaller, out of other assets.
    """
    end, dossier = world.quarter.last_day, world.dossier
    stakes = world.stakes(firm)
    investments, other = here.lines.get("investments"), here.lines.get("other_assets")
    published = investments.day if investments is not None else None
    room = investments.point if investments is not None else 0.0
    since = published or (other.day if other is not None else None)
    if investments is None and since is not None:
        room += sum(one.between(since, end) for some in stakes.values() for one in some if not one.in_kind)
    for issuer, some in stakes.items():
        cost = sum(one.amount for one in some)
        like = Estimate.exactly(cost, "reported", some[-1].days.last, refs_of(some))
        lines.claim(f"equity:{issuer}", firm, issuer, np.array([cost]), like, equity=True)
        gain = _gain(dossier, world.axes, firm, issuer)
        room -= cost
        if gain is not None:
            lines.own(Account(firm, _C.VALUATION, f"equity:{issuer}"), np.array([gain.point]), gain)
            room -= gain.point if published is None or gain.day <= published else 0.0
    if investments is not None and room > 0:
        like = investments.scaled(room / investments.point) if investments.point else investments
        lines.claim(f"other_investments:{firm}", firm, SUPPLIERS, np.array([room]), like)
    if other is not None:
        left = max(0.0, other.point + min(0.0, room))
        like = other.scaled(left / other.point) if other.point else other
        lines.claim(f"other_assets:{firm}", firm, SUPPLIERS, np.array([left]), like)


def _gain(dossier: Dossier, axes: Axes, firm: str, issuer: str) -> Estimate | None:
    """The gains in value of the stake that the investor has published, all periods together."""
    concept = "unrealized_gain_on_stake"
    names = {f.counterparty for f in dossier.figures_of(firm, concept) if f.counterparty is not None}
    ours = sorted(name for name in names if axes.booked_at(name) == issuer)
    pieces = [p for name in ours for p in spread_figures(periods(dossier, firm, concept, name), signed=True).pieces]
    if not pieces:
        return None
    refs = joined(*(piece.refs for piece in pieces))
    day = max(piece.days.last for piece in pieces)
    return Estimate.exactly(sum(piece.amount for piece in pieces), "reported", day, refs)


def money_of(some: Sequence[Funding]) -> float:
    """The sum of some funding."""
    return sum(one.amount for one in some)
