"""Cloud contracts: compute that a customer has promised to buy from a provider, billed as capacity is delivered."""

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
_Quarter = int | Int[Array, ""]
_KINDS = ("bill", "terminate", "settle", "write_off")


class CloudState(eqx.Module):
    """How far each contract has come, on every path; USD bn."""

    passed: _ByContract
    """The part of the schedule that has passed, served or not."""
    ended: _Where
    bills: Bills


class CloudContracts(Instrument):
    """What does a customer owe for compute it has promised to buy, as capacity comes and its own need goes?

    bill = commitment of the quarter * delivered_share * max(wanted_share, take_or_pay_share), where performing
    fee   = termination_share * backlog, once, where terminated

    The commitment of quarter q is what the schedule brings by q + 1 - delay, less what passed before: a start that
    slips moves the whole schedule. What capacity does not serve in its quarter is owed by nobody and lapses, because
    last quarter's compute cannot be delivered later. Bills are on account: revenue and a receivable at once, cash when
    clearing pays, oldest first; what is unpaid stays visible by age until the caller writes it off. A contract that
    does not perform (the customer is gone or has stopped, the provider serves it no more) passes without bills.

    What it is not: usage beyond the commitment, and not revenue that somebody's cash has paid for (see the colors).

    Flows, kind by kind: `bill`, `terminate` (accruals), `settle` (transaction), `write-off`.
    References: ASC 606-10-50-13 (remaining performance obligations), ASC 606-10-25-10 (termination as modification).
    """

    names: tuple[str, ...] = eqx.field(static=True)
    parties: tuple[tuple[str, str], ...] = eqx.field(static=True)
    """(customer, provider) of each contract."""
    schedule: Float64[Array, "contract quarter"]
    """The commitment, USD bn per quarter."""
    take_or_pay_share: Float64[Array, " contract"]
    termination_share: Float64[Array, " contract"]

    def __check_init__(self) -> None:
        rows = {len(self.names), len(self.parties), self.schedule.shape[0]}
        assert rows == {self.take_or_pay_share.shape[0]} == {self.termination_share.shape[0]}, "one row per contract"

    @property
    def flows(self) -> tuple[Flow, ...]:
        """bill, terminate, settle, write-off: each for all contracts."""
        rows = tuple(zip(self.names, self.parties, strict=True))
        fees = {"expense": "termination", "revenue": "revenue:termination"}
        return (
            *(books.sale_on_account(c, p, f"bill:{name}", expense="compute") for name, (c, p) in rows),
            *(books.sale_on_account(c, p, f"terminate:{name}", **fees) for name, (c, p) in rows),
            *(books.settlement(c, p, f"settle:{name}") for name, (c, p) in rows),
            *(books.bill_write_off(p, c, f"write-off:{name}") for name, (c, p) in rows),
        )

    def start(self, paths: int) -> CloudState:
        """Nothing passed, nothing owed."""
        nothing = jnp.zeros((len(self.names), paths))
        return CloudState(nothing, jnp.zeros(nothing.shape, bool), Bills.none(len(self.names), paths))

    def fall_due(
        self,
        state: CloudState,
        quarter: _Quarter,
        *,
        delay: _ByContract,
        delivered_share: _ByContract,
        wanted_share: _ByContract,
        performing: _Where,
        terminate: _Where,
    ) -> tuple[CloudState, _Moved]:
        """What is billed this quarter, and what does leaving cost?

        `delay` in quarters, any number >= 0; `delivered_share` of the committed capacity that stands ready and
        `wanted_share` of that which the customer would use, both in [0, 1]. `terminate` ends a contract for good,
        before this quarter's service; a second time it does nothing.
        """
        ends = terminate & ~state.ended
        fee = quantize(jnp.where(ends, self.termination_share[:, None] * self.backlog(state), 0.0))
        target = come_due(self.schedule, quarter + 1 - delay)
        committed = jnp.maximum(target - state.passed, 0.0)
        owed_share = delivered_share * jnp.maximum(wanted_share, self.take_or_pay_share[:, None])
        ended = state.ended | terminate
        bill = quantize(jnp.where(performing & ~ended, committed * owed_share, 0.0))
        after = CloudState(state.passed + committed, ended, state.bills.next_quarter(bill + fee))
        return after, self._moves(bill=bill, terminate=fee)

    def due(self, state: CloudState) -> _ByContract:
        """What does the customer have to pay now? All open bills."""
        return state.bills.owed

    def pay(self, state: CloudState, paid: _ByContract) -> tuple[CloudState, _Moved]:
        """Money comes and clears bills, oldest first."""
        bills, settled = state.bills.pay(paid)
        return CloudState(state.passed, state.ended, bills), self._moves(settle=settled)

    def write_off(self, state: CloudState, where: _Where) -> tuple[CloudState, _Moved]:
        """The provider gives up the open bills of these contracts; their revenue stays where it was booked."""
        bills, lost = state.bills.write_off(where)
        return CloudState(state.passed, state.ended, bills), self._moves(write_off=lost)

    def backlog(self, state: CloudState) -> _ByContract:
        """What is promised and not served yet, USD bn: the remaining performance obligation that firms publish."""
        rest = self.schedule.sum(axis=1)[:, None] - state.passed
        return jnp.where(state.ended, 0.0, jnp.maximum(rest, 0.0))

    def _moves(self, **moved: _ByContract) -> _Moved:
        paths = next(iter(moved.values())).shape[1]
        return moves(dict.fromkeys(_KINDS, len(self.names)), paths, **moved)
