"""A small world of four firms: a lab, a cloud, a neocloud and a chip maker, with parameters at central values.

The lab sells to outside customers and rents compute from both clouds; the clouds buy chips from the maker and owe
lenders; the maker puts part of its cash into the lab. Numbers are round and made up: no firm of the dossier.
"""

from __future__ import annotations

from dataclasses import fields, replace
from functools import cache
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ouroloop import ledger as books
from ouroloop.core import Quarter
from ouroloop.economy.calendar import Calendar
from ouroloop.economy.operations import Closing, Receipts, Spending
from ouroloop.economy.parameters import Parameters
from ouroloop.economy.world import Inputs, Traits, World
from ouroloop.instruments.cloud_contract import CloudContracts
from ouroloop.instruments.equity_round import EquityRounds
from ouroloop.instruments.guarantee import GuaranteeKind, Guarantees
from ouroloop.instruments.lease import Leases
from ouroloop.instruments.loan import Loans
from ouroloop.instruments.order import Orders
from ouroloop.instruments.vintages import Vintages
from ouroloop.instruments.warrant import Warrants
from tests.behavior.central import central

MEMBERS = ("lab", "cloud", "neo", "maker")
BUILDERS = ("cloud", "neo")
SECTORS = {
    "customers": "outside_customers",
    "others": "unknown",
    "banks": "bank",
    "bonds": "bond_market",
    "funds": "private_credit",
    "investors": "equity_investors",
    "suppliers": "unknown",
    "government": "government",
}
LOANS = (("banks", "cloud", "bank"), ("bonds", "cloud", "bond_market"), ("bonds", "neo", "bond_market"),
         ("funds", "neo", "private_credit"), ("funds", "lab", "private_credit"))  # fmt: skip
STAGES = 6


@cache
def world(quarters: int = 12) -> World:
    """The small world, whose books open at the end of 2026-Q4."""
    first = Quarter(2027, 1)
    names = tuple(f"{lender}:{borrower}" for lender, borrower, _ in LOANS)
    loans = Loans(names, tuple(x[0] for x in LOANS), tuple(x[1] for x in LOANS), jnp.zeros(len(LOANS), bool))
    cloud = CloudContracts(
        ("lab-cloud", "lab-neo"),
        (("lab", "cloud"), ("lab", "neo")),
        jnp.asarray(np.array([[3.0] * quarters, [2.0] * quarters])),
        jnp.asarray([0.9, 0.9]),
        jnp.asarray([0.5, 0.5]),
    )
    none = jnp.zeros((0,))
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
            tuple(f"promise:{name}" for name in names),
            (GuaranteeKind.GUARANTEE,) * len(names),
            ("government",) * len(names),
            tuple(x[1] for x in LOANS),
            tuple(x[0] for x in LOANS),
            jnp.full((len(names), 1), 1000.0),
            jnp.zeros((len(names), quarters)),
            jnp.zeros(len(names), int),
            jnp.full(len(names), quarters),
        ),
        orders=Orders((), (), (), jnp.zeros((0, quarters)), none, none),
        cloud=cloud,
        leases=Leases((), (), 1, none, none, none, none, none, none, none),
        spending=Spending(
            chips=(("cloud", "maker"), ("cloud", "suppliers"), ("neo", "maker"), ("neo", "suppliers")),
            vendor_money=(("maker", "lab"), ("maker", "neo")),
            sites=(("cloud", "suppliers"), ("neo", "suppliers")),
            other=(("cloud", "suppliers"),),
            costs=tuple((m, "suppliers") for m in MEMBERS),
            payout=(("cloud", "investors"), ("maker", "investors")),
        ),
        warrants=Warrants((), (), (), (), none, none, none, none, none),
        chips=Vintages(BUILDERS, ("chips",) * 2, 40),
        sites=Vintages(BUILDERS, ("sites",) * 2, 100),
        other=Vintages(("cloud",), ("other_fixed_assets",), 60),
        closing=Closing(
            BUILDERS, (("maker", "lab"), ("investors", "lab"), ("investors", "neo"), ("investors", "maker"))
        ),
        chips_by_age=np.full((2, 8), [[1.0], [0.5]]),
        sites_by_age=np.full((2, 8), [[1.0], [0.5]]),
        other_by_age=np.full((1, 8), 2.0),
        loan_class=tuple(x[2] for x in LOANS),
        loan_draws=(True,) * len(LOANS),
        loan_tenor=(20, 32, 32, 20, 20),
        guaranteed_loan=tuple(range(len(names))),
        warrant_order=(),
        listed=(False, True, True, True),
        announced=(),
        opened=(
            books.Account("investors", books.AccountClass.ASSET, "equity:maker"),
            books.Account("maker", books.AccountClass.EQUITY, "equity:maker"),
        ),
    )


