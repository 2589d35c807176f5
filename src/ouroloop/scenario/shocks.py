"""From a scenario's calendar to the engine's: shares and factors by contract, loan and firm of the world."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import numpy as np
from jaxtyping import Array

from ouroloop.core import BadInput, Place, Problem
from ouroloop.economy.calendar import Calendar
from ouroloop.economy.world import World
from ouroloop.scenario.assemble import Assembled
from ouroloop.scenario.axes import GOVERNMENT
from ouroloop.scenario.calendar import ShockCalendar
from ouroloop.scenario.device import on_device

_LEAST = 1e-9
"""Stands for nothing where a factor is divided by: demand that was cut to 0 could never come back."""


def calendar(made: Assembled, shocks: ShockCalendar, paths: int) -> Calendar:
    """What does the scenario impose on each contract, loan and firm of this world?

    Demand is a level here, and the scenario's factors hold while they are in force: the level is multiplied by the
    change of the factor. What lenders do has a row for every path whether or not it is drawn, as it often is: arrays of
    one shape find the program that is compiled already. Raises BadInput for a guarantee by somebody other than the
    government.
    """
    world, quarters = made.world, len(made.world.quarters)
    names = [world.members.index(m) for m in shocks.members]
    assert names == list(range(len(world.members))), "the calendar is made for the members of this world"

    def stack(rows: list[np.ndarray]) -> Array:
        paths = max((row.shape[-1] for row in rows), default=1)
        filled = [np.broadcast_to(row, (quarters, paths)) for row in rows]
        return on_device(np.stack(filled) if rows else np.ones((0, quarters, 1)))

    def by_path(rows: np.ndarray) -> Array:
        return on_device(np.broadcast_to(rows, (*rows.shape[:-1], paths)))

    void = {name: shocks.contract_void[n] for n, name in enumerate(shocks.contracts)}

    def stands(contract: str) -> np.ndarray:
        return 1.0 - void.get(contract, np.zeros((quarters, 1)))

    never = np.ones((quarters, 1))
    sector = dict(zip(shocks.sectors, shocks.sector_demand_factor, strict=True))
    tenant = [world.members.index(t) for t, _ in world.leases.parties]
    own_round = [name.rsplit(":", 1)[0] for name in world.rounds.names]
    return Calendar(
        demand_factor=on_device(_changes(shocks.demand_factor)),
        credit_open=by_path(1.0 - shocks.credit_closed),
        spread_add=by_path(shocks.spread_add),
        claim_pays=stack([shocks.pays(*pair) if owed else never for pair, owed in _owed(world)]),
        lease_factor=stack(
            [shocks.rent_factor[t] * stands(n) for t, n in zip(tenant, world.leases.names, strict=True)]
        ),
        round_pays=stack(
            [
                shocks.invests(investor, issuer) * shocks.pays(investor, issuer) * stands(name)
                for investor, issuer, name in zip(world.rounds.investors, world.rounds.issuers, own_round, strict=True)
            ]
        ),
        forced_default=on_device(shocks.forced_default),
        equity_factor=on_device(shocks.price_factor),
        sold_down=on_device(shocks.sold_down),
        letters_down=on_device(shocks.letters_down),
        power_factor=on_device(shocks.power_factor),
        efficiency_factor=on_device(shocks.efficiency_factor),
        vendor_scale=on_device(shocks.vendor_scale[world.vendor_rows]),
        ai_factor=stack([sector.get(who, np.ones((quarters, 1))) for who, _ in world.receipts.ai]),
        cloud_binds=stack([stands(name) for name in world.cloud.names]),
        order_binds=stack([stands(name) for name in world.orders.names]),
        warrant_binds=stack([stands(name) for name in world.warrants.names]),
        draw_stands=stack([stands(draw.name) for draw in world.promised_draws]),
        advance_stands=stack(
            [
                shocks.pays(lender, borrower) * stands(advance.name)
                for (lender, borrower), advance in zip(world.advance_parties, world.advances, strict=True)
            ]
        ),
        chip_life_years=on_device(shocks.life_years[world.builder_rows]),
        honest=on_device(_from(shocks.honest_from, quarters)),
        guarantee_share=stack(
            [
                row * stands(name.partition("/")[0])  # a promise to several holders is one promise
                for row, name in zip(_guaranteed(made, shocks), world.guarantees.names, strict=True)
            ]
        ),
    )


def _owed(world: World) -> Iterator[tuple[tuple[str, str], bool]]:
    """Who owes whom, by claim, and whether it is a debt to stop paying.

    Shares have `round_pays`, vendors' loans `advance_stands`; costs have no creditor.
    """
    pairs = iter(world.claim_pairs)
    for kind, count in world.claim_sizes.items():
        for pair in islice(pairs, count):
            yield pair, kind not in ("rounds", "advances", "costs")


def _changes(factor: np.ndarray) -> np.ndarray:
    """[quarter, path] factors in force -> what the level is multiplied by in each quarter."""
    held = np.maximum(factor, _LEAST)
    return held / np.concatenate([np.ones((1, held.shape[1])), held[:-1]])


def _from(quarter: int | None, quarters: int) -> np.ndarray:
    begun = np.arange(quarters) >= (quarters if quarter is None else quarter)
    return begun.astype(np.float64)[:, None]


def _guaranteed(made: Assembled, shocks: ShockCalendar) -> list[np.ndarray]:
    """Signed promises stand in full; those of the government where the scenario makes them, up to its cap.

    A cap holds for all debtors together: the share is cut to what it leaves of their debt at the opening.
    """
    world, quarters = made.world, len(made.world.quarters)
    rows = [np.zeros((quarters, 1)) if g == GOVERNMENT else np.ones((quarters, 1)) for g in world.guarantees.guarantors]
    for promise in shocks.guarantees:
        if promise.guarantor != GOVERNMENT:
            message = f"'{promise.guarantor}' guarantees; in a scenario only '{GOVERNMENT}' can"
            raise BadInput([Problem(Place("scenario"), "unknown-guarantor", message, f"write guarantor: {GOVERNMENT}")])
        meant = [
            n
            for n, (g, d) in enumerate(zip(world.guarantees.guarantors, world.guarantees.debtors, strict=True))
            if g == GOVERNMENT and d in promise.debtors
        ]
        share = promise.share
        if promise.cap_usd_bn is not None:
            debts = [made.debts[world.guaranteed_loan[n]] for n in meant]
            owed = sum(float(debt.principal.mean()) for debt in debts if debt is not None)
            share = np.minimum(share, promise.cap_usd_bn / max(owed, _LEAST))
        stood = _from(promise.quarter, quarters) * share
        for n in meant:
            rows[n] = np.maximum(rows[n], stood)
    return rows
