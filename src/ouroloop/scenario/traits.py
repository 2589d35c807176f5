"""How firms stand at the opening, as the engine reads it: from opening books, run rates and promises."""

from __future__ import annotations

from collections.abc import Mapping

import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from ouroloop.behavior.completion import STAGES
from ouroloop.behavior.demand import free_growth
from ouroloop.core import Quarter
from ouroloop.dossier import Dossier, EntityKind
from ouroloop.economy.operations import CHIPS
from ouroloop.economy.parameters import Parameters
from ouroloop.economy.world import Traits
from ouroloop.ledger import Account, AccountClass, cash
from ouroloop.scenario.assemble import RATED_KINDS, Assembled
from ouroloop.scenario.contracts.backlog import backlogs
from ouroloop.scenario.contracts.supply import Shares
from ouroloop.scenario.opening import Opening
from ouroloop.scenario.outside_spend import Spend

Values = NDArray[np.float64]
YEAR = 4


def traits(
    dossier: Dossier,
    opening: Opening,
    made: Assembled,
    shares: Shares,
    outside: Spend,
    parameters: Parameters,
    binding: NDArray[np.float64],
) -> Traits:
    """How do all members stand when the simulation begins?

    Core revenue is what is published less what the model itself makes of AI sales, of contracts that run already and of
    chips. Running cost is what is left of revenue after published operating cash, interest and modelled purchases,
    within the range that an assumption allows. What a cloud without a core business publishes as backlog beyond its
    named contracts comes from customers whom nobody names, over years. Compute in GW is what the plant in the books is at the opening's cost
    of a GW, or, for such a cloud, what its revenue rents; sites under construction are as many as the pace of capex builds.

    `binding` [contract, 1 or path]: the share of each cloud contract that binds on each path.
    """
    world, rates = made.world, opening.run_rates
    members, builders = world.members, world.builders
    eng = parameters.engine
    paths = max(outside.spend.shape[0], binding.shape[1], *(np.size(leaf) for leaf in (eng.site_cost_per_gw,)))

    def rate(name: str) -> Values:
        return np.nan_to_num(np.broadcast_to(rates.values(name), (len(members), max(1, rates.values(name).shape[1]))))

    def per_member(values: Mapping[str, Values]) -> Values:
        return np.array([np.broadcast_to(values.get(m, np.zeros(1)), (paths,)) for m in members])

    spend, seen = np.broadcast_to(outside.spend, (paths,)), np.broadcast_to(outside.growth, (paths,))
    growth = np.asarray(free_growth(parameters.demand, jnp.asarray(spend), jnp.asarray(seen)))
    ai = {m: spend * share for m, share in outside.share.items() if m in members}
    runs = np.array([made.contracts.terms[n].payments.before > 0 for n in made.cloud.rows], bool)[:, None]
    first = np.asarray(world.cloud.schedule)[:, :1] * binding * runs
    served = {m: first[[p == m for _, p in world.cloud.parties]].sum(axis=0) for m in members}
    bought = {m: first[[c == m for c, _ in world.cloud.parties]].sum(axis=0) for m in members}
    chip = np.array([shares.share[shares.builders.index(b), shares.vendors.index(v)] for b, v in world.spending.chips])
    chip_share = chip[:, None]

    capex, ppe = rate("capex"), {asset: _plant(opening, members, asset) for asset in ("chips", "sites", "unfinished_sites")}
    core_part = np.asarray(eng.core_capex_share)
    core_firms = np.array([dossier.entities[m].kind in RATED_KINDS for m in members])[:, None]
    rows = world.builder_rows
    for_ai = np.where(core_firms, 1 - core_part, 1.0) * np.isin(np.arange(len(members)), rows)[:, None]
    ai_capex = capex * for_ai
    chips_bought = ai_capex[rows][world.chip_builder] * np.asarray(parameters.completion.chip_share) * chip_share
    sold = {v: chips_bought[[w == v for _, w in world.spending.chips]].sum(axis=0) for v in world.vendors}

    modelled = per_member(ai) + per_member(served) + per_member(sold)
    published = rate("revenue") + np.zeros((len(members), paths))
    revenue = np.maximum(published, modelled)
    core = revenue - modelled
    known = np.array([rates.members[m].revenue.known and rates.members[m].operating_cash.known for m in members])[:, None]
    operating, interest = rate("operating_cash"), rate("interest")
    positive = np.where(revenue > 0, revenue, 1.0)
    # Labs rent compute beyond what is signed; it is in their published cost and must not be counted twice.
    labs = np.array([dossier.entities[m].kind is EntityKind.LAB for m in members])[:, None]
    rented = np.where(labs, per_member(ai) * np.asarray(eng.compute_share_of_ai_revenue), 0.0)
    share = (revenue - operating - interest - np.maximum(per_member(bought), rented)) / positive
    usual = np.asarray(eng.usual_cost_share)
    cost_share = np.where(known, np.clip(share, 0.2, 1.6), usual)

    worth = np.nan_to_num(rates.values("market_value"))
    backlog = {m: _backlog(world.cloud.schedule, [p == m for _, p in world.cloud.parties]) for m in members}
    fallback = np.array([[float(np.asarray(eng.value_of_backlog).mean()) * backlog[m]] for m in members])
    quoted = np.array([rates.members[m].market_value.basis not in ("assumed", "unknown") for m in members])[:, None]
    equity = np.where(quoted, worth, np.maximum(worth, fallback)) + np.zeros((len(members), paths))
    debt = np.array([sum((d.principal for d in opening.debts_of(m)), np.zeros(1)).mean() for m in members])[:, None]
    money = np.array([_balance(opening, cash(m)) for m in members])[:, None]
    part = modelled / positive
    growing = part * seen + (1 - part) * np.asarray(eng.core_growth)
    multiple = np.where(revenue > 0, np.maximum(equity + debt - money, 0.0) / positive, 0.0)

    clouds = np.array([dossier.entities[m].kind is EntityKind.NEOCLOUD for m in members])[:, None]
    other = {backlog.provider: backlog.other for backlog in backlogs(dossier, opening.axes)}
    unnamed = np.array([[other.get(m, 0.0)] for m in members]) / (YEAR * np.asarray(eng.backlog_years)) * clouds

    capacity, pipeline, starts = _compute(opening, made, parameters, ai_capex[rows], ppe, paths)
    capacity = np.where(clouds[rows], revenue[rows] * YEAR / np.asarray(eng.rent_per_gw_year), capacity)
    sites_need = (per_member(served) + per_member(ai) * np.asarray(eng.compute_share_of_ai_revenue) - per_member(bought))[rows]
    own = np.maximum(capacity - np.maximum(sites_need, 0.0) * YEAR / np.asarray(eng.rent_per_gw_year), 0.0)
    ai_share = np.array([[outside.share.get(s, 0.0)] for s in world.sellers[:-1]] + [[1 - sum(outside.share.values())]])
    consumers = np.asarray(parameters.demand.consumer_share)
    kinds = np.array([np.broadcast_to(consumers if who == "consumers" else 1 - consumers, (paths,)) for who, _ in world.receipts.ai])
    payout, trailing = rate("payout"), np.maximum(operating, 1e-9)
    ladder, loan_rate = _loans(made, parameters, paths)
    return Traits(
        revenue=jnp.asarray(revenue),
        core=jnp.asarray(core),
        unnamed=jnp.asarray(unnamed),
        cost_share=jnp.asarray(cost_share),
        operating_cash=jnp.asarray(operating),
        interest=jnp.asarray(interest),
        payout_share=jnp.asarray(np.where(operating > 0, np.clip(payout / trailing, 0.0, 1.0), 0.0)),
        other_capex=jnp.asarray(capex - ai_capex),
        equity_value=jnp.asarray(equity),
        investment_grade=jnp.asarray(core_firms.astype(np.float64)),
        ai_spend=jnp.asarray(spend),
        ai_growth=jnp.asarray(growth),
        ai_share=jnp.asarray(ai_share),
        capex=jnp.asarray(capex),
        growth=jnp.asarray(growing),
        enterprise_multiple=jnp.asarray(multiple),
        kind_share=jnp.asarray(kinds.reshape(len(world.receipts.ai), paths)),
        capacity=jnp.asarray(capacity),
        pipeline=jnp.asarray(pipeline),
        starts=jnp.asarray(starts),
        starts_year_ago=jnp.asarray(starts * np.exp(-np.asarray(eng.starts_growth))),
        own_use=jnp.asarray(own),
        chip_share=jnp.asarray(chip_share),
        vendor_weight=jnp.asarray(_vendor_weights(opening, made)),
        loan_ladder=jnp.asarray(ladder),
        loan_rate=jnp.asarray(loan_rate),
        gw_per_usd_bn=jnp.asarray(_gw_per_usd_bn(made)),
        opening_price_usd=jnp.asarray(_prices(dossier, made)),
        power_years=jnp.asarray([_years_since_mid_2025(opening.quarter)]),
    )


