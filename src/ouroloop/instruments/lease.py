"""Leases of sites and machines: rent from the day of commencement, options, exits, and what is still to be paid."""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float64, Int

from ouroloop import ledger as books
from ouroloop.instruments.instrument import Instrument
from ouroloop.instruments.moves import moves
from ouroloop.instruments.schedule import cumulative, interpolate
from ouroloop.ledger import Flow, quantize

_ByContract = Float64[Array, "contract path"]
_Terms = Float64[Array, " contract"]
_Moved = Float64[Array, "flow path"]
_Where = Bool[Array, "contract path"]
_Quarter = int | Int[Array, ""]
_KINDS = ("rent", "fee")
QUARTERS_PER_YEAR = 4


class LeaseState(eqx.Module):
    """How far each lease has come, on every path."""

    age: _ByContract
    """Quarters since commencement; 0 before it."""
    renewed_share: _ByContract
    """Of the space, for the renewal term; 0 until the tenant decides, at the end of the first term."""
    decided: _Where
    rent_share: _ByContract
    """What renegotiation left of the rent: 1, or less."""
    terminated: _Where
    arrears: _ByContract
    """Rent that fell due and was not paid, USD bn."""
    fee_owed: _ByContract


class Leases(Instrument):
    """What rent falls due, what does leaving cost, and what is still to be paid?

    rent of age a (quarters) = rent_per_quarter * (1 + escalator_per_year)^floor(a / 4), times what renegotiation left
    of it, in the first term; in the renewal term also times the renewed share; 0 before commencement (+ delay), while
    force majeure suspends it, and after termination. A quarter suspended is lost to the landlord; the term runs on.
    fee = termination_share * present value of the rent still to come in the first term (and the renewal once agreed)
    present value = sum over quarters k to come of rent_k / (1 + discount_rate_per_year)^(k / 4), first payment k = 1

    The discount rate is the tenant's at commencement and stays, as accounting has it; renewal counts once it is
    agreed. A tenant's rent is an expense when paid and revenue of the landlord; what is unpaid is owed (`arrears`)
    and due again. A lease not commenced is on no balance sheet: `not_commenced` is the note that firms publish.

    What it is not: the right-of-use asset in the ledger. Books show rent as paid; `present_value` is the second view.

    Flows, kind by kind: `rent`, `fee` (transactions). Ages are counted in quarters and may be fractions.
    References: ASC 842-20-25-6 (operating leases), 842-20-30-1 (present value), 842-20-50-3b (not yet commenced).
    """

    names: tuple[str, ...] = eqx.field(static=True)
    parties: tuple[tuple[str, str], ...] = eqx.field(static=True)
    """(tenant, landlord) of each contract."""
    longest: int = eqx.field(static=True)
    """Quarters of the longest first and renewal term together."""
    commencement: _Terms
    """The quarter of the run in which rent begins; negative for leases that run already."""
    term: _Terms
    """Quarters of the first term, counted from commencement."""
    renewal_term: _Terms
    """Quarters that the tenant may add; 0 without an option."""
    rent_per_quarter: _Terms
    escalator_per_year: _Terms
    termination_share: _Terms
    discount_rate_per_year: _Terms

    def __check_init__(self) -> None:
        count = len(self.names)
        terms = (self.commencement, self.term, self.renewal_term, self.rent_per_quarter)
        rates = (self.escalator_per_year, self.termination_share, self.discount_rate_per_year)
        assert all(field.shape == (count,) for field in (*terms, *rates)), "one term per contract"
        assert len(self.parties) == count, "one pair of parties per contract"

    @property
    def flows(self) -> tuple[Flow, ...]:
        """rent, fee: each for all contracts."""
        rows = tuple(zip(self.names, self.parties, strict=True))
        fees = {"expense": "termination", "revenue": "revenue:termination"}
        return (
            *(books.purchase_expensed(t, o, f"rent:{name}", expense="rent") for name, (t, o) in rows),
            *(books.purchase_expensed(t, o, f"fee:{name}", **fees) for name, (t, o) in rows),
        )

    def start(self, paths: int, rent_share: Float64[Array, "#contract #path"] | float = 1.0) -> LeaseState:
        """Leases as they stand at the opening: those that run already have their age.

        `rent_share` of the rent that the terms say is asked: 0 on paths on which a lease is never signed.
        """
        nothing = jnp.zeros((len(self.names), paths))
        no = jnp.zeros(nothing.shape, bool)
        age = nothing + jnp.maximum(-self.commencement, 0.0)[:, None]
        return LeaseState(age, nothing, no, nothing + rent_share, no, nothing, nothing)

    def fall_due(
        self,
        state: LeaseState,
        quarter: _Quarter,
        *,
        delay: _ByContract,
        renewed_share: _ByContract,
        suspended: _Where,
        terminate: _Where,
    ) -> LeaseState:
        """A quarter passes: rent and fees fall due. No money moves yet, so nothing is posted.

        `delay` of the commencement in quarters (no effect once the lease runs); `renewed_share` in [0, 1] of the space
        kept, read when the first term has ended; `suspended` where force majeure stops rent in this quarter;
        `terminate` where the tenant leaves now, before this quarter's rent (a second time does nothing).
        """
        leaves = terminate & ~state.terminated
        fee = quantize(jnp.where(leaves, self.termination_share[:, None] * self.obligation(state, quarter, delay), 0.0))
        begun = jnp.clip(quarter + 1 - self.commencement[:, None] - delay, 0.0, 1.0)
        age = jnp.where(state.age > 0, state.age + 1.0, begun)
        term = self.term[:, None]
        decides = ~state.decided & (age > term)
        renewed = jnp.where(decides, renewed_share, state.renewed_share)
        table = cumulative(self._rents())
        first = interpolate(table, jnp.minimum(age, term)) - interpolate(table, jnp.minimum(state.age, term))
        further = interpolate(table, jnp.maximum(age, term)) - interpolate(table, jnp.maximum(state.age, term))
        rent = state.rent_share * (first + renewed * further)
        terminated = state.terminated | terminate
        rent = quantize(jnp.where(terminated | suspended, 0.0, rent))
        return LeaseState(
            age,
            renewed,
            state.decided | decides,
            state.rent_share,
            terminated,
            state.arrears + rent,
            state.fee_owed + fee,
        )

    def renegotiate(self, state: LeaseState, cut: _ByContract) -> LeaseState:
        """Rent falls by the share `cut` (0 to 1) from now on, of what it was before; arrears stay owed."""
        rent_share = state.rent_share * (1.0 - cut)
        kept = (state.age, state.renewed_share, state.decided, rent_share)
        return LeaseState(*kept, state.terminated, state.arrears, state.fee_owed)

    def due(self, state: LeaseState) -> _ByContract:
        """What does the tenant have to pay now? Rent, arrears and fees, USD bn."""
        return state.arrears + state.fee_owed

    def pay(self, state: LeaseState, paid: _ByContract) -> tuple[LeaseState, _Moved]:
        """Money comes: rent first, then fees."""
        paid = jnp.maximum(quantize(paid), 0.0)
        rent = jnp.minimum(paid, state.arrears)
        fee = jnp.minimum(paid - rent, state.fee_owed)
        return self._owing(state, state.arrears - rent, state.fee_owed - fee), self._moves(rent=rent, fee=fee)

    def forgive(self, state: LeaseState, where: _Where) -> LeaseState:
        """The landlord gives up what is owed. Unpaid rent was never revenue, so nothing is posted."""
        return self._owing(state, jnp.where(where, 0.0, state.arrears), jnp.where(where, 0.0, state.fee_owed))

    def remaining_payments(self, state: LeaseState) -> _ByContract:
        """Rent still to be paid under leases that have commenced, undiscounted, USD bn."""
        return jnp.where(state.age > 0, self._to_come(state, cumulative(self._rents())), 0.0)

    def present_value(self, state: LeaseState) -> _ByContract:
        """What the remaining rent of commenced leases is worth at their own discount rates: the lease liability."""
        return jnp.where(state.age > 0, self._discounted(state), 0.0)

    def not_commenced(self, state: LeaseState) -> _ByContract:
        """Rent promised under leases that have not commenced, undiscounted, USD bn: on no balance sheet."""
        return jnp.where(state.age > 0, 0.0, self._to_come(state, cumulative(self._rents())))

    def obligation(self, state: LeaseState, quarter: _Quarter, delay: _ByContract) -> _ByContract:
        """Present value, at the start of `quarter`, of commenced and not commenced rent alike: the economic view."""
        wait = jnp.where(state.age > 0, 0.0, jnp.maximum(self.commencement[:, None] + delay - quarter, 0.0))
        return self._discounted(state) * self._discount()[:, None] ** wait

    def _rents(self) -> Float64[Array, "contract age"]:
        """Full rent by age, of the first term and the renewal term."""
        age = jnp.arange(self.longest)
        steps = (1.0 + self.escalator_per_year)[:, None] ** (age // QUARTERS_PER_YEAR)
        part = jnp.clip((self.term + self.renewal_term)[:, None] - age, 0.0, 1.0)
        return self.rent_per_quarter[:, None] * steps * part

    def _discount(self) -> _Terms:
        return (1.0 + self.discount_rate_per_year) ** (-1.0 / QUARTERS_PER_YEAR)

    def _to_come(self, state: LeaseState, table: Float64[Array, "contract point"]) -> _ByContract:
        """What a table of sums by age still holds from today's age on, in the first term and the renewed part."""
        term, today = self.term[:, None], state.age
        at_term = interpolate(table, term)
        first = at_term - interpolate(table, jnp.minimum(today, term))
        further = table[:, -1:] - interpolate(table, jnp.maximum(today, term))
        worth = state.rent_share * (first + state.renewed_share * further)
        return jnp.where(state.terminated, 0.0, worth)

    def _discounted(self, state: LeaseState) -> _ByContract:
        """As `_to_come`, each rent discounted to age 0 and the sum brought forward to today's age."""
        v = self._discount()[:, None]
        table = cumulative(self._rents() * v ** (jnp.arange(self.longest) + 1.0))
        return self._to_come(state, table) * v**-state.age

    def _owing(self, state: LeaseState, arrears: _ByContract, fee_owed: _ByContract) -> LeaseState:
        kept = (state.age, state.renewed_share, state.decided, state.rent_share)
        return LeaseState(*kept, state.terminated, arrears, fee_owed)

    def _moves(self, **moved: _ByContract) -> _Moved:
        paths = next(iter(moved.values())).shape[1]
        return moves(dict.fromkeys(_KINDS, len(self.names)), paths, **moved)
