"""A small world of four firms: a lab, a cloud, a neocloud and a chip maker, with parameters at central values.

The lab sells to outside customers and rents compute from both clouds, and burns money. The clouds buy chips from the
maker and owe lenders; the big one has a core business, an order with a warrant and a payout, the small one a lease and
little else. The maker puts part of its cash into the lab and the neocloud and stands for a loan of the latter. Two
vehicles live on rents: a depot that is being built for the neocloud with what banks have promised, and racks of chips
that the cloud rents. A hedge fund that owes the banks and an open-end fund hold shares of the cloud and the maker.
Numbers are round and made up: no firm of the dossier. They hang together: what the maker earned at the opening is what
the clouds buy, contracts grow with what is being built, plant in the books is what its gigawatts cost.
"""

from __future__ import annotations

from dataclasses import fields, replace
from functools import cache, partial
from typing import Any, get_type_hints

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ouroloop import ledger as books
from ouroloop.behavior.lending import LENDER_CLASSES
from ouroloop.core import Quarter
from ouroloop.economy.calendar import Calendar
from ouroloop.economy.inputs import Inputs, Traits
from ouroloop.economy.inventory import Advance, Letter, PromisedDraw, Vehicle
from ouroloop.economy.open import open_state
from ouroloop.economy.operations import Closing, Receipts, Spending, Spot
from ouroloop.economy.parameters import Parameters
from ouroloop.economy.state import State
from ouroloop.economy.step import step
from ouroloop.economy.today import draw_chance
from ouroloop.economy.track import MEMBER_MEASURES, SYSTEM_MEASURES, Track
from ouroloop.economy.world import World
from ouroloop.instruments.bond_sale import BondSales
from ouroloop.instruments.cloud_contract import CloudContracts
from ouroloop.instruments.credit_default_swap import CreditDefaultSwaps
from ouroloop.instruments.deposit import Deposits
from ouroloop.instruments.equity_round import EquityRounds
from ouroloop.instruments.guarantee import GuaranteeKind, Guarantees
from ouroloop.instruments.lease import Leases
from ouroloop.instruments.loan import Loans
from ouroloop.instruments.margin_loan import MarginLoans
from ouroloop.instruments.order import Orders
from ouroloop.instruments.redemption import Redemptions
from ouroloop.instruments.share_sale import ShareSales
from ouroloop.instruments.vintages import Vintages
from ouroloop.instruments.warrant import Warrants
from tests.behavior.central import central

MEMBERS = ("lab", "cloud", "neo", "maker", "depot", "rack")
BUILDERS = ("cloud", "neo")
SECTORS = {
    "customers": "outside_customers",
    "others": "unknown",
    "banks": "bank",
    "bonds": "bond_market",
    "funds": "private_credit",
    "investors": "equity_investors",
    "hedge": "hedge_fund",
    "mutual": "mutual_fund",
    "households": "household",
    "suppliers": "unknown",
    "government": "government",
    "landlords": "unknown",
}
LOANS = (("banks", "cloud", "bank"), ("bonds", "cloud", "bond_market"), ("bonds", "neo", "bond_market"),
         ("funds", "neo", "private_credit"), ("funds", "lab", "private_credit"),
         ("bonds", "maker", "bond_market"), ("banks", "depot", "bank"), ("bonds", "depot", "bond_market"),
         ("funds", "rack", "private_credit"), ("hedge", "cloud", "bond_market"),
         ("maker", "neo", "vendor"))  # fmt: skip
