"""What moves when a fund sells shares of a firm at the market's price, or buys some?

A book of pairs (fund, issuer); whoever buys from funds and sells to them is one investor. Shares stand in the books at
cost, with what they are worth above it beside. For a part φ of what a fund carries and a part ψ of what the investor
does, at a price that has become π times what they are carried at,

    at cost    φ · cost of the fund − ψ · cost of the investor
    paid       π · (φ · carried by the fund − ψ · carried by the investor)
    gain       paid − at cost

The buyer takes over the cost and the gain, so a trade makes nobody richer: the fall of the price is each holder's own,
for as long as it holds. Flows, kind by kind: `sale` (at cost), `gain`; negative where the fund buys. Reference: fair
value through profit or loss, IFRS 9 paragraphs 3.2.12 and 5.7.1, with cost kept apart.
"""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float64

from ouroloop.instruments.instrument import Instrument
from ouroloop.ledger import Flow, gain_sold, quantize, shares_sold

_ByPair = Float64[Array, "pair path"]


class ShareSales(Instrument):
    """Shares that funds may sell and buy, by pair (fund, issuer)."""

    pairs: tuple[tuple[str, str], ...] = eqx.field(static=True)
    investor: str = eqx.field(static=True)
    """Who buys what funds sell, and sells what they buy."""

    @property
    def flows(self) -> tuple[Flow, ...]:
        """sale, gain: each for all pairs."""
        named = [(fund, self.investor, issuer, f"{fund}:{issuer}") for fund, issuer in self.pairs]
        return (
            *(shares_sold(fund, other, issuer, f"sell-shares:{name}") for fund, other, issuer, name in named),
            *(gain_sold(fund, other, issuer, f"sell-gain:{name}") for fund, other, issuer, name in named),
        )

    def amounts(self, at_cost: _ByPair, paid: _ByPair) -> Float64[Array, "flow path"]:
        """What moves, USD bn: both for what is sold less what is bought."""
        return quantize(jnp.concatenate([at_cost, paid - at_cost]))