def _balance(opening: Opening, account: Account) -> float:
    line = opening.line(account)
    return line.point if line else 0.0


def _plant(opening: Opening, members: tuple[str, ...], asset: str) -> Values:
    return np.array([[_balance(opening, Account(m, AccountClass.REAL, asset))] for m in members])


def _backlog(schedule: object, rows: list[bool]) -> float:
    return float(np.asarray(schedule)[np.array(rows, bool)].sum()) if any(rows) else 0.0


def _compute(
    opening: Opening,
    made: Assembled,
    parameters: Parameters,
    ai_capex: Values,
    ppe: Mapping[str, Values],
    paths: int,
) -> tuple[Values, Values, Values]:
    """GW that run, GW by stage, and GW started in a quarter, by builder.

    Chips in the books are half worn on average: a GW of them cost twice what they are carried at, times the part of a
    site's cost that is chips. A pipeline in which every stage holds the same spends, in a quarter, stages/(4 x years) of
    its cost: that gives its size from the pace of capex.
    """
    rows = made.world.builder_rows
    cost, chip = np.asarray(parameters.engine.site_cost_per_gw), np.asarray(parameters.completion.chip_share)
    capacity = 1.8 * ppe["chips"][rows] / (chip * cost) + np.zeros((len(rows), paths))
    speed = np.minimum(STAGES / (YEAR * np.asarray(parameters.completion.build_years)), 1.0)
    by_stage = ai_capex / (speed * cost) + np.zeros((len(rows), paths))
    pipeline = np.repeat(by_stage[:, None, :], STAGES, axis=1)
    return capacity, pipeline, by_stage * speed