DEPOT_OPENS, DEPOT_DUE = 2, 5
ADVANCED = (0.05, 0.3, 0.01)
"""What the maker lends the neocloud at most from the second quarter on."""
BONDS_CLOUD, HEDGE_CLOUD = 1, 9
"""Bonds of the cloud, and what they become when it is no longer rated investment grade."""
FUNDS_NEO = 3
"""The loan that the maker guarantees, and the number of that guarantee after those of the government."""
LETTER_BOUNDS = (4.0, 3.0, 2.4, 1.9, 1.2, 0.7)
"""Distances to default below which a letter is worse than AAA, AA, ... B."""
QUOTED = {"cloud": 800.0, "maker": 600.0}
"""Firms whose shares funds hold, with what they are worth."""
HOLDERS = {"investors": 0.7, "hedge": 0.05, "mutual": 0.25}
PAID_IN = 0.1
"""Of what shares are worth."""
MARGIN_DEBT = 35.0
"""At the opening: half of the hedge fund's shares."""
STAGES = 6
QUARTERS = 12
ANNOUNCED = 2
"""The quarter in which it becomes known that the neocloud has won the lab as a customer."""
CONTRACTS_GROW = 0.03
"""Of a quarter: about what is added to capacity."""


@cache
def world(quarters: int = QUARTERS) -> World:
    """The small world, whose books open at the end of 2026-Q4."""
    first = Quarter(2027, 1)
    names = tuple(f"{lender}:{borrower}" for lender, borrower, _ in LOANS)
    loans = Loans(names, tuple(x[0] for x in LOANS), tuple(x[1] for x in LOANS), jnp.zeros(len(LOANS), bool))
    cloud = CloudContracts(
        ("lab-cloud", "lab-neo"),
        (("lab", "cloud"), ("lab", "neo")),
        jnp.asarray(np.outer([3.0, 1.8], (1 + CONTRACTS_GROW) ** np.arange(quarters))),
        jnp.asarray([0.9, 0.9]),
        jnp.asarray([0.5, 0.5]),
    )
    guaranteed = (*range(len(names)), FUNDS_NEO)
    return World(
        members=MEMBERS,
        sectors=SECTORS,
        quarters=tuple(first + n for n in range(quarters)),
        builders=BUILDERS,
        sellers=("lab", "cloud", "everybody-else"),
        vendors=("maker",),
        receipts=Receipts(
            ai=(("customers", "lab"), ("customers", "cloud")),
            core=(("others", "cloud"), ("others", "maker")),
            shares=(("investors", "lab"), ("investors", "neo")),
        ),
        loans=loans,
        rounds=EquityRounds(
            ("maker-lab", "investors-lab"),
            ("maker", "investors"),
            ("lab", "lab"),
            jnp.asarray([[2.0], [3.0]]),
            jnp.asarray([1, 2]),
            jnp.asarray([1, 2]),
            jnp.asarray([False, False]),
        ),
        guarantees=Guarantees(
            (*(f"promise:{name}" for name in names), "maker-neo"),
            (GuaranteeKind.GUARANTEE,) * len(guaranteed),
            (*("government",) * len(names), "maker"),
            tuple(LOANS[n][1] for n in guaranteed),
            tuple(LOANS[n][0] for n in guaranteed),
            jnp.full((len(guaranteed), 1), 1000.0),
            jnp.zeros((len(guaranteed), quarters)),
            jnp.zeros(len(guaranteed), int),
            jnp.full(len(guaranteed), quarters),
        ),
        swaps=CreditDefaultSwaps(
            (("banks", "funds"), ("banks", "investors")),
            ("cloud", "neo"),
            jnp.asarray([4.0, 1.0]),
            jnp.asarray([0.02, 0.06]),
            jnp.asarray([QUARTERS, 4]),
        ),
        sales=BondSales(
            ("bonds:cloud",),
            ("bonds",),
            ("hedge",),
            ("cloud",),
            (("loan:bonds:cloud", "loan:hedge:cloud"),),
            ((BONDS_CLOUD, HEDGE_CLOUD),),
        ),
        share_sales=ShareSales(
            (("hedge", "cloud"), ("hedge", "maker"), ("mutual", "cloud"), ("mutual", "maker")), "investors"
        ),
        margin=MarginLoans((("hedge", "banks"),)),
        redemptions=Redemptions((("mutual", "households"),)),
        orders=Orders(
            ("cloud-order",),
            (("cloud", "maker"),),
            ("chips",),
            jnp.full((1, quarters), 0.4),
            jnp.asarray([0.5]),
            jnp.asarray([0.1]),
        ),
        cloud=cloud,
        leases=Leases(
            ("neo-hall", "neo-depot", "cloud-rack"),
            (("neo", "landlords"), ("neo", "depot"), ("cloud", "rack")),
            60,
            commencement=jnp.asarray([2.0, DEPOT_OPENS, -4.0]),
            term=jnp.asarray([40.0, 20.0, 8.0]),
            renewal_term=jnp.asarray([0.0, 0.0, 8.0]),
            rent_per_quarter=jnp.asarray([0.1, 0.2, 0.3]),
            escalator_per_year=jnp.asarray([0.02, 0.0, 0.0]),
            termination_share=jnp.asarray([0.5, 0.5, 0.5]),
            discount_rate_per_year=jnp.asarray([0.08, 0.08, 0.08]),
        ),
        deposits=Deposits((("cloud", "landlords"),)),
        spot=Spot((("lab", "cloud"), ("lab", "neo"))),
        spending=Spending(
            chips=(("cloud", "maker"), ("cloud", "suppliers"), ("neo", "maker"), ("neo", "suppliers")),
            vendor_money=(("maker", "lab"), ("maker", "neo")),
            sites=tuple((owner, "suppliers") for owner in (*BUILDERS, "depot", "rack")),
            other=(("cloud", "suppliers"),),
            costs=tuple((m, "suppliers") for m in MEMBERS),
            payout=tuple((m, "investors") for m in ("cloud", "maker", "depot", "rack")),
        ),
        warrants=Warrants(
            ("maker-cloud",),
            (("maker", "cloud"),),
            ("chips",),
            (0, 0),
            jnp.asarray([0.03, 0.03]),
            jnp.asarray([0.0, 1e6]),
            jnp.asarray([0.01, 0.01]),
            jnp.asarray([30.0, 30.0]),
            jnp.asarray([0.01]),
        ),
        chips=Vintages(BUILDERS, ("chips",) * 2, 40),
        sites=Vintages((*BUILDERS, "depot", "rack"), ("sites",) * 4, 100),
        other=Vintages(("cloud",), ("other_fixed_assets",), 60),
        closing=Closing(
            (*BUILDERS, "depot", "rack"),
            BUILDERS,
            (
                *(("maker", "lab"), ("investors", "lab"), ("investors", "neo")),
                *((holder, firm) for firm in QUOTED for holder in HOLDERS),
            ),
        ),
        chips_by_age=np.full((2, 8), [[4.4], [1.5]]),
        sites_by_age=np.full((4, 8), [[3.0], [1.0], [0.0], [0.25]]),
        other_by_age=np.full((1, 8), 2.0),
        loan_class=tuple(x[2] for x in LOANS),
        loan_draws=tuple(borrower != "rack" and lender not in ("hedge", "maker") for lender, borrower, _ in LOANS),
        loan_behind=(False,) * len(LOANS),
        loan_tenor=(20, 32, 32, 20, 20, 32, 20, 32, 20, 32, 20),
        guaranteed_loan=guaranteed,
        vehicles=(Vehicle("depot", "neo", DEPOT_OPENS, False), Vehicle("rack", "cloud", 0, True)),
        promised_draws=(
            PromisedDraw(6, (0.5, 0.5, 0.25, *(0.0,) * (quarters - 3)), 0.06, DEPOT_DUE, 1, "depot-loan#whole"),
            PromisedDraw(8, (0.3, 0.2, *(0.0,) * (quarters - 2)), 0.06, 2, 6, "rack-loan#whole"),
        ),
        advances=(Advance(10, (0.0, *ADVANCED, *(0.0,) * (quarters - 1 - len(ADVANCED))), "maker-neo-loan#whole"),),
        passive=(False,) * 6,
        listed=(False, True, True, True, False, False),
        cloud_letters=(Letter(ANNOUNCED, 1, 20.0),),
        order_letters=(),
        opened=(
            *(books.Account(h, books.AccountClass.ASSET, f"equity:{f}") for f in QUOTED for h in HOLDERS),
            *(books.Account(f, books.AccountClass.EQUITY, f"equity:{f}") for f in QUOTED),
        ),
    )


