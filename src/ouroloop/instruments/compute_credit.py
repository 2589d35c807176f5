"""Compute credits: promises to serve, given instead of cash for shares."""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float64, Int

from ouroloop import ledger as books
from ouroloop.instruments.instrument import Instrument
from ouroloop.instruments.moves import moves
from ouroloop.instruments.schedule import in_quarter
from ouroloop.ledger import Flow, quantize

_ByContract = Float64[Array, "contract path"]
_Moved = Float64[Array, "flow path"]
_Quarter = int | Int[Array, ""]
_KINDS = ("grant", "use", "expire")


class ComputeCreditState(eqx.Module):
    """Where each grant stands, on every path; USD bn at the list price at which it was granted."""

    balance: _ByContract
    """Granted and neither used nor expired: what the ledger holds for this contract."""


class ComputeCredits(Instrument):
    """How much of an investment was paid in compute, how much of that is used, and whose revenue does it make?

    balance = granted - used - expired, never below 0

    The grantor books shares against a promise to serve; the holder books the promise against new shares: an investment
    in kind, and no cash. When the holder computes, its asset becomes an expense and the grantor's promise becomes
    revenue. So the grantor turns its own investment into its own revenue: no payment ever carries a color into it, and
    the gap between revenue and revenue that somebody paid for is exactly what was used. What is not used by `expiry`
    is lost to the holder and is a gain of the grantor, but not revenue.

    What it is not: a discount on service sold for cash, nor a prepayment (`Prepayments`), which somebody paid for.

    Flows, kind by kind: `grant` (without cash), `use` (accrual), `expire` (write-off).
    References: ASC 606-10-32-21 (noncash consideration), ASC 845 (nonmonetary transactions).
    """

    names: tuple[str, ...] = eqx.field(static=True)
    parties: tuple[tuple[str, str], ...] = eqx.field(static=True)
    """(grantor, holder) of each contract: who invests and serves, who issues shares and computes."""
    schedule: Float64[Array, "contract quarter"]
    """What is granted, USD bn per quarter."""
    expiry: Int[Array, " contract"]
    """The quarter at whose start what is left expires; beyond the horizon for never."""

    def __check_init__(self) -> None:
        rows = {len(self.names), len(self.parties), self.schedule.shape[0]}
        assert rows == {self.expiry.shape[0]}, "one row per contract"

    @property
    def flows(self) -> tuple[Flow, ...]:
        """grant, use, expire: each for all contracts."""
        rows = tuple(zip(self.names, self.parties, strict=True))
        return (
            *(books.credits_for_shares(g, h, f"grant:{name}") for name, (g, h) in rows),
            *(books.credits_used(h, g, f"use:{name}") for name, (g, h) in rows),
            *(books.credits_lost(h, g, f"expire:{name}") for name, (g, h) in rows),
        )

    def start(self, paths: int) -> ComputeCreditState:
        """Nothing granted."""
        return ComputeCreditState(jnp.zeros((len(self.names), paths)))

    def grant(
        self, state: ComputeCreditState, quarter: _Quarter, share: _ByContract
    ) -> tuple[ComputeCreditState, _Moved]:
        """The quarter begins: old credits expire, and `share` (0 to 1) of what the schedule grants now is granted.

        A share below 1 is an investor that holds back; what it holds back is not granted later.
        """
        expired = jnp.where((quarter >= self.expiry)[:, None], state.balance, 0.0)
        granted = quantize(in_quarter(self.schedule, quarter) * share)
        return ComputeCreditState(state.balance - expired + granted), self._moves(grant=granted, expire=expired)

    def use(self, state: ComputeCreditState, need: _ByContract) -> tuple[ComputeCreditState, _Moved, _ByContract]:
        """The holder computes for `need`, with credits as far as they go. Also returns how far that is."""
        used = jnp.clip(quantize(need), 0.0, state.balance)
        return ComputeCreditState(state.balance - used), self._moves(use=used), used

    def _moves(self, **moved: _ByContract) -> _Moved:
        paths = next(iter(moved.values())).shape[1]
        return moves(dict.fromkeys(_KINDS, len(self.names)), paths, **moved)
