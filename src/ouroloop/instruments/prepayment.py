"""Prepayments: money for service to come, a liability of the provider until it has served."""

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
_KINDS = ("prepay", "use", "refund", "lose")


class PrepaymentState(eqx.Module):
    """Where each contract stands, on every path; USD bn."""

    owed: _ByContract
    """What fell due and was not paid."""
    balance: _ByContract
    """Paid ahead and not served yet: what the ledger holds for this contract."""


class Prepayments(Instrument):
    """How much has a customer paid for service that it has not had yet, and what becomes of it?

    balance = prepaid - used - refunded - lost, never below 0

    Cash moves first: an asset of the customer and a contract liability of the provider, who lives on it meanwhile (it
    is funding without interest). Service consumes it: expense there and revenue here, without cash. Colors count when
    the cash comes, so revenue is told by who paid ahead. What was neither served nor paid back is lost: a loss of the
    customer and a gain of the provider, be it that the provider failed or that the customer left.

    What it is not: a deposit for goods. Here nothing is delivered that lasts, no schedule of delivery can slip and no
    balance is due on delivery; `PreSales` is that. Nor is it a credit granted for shares (`ComputeCredits`).

    Flows, kind by kind: `prepay` (transaction), `use` (accrual), `refund` (transaction, of negative amount: it undoes
    `prepay`, colors too), `lose` (write-off).
    Reference: ASC 606-10-45-2 (contract liability), 606-10-55-46 (rights that a customer does not exercise).
    """

    names: tuple[str, ...] = eqx.field(static=True)
    parties: tuple[tuple[str, str], ...] = eqx.field(static=True)
    """(customer, provider) of each contract."""
    schedule: Float64[Array, "contract quarter"]
    """What is to be paid ahead, USD bn per quarter."""

    def __check_init__(self) -> None:
        assert len(self.names) == len(self.parties) == self.schedule.shape[0], "one row per contract"

    @property
    def flows(self) -> tuple[Flow, ...]:
        """prepay, use, refund, lose: each for all contracts."""
        rows = tuple(zip(self.names, self.parties, strict=True))
        return (
            *(books.prepayment(c, p, f"prepay:{name}") for name, (c, p) in rows),
            *(books.prepayment_used(c, p, f"use:{name}", expense="compute") for name, (c, p) in rows),
            *(books.prepayment(c, p, f"refund:{name}") for name, (c, p) in rows),
            *(books.prepayment_lost(c, p, f"lose:{name}") for name, (c, p) in rows),
        )

    def start(self, paths: int) -> PrepaymentState:
        """Nothing owed, nothing paid ahead."""
        nothing = jnp.zeros((len(self.names), paths))
        return PrepaymentState(nothing, nothing)

    def fall_due(self, state: PrepaymentState, quarter: _Quarter, stopped: _Where) -> PrepaymentState:
        """A quarter passes: the money that is to be paid ahead in it falls due, except where the contract has stopped,
        which also ends what is still owed. Nothing is posted before it is paid."""
        owed = state.owed + quantize(in_quarter(self.schedule, quarter))
        return PrepaymentState(jnp.where(stopped, 0.0, owed), state.balance)

    def due(self, state: PrepaymentState) -> _ByContract:
        """What does the customer have to pay now, USD bn?"""
        return state.owed

    def pay(self, state: PrepaymentState, paid: _ByContract) -> tuple[PrepaymentState, _Moved]:
        """Money comes ahead of service."""
        paid = jnp.clip(quantize(paid), 0.0, state.owed)
        return PrepaymentState(state.owed - paid, state.balance + paid), self._moves(prepay=paid)

    def use(self, state: PrepaymentState, wanted: _ByContract) -> tuple[PrepaymentState, _Moved, _ByContract]:
        """The customer takes service worth `wanted`. Also returns how much of it was paid ahead (the rest is not)."""
        used = jnp.clip(quantize(wanted), 0.0, state.balance)
        return PrepaymentState(state.owed, state.balance - used), self._moves(use=used), used

    def refund(self, state: PrepaymentState, paid_back: _ByContract) -> tuple[PrepaymentState, _Moved]:
        """The provider pays back, at most the balance."""
        back = jnp.clip(quantize(paid_back), 0.0, state.balance)
        return PrepaymentState(state.owed, state.balance - back), self._moves(refund=-back)

    def lose(self, state: PrepaymentState, where: _Where) -> tuple[PrepaymentState, _Moved]:
        """What these contracts still hold is lost to the customer; nothing more is owed under them now."""
        lost = jnp.where(where, state.balance, 0.0)
        return PrepaymentState(jnp.where(where, 0.0, state.owed), state.balance - lost), self._moves(lose=lost)

    def _moves(self, **moved: _ByContract) -> _Moved:
        paths = next(iter(moved.values())).shape[1]
        return moves(dict.fromkeys(_KINDS, len(self.names)), paths, **moved)