def traits() -> Traits:
    """How all stand at the opening; vehicles begin with nothing but what they own and owe."""

    def column(*values: float) -> jnp.ndarray:
        return jnp.asarray(values, jnp.float64)[:, None]

    def firms(*values: float, vehicles: float = 0.0) -> jnp.ndarray:
        return column(*values, vehicles, vehicles)

    ladder = np.zeros((len(LOANS), QUARTERS + 2, 1))
    ladder[:, 4, 0] = [1.0, 4.0, 2.0, 2.0, 0.5, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0]
    ladder[6, DEPOT_DUE, 0] = 1.0
    ladder[8, 2:6, 0] = 0.25
    ladder[:, -1, 0] = [3.0, 16.0, 3.0, 3.0, 0.5, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0]
    revenue = firms(3.2, 19.6, 1.8, 7.2)
    operating, interest = firms(-3.6, 7.4, 1.1, 4.2), firms(0.02, 0.36, 0.15, 0.02)
    equity = firms(80.0, 800.0, 15.0, 600.0)
    net_debt = firms(-15.0, -6.0, 7.0, -39.0)
    return Traits(
        revenue=revenue,
        core=firms(0.0, 15.0, 0.0, 4.0),
        core_surprise=firms(0.0, 0.0, 0.0, 0.0),
        follows_chips=firms(0.0, 0.0, 0.0, 0.0),
        chips_pace=jnp.asarray([4.5]),
        unnamed=firms(0.0, 0.0, 0.0, 0.0),
        cost_share=firms(0.6, 0.6, 0.3, 0.4, vehicles=0.1),
        operating_cash=operating,
        interest=interest,
        payout_share=firms(0.0, 0.3, 0.0, 0.4, vehicles=1.0),
        other_capex=firms(0.0, 1.0, 0.0, 0.0),
        equity_value=equity,
        investment_grade=firms(0, 1, 0, 1),
        capex=firms(0.0, 5.9, 1.5, 0.0),
        growth=firms(0.6, 0.12, 0.12, 0.12),
        enterprise_multiple=jnp.where(revenue > 0, (equity + net_debt) / jnp.where(revenue > 0, revenue, 1.0), 0.0),
        exit_share=firms(0.05, 0.05, 0.05, 0.03),
        letter_bounds=jnp.broadcast_to(jnp.asarray(LETTER_BOUNDS)[None, :, None], (len(MEMBERS), 6, 1)),
        ai_spend=jnp.asarray([8.0]),
        ai_growth=jnp.asarray([0.6]),
        ai_share=column(0.4, 0.2, 0.4),
        kind_share=column(1.0, 1.0),
        capacity=column(1.8, 0.6),
        pipeline=jnp.full((2, STAGES, 1), 1.0) * jnp.asarray([0.15, 0.06])[:, None, None],
        starts=column(0.12, 0.05),
        starts_year_ago=column(0.08, 0.03),
        own_use=column(0.5, 0.0),
        own_plan=column(0.7, 0.0),
        chip_share=column(0.7, 0.3, 0.8, 0.2),
        vendor_weight=column(0.7, 0.3),
        loan_ladder=jnp.asarray(ladder),
        loan_rate=jnp.full((len(LOANS), 1), 0.06),
        gw_per_usd_bn=column(0.025),
        opening_price_usd=column(100.0),
        power_years=jnp.asarray([1.5]),
    )