def _loans(made: Assembled, parameters: Parameters, paths: int) -> tuple[Values, Values]:
    """Ladders and rates of all loans at the opening: slots up to the horizon, and one for what lies beyond."""
    horizon = len(made.world.quarters)
    base = float(np.asarray(parameters.engine.base_rate).mean())
    ladder, rate = np.zeros((len(made.debts), horizon + 1, 1)), np.zeros((len(made.debts), 1))
    for n, (debt, frozen) in enumerate(zip(made.debts, made.frozen, strict=True)):
        if debt is None:
            continue
        due = debt.due.mean(axis=1)
        if frozen:
            ladder[n, horizon, 0] = due.sum()
            rate[n] = -base if debt.floating else 0.0
            continue
        ladder[n, :horizon, 0] = due[:horizon]
        ladder[n, horizon, 0] = due[horizon:].sum()
        rate[n] = debt.rate_per_year - (base if debt.floating else 0.0)
    return ladder, rate


def _vendor_weights(opening: Opening, made: Assembled) -> Values:
    """By what a vendor has paid for each customer's shares so far; alike where nothing is paid yet."""
    pairs = made.world.spending.vendor_money
    paid = np.array([_balance(opening, Account(v, AccountClass.ASSET, f"equity:{c}")) + 0.1 for v, c in pairs])
    whole = {v: sum(p for (w, _), p in zip(pairs, paid, strict=True) if w == v) for v, _ in pairs}
    return np.array([[p / whole[v]] for (v, _), p in zip(pairs, paid, strict=True)]).reshape(len(pairs), 1)


def _gw_per_usd_bn(made: Assembled) -> Values:
    """The GW at which a warrant's last part vests, over the money of the order that it rewards."""
    world = made.world
    complete = [term for term in made.contracts.warrants if term.complete]
    schedule = np.asarray(world.orders.schedule)
    rows = [
        [term.top_gw / schedule[n].sum() if n >= 0 and schedule[n].sum() > 0 else 0.0]
        for term, n in zip(complete, world.warrant_order, strict=True)
    ]
    return np.array(rows).reshape(len(complete), 1)


def _prices(dossier: Dossier, made: Assembled) -> Values:
    """Price of the issuers' shares: market value over shares outstanding, as published last."""
    found: list[list[float]] = []
    for issuer, _ in made.world.warrants.parties:
        caps, counts = dossier.figures_of(issuer, "market_cap"), dossier.figures_of(issuer, "shares_outstanding")
        cap, count = (max(x, key=lambda f: f.end).value if x else 0.0 for x in (caps, counts))
        found.append([float(cap) / float(count) if count else 0.0])
    return np.array(found).reshape(len(found), 1)


def _years_since_mid_2025(quarter: Quarter) -> float:
    return (quarter.ordinal - Quarter(2025, 3).ordinal + 1) / YEAR