def traits() -> Traits:
    """How the four stand at the opening."""

    def column(*values: float) -> jnp.ndarray:
        return jnp.asarray(values, jnp.float64)[:, None]

    ladder = np.zeros((len(LOANS), 14, 1))
    ladder[:, 4, 0] = [1.0, 4.0, 2.0, 2.0, 0.5]
    ladder[:, 13, 0] = [3.0, 16.0, 3.0, 3.0, 0.5]
    revenue = column(4.0, 20.0, 2.2, 10.0)
    operating, interest = column(-3.0, 7.0, 0.9, 5.0), column(0.02, 0.25, 0.2, 0.0)
    equity = column(100.0, 800.0, 30.0, 1500.0)
    net_debt = column(-15.0, -6.0, 7.0, -40.0)
    return Traits(
        revenue=revenue,
        core=column(0.0, 15.0, 0.0, 4.0),
        cost_share=column(0.6, 0.6, 0.3, 0.4),
        operating_cash=operating,
        interest=interest,
        payout_share=column(0.0, 0.3, 0.0, 0.4),
        other_capex=column(0.0, 1.0, 0.0, 0.0),
        equity_value=equity,
        investment_grade=column(0, 1, 0, 1),
        capex=column(0.0, 6.0, 2.0, 0.2),
        growth=column(1.0, 0.15, 0.8, 0.6),
        enterprise_multiple=(equity + net_debt) / revenue,
        ai_spend=jnp.asarray([10.0]),
        ai_growth=jnp.asarray([1.0]),
        ai_share=column(0.4, 0.2, 0.4),
        kind_share=column(1.0, 1.0),
        capacity=column(1.5, 0.6),
        pipeline=jnp.full((2, STAGES, 1), 0.1) * jnp.asarray([1.0, 0.4])[:, None, None],
        starts=column(0.12, 0.05),
        starts_year_ago=column(0.08, 0.03),
        own_use=column(0.5, 0.0),
        chip_share=column(0.7, 0.3, 0.8, 0.2),
        vendor_weight=column(0.7, 0.3),
        loan_ladder=jnp.asarray(ladder),
        loan_rate=jnp.full((len(LOANS), 1), 0.06),
        gw_per_usd_bn=jnp.zeros((0, 1)),
        opening_price_usd=jnp.zeros((0, 1)),
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
        credit_open=full(1.0, 6),
        spread_add=full(0.0, members),
        cloud_pays=full(1.0, len(of.cloud.names)),
        lease_pays=full(1.0, len(of.leases.names)),
        lease_factor=full(1.0, len(of.leases.names)),
        round_pays=full(1.0, len(of.rounds.names)),
        forced_default=full(0.0, members),
        equity_factor=full(1.0, members),
        power_factor=full(1.0),
        efficiency_factor=full(1.0),
        vendor_scale=full(1.0, len(of.vendors)),
        ai_factor=full(1.0, len(of.receipts.ai)),
        cloud_binds=full(1.0, len(of.cloud.names)),
        order_binds=full(1.0, len(of.orders.names)),
        chip_life_years=full(float("nan"), len(of.builders)),
        honest=full(0.0),
        guarantee_share=full(0.0, len(of.guarantees.names)),
    )


@cache
def parameters() -> Parameters:
    """All behaviors at central values."""
    return Parameters(**{field.name: central(_class_of(field.name)) for field in fields(Parameters)})


def _class_of(name: str) -> Any:
    from typing import get_type_hints

    return get_type_hints(Parameters)[name]


def inputs(of: World, paths: int = 8, seed: int = 7, **instead: Any) -> Inputs:
    """Opening books that the ladder and the vintages agree with, and a quiet calendar."""
    t = instead.pop("traits", traits())
    account, kinds = books.Account, books.AccountClass
    stated: dict[books.Account, float] = {
        books.cash("lab"): 16.0,
        books.cash("cloud"): 30.0,
        books.cash("neo"): 3.0,
        books.cash("maker"): 40.0,
        account("investors", kinds.ASSET, "equity:lab"): 20.0,
        account("lab", kinds.EQUITY, "equity:lab"): -20.0,
        account("investors", kinds.ASSET, "equity:neo"): 5.0,
        account("neo", kinds.EQUITY, "equity:neo"): -5.0,
        account("investors", kinds.ASSET, "equity:maker"): 10.0,
        account("maker", kinds.EQUITY, "equity:maker"): -10.0,
        account("investors", kinds.VALUATION, "equity:lab"): 80.0,
    }
    for n, (lender, borrower, _) in enumerate(LOANS):
        owed = float(np.asarray(t.loan_ladder)[n].sum())
        stated[account(lender, kinds.ASSET, f"loan:{lender}:{borrower}")] = owed
        stated[account(borrower, kinds.LIABILITY, f"loan:{lender}:{borrower}")] = -owed
    for owner, asset, by_age in (
        *((b, "chips", of.chips_by_age[n]) for n, b in enumerate(BUILDERS)),
        *((b, "sites", of.sites_by_age[n]) for n, b in enumerate(BUILDERS)),
        ("cloud", "other_fixed_assets", of.other_by_age[0]),
    ):
        stated[account(owner, kinds.REAL, asset)] = float(by_age.sum())
    stated[account("cloud", kinds.REAL, "unfinished_sites")] = 3.0
    stated[account("neo", kinds.REAL, "unfinished_sites")] = 1.0
    opening = jnp.asarray(books.opening_amounts(of.ledger, stated, 1))
    keys = jax.vmap(lambda n: jax.random.fold_in(jax.random.key(seed), n))(jnp.arange(paths))
    made = Inputs(
        traits=t,
        parameters=parameters(),
        calendar=quiet(of),
        opening=opening,
        cloud_share=jnp.ones((len(of.cloud.names), 1)),
        order_share=jnp.ones((len(of.orders.names), 1)),
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
