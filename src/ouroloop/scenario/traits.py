"""How firms stand at the opening, as the engine reads it: from opening books, run rates and promises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float
from numpy.typing import NDArray

from ouroloop.behavior.completion import STAGES, cost_profile
from ouroloop.behavior.demand import free_growth
from ouroloop.behavior.fleet import fleet_by_age, still_runs
from ouroloop.core import Quarter
from ouroloop.dossier import Dossier, EntityKind
from ouroloop.economy.decide import AHEAD
from ouroloop.economy.inputs import Traits
from ouroloop.economy.operations import CHIPS
from ouroloop.economy.parameters import EngineParameters, Parameters
from ouroloop.economy.world import World
from ouroloop.instruments.vintages import Vintages
from ouroloop.ledger import Account, AccountClass, cash
from ouroloop.scenario.assemble import Assembled
from ouroloop.scenario.contract_traits import debts, gw_per_usd_bn, share_prices, vendor_weights
from ouroloop.scenario.contracts.backlog import backlogs
from ouroloop.scenario.contracts.supply import Shares
from ouroloop.scenario.device import on_device
from ouroloop.scenario.exits import exit_shares
from ouroloop.scenario.grades import letter_bounds
from ouroloop.scenario.lenders import RATED_KINDS
from ouroloop.scenario.opening import Opening
from ouroloop.scenario.opening_flows import recorded
from ouroloop.scenario.outside_spend import Spend
from ouroloop.scenario.run_rates import RunRates
from ouroloop.scenario.site_vehicles import SiteVehicle
from ouroloop.scenario.surprise import Flow, Surprise, surprise

Values = NDArray[np.float64]
YEAR = 4
COST_SHARES = (0.2, 1.6)
"""Running cost over revenue is kept within these: what lies beyond is a gap of the sources, not a business."""
_COST_OVER_BOOK = 1.8
_MOVES_WITH: Mapping[str, Flow] = MappingProxyType(
    {"revenue": "revenue", "operating_cash": "revenue", "capex": "capex"}
)


def traits(
    dossier: Dossier,
    opening: Opening,
    rates: RunRates,
    made: Assembled,
    shares: Shares,
    outside: Spend,
    parameters: Parameters,
    binding: NDArray[np.float64],
    vehicles: Mapping[str, SiteVehicle],
) -> Traits:
    """How do all members stand when the simulation begins?

    Core revenue is what is published less what the model itself makes of AI sales, of contracts that run already and of
    chips. Running cost is what is left of revenue after published operating cash, interest and modelled purchases,
    within the range that an assumption allows. What a cloud without a core business publishes as backlog beyond its
    named contracts comes from customers whom nobody names, over years. Compute in GW is what the plant in the books is
    at the opening's cost of a GW, or, for such a cloud, what its revenue rents.

    Revenue, with operating cash, and capex are carried from the last published period to the opening quarter, and their
    growth in the first year is not known (`scenario.surprise`): core revenue grows by so much more or less, and what
    was begun last holds so much more or less. Sites under construction are as many as the pace of capex builds, the
    more the younger: they were begun at a pace that grew.

    `opening` is that of central values, so that nothing here depends on which other paths are drawn; `rates` are drawn.
    A vehicle that lives on rents has the costs that its structure says and pays out what is left.

    `binding` [contract, 1 or path]: the share of each cloud contract that binds on each path.
    """
    return _Opened(dossier, opening, rates, made, shares, outside, parameters, binding, vehicles).traits()


@dataclass(frozen=True, eq=False)
class _Opened:
    """The pieces of `traits`, by member or builder and path."""

    dossier: Dossier
    opening: Opening
    rates: RunRates
    made: Assembled
    shares: Shares
    outside: Spend
    parameters: Parameters
    binding: Values
    vehicles: Mapping[str, SiteVehicle]

    @property
    def engine(self) -> EngineParameters:
        return self.parameters.engine

    @property
    def world(self) -> World:
        return self.made.world

    @cached_property
    def paths(self) -> int:
        return max(self.outside.spend.shape[0], self.binding.shape[1], np.size(self.engine.site_cost_per_gw))

    @cached_property
    def surprises(self) -> Mapping[Flow, tuple[Surprise, ...]]:
        """By flow and member. What labs sell is outside spend, which has a range of its own."""
        none, labs = Surprise(np.zeros(1), np.zeros(1)), self.of_kinds(EntityKind.LAB)[:, 0]
        members = self.world.members

        def of(flow: Flow, member: str) -> Surprise:
            return surprise(self.dossier, member, flow, self.rates.uniforms)

        sold = tuple(none if lab else of("revenue", m) for m, lab in zip(members, labs, strict=True))
        return {"revenue": sold, "capex": tuple(of("capex", member) for member in members)}

    def coming(self, flow: Flow) -> Values:
        """[member, path]: by how much more a flow grows in the first year than expected, log."""
        return np.array([np.broadcast_to(one.coming, (self.paths,)) for one in self.surprises[flow]])

    def rate(self, name: str) -> Values:
        """A run rate in the opening quarter [member, 1 or path]; 0 where it is unknown."""
        published = np.nan_to_num(self.rates.values(name))
        flow = _MOVES_WITH.get(name)
        if flow is None:
            return published
        moved = np.array([np.broadcast_to(one.now, (self.paths,)) for one in self.surprises[flow]])
        return published * np.exp(moved)

    def of_kinds(self, *kinds: EntityKind) -> NDArray[np.bool_]:
        """[member, 1]: is it of one of these kinds?"""
        return np.array([[self.dossier.entities[m].kind in kinds] for m in self.world.members])

    def by_member(self, values: Mapping[str, Values]) -> Values:
        """What stands under members' names, [member, path]; 0 for the others."""
        nothing = np.zeros(1)
        return np.array([np.broadcast_to(values.get(m, nothing), (self.paths,)) for m in self.world.members])

    @cached_property
    def on_rent(self) -> NDArray[np.bool_]:
        """[member, 1]: does it live on rents? Then its owners get what is left of them."""
        return np.array([[m in self.vehicles] for m in self.world.members])

    @cached_property
    def spend(self) -> Values:
        return np.broadcast_to(self.outside.spend, (self.paths,))

    @cached_property
    def growth_seen(self) -> Values:
        return np.broadcast_to(self.outside.growth, (self.paths,))

    @cached_property
    def ai(self) -> Values:
        """Outside AI revenue of the opening quarter."""
        sold = {m: self.spend * share for m, share in self.outside.share.items() if m in self.world.members}
        return self.by_member(sold)

    @cached_property
    def _running(self) -> Values:
        """[contract, path]: what contracts that run already bill in the first quarter."""
        runs = [[self.made.contracts.terms[n].payments.before > 0] for n in self.made.cloud.rows]
        return np.asarray(self.world.cloud.schedule)[:, :1] * self.binding * np.array(runs, bool).reshape(-1, 1)

    @cached_property
    def served(self) -> Values:
        """Compute sold under contracts."""
        parties = self.world.cloud.parties
        rows = {m: self._running[[p == m for _, p in parties]].sum(axis=0) for m in self.world.members}
        return self.by_member(rows)

    @cached_property
    def bought(self) -> Values:
        """Compute bought under contracts."""
        parties = self.world.cloud.parties
        rows = {m: self._running[[c == m for c, _ in parties]].sum(axis=0) for m in self.world.members}
        return self.by_member(rows)

    @cached_property
    def leased(self) -> Values:
        """Rents to vehicles that run already: they are claims of their own, and in published costs."""
        leases = self.world.leases
        runs = np.asarray(leases.commencement) < 0
        rents = np.asarray(leases.rent_per_quarter)[:, None] * runs[:, None]
        pairs = leases.parties
        return self.by_member(
            {
                m: rents[[t == m and landlord in self.vehicles for t, landlord in pairs]].sum(axis=0)
                for m in self.world.members
            }
        )

    @cached_property
    def chip_share(self) -> Values:
        """[pair, 1] of `Spending.chips`."""
        builders, vendors, share = self.shares.builders, self.shares.vendors, self.shares.share
        pairs = self.world.spending.chips
        return np.array([[share[builders.index(b), vendors.index(v)]] for b, v in pairs]).reshape(len(pairs), 1)

    @cached_property
    def ai_capex(self) -> Values:
        """The part of capex that builds compute: all of it, or what a core business leaves."""
        core = np.where(self.of_kinds(*RATED_KINDS), np.asarray(self.engine.core_capex_share), 0.0)
        builds = np.isin(np.arange(len(self.world.members)), self.world.builder_rows)[:, None]
        return self.rate("capex") * (1.0 - core) * builds

    @cached_property
    def chips_sold(self) -> Values:
        chips = self.ai_capex[self.world.builder_rows][self.world.chip_builder]
        bought = chips * np.asarray(self.parameters.completion.chip_share) * self.chip_share
        pairs = self.world.spending.chips
        return self.by_member({v: bought[[w == v for _, w in pairs]].sum(axis=0) for v in self.world.vendors})

    @cached_property
    def chips_pace(self) -> Values:
        chips = self.ai_capex[self.world.builder_rows] * np.asarray(self.parameters.completion.chip_share)
        return np.broadcast_to(chips.sum(axis=0), (self.paths,))

    @cached_property
    def follows_chips(self) -> Values:
        """Of a vendor's revenue from nobody in the world: what its data center revenue leaves beyond named buyers."""
        shares = {vendor: self._data_center_share(vendor) for vendor in self.world.vendors}
        unnamed = np.maximum(self.by_member(shares) * self.revenue - self.chips_sold, 0.0)
        core = self.revenue - self.modelled
        return np.minimum(unnamed / np.where(core > 0, core, 1.0), 1.0)

    def _data_center_share(self, vendor: str) -> Values:
        """The published part of revenue, of the days of the last figure; an assumption where there is none."""
        centers, revenue = (recorded(self.dossier, vendor, name) for name in ("data_center_revenue", "revenue"))
        last = centers.latest()
        if last is None or not revenue.covers(last.days):
            return np.atleast_1d(np.asarray(self.engine.data_center_share))
        return np.array([centers.within(last.days) / revenue.within(last.days)])

    @cached_property
    def modelled(self) -> Values:
        """What the model itself makes of revenue in the first quarter."""
        return self.ai + self.served + self.chips_sold

    @cached_property
    def revenue(self) -> Values:
        return np.maximum(self.rate("revenue"), self.modelled)

    @cached_property
    def cost_share(self) -> Values:
        rates = self.rates.members
        known = [[rates[m].revenue.known and rates[m].operating_cash.known] for m in self.world.members]
        # Labs rent compute beyond what is signed; it is in their published cost and must not be counted twice.
        rented = np.where(
            self.of_kinds(EntityKind.LAB), self.ai * np.asarray(self.engine.compute_share_of_ai_revenue), 0.0
        )
        bought = np.maximum(self.bought, rented) + self.leased
        left = self.revenue - self.rate("operating_cash") - self.rate("interest") - bought
        share = np.clip(left / np.where(self.revenue > 0, self.revenue, 1.0), *COST_SHARES)
        share = np.where(np.array(known), share, np.asarray(self.engine.usual_cost_share))
        rents = [[v.cost_share if (v := self.vehicles.get(m)) else np.nan] for m in self.world.members]
        return np.where(np.isnan(rents), share, np.array(rents))

    @cached_property
    def equity(self) -> Values:
        """Market value; where nobody published one, at least a part of the signed backlog."""
        members, parties = self.world.members, self.world.cloud.parties
        worth = np.nan_to_num(self.rates.values("market_value"))
        bases = [self.rates.members[m].market_value.basis for m in members]
        quoted = np.array([[basis not in ("assumed", "unknown")] for basis in bases])
        schedule = np.asarray(self.world.cloud.schedule)
        backlog = np.array([[schedule[[p == m for _, p in parties]].sum()] for m in members])
        part = np.asarray(self.engine.value_of_backlog)
        return np.where(quoted, worth, np.maximum(worth, backlog * part)) + np.zeros((len(members), self.paths))

    def letter_bounds(self, ladder: Values) -> Values:
        """[member, letter, 1]: distances at which letters change, from `ladder` [loan, slot], what falls due when.

        From central values, so that they do not depend on which other paths are drawn.
        """
        by = np.eye(len(self.world.members))[self.world.loan_borrower].T
        soon, owed = by @ ladder[:, :YEAR].sum(axis=1), by @ ladder.sum(axis=1)
        worth = np.nan_to_num(self.opening.run_rates.values("market_value")).mean(axis=1)
        return letter_bounds(self.dossier, worth, soon + 0.5 * (owed - soon))[..., None]

    @cached_property
    def multiple(self) -> Values:
        """Market value with net debt over revenue of a quarter."""
        members = self.world.members
        debt = [[sum((d.principal for d in self.opening.debts_of(m)), np.zeros(1)).mean()] for m in members]
        money = [[self.opening.point(cash(m))] for m in members]
        whole = np.maximum(self.equity + np.array(debt) - np.array(money), 0.0)
        return np.where(self.revenue > 0, whole / np.where(self.revenue > 0, self.revenue, 1.0), 0.0)

    @cached_property
    def growth(self) -> Values:
        part = self.modelled / np.where(self.revenue > 0, self.revenue, 1.0)
        return part * self.growth_seen + (1 - part) * np.asarray(self.engine.core_growth)

    @cached_property
    def unnamed(self) -> Values:
        other = {backlog.provider: backlog.other for backlog in backlogs(self.dossier, self.opening.axes)}
        backlog = np.array([[other.get(m, 0.0)] for m in self.world.members])
        return backlog / (YEAR * np.asarray(self.engine.backlog_years)) * self.of_kinds(EntityKind.NEOCLOUD)

    @cached_property
    def capacity(self) -> Values:
        """GW. Chips in the books are half worn on average: a GW of them cost about twice what they are carried at."""
        rows = self.world.builder_rows
        chips = np.array([[self.opening.point(Account(m, AccountClass.REAL, CHIPS))] for m in self.world.builders])
        cost = np.asarray(self.parameters.completion.chip_share) * np.asarray(self.engine.site_cost_per_gw)
        rented = self.revenue[rows] * YEAR / np.asarray(self.engine.rent_per_gw_year)
        return np.where(self.of_kinds(EntityKind.NEOCLOUD)[rows], rented, _COST_OVER_BOOK * chips / cost)

    @cached_property
    def pipeline(self) -> NDArray[np.float64]:
        """GW under construction, [builder, stage, path]: what spends the pace of capex, less new chips for worn ones.

            GW in stage k = GW in the first x exp(-growth of starts x k x years in a stage)

        What was begun last is paid for last: so far as a stage is from the end, up to a year, it holds what the growth
        of the first year adds or takes.
        """
        spent = self.ai_capex[self.world.builder_rows] + np.zeros((len(self.world.builders), self.paths))
        years = np.asarray(self.parameters.completion.build_years) / STAGES
        fewer = np.exp(-np.asarray(self.engine.starts_growth) * np.arange(STAGES)[:, None] * years)
        weight = (fewer * sum(map(np.asarray, _cost_profile(self.parameters.completion)))).sum(axis=0)
        first = np.maximum(spent - self._renewal, 0.0) / (
            self._speed * np.asarray(self.engine.site_cost_per_gw) * weight
        )
        to_come = np.minimum((STAGES - 1 - np.arange(STAGES))[:, None] / (YEAR * self._speed), 1.0)
        return first[:, None] * fewer * np.exp(self._building[:, None] * to_come)

    @cached_property
    def _renewal(self) -> Values:
        """What new chips for those that wear out in a quarter cost, USD bn."""
        engine = self.engine
        growth, life = (np.broadcast_to(x, (self.paths,)) for x in (engine.starts_growth, engine.chip_life_years))
        worn = _worn_out(self.world.chips, growth, life)
        cost = np.asarray(self.parameters.completion.chip_share) * np.asarray(engine.site_cost_per_gw)
        return self.capacity * np.asarray(worn) * cost

    @cached_property
    def starts(self) -> Values:
        """GW that were started in the opening quarter: what leaves the first stage, and the growth of that stage."""
        return self.pipeline[:, 0] * (self._speed + np.asarray(self.engine.starts_growth) / YEAR)

    @cached_property
    def _building(self) -> Values:
        return self.coming("capex")[self.world.builder_rows]

    @property
    def _speed(self) -> Values:
        """The part of a stage that is finished in a quarter."""
        return np.minimum(STAGES / (YEAR * np.asarray(self.parameters.completion.build_years)), 1.0)

    @cached_property
    def own_use(self) -> Values:
        """GW that neither contracts nor own AI sales explain."""
        sales = self.served + self.ai * np.asarray(self.engine.compute_share_of_ai_revenue) - self.bought
        explained = np.maximum(sales[self.world.builder_rows], 0.0) * YEAR / np.asarray(self.engine.rent_per_gw_year)
        return np.maximum(self.capacity - explained, 0.0)

    @cached_property
    def own_plan(self) -> Values:
        """GW that builders have and are building beyond what contracts and own sales will need `AHEAD` quarters on."""
        schedule = np.asarray(self.world.cloud.schedule)
        reach = np.minimum(np.arange(AHEAD - 1, AHEAD + 3), schedule.shape[1] - 1)
        ahead = schedule[:, reach].mean(axis=1)[:, None] * self.binding
        sold = np.asarray(self.world.cloud_by_builder.matrix) @ ahead
        bought = np.asarray(self.world.cloud_by_buyer.matrix) @ ahead
        growing = np.exp(np.clip(self.growth_seen, -1.0, 1.0) / 2 * AHEAD / YEAR)
        sales = self.ai * np.asarray(self.engine.compute_share_of_ai_revenue) * growing + self.unnamed
        needed = np.maximum(sold + sales[self.world.builder_rows] - bought, 0.0)
        whole = self.capacity + self.pipeline.sum(axis=1)
        return np.maximum(whole - needed * YEAR / np.asarray(self.engine.rent_per_gw_year), 0.0)

    def traits(self) -> Traits:
        world, parameters, operating = self.world, self.parameters, self.rate("operating_cash")
        named = self.outside.share
        ai_share = [[named.get(s, 0.0)] for s in world.sellers[:-1]] + [[1 - sum(named.values())]]
        consumers = np.broadcast_to(np.asarray(parameters.demand.consumer_share), (self.paths,))
        kinds = [consumers if who == "consumers" else 1 - consumers for who, _ in world.receipts.ai]
        paid_out = np.clip(self.rate("payout") / np.where(operating > 0, operating, 1.0), 0.0, 1.0)
        growth = _free_growth(parameters.demand, self.spend, self.growth_seen)
        ladder, loan_rate = debts(self.made, parameters)
        arrays = {
            "revenue": self.revenue,
            "core": self.revenue - self.modelled,
            "core_surprise": self.coming("revenue"),
            "follows_chips": self.follows_chips,
            "chips_pace": self.chips_pace,
            "unnamed": self.unnamed,
            "cost_share": self.cost_share,
            "operating_cash": operating,
            "interest": self.rate("interest"),
            "payout_share": np.where(self.on_rent, 1.0, np.where(operating > 0, paid_out, 0.0)),
            "other_capex": self.rate("capex") - self.ai_capex,
            "equity_value": self.equity,
            "investment_grade": self.of_kinds(*RATED_KINDS).astype(np.float64),
            "exit_share": exit_shares(self.dossier, world.members, self.opening, parameters.calls),
            "letter_bounds": self.letter_bounds(ladder.sum(axis=-1)),
            "ai_spend": self.spend,
            "ai_growth": growth,
            "ai_share": np.array(ai_share),
            "capex": self.rate("capex"),
            "growth": self.growth,
            "enterprise_multiple": self.multiple,
            "kind_share": np.array(kinds).reshape(len(world.receipts.ai), self.paths),
            "capacity": self.capacity,
            "pipeline": self.pipeline,
            "starts": self.starts,
            "starts_year_ago": self.starts * np.exp(-np.asarray(self.engine.starts_growth) - self._building),
            "own_use": self.own_use,
            "own_plan": self.own_plan,
            "chip_share": self.chip_share,
            "vendor_weight": vendor_weights(self.opening, self.made),
            "loan_ladder": ladder,
            "loan_rate": loan_rate,
            "gw_per_usd_bn": gw_per_usd_bn(self.made, self.parameters),
            "opening_price_usd": share_prices(self.dossier, self.made),
            "power_years": np.array([_years_since_mid_2025(self.opening.quarter)]),
        }
        return Traits(**{name: on_device(array) for name, array in arrays.items()})


_free_growth, _cost_profile = jax.jit(free_growth), jax.jit(cost_profile)
"""One program each for formulas of a dozen steps."""


@jax.jit
def _worn_out(chips: Vintages, growth: Float[Array, " path"], life_years: Float[Array, " path"]) -> Array:
    """The part of a fleet that stands still from the opening quarter on."""
    age = chips.served(jnp.asarray(0))
    return (fleet_by_age(age - 1, growth, life_years) * (1.0 - still_runs(age, life_years))).sum(axis=0)


def _years_since_mid_2025(quarter: Quarter) -> float:
    return (quarter.ordinal - Quarter(2025, 3).ordinal + 1) / YEAR
