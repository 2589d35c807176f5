"""What does an owner's share of somebody else's profit do to its own, and when does it stop counting losses?

A book of stakes under the equity method. Each quarter the investor takes up its share of the investee's profit, whether
or not any cash comes:

    target    = carrying amount − suspended losses + share · profit
    carrying  = max(target, −committed)              committed: further money promised, below which no loss is booked
    suspended = carrying − target                    losses that nobody books until profits have made them good
    income    = change of carrying

When the investee sells new shares to others above what the stake is carried at, the stake shrinks and its value grows:

    dilution gain = share after · net assets after − share before · net assets before

Flows, in this order: `pick-up` and `dilute`, both against a valuation account of the investor: the investee books
neither, so cost in the investor's books and paid-in capital in the investee's still cancel. The purchase of the shares
is an equity round; `invest` only adds it to the carrying amount. Not here: basis differences, other comprehensive
income, dividends. Reference: ASC 323-10-35-19 to 35-22 (losses beyond the carrying amount), 40-1 (shares issued by the
investee).
"""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, Float64

from ouroloop.instruments.instrument import Instrument
from ouroloop.instruments.moves import moves
from ouroloop.ledger import Flow, equity_method, quantize

StakeTerm = Float[Array, "#stake #path"]
ByStake = Float64[Array, "stake path"]

DILUTION = "dilution_gain"
"""The income under which a dilution gain is booked, apart from the share of profit."""


class StakeState(eqx.Module):
    """What a stake is carried at, what was left out, and how large it is."""

    carrying: ByStake
    """USD bn: cost plus the valuation account."""
    suspended: ByStake
    """USD bn of losses not booked."""
    share: ByStake
    """Of the investee, 0..1."""


class EquityMethodStakes(Instrument):
    """A book of stakes with influence but without control."""

    investors: tuple[str, ...] = eqx.field(static=True)
    investees: tuple[str, ...] = eqx.field(static=True)

    def __check_init__(self) -> None:
        assert len(self.investors) == len(self.investees), f"{self.investors} hold {self.investees}"

    @property
    def flows(self) -> tuple[Flow, ...]:
        """`pick-up` of every stake, then `dilute`."""
        pairs = tuple(zip(self.investors, self.investees, strict=True))
        return (
            *(equity_method(a, b, f"pick-up:{a}:{b}") for a, b in pairs),
            *(equity_method(a, b, f"dilute:{a}:{b}", income=DILUTION) for a, b in pairs),
        )

    @property
    def sizes(self) -> dict[str, int]:
        """How many flows of each kind."""
        return dict.fromkeys(("pick_up", "dilute"), len(self.investors))

    def opening(self, carrying: StakeTerm, suspended: StakeTerm, share: StakeTerm, paths: int) -> StakeState:
        """The state on the first day: USD bn, USD bn, and 0..1.

        In the ledger, cost stands in the asset account and carrying − cost in the valuation account.
        """
        shape = (len(self.investors), paths)
        return StakeState(
            jnp.broadcast_to(quantize(carrying), shape),
            jnp.broadcast_to(quantize(suspended), shape),
            jnp.broadcast_to(share, shape).astype(jnp.float64),
        )

    def invest(self, state: StakeState, paid: StakeTerm) -> StakeState:
        """Raise the carrying amount by new money, USD bn; the next pick-up counts suspended losses against it."""
        return StakeState(state.carrying + quantize(paid), state.suspended, state.share)

    def pick_up(
        self, state: StakeState, profit: StakeTerm, committed: StakeTerm
    ) -> tuple[StakeState, Float64[Array, "flow path"]]:
        """Take up the share of `profit` (USD bn of the quarter, negative: a loss), no further down than −`committed`.

        Carried at 2 with a share of 27 % of a loss of 11.5: 3.105 down, of which 2 is booked and 1.105 suspended.
        """
        after, booked = self._book(state, state.share * profit, committed)
        return after, moves(self.sizes, booked.shape[1], pick_up=booked)

    def dilute(
        self,
        state: StakeState,
        share_after: StakeTerm,
        net_assets_before: StakeTerm,
        net_assets_after: StakeTerm,
        committed: StakeTerm,
    ) -> tuple[StakeState, Float64[Array, "flow path"]]:
        """The investee issued shares to others: the stake is now `share_after`, and the gain (or loss) is booked.

        Net assets in USD bn. 30 % of 10 becomes 27 % of 30 after others paid in 20: 8.1 − 3 = 5.1.
        """
        gain = share_after * net_assets_after - state.share * net_assets_before
        after, booked = self._book(state, gain, committed)
        share = jnp.broadcast_to(share_after, state.share.shape)
        return StakeState(after.carrying, after.suspended, share), moves(self.sizes, booked.shape[1], dilute=booked)

    def _book(self, state: StakeState, change: StakeTerm, committed: StakeTerm) -> tuple[StakeState, ByStake]:
        """Move the carrying amount by `change` and by what was suspended, down to −`committed`; never up by a floor."""
        target = state.carrying - state.suspended + quantize(change)
        carrying = jnp.maximum(target, jnp.minimum(-quantize(committed), state.carrying))
        return StakeState(carrying, carrying - target, state.share), carrying - state.carrying
