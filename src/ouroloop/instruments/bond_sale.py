"""Who buys a bond of a holder that may not keep it, and for how much?

A book of sales: debt of one contract of `Loans` moves to another, of the same borrower and another lender. Per sale

    price per unit owed = c/y + (1 − c/y) · exp(−y T)

the value of a coupon c until the principal is due after T years (the average of the ladder), discounted at y, all
continuous: at y = c it is 1, and a coupon of 5 % for 8 years at a yield of 8 % is worth 0.80. The seller gets that; the
rest of the amount is its loss and the buyer's gain, because debt stands in the books at what is owed. The borrower owes
the same to somebody else, on the same days.

Flows, kind by kind: `sale` (at the amount), `discount` (of it back to the buyer; negative above par). Reference:
Fabozzi, Bond Markets, Analysis and Strategies, ch. 2, on the price of a coupon bond; the ladder stands in its average
year.
"""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Float64, Int

from ouroloop.instruments.instrument import Instrument
from ouroloop.ledger import Flow, claim_sold, discount_granted, quantize

_BySale = Float64[Array, "sale path"]


class BondSales(Instrument):
    """Sales that may come: what each contract of `Loans` becomes once it is sold."""

    names: tuple[str, ...] = eqx.field(static=True)
    sellers: tuple[str, ...] = eqx.field(static=True)
    buyers: tuple[str, ...] = eqx.field(static=True)
    debtors: tuple[str, ...] = eqx.field(static=True)
    claims: tuple[tuple[str, str], ...] = eqx.field(static=True)
    """What the ledger calls it before and after."""
    contracts: tuple[tuple[int, int], ...] = eqx.field(static=True)
    """The contract of `Loans` that is sold, and the one that it becomes a part of."""

    def __check_init__(self) -> None:
        sizes = {len(x) for x in (self.names, self.sellers, self.buyers, self.debtors, self.claims, self.contracts)}
        assert len(sizes) == 1, f"names, parties and contracts differ in length: {sizes}"

    @property
    def flows(self) -> tuple[Flow, ...]:
        """sale, discount: each for all sales."""
        ends = tuple(zip(self.names, self.sellers, self.buyers, strict=True))
        sold = zip(ends, self.debtors, self.claims, strict=True)
        return (
            *(
                claim_sold(seller, buyer, debtor, f"sell:{name}", claim=claim, becomes=becomes)
                for (name, seller, buyer), debtor, (claim, becomes) in sold
            ),
            *(discount_granted(seller, buyer, f"discount:{name}") for name, seller, buyer in ends),
        )

    @property
    def sold(self) -> Int[np.ndarray, " sale"]:
        """The contract that is sold, of each."""
        return np.array([before for before, _ in self.contracts], np.int64)

    @property
    def bought(self) -> Int[np.ndarray, " sale"]:
        """The contract that it becomes a part of."""
        return np.array([after for _, after in self.contracts], np.int64)

    def amounts(self, face: _BySale, price: Float[Array, "sale #path"]) -> Float64[Array, "flow path"]:
        """What moves, USD bn: `face` is what is owed of what was sold, `price` what is paid per unit of it."""
        return quantize(jnp.concatenate([face, face * (1.0 - price)]))


def bond_price(
    coupon: Float[Array, "*bond"], market_yield: Float[Array, "*bond"], years: Float[Array, "*bond"]
) -> Float[Array, "*bond"]:
    """Price per unit owed of a bond that pays `coupon` for `years` and then its principal. All decimal per year."""
    some = jnp.abs(market_yield) > 1e-9
    at = jnp.where(some, market_yield, 1.0)
    left = jnp.exp(-at * years)
    return jnp.where(some, coupon / at * (1.0 - left) + left, 1.0 + coupon * years)
