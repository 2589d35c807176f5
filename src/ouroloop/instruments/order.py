"""Orders of goods: take-or-pay commitments, and orders that the buyer may cancel."""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float64, Int

from ouroloop import ledger as books
from ouroloop.instruments.bills import Bills
from ouroloop.instruments.instrument import Instrument
from ouroloop.instruments.moves import moves
from ouroloop.instruments.schedule import come_due
from ouroloop.ledger import Flow, quantize

_ByContract = Float64[Array, "contract path"]
_Moved = Float64[Array, "flow path"]
_Where = Bool[Array, "contract path"]
_KINDS = ("deliver", "shortfall", "cancel", "settle", "write_off")
_Quarter = int | Int[Array, ""]


class OrderState(eqx.Module):
    """How far each order has come, on every path; USD bn."""

    arrived: _ByContract
    """What the schedule has brought, whether handed over, waiting for money or refused."""
    waiting: _ByContract
    """Goods that are ready and not paid: the seller keeps them."""
    delivered: _ByContract
    canceled: _Where
    bills: Bills
    """Shortfalls and cancellation costs that are owed."""


class Orders(Instrument):
    """What does a buyer owe for goods ordered ahead, if it takes them, leaves them, or calls the order off?

    goods that arrive in quarter q: what the schedule brings by q + 1 - delay, less what arrived before
    shortfall = take_or_pay_share * (arrived - taken); cancellation = cancellation_share * (what is left of the order)

    Goods are handed over against cash: what clearing does not pay waits, and is due again in the next quarter. The
    buyer books an asset, the seller revenue. Shortfalls and cancellation costs are billed (revenue of the seller:
    payment for goods it stood ready to deliver) and owed until paid or written off; payments clear bills first. An
    order is canceled once, and what waits for money is canceled with it. A firm commitment has both shares at 1, an
    option on further goods both at 0. Money in USD bn.

    What it is not: a forecast of prices (the schedule is in dollars), nor the seller's cost of goods (`cost_of_sale`).

    Flows, kind by kind: `deliver` (transaction), `shortfall`, `cancel` (accruals), `settle` (transaction), `write-off`.
    References: ASC 440-10-50 (unconditional purchase obligations), ASC 606-10-55-46 (customers' unexercised rights).
    """

    names: tuple[str, ...] = eqx.field(static=True)
    parties: tuple[tuple[str, str], ...] = eqx.field(static=True)
    """(buyer, seller) of each contract."""
    assets: tuple[str, ...] = eqx.field(static=True)
    """What the buyer books: `equipment`, `inventory`."""
    schedule: Float64[Array, "contract quarter"]
    take_or_pay_share: Float64[Array, " contract"]
    cancellation_share: Float64[Array, " contract"]

    def __check_init__(self) -> None:
        rows = {len(self.names), len(self.parties), len(self.assets), self.schedule.shape[0]}
        assert rows == {self.take_or_pay_share.shape[0]} == {self.cancellation_share.shape[0]}, "one row per contract"

    @property
    def flows(self) -> tuple[Flow, ...]:
        """deliver, shortfall, cancel, settle, write-off: each for all contracts."""
        rows = tuple(zip(self.names, self.parties, self.assets, strict=True))
        return (
            *(books.purchase_capitalized(b, s, f"deliver:{name}", asset=asset) for name, (b, s), asset in rows),
            *(books.sale_on_account(b, s, f"shortfall:{name}", expense="take_or_pay") for name, (b, s), _ in rows),
            *(books.sale_on_account(b, s, f"cancel:{name}", expense="cancellation") for name, (b, s), _ in rows),
            *(books.settlement(b, s, f"settle:{name}") for name, (b, s), _ in rows),
            *(books.bill_write_off(s, b, f"write-off:{name}") for name, (b, s), _ in rows),
        )

    def start(self, paths: int) -> OrderState:
        """Nothing arrived, nothing owed."""
        nothing = jnp.zeros((len(self.names), paths))
        none = jnp.zeros(nothing.shape, bool)
        return OrderState(nothing, nothing, nothing, none, Bills.none(len(self.names), paths))

    def fall_due(
        self, state: OrderState, quarter: _Quarter, *, delay: _ByContract, taken_share: _ByContract, cancel: _Where
    ) -> tuple[OrderState, _Moved]:
        """What arrives and what is owed for not taking it?

        `delay` in quarters against the schedule, any number >= 0; `taken_share` in [0, 1] of what arrives; `cancel`
        where the buyer calls off the rest now (before this quarter's goods; a second time does nothing).
        """
        canceled = state.canceled | cancel
        fee = quantize(jnp.where(cancel, self.cancellation_share[:, None] * self.backlog(state), 0.0))
        target = come_due(self.schedule, quarter + 1 - delay)
        arriving = jnp.where(canceled, 0.0, jnp.maximum(target - state.arrived, 0.0))
        taken = quantize(arriving * taken_share)
        shortfall = quantize(self.take_or_pay_share[:, None] * (arriving - arriving * taken_share))
        after = OrderState(
            state.arrived + arriving,
            jnp.where(canceled, 0.0, state.waiting + taken),
            state.delivered,
            canceled,
            state.bills.next_quarter(shortfall + fee),
        )
        return after, self._moves(shortfall=shortfall, cancel=fee)

    def due(self, state: OrderState) -> _ByContract:
        """What does the buyer have to pay now? Open bills, and goods that are ready."""
        return state.bills.owed + state.waiting

    def pay(self, state: OrderState, paid: _ByContract) -> tuple[OrderState, _Moved]:
        """Money comes: bills are cleared first, oldest first, and goods handed over for the rest."""
        bills, settled = state.bills.pay(paid)
        deliver = jnp.clip(quantize(paid) - settled, 0.0, state.waiting)
        waiting, delivered = state.waiting - deliver, state.delivered + deliver
        after = OrderState(state.arrived, waiting, delivered, state.canceled, bills)
        return after, self._moves(deliver=deliver, settle=settled)

    def write_off(self, state: OrderState, where: _Where) -> tuple[OrderState, _Moved]:
        """The seller gives up the bills of these contracts."""
        bills, lost = state.bills.write_off(where)
        after = OrderState(state.arrived, state.waiting, state.delivered, state.canceled, bills)
        return after, self._moves(write_off=lost)

    def backlog(self, state: OrderState) -> _ByContract:
        """What is still ordered and not handed over, USD bn: the seller's backlog, the buyer's commitment."""
        rest = self.schedule.sum(axis=1)[:, None] - state.arrived + state.waiting
        return jnp.where(state.canceled, 0.0, rest)

    def _moves(self, **moved: _ByContract) -> _Moved:
        paths = next(iter(moved.values())).shape[1]
        return moves(dict.fromkeys(_KINDS, len(self.names)), paths, **moved)
