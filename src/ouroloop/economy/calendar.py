"""The calendar of shocks as the engine reads it."""

from __future__ import annotations

import equinox as eqx
from jaxtyping import Array, Float


class Calendar(eqx.Module):
    """What a scenario imposes, by quarter. Each array ends in `quarter path`; a path axis of 1 holds for all paths.

    Factors and shares are 1 where nothing is imposed; additions are 0.
    """

    demand_factor: Float[Array, "quarter #path"]
    """Multiplies outside spend for good, in the quarter where it differs from 1."""
    credit_open: Float[Array, "lender quarter #path"]
    """Share of each lender class's capacity that is open."""
    spread_add: Float[Array, "member quarter #path"]
    claim_pays: Float[Array, "claim quarter #path"]
    """Share of what falls due of each claim, in the order of `World.claim_pairs`, that its debtor is ready to pay."""
    lease_factor: Float[Array, "lease quarter #path"]
    """Share of the rent that stands after renegotiation, in the quarter where it differs from 1; for good."""
    round_pays: Float[Array, "tranche quarter #path"]
    forced_default: Float[Array, "member quarter #path"]
    """1 in the quarter in which a firm is made to default."""
    equity_factor: Float[Array, "member quarter #path"]
    """Multiplies the price of a firm's equity, in the quarter where it differs from 1."""
    sold_down: Float[Array, "member quarter #path"]
    """Which part of what they hold of a firm funds sell, whoever asks, in the quarter where it differs from 0."""
    letters_down: Float[Array, "member quarter #path"]
    """By how many letters agencies lower a firm, in the quarter where it differs from 0."""
    power_factor: Float[Array, "quarter #path"]
    """Share of the power of the quarter that is delivered."""
    efficiency_factor: Float[Array, "quarter #path"]
    """Multiplies the compute that a dollar of sales needs, for good, in the quarter where it differs from 1."""
    vendor_scale: Float[Array, "vendor quarter #path"]
    """Multiplies what a chip maker puts into its customers."""
    ai_factor: Float[Array, "pair quarter #path"]
    """Share of what each kind of customers of each seller would pay that it does pay."""
    cloud_binds: Float[Array, "contract quarter #path"]
    """Share of a cloud contract that stands; 0 once it is called off."""
    order_binds: Float[Array, "contract quarter #path"]
    warrant_binds: Float[Array, "warrant quarter #path"]
    """1 while a warrant stands; 0 once it is called off: what has not vested never will."""
    draw_stands: Float[Array, "draw quarter #path"]
    """Share of a promise to lend that stands; 0 once it is called off."""
    advance_stands: Float[Array, "advance quarter #path"]
    """The same of vendors' promises; less where a vendor does not pay."""
    chip_life_years: Float[Array, "builder quarter #path"]
    """Economic life of a builder's chips; NaN where nothing is imposed."""
    honest: Float[Array, "quarter #path"]
    """1 from the quarter on in which the reported books use economic lives."""
    guarantee_share: Float[Array, "guarantee quarter #path"]
    """Share of what a guarantee covers that its guarantor stands for: 1 for what is signed."""
