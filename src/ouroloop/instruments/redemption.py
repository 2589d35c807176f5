"""What do a fund's investors take out, or put in?

A book of pairs (fund, investor) without a state: open-end funds pay out on demand, at what their shares are worth. One
flow for each pair, negative where investors put money in. Capital goes back to whom it belongs: neither side has income
or a loss by it, the fall of the shares' price is already in the books. Reference: Investment Company Act of 1940,
section 22(e): redeemable securities are paid within seven days.
"""

from __future__ import annotations

import equinox as eqx
from jaxtyping import Array, Float64

from ouroloop.instruments.instrument import Instrument
from ouroloop.ledger import Flow, quantize, redemption


class Redemptions(Instrument):
    """Open-end funds by pair (fund, investor)."""

    pairs: tuple[tuple[str, str], ...] = eqx.field(static=True)

    @property
    def flows(self) -> tuple[Flow, ...]:
        return tuple(redemption(fund, investor) for fund, investor in self.pairs)

    def amounts(self, paid: Float64[Array, "pair path"]) -> Float64[Array, "flow path"]:
        """What is paid out, USD bn."""
        return quantize(paid)
