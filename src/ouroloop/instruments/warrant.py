"""Warrants for orders: shares that a seller gives its customer as deliveries and its share price reach their marks."""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float64

from ouroloop import ledger as books
from ouroloop.instruments.instrument import Instrument
from ouroloop.instruments.moves import moves
from ouroloop.ledger import Flow, quantize

_ByContract = Float64[Array, "contract path"]
_Moved = Float64[Array, "flow path"]
_Where = Bool[Array, "contract path"]
_Tranches = Float64[Array, " tranche"]
_KINDS = ("vest", "strike", "exercise", "beyond")


class WarrantState(eqx.Module):
    """Which tranches have vested and what became of them, on every path."""

    vested: Bool[Array, "tranche path"]
    void: _Where
    """Contracts whose tranches can vest no more."""
    exercised_bn: _ByContract
    """Shares that the holder has taken, in billions."""
    value: _ByContract
    """Book value of warrants vested and not exercised, USD bn: what the ledger holds for this contract."""


class Warrants(Instrument):
    """Which shares has a customer earned with its orders, and what did they cost the seller in revenue?

    a tranche vests once, in the first quarter in which delivered_gw >= milestone_gw and share_price >= hurdle_usd
    contra-revenue = shares (bn) * fair value per share at grant (USD) of the tranches that vest: USD bn

    What a seller gives its customer for buying is a discount: it comes off the seller's revenue (account
    `revenue:warrants`), stands in its paid-in capital, and makes the customer's equipment cheaper by as much, so that
    the claim has its two sides and nobody gains by the grant. The value is that of the day of the grant and does not
    follow the share price; what the holder's warrant is worth above it is a `revaluation`, paper wealth. Both marks are
    looked at on the same day: a price that touched its hurdle before the deliveries came does not count.

    Goods do not become cheaper than nothing: what vests above what the holder buys in the quarter (`beyond`) is its
    income, as what it bought before is partly worn.

    Exercise takes shares for the strike in cash, and moves the warrant's book value to shares at cost. Tranches of a
    void contract (`void`: the order is torn up) vest no more; what has vested stays.

    What it is not: expense by the accountants' timing (revenue is reduced as the goods are delivered, when vesting is
    probable; here in the quarter of vesting, so a quarter's revenue may jump); nor a market value; nor dilution by
    shares that have not vested.

    Flows, kind by kind: `vest` (accrual), `strike` (transaction), `exercise`, `beyond` (accruals).
    References: ASC 606-10-32-25 (consideration payable to a customer), ASU 2019-08 (measured as at grant),
    ASC 705-20 (consideration from a vendor).
    """

    names: tuple[str, ...] = eqx.field(static=True)
    parties: tuple[tuple[str, str], ...] = eqx.field(static=True)
    """(issuer, holder) of each contract: who sells and issues, who buys and holds."""
    assets: tuple[str, ...] = eqx.field(static=True)
    """Which of the holder's goods became cheaper."""
    contract_of: tuple[int, ...] = eqx.field(static=True)
    """The contract of each tranche, by number."""
    milestone_gw: _Tranches
    """Deliveries under the contract, in all, that a tranche asks for."""
    hurdle_usd: _Tranches
    """The issuer's share price that a tranche asks for; 0 for none."""
    shares_bn: _Tranches
    fair_value_usd: _Tranches
    """Of the right to one share, on the day of the grant."""
    strike_usd: Float64[Array, " contract"]

    def __check_init__(self) -> None:
        assert len(self.names) == len(self.parties) == len(self.assets) == self.strike_usd.shape[0], "one row each"
        marks = {len(self.contract_of), self.milestone_gw.shape[0], self.hurdle_usd.shape[0]}
        assert marks == {self.shares_bn.shape[0]} == {self.fair_value_usd.shape[0]}, "one row per tranche"
        assert all(0 <= contract < len(self.names) for contract in self.contract_of), "a tranche has no contract"

    @property
    def flows(self) -> tuple[Flow, ...]:
        """vest, strike, exercise, beyond: each for all contracts."""
        rows = tuple(zip(self.names, self.parties, self.assets, strict=True))
        return (
            *(books.warrant_vested(i, h, f"vest:{name}", asset=asset) for name, (i, h), asset in rows),
            *(books.equity_investment(h, i, f"strike:{name}") for name, (i, h), _ in rows),
            *(books.warrant_exercised(h, i, f"exercise:{name}") for name, (i, h), _ in rows),
            *(books.discount_beyond_cost(h, f"beyond-cost:{name}", asset=asset) for name, (_, h), asset in rows),
        )

    def start(self, paths: int) -> WarrantState:
        """Nothing vested."""
        nothing = jnp.zeros((len(self.names), paths))
        vested = jnp.zeros((len(self.contract_of), paths), bool)
        return WarrantState(vested, jnp.zeros(nothing.shape, bool), nothing, nothing)

    def vest(
        self, state: WarrantState, delivered_gw: _ByContract, share_price: _ByContract
    ) -> tuple[WarrantState, _Moved]:
        """Which tranches vest now? `delivered_gw` since the grant, `share_price` of the issuer in USD, by contract."""
        of = np.asarray(self.contract_of, np.int64)
        reached = (delivered_gw[of] >= self.milestone_gw[:, None]) & (share_price[of] >= self.hurdle_usd[:, None])
        new = reached & ~state.vested & ~state.void[of]
        worth = quantize(self._by_contract(jnp.where(new, (self.shares_bn * self.fair_value_usd)[:, None], 0.0)))
        after = WarrantState(state.vested | new, state.void, state.exercised_bn, state.value + worth)
        return after, self._moves(vest=worth)

    def beyond(self, worth: _ByContract, bought: _ByContract) -> tuple[_ByContract, _Moved]:
        """What of a grant is a discount on what its holder `bought` in the quarter, USD bn? The rest is income."""
        rest = jnp.maximum(worth - quantize(bought), 0.0)
        return worth - rest, self._moves(beyond=rest)

    def void(self, state: WarrantState, where: _Where) -> WarrantState:
        """The orders of these contracts are torn up: what has not vested never will. Nothing is posted."""
        return WarrantState(state.vested, state.void | where, state.exercised_bn, state.value)

    def exercise(self, state: WarrantState, share: _ByContract) -> tuple[WarrantState, _Moved]:
        """The holder takes `share` (0 to 1) of the shares that have vested and are not taken, and pays the strike."""
        ready = self.vested_bn(state) - state.exercised_bn
        strike = quantize(ready * share * self.strike_usd[:, None])
        taken = quantize(state.value * share)
        after = WarrantState(state.vested, state.void, state.exercised_bn + ready * share, state.value - taken)
        return after, self._moves(strike=strike, exercise=taken)

    def vested_bn(self, state: WarrantState) -> _ByContract:
        """Shares earned so far, exercised or not, in billions."""
        return self._by_contract(jnp.where(state.vested, self.shares_bn[:, None], 0.0))

    def intrinsic_value(self, state: WarrantState, share_price: _ByContract) -> _ByContract:
        """What the vested shares not taken would bring at this price above the strike, never below 0; USD bn."""
        ready = self.vested_bn(state) - state.exercised_bn
        return ready * jnp.maximum(share_price - self.strike_usd[:, None], 0.0)

    def dilution(self, state: WarrantState, outstanding_bn: _ByContract) -> _ByContract:
        """The part of the issuer that holders of earned shares have: earned / (others' shares + earned), 0 to 1.

        `outstanding_bn` are the issuer's shares without any of these.
        """
        earned = self.vested_bn(state)
        return earned / (outstanding_bn + earned)

    def _by_contract(self, by_tranche: Float64[Array, "tranche path"]) -> _ByContract:
        belongs = np.arange(len(self.names))[:, None] == np.asarray(self.contract_of, np.int64)[None, :]
        return belongs.astype(np.float64) @ by_tranche

    def _moves(self, **moved: _ByContract) -> _Moved:
        paths = next(iter(moved.values())).shape[1]
        return moves(dict.fromkeys(_KINDS, len(self.names)), paths, **moved)
