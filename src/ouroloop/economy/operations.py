"""Business without a contract: what outside customers pay, what running, building and owning cost, what is revalued.

Three books of flows, because the colors of cash move in the order in which the flows are declared: `Receipts` come
first in a quarter's postings, then contracts between members, then `Spending`; `Closing` moves no cash.
"""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from ouroloop.instruments.instrument import Instrument
from ouroloop.ledger import (
    Account,
    AccountClass,
    Flow,
    FlowKind,
    asset_write_off,
    boundary_payment,
    boundary_receipt,
    credit,
    debit,
    distribution,
    equity_investment,
    purchase_capitalized,
    purchase_expensed,
    revaluation,
)

Pair = tuple[str, str]

CHIPS, SITES, UNFINISHED, OTHER = "chips", "sites", "unfinished_sites", "other_fixed_assets"
"""What a builder owns: short-lived compute, buildings and power, sites not in use yet, everything else."""


class Receipts(Instrument):
    """Who pays from outside, and who buys new shares? By pairs (payer, firm).

    `ai`: outside customers of AI, by kind; `core`: everybody else's purchases; `chips`: customers outside the world who
    buy from a chip maker; `shares`: investors outside the loop who buy new shares of the firm.
    """

    ai: tuple[Pair, ...] = eqx.field(static=True)
    core: tuple[Pair, ...] = eqx.field(static=True)
    shares: tuple[Pair, ...] = eqx.field(static=True)

    @property
    def flows(self) -> tuple[Flow, ...]:
        return (
            *(boundary_receipt(payer, firm, f"use:{payer}:{firm}", revenue="revenue:ai") for payer, firm in self.ai),
            *(boundary_receipt(payer, firm, f"buy-core:{payer}:{firm}") for payer, firm in self.core),
            *(equity_investment(payer, firm, f"issue:{payer}:{firm}") for payer, firm in self.shares),
        )

    def amounts(
        self, ai: Float[Array, "pair path"], core: Float[Array, "pair path"], shares: Float[Array, "pair path"]
    ) -> Float[Array, "flow path"]:
        """What was paid, by pair and kind, as amounts of `flows`."""
        return jnp.concatenate([ai, core, shares])


class Spot(Instrument):
    """Compute that labs rent by the quarter, beyond what they have signed: pairs (lab, builder)."""

    pairs: tuple[Pair, ...] = eqx.field(static=True)

    @property
    def flows(self) -> tuple[Flow, ...]:
        return tuple(purchase_expensed(lab, b, f"spot:{lab}:{b}", expense="compute") for lab, b in self.pairs)


class Spending(Instrument):
    """What do firms pay once what was due is paid, in the order in which money flows on: chips, vendors' money, costs.

    `chips`: pairs (builder, vendor): an asset here, revenue there. `vendor_money`: pairs (vendor, customer): new shares
    for cash. `costs`, `sites`, `other`: pairs (firm, sector). `payout`: pairs (firm, holders).
    """

    chips: tuple[Pair, ...] = eqx.field(static=True)
    vendor_money: tuple[Pair, ...] = eqx.field(static=True)
    sites: tuple[Pair, ...] = eqx.field(static=True)
    other: tuple[Pair, ...] = eqx.field(static=True)
    costs: tuple[Pair, ...] = eqx.field(static=True)
    payout: tuple[Pair, ...] = eqx.field(static=True)

    @property
    def flows(self) -> tuple[Flow, ...]:
        return (
            *(purchase_capitalized(b, v, f"buy-chips:{b}:{v}", asset=CHIPS) for b, v in self.chips),
            *(equity_investment(v, c, f"vendor-money:{v}:{c}") for v, c in self.vendor_money),
            *(purchase_capitalized(b, s, f"build:{b}:{s}", asset=UNFINISHED) for b, s in self.sites),
            *(purchase_capitalized(b, s, f"equip:{b}:{s}", asset=OTHER) for b, s in self.other),
            *(boundary_payment(f, s, f"run:{f}:{s}") for f, s in self.costs),
            *(distribution(f, h, f"pay-out:{f}:{h}") for f, h in self.payout),
        )

    def amounts(
        self,
        *,
        chips: Float[Array, "pair path"],
        vendor_money: Float[Array, "pair path"],
        sites: Float[Array, "pair path"],
        other: Float[Array, "pair path"],
        costs: Float[Array, "pair path"],
        payout: Float[Array, "pair path"],
    ) -> Float[Array, "flow path"]:
        """What was paid, by pair and kind, as amounts of `flows`."""
        return jnp.concatenate([chips, vendor_money, sites, other, costs, payout])


class Closing(Instrument):
    """What changes without cash: sites come into use or are given up, shares held are revalued.

    `owners` finish sites, `builders` abandon them; `revalued`: pairs (holder, issuer).
    """

    owners: tuple[str, ...] = eqx.field(static=True)
    builders: tuple[str, ...] = eqx.field(static=True)
    revalued: tuple[Pair, ...] = eqx.field(static=True)

    @property
    def flows(self) -> tuple[Flow, ...]:
        return (
            *(_put_in_use(owner) for owner in self.owners),
            *(asset_write_off(builder, f"abandon:{builder}", asset=UNFINISHED) for builder in self.builders),
            *(
                revaluation(holder, f"equity:{issuer}", f"revalue:{holder}:{issuer}")
                for holder, issuer in self.revalued
            ),
        )

    def amounts(
        self,
        *,
        finished: Float[Array, "owner path"],
        abandoned: Float[Array, "builder path"],
        revalued: Float[Array, "pair path"],
    ) -> Float[Array, "flow path"]:
        """What changed, by owner, builder or pair and kind, as amounts of `flows`."""
        return jnp.concatenate([finished, abandoned, revalued])


def _put_in_use(builder: str) -> Flow:
    legs = (
        debit(Account(builder, AccountClass.REAL, SITES)),
        credit(Account(builder, AccountClass.REAL, UNFINISHED)),
    )
    return Flow(f"put-in-use:{builder}", FlowKind.ACCRUAL, legs)
