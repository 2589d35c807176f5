"""Barter: goods against services, revenue on both sides, and no cash."""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float64, Int

from ouroloop import ledger as books
from ouroloop.instruments.instrument import Instrument
from ouroloop.instruments.moves import moves
from ouroloop.instruments.schedule import in_quarter
from ouroloop.ledger import Flow, quantize

_ByContract = Float64[Array, "contract path"]
_Moved = Float64[Array, "flow path"]
_Where = Bool[Array, "contract path"]
_Quarter = int | Int[Array, ""]
_KINDS = ("goods", "services", "forgive")


class BarterState(eqx.Module):
    """How far each bargain has come, on every path; USD bn at the prices agreed."""

    goods: _ByContract
    """Delivered by the first party so far."""
    services: _ByContract
    """Delivered by the second party so far."""
    forgiven: _ByContract
    """Given up by the side that had delivered more."""
    broken: _Where

    @property
    def open(self) -> _ByContract:
        """What the second party still owes in services; negative where the first owes goods."""
        return self.goods - self.services - self.forgiven


class Barters(Instrument):
    """Two firms swap goods for services: who has delivered, who owes, and how much revenue does that make?

    open = goods delivered - services delivered - forgiven; over a whole bargain revenue = goods + services = 2 * value

    Each delivery is revenue of the one that delivers, at the price agreed; the taker of goods books an asset, the taker
    of services an expense. Between the deliveries the one that is behind owes the other in kind: one claim per bargain,
    whose sign says who. No cash moves at any time, so no color ever enters the revenue of either side: both report
    sales that nobody has paid for. A bargain that breaks stops deliveries and leaves the claim until it is forgiven.

    What it is not: a price that a market has tested; both sides gain from stating it high. Two sales for cash between
    the same two firms are the same circle with money in it (the colors then show the money going round).

    Flows, kind by kind: `goods`, `services` (accruals), `forgive` (write-off, negative where the first party owes).
    References: ASC 606-10-32-21 (noncash consideration at fair value), ASC 845-10-30 (exchanges without commercial
    substance at cost: such a swap would be no revenue at all).
    """

    names: tuple[str, ...] = eqx.field(static=True)
    parties: tuple[tuple[str, str], ...] = eqx.field(static=True)
    """(who gives goods, who gives services) of each bargain."""
    assets: tuple[str, ...] = eqx.field(static=True)
    """What the taker of the goods books: `equipment`, `inventory`."""
    goods_schedule: Float64[Array, "contract quarter"]
    services_schedule: Float64[Array, "contract quarter"]
    """USD bn per quarter at the prices agreed; over the whole run both should come to the same."""

    def __check_init__(self) -> None:
        rows = {len(self.names), len(self.parties), len(self.assets), self.goods_schedule.shape[0]}
        assert rows == {self.services_schedule.shape[0]}, "one row per contract"

    @property
    def flows(self) -> tuple[Flow, ...]:
        """goods, services, forgive: each for all contracts."""
        rows = tuple(zip(self.names, self.parties, self.assets, strict=True))
        claim = {name: f"barter:{name}" for name in self.names}
        return (
            *(books.sale_on_account(s, g, f"goods:{n}", asset=a, claim=claim[n]) for n, (g, s), a in rows),
            *(books.settlement_in_kind(s, g, f"services:{n}", claim=claim[n]) for n, (g, s), _ in rows),
            *(books.bill_write_off(g, s, f"forgive:{n}", claim=claim[n]) for n, (g, s), _ in rows),
        )

    def start(self, paths: int) -> BarterState:
        """Nothing delivered by either side."""
        nothing = jnp.zeros((len(self.names), paths))
        return BarterState(nothing, nothing, nothing, jnp.zeros(nothing.shape, bool))

    def deliver(
        self,
        state: BarterState,
        quarter: _Quarter,
        *,
        goods_share: _ByContract,
        services_share: _ByContract,
        broken: _Where,
    ) -> tuple[BarterState, _Moved]:
        """Both sides deliver these shares (0 to 1) of what the quarter asks of them; `broken` ends it for good.

        What is not delivered in its quarter is not made up for: the claim keeps count.
        """
        ends = state.broken | broken
        goods = quantize(jnp.where(ends, 0.0, in_quarter(self.goods_schedule, quarter) * goods_share))
        services = quantize(jnp.where(ends, 0.0, in_quarter(self.services_schedule, quarter) * services_share))
        after = BarterState(state.goods + goods, state.services + services, state.forgiven, ends)
        return after, self._moves(goods=goods, services=services)

    def forgive(self, state: BarterState, where: _Where) -> tuple[BarterState, _Moved]:
        """Who delivered more gives up the difference: its loss, the other's gain."""
        given_up = jnp.where(where, state.open, 0.0)
        after = BarterState(state.goods, state.services, state.forgiven + given_up, state.broken)
        return after, self._moves(forgive=given_up)

    def _moves(self, **moved: _ByContract) -> _Moved:
        paths = next(iter(moved.values())).shape[1]
        return moves(dict.fromkeys(_KINDS, len(self.names)), paths, **moved)