def quiet(of: World) -> Calendar:
    """A calendar on which nothing happens."""
    quarters = len(of.quarters)

    def full(value: float, *rows: int) -> jnp.ndarray:
        return jnp.full((*rows, quarters, 1), value)

    members = len(of.members)
    return Calendar(
        demand_factor=full(1.0),
        credit_open=full(1.0, len(LENDER_CLASSES)),
        spread_add=full(0.0, members),
        claim_pays=full(1.0, len(of.claim_pairs)),
        lease_factor=full(1.0, len(of.leases.names)),
        round_pays=full(1.0, len(of.rounds.names)),
        forced_default=full(0.0, members),
        equity_factor=full(1.0, members),
        sold_down=full(0.0, members),
        letters_down=full(0.0, members),
        power_factor=full(1.0),
        efficiency_factor=full(1.0),
        vendor_scale=full(1.0, len(of.vendors)),
        ai_factor=full(1.0, len(of.receipts.ai)),
        cloud_binds=full(1.0, len(of.cloud.names)),
        order_binds=full(1.0, len(of.orders.names)),
        warrant_binds=full(1.0, len(of.warrants.names)),
        draw_stands=full(1.0, len(of.promised_draws)),
        advance_stands=full(1.0, len(of.advances)),
        chip_life_years=full(float("nan"), len(of.builders)),
        honest=full(0.0),
        guarantee_share=full(0.0, len(of.guarantees.names)).at[-1].set(1.0),
    )


