"""Pre-sales: goods sold before they are made, with a deposit now and the balance on delivery."""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float64, Int

from ouroloop import ledger as books
from ouroloop.instruments.instrument import Instrument
from ouroloop.instruments.moves import moves
from ouroloop.instruments.schedule import come_due
from ouroloop.ledger import Flow, quantize

_ByContract = Float64[Array, "contract path"]
_Moved = Float64[Array, "flow path"]
_Where = Bool[Array, "contract path"]
_Quarter = int | Int[Array, ""]
_KINDS = ("deposit", "apply", "balance", "refund", "lose")


class PreSaleState(eqx.Module):
    """How far each sale has come, on every path; USD bn."""

    arrived: _ByContract
    """Goods that the schedule has brought, handed over or not."""
    waiting: _ByContract
    """Goods that are ready and whose balance is not paid."""
    asked: _Where
    """Has the deposit fallen due?"""
    deposit_owed: _ByContract
    deposit: _ByContract
    """Deposit paid and not yet applied to goods: what the ledger holds for this contract."""
    canceled: _Where


class PreSales(Instrument):
    """How much of a maker's next output has the buyer paid for already, and who stands to lose it?

    deposit = deposit_share * value of all goods, due in `deposit_quarter`; no goods come before it is paid
    goods of a quarter: what the schedule brings by q + 1 - delay, less what came before
    of goods worth x, deposit_share * x is applied from the deposit (while it lasts) and the rest is due in cash

    The deposit is an asset of the buyer and a contract liability of the maker: the buyer finances the production. On
    delivery buyer's equipment and maker's revenue stand at the full price. Colors count with each payment, so the
    deposit is told as the buyer's money even when its own backers sent it. A buyer that cancels forfeits the deposit;
    a maker that fails pays back what it can (`refund`) and the rest is the buyer's loss (`lose`).

    What it is not: `Prepayments`, where service is used up quarter by quarter as the customer likes. Here things that
    last are handed over on a schedule that may slip, each against a balance in cash, and a deposit binds the buyer to
    take them. Nor `Orders`, where nothing is paid before delivery. The making itself (inventory) is the caller's.

    Flows, kind by kind: `deposit` (transaction), `apply` (accrual), `balance` (transaction), `refund` (transaction of
    negative amount: it undoes `deposit`, colors too), `lose` (write-off).
    Reference: ASC 606-10-45-2 (contract liability), 606-10-32-15 (financing inside a contract).
    """

    names: tuple[str, ...] = eqx.field(static=True)
    parties: tuple[tuple[str, str], ...] = eqx.field(static=True)
    """(buyer, maker) of each contract."""
    assets: tuple[str, ...] = eqx.field(static=True)
    """What the buyer books: `equipment`, `inventory`."""
    schedule: Float64[Array, "contract quarter"]
    """The value of the goods to be delivered, USD bn per quarter."""
    deposit_share: Float64[Array, " contract"]
    deposit_quarter: Int[Array, " contract"]

    def __check_init__(self) -> None:
        rows = {len(self.names), len(self.parties), len(self.assets), self.schedule.shape[0]}
        assert rows == {self.deposit_share.shape[0]} == {self.deposit_quarter.shape[0]}, "one row per contract"

    @property
    def flows(self) -> tuple[Flow, ...]:
        """deposit, apply, balance, refund, lose: each for all contracts."""
        rows = tuple(zip(self.names, self.parties, self.assets, strict=True))
        claim = {(b, m): f"deposit:{b}:{m}" for b, m in self.parties}
        return (
            *(books.prepayment(b, m, f"deposit:{n}", claim=claim[b, m]) for n, (b, m), _ in rows),
            *(books.prepayment_used(b, m, f"apply:{n}", asset=a, claim=claim[b, m]) for n, (b, m), a in rows),
            *(books.purchase_capitalized(b, m, f"balance:{n}", asset=a) for n, (b, m), a in rows),
            *(books.prepayment(b, m, f"refund:{n}", claim=claim[b, m]) for n, (b, m), _ in rows),
            *(books.prepayment_lost(b, m, f"lose:{n}", claim=claim[b, m]) for n, (b, m), _ in rows),
        )

    def start(self, paths: int) -> PreSaleState:
        """Signed; no deposit asked for, nothing delivered."""
        nothing = jnp.zeros((len(self.names), paths))
        no = jnp.zeros(nothing.shape, bool)
        return PreSaleState(nothing, nothing, no, nothing, nothing, no)

    def fall_due(
        self, state: PreSaleState, quarter: _Quarter, *, delay: _ByContract, cancel: _Where
    ) -> tuple[PreSaleState, _Moved]:
        """The deposit falls due, goods become ready, or the buyer walks away and forfeits what it has paid.

        `delay` of the deliveries in quarters, any number >= 0. Canceling happens before this quarter's goods, once.
        """
        canceled = state.canceled | cancel
        forfeited = jnp.where(cancel, state.deposit, 0.0)
        asks = (quarter >= self.deposit_quarter)[:, None] & ~state.asked & ~canceled
        whole = self.schedule.sum(axis=1)[:, None]
        owed = state.deposit_owed + jnp.where(asks, quantize(self.deposit_share[:, None] * whole), 0.0)
        owed = jnp.where(canceled, 0.0, owed)
        # The maker ships to nobody whose deposit has not come.
        ships = (state.asked | asks) & (owed == 0) & ~canceled
        target = come_due(self.schedule, quarter + 1 - delay)
        arriving = jnp.where(ships, jnp.maximum(target - state.arrived, 0.0), 0.0)
        after = PreSaleState(
            state.arrived + arriving,
            jnp.where(canceled, 0.0, state.waiting + quantize(arriving)),
            state.asked | asks,
            owed,
            state.deposit - forfeited,
            canceled,
        )
        return after, self._moves(lose=forfeited)

    def due(self, state: PreSaleState) -> _ByContract:
        """What does the buyer have to pay now? The deposit, and the balance of goods that are ready; USD bn."""
        return state.deposit_owed + state.waiting - self._covered(state)

    def pay(self, state: PreSaleState, paid: _ByContract) -> tuple[PreSaleState, _Moved]:
        """Money comes: the deposit first, then the balance; goods are handed over in the share in which it is paid."""
        paid = jnp.maximum(quantize(paid), 0.0)
        deposit = jnp.minimum(paid, state.deposit_owed)
        covered = self._covered(state)
        asked = state.waiting - covered
        balance = jnp.minimum(paid - deposit, asked)
        # Goods that the deposit covers whole need no further money.
        share = jnp.where(asked > 0, balance / jnp.where(asked > 0, asked, 1.0), 1.0)
        applied = quantize(covered * share)
        after = PreSaleState(
            state.arrived,
            state.waiting - balance - applied,
            state.asked,
            state.deposit_owed - deposit,
            state.deposit + deposit - applied,
            state.canceled,
        )
        return after, self._moves(deposit=deposit, apply=applied, balance=balance)

    def refund(self, state: PreSaleState, paid_back: _ByContract) -> tuple[PreSaleState, _Moved]:
        """The maker pays back, at most the deposit that is left."""
        back = jnp.clip(quantize(paid_back), 0.0, state.deposit)
        return self._holding(state, state.deposit - back), self._moves(refund=-back)

    def lose(self, state: PreSaleState, where: _Where) -> tuple[PreSaleState, _Moved]:
        """The maker of these contracts will not deliver: the deposit is the buyer's loss, and the contract ends."""
        lost = jnp.where(where, state.deposit, 0.0)
        after = PreSaleState(
            state.arrived,
            jnp.where(where, 0.0, state.waiting),
            state.asked,
            jnp.where(where, 0.0, state.deposit_owed),
            state.deposit - lost,
            state.canceled | where,
        )
        return after, self._moves(lose=lost)

    def backlog(self, state: PreSaleState) -> _ByContract:
        """The value of goods sold and not handed over, USD bn."""
        rest = self.schedule.sum(axis=1)[:, None] - state.arrived + state.waiting
        return jnp.where(state.canceled, 0.0, rest)

    def _covered(self, state: PreSaleState) -> _ByContract:
        """The part of the goods that are ready that the deposit pays for."""
        return jnp.minimum(state.deposit, quantize(self.deposit_share[:, None] * state.waiting))

    def _holding(self, state: PreSaleState, deposit: _ByContract) -> PreSaleState:
        kept = (state.arrived, state.waiting, state.asked, state.deposit_owed)
        return PreSaleState(*kept, deposit, state.canceled)

    def _moves(self, **moved: _ByContract) -> _Moved:
        paths = next(iter(moved.values())).shape[1]
        return moves(dict.fromkeys(_KINDS, len(self.names)), paths, **moved)
