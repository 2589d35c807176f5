"""What is a letter of intent worth before it binds, and does it ever?

A book of pending transfers. A letter says that `promisor` means to pay `holder` an amount. In its decision quarter one
uniform draw u per letter and path settles what becomes of it, once:

    u < p                     firm: its amount falls due by `schedule`, from the quarter in which it became firm
    p <= u < p + q            void: somebody says so
    otherwise                 nobody says anything, and it expires after its last quarter

While it is pending nothing is posted (there are no flows: what it becomes belongs to the instrument that it feeds), but
lenders take it for collateral at an advance rate: `collateral = advance rate · amount`. That money was lent against
something that is no claim is the point. Not here: who lends on it. Reference: Nvidia's 10-Q of 2025-11, which says of
the letter to OpenAI that there is no assurance of a definitive agreement.
"""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Float64, Int, Int8, Int32

from ouroloop.instruments.instrument import Instrument
from ouroloop.instruments.ladder import Quarter
from ouroloop.ledger import Fate, Flow, quantize

LetterTerm = Float[Array, "#letter #path"]
ByLetter = Float64[Array, "letter path"]


class LetterState(eqx.Module):
    """How each letter stands, and since when it is firm."""

    fate: Int8[Array, "letter path"]
    """A `Fate`: pending, posted (firm), void or expired."""
    firm_since: Int32[Array, "letter path"]
    """The quarter in which it became firm; meaningless before."""

    @property
    def firm(self) -> Bool[Array, "letter path"]:
        """Which letters bind by now? E.g. the milestone of an equity round that follows a letter."""
        return self.fate == int(Fate.POSTED)


class Letters(Instrument):
    """A book of letters of intent. Quarters count from the opening quarter 0."""

    names: tuple[str, ...] = eqx.field(static=True)
    promisors: tuple[str, ...] = eqx.field(static=True)
    holders: tuple[str, ...] = eqx.field(static=True)
    amount: LetterTerm
    """USD bn."""
    firm_probability: LetterTerm
    void_probability: LetterTerm
    decision: Int[Array, " letter"]
    expiry: Int[Array, " letter"]
    advance_rate: LetterTerm
    """Share of the amount that lenders count as collateral while it is pending, 0..1."""
    schedule: Float64[Array, "letter lag"]
    """Share of the amount that falls due 0, 1, 2 ... quarters after it became firm."""

    def __check_init__(self) -> None:
        sizes = {len(self.names), len(self.promisors), len(self.holders), *map(len, (self.amount, self.decision))}
        assert len(sizes) == 1, f"names, parties and terms differ in length: {sizes}"

    @property
    def flows(self) -> tuple[Flow, ...]:
        """None: nothing is posted before a letter is firm, and what it becomes then has flows of its own."""
        return ()

    def opening(self, paths: int) -> LetterState:
        """All letters pending."""
        shape = (len(self.names), paths)
        return LetterState(jnp.full(shape, int(Fate.PENDING), jnp.int8), jnp.zeros(shape, jnp.int32))

    def pending(self, state: LetterState) -> ByLetter:
        """The memorandum: what is promised and does not bind, USD bn."""
        return jnp.where(state.fate == int(Fate.PENDING), quantize(self.amount), 0.0)

    def collateral(self, state: LetterState) -> ByLetter:
        """What lenders count for it, USD bn. 100 at an advance rate of 0.3: 30, until it is firm, void or expired."""
        return self.advance_rate * self.pending(state)

    def resolve(
        self, state: LetterState, quarter: Quarter, draw: Float[Array, "letter path"]
    ) -> tuple[LetterState, ByLetter]:
        """Settle what is decided in this quarter, by `draw` (uniform on 0..1; one number per letter and path).

        Returns the amounts that became firm now, USD bn. Each letter is settled once: a second call in the same
        quarter, and any draw outside the decision quarter, changes nothing but the expiry.
        """
        pending = state.fate == int(Fate.PENDING)
        now = pending & (quarter == self.decision)[:, None]
        signed = now & (draw < self.firm_probability)
        dropped = now & ~signed & (draw < self.firm_probability + self.void_probability)
        lapsed = pending & ~signed & ~dropped & (quarter >= self.expiry)[:, None]
        fate = jnp.where(signed, int(Fate.POSTED), state.fate)
        fate = jnp.where(dropped, int(Fate.VOID), jnp.where(lapsed, int(Fate.EXPIRED), fate)).astype(jnp.int8)
        since = jnp.where(signed, quarter, state.firm_since).astype(jnp.int32)
        return LetterState(fate, since), jnp.where(signed, quantize(self.amount), 0.0)

    def void(self, state: LetterState, where: Bool[Array, "letter path"]) -> LetterState:
        """Call pending letters off; what is firm or has ended stays as it is."""
        ends = where & (state.fate == int(Fate.PENDING))
        return LetterState(jnp.where(ends, int(Fate.VOID), state.fate).astype(jnp.int8), state.firm_since)

    def due(self, state: LetterState, quarter: Quarter) -> ByLetter:
        """What of firm letters falls due in this quarter, USD bn, for the instrument that pays it.

        The parts add up to amount · sum(schedule) to the last quantum.
        """
        lags = self.schedule.shape[1]
        lag = quarter - state.firm_since
        so_far = jnp.concatenate([jnp.zeros((len(self.names), 1)), jnp.cumsum(self.schedule, axis=1)], axis=1)
        at = jnp.clip(lag, 0, lags - 1)
        before, after = (jnp.take_along_axis(so_far, at + step, axis=1) for step in (0, 1))
        part = quantize(self.amount * after) - quantize(self.amount * before)
        return jnp.where(state.firm & (lag >= 0) & (lag < lags), part, 0.0)