@cache
def parameters() -> Parameters:
    """All behaviors at central values."""
    return Parameters(**{field.name: central(_class_of(field.name)) for field in fields(Parameters)})


def _class_of(name: str) -> Any:
    return get_type_hints(Parameters)[name]


def inputs(of: World, paths: int = 8, seed: int = 7, **instead: Any) -> Inputs:
    """Opening books that the ladder and the vintages agree with, a quiet calendar, and a vendor that lends nothing."""
    t = instead.pop("traits", traits())
    account, kinds = books.Account, books.AccountClass
    stated: dict[books.Account, float] = {
        books.cash("lab"): 16.0,
        books.cash("cloud"): 30.0,
        books.cash("neo"): 3.0,
        books.cash("maker"): 40.0,
        books.cash("depot"): 0.05,
        books.cash("rack"): 0.05,
        account("investors", kinds.ASSET, "equity:lab"): 20.0,
        account("lab", kinds.EQUITY, "equity:lab"): -20.0,
        account("investors", kinds.ASSET, "equity:neo"): 5.0,
        account("neo", kinds.EQUITY, "equity:neo"): -5.0,
        account("banks", kinds.ASSET, "margin:hedge"): MARGIN_DEBT,
        account("hedge", kinds.LIABILITY, "margin:hedge"): -MARGIN_DEBT,
        account("investors", kinds.VALUATION, "equity:lab"): 80.0,
    }
    for firm, worth in QUOTED.items():
        stated[account(firm, kinds.EQUITY, f"equity:{firm}")] = -PAID_IN * worth
        for holder, part in HOLDERS.items():
            stated[account(holder, kinds.ASSET, f"equity:{firm}")] = part * PAID_IN * worth
            stated[account(holder, kinds.VALUATION, f"equity:{firm}")] = part * (1 - PAID_IN) * worth
    for n, (lender, borrower, _) in enumerate(LOANS):
        owed = float(np.asarray(t.loan_ladder)[n].sum())
        stated[account(lender, kinds.ASSET, f"loan:{lender}:{borrower}")] = owed
        stated[account(borrower, kinds.LIABILITY, f"loan:{lender}:{borrower}")] = -owed
    for owner, asset, by_age in (
        *((b, "chips", of.chips_by_age[n]) for n, b in enumerate(BUILDERS)),
        *((owner, "sites", of.sites_by_age[n]) for n, owner in enumerate(of.sites.owners)),
        ("cloud", "other_fixed_assets", of.other_by_age[0]),
    ):
        stated[account(owner, kinds.REAL, asset)] = float(books.quantize(jnp.asarray(by_age)).sum())
    stated[account("cloud", kinds.REAL, "unfinished_sites")] = 6.0
    stated[account("neo", kinds.REAL, "unfinished_sites")] = 2.4
    stated[account("depot", kinds.REAL, "unfinished_sites")] = 1.0
    opening = jnp.asarray(books.opening_amounts(of.ledger, stated, 1))
    keys = jax.vmap(lambda n: jax.random.fold_in(jax.random.key(seed), n))(jnp.arange(paths))
    made = Inputs(
        traits=t,
        parameters=parameters(),
        calendar=quiet(of),
        opening=opening,
        cloud_share=jnp.ones((len(of.cloud.names), 1)),
        order_share=jnp.ones((len(of.orders.names), 1)),
        lease_share=jnp.ones((len(of.leases.names), 1)),
        guarantee_binds=jnp.ones((len(of.guarantees.names), 1)),
        draw_share=jnp.ones((len(of.promised_draws), 1)),
        advance_share=jnp.zeros((len(of.advances), 1)),
        round_share=jnp.ones((len(of.rounds.names), 1)),
        payoff_quarter=jnp.full(paths, 10_000),
        keys=jax.random.key_data(keys).T,
    )
    return replace(made, **instead)


def shocked(given: Inputs, **arrays: Any) -> Inputs:
    """The same inputs under a calendar with these arrays instead."""
    return replace(given, calendar=replace(given.calendar, **arrays))


def with_parameters(given: Inputs, behavior: str, **values: float) -> Inputs:
    """The same inputs with some parameters of one behavior at other values."""
    changed = replace(
        getattr(given.parameters, behavior), **{k: jnp.asarray(v, jnp.float64) for k, v in values.items()}
    )
    return replace(given, parameters=eqx.tree_at(lambda p: getattr(p, behavior), given.parameters, changed))


def rich_outside(given: Inputs) -> Inputs:
    """The same inputs where outsiders spend what they would, however poor the loop makes them."""
    return with_parameters(given, "outside_income", elasticity=0.0)


QUICKLY_COMPILED = {"xla_backend_optimization_level": 0}
"""For programs that run for milliseconds: a third less time to compile them, and the same books."""


@partial(jax.jit, static_argnums=0, compiler_options=QUICKLY_COMPILED)
def play(of: World, given: Inputs) -> tuple[State, Track]:
    """All quarters on all paths at once: the state after each (axis `quarter` first), and what `simulate` gives."""

    def quarter(state: State, now: tuple[jax.Array, jax.Array]) -> tuple[State, tuple[State, Track]]:
        after, seen = step(of, given, state, *now)
        return after, (after, seen)

    quarters = jnp.arange(len(of.quarters))
    _, (states, track) = jax.lax.scan(quarter, open_state(of, given), (quarters, draw_chance(given, quarters)))
    moved = jax.tree.map(partial(jnp.moveaxis, source=0, destination=-2), track)
    return states, eqx.tree_at(lambda t: t.outcome, moved, track.outcome[-1])


def member(track: Track, measure: str, name: str) -> np.ndarray:
    """One measure of one member, [quarter, path]."""
    return np.asarray(track.members)[list(MEMBER_MEASURES).index(measure), MEMBERS.index(name)]


def system(track: Track, measure: str) -> np.ndarray:
    """One measure of the whole, [quarter, path]."""
    return np.asarray(track.system)[list(SYSTEM_MEASURES).index(measure)]


def flows(of: World, track: Track, *names: str) -> np.ndarray:
    """The sum of what was posted under these names, [quarter, path]."""
    rows = [number for number, flow in enumerate(of.ledger.flows) if flow.name in names]
    assert len(rows) == len(names), f"no such flows among {names}"
    return np.asarray(track.amounts)[rows].sum(axis=0)


def balance(of: World, track: Track, entity: str, instrument: str) -> np.ndarray:
    """What stands in an entity's books of an instrument at the end of each quarter, [quarter, path]."""
    rows = [n for n, a in enumerate(of.ledger.accounts) if (a.entity, a.instrument) == (entity, instrument)]
    assert rows, f"no account of {entity} for {instrument}"
    return np.asarray(track.balances)[rows].sum(axis=0)


def with_cash(given: Inputs, **usd_bn: float) -> Inputs:
    """The same inputs with other opening cash of some members."""
    opening = np.array(given.opening)
    for row, flow in enumerate(world().ledger.chart.openings):
        for name, amount in usd_bn.items():
            if any(leg.account == books.cash(name) for leg in flow.legs):
                opening[row] = amount
    return replace(given, opening=jnp.asarray(opening))
