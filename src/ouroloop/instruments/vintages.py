"""What are machines still worth in the books, and what would they be worth if their lives were honest?

Per owner and kind of asset a ring of vintages, by the quarter in which they were placed in service. Straight line on
what is left of the life, which makes a change of estimate prospective (no restatement: only future charges change):

    depreciation_v = book_v / max(life − age_v, 1)          life and age in quarters; the last quarter takes the rest

Two books side by side: *reported*, on the life that the owner states, which is in the ledger; and *economic*, on the
life after which the machine no longer earns its keep, which is a state only. Their difference is profit that lives on
an assumption. A vintage is charged a full quarter in the quarter it comes into service, nothing after its life.

Flows, in this order: `depreciate` (expense against the asset) and `write-off` (impairment and disposal). What is bought
is posted by the purchase; `serve` only files it. Not here: salvage value (0), tax depreciation, construction in
progress.
Reference: ASC 250-10-45-17 (changes in estimate), ASC 360-10-35 (impairment: a new cost, never reversed).
"""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, Float64, Int

from ouroloop.core.foreign import call
from ouroloop.instruments.instrument import Instrument
from ouroloop.instruments.ladder import Quarter
from ouroloop.instruments.loan import QUARTERS_PER_YEAR
from ouroloop.instruments.moves import moves
from ouroloop.ledger import Flow, asset_write_off, depreciation, quantize

Ring = Float64[Array, "owner vintage path"]
ByOwner = Float64[Array, "owner path"]
OwnerTerm = Float[Array, "#owner #path"]


class VintageState(eqx.Module):
    """What each vintage is still worth, USD bn, in two books, and their sums, kept because rings are long to read."""

    reported: Ring
    economic: Ring
    reported_total: ByOwner
    """Net property in the books: exactly the ledger's balance of the asset."""
    economic_total: ByOwner
    """The same machines on economic lives."""


class Vintages(Instrument):
    """Depreciating assets. A ring of `length` quarters holds every vintage that can still be worth something.

    Lives longer than the ring are cut to it. Slot `quarter mod length` belongs to the vintage of that quarter.
    """

    owners: tuple[str, ...] = eqx.field(static=True)
    assets: tuple[str, ...] = eqx.field(static=True)
    """The ledger's name of each row's asset (`equipment`); an owner may have several rows."""
    length: int = eqx.field(static=True)

    def __check_init__(self) -> None:
        assert len(self.owners) == len(self.assets), f"{len(self.owners)} owners, {len(self.assets)} assets"
        assert self.length > 0, f"a ring of {self.length} quarters holds nothing"

    @property
    def flows(self) -> tuple[Flow, ...]:
        """`depreciate` of every row, then `write-off`."""
        rows = tuple(zip(self.owners, self.assets, strict=True))
        return (
            *(depreciation(owner, f"depreciate:{owner}:{asset}", asset=asset) for owner, asset in rows),
            *(asset_write_off(owner, f"write-off:{owner}:{asset}", asset=asset) for owner, asset in rows),
        )

    @property
    def sizes(self) -> dict[str, int]:
        """How many flows of each kind."""
        return dict.fromkeys(("depreciate", "write_off"), len(self.owners))

    def opening(
        self, reported: Float[Array, "owner age"], economic: Float[Array, "owner age"], paths: int
    ) -> VintageState:
        """The state before quarter 0, from book values by age (USD bn); column 0 came into service a quarter before.

        The opening balance to state in the ledger is `reported_total` of what this returns.
        """
        books = self._laid(reported, paths), self._laid(economic, paths)
        return VintageState(*books, books[0].sum(axis=1), books[1].sum(axis=1))

    def _laid(self, by_age: Float[Array, "owner age"], paths: int) -> Ring:
        owners, ages = by_age.shape
        assert ages < self.length, f"{ages} ages do not fit a ring of {self.length} that starts a vintage in quarter 0"
        slots = -(1 + jnp.arange(ages)) % self.length
        ring = jnp.zeros((owners, self.length)).at[:, slots].set(quantize(by_age))
        return jnp.broadcast_to(ring[:, :, None], (owners, self.length, paths))

    def age(self, quarter: Quarter) -> Int[Array, " vintage"]:
        """How many quarters has each slot's vintage been charged before this quarter? 0 for this quarter's own."""
        return (quarter - jnp.arange(self.length)) % self.length

    def served(self, quarter: Quarter) -> Int[Array, " vintage"]:
        """How many quarters has each slot's vintage served, before anything new is in? From 1 on."""
        return (quarter - jnp.arange(self.length) - 1) % self.length + 1

    def serve(
        self,
        state: VintageState,
        quarter: Quarter,
        placed: ByOwner,
        reported_life_years: OwnerTerm,
        economic_life_years: OwnerTerm,
    ) -> tuple[VintageState, Float64[Array, "flow path"], ByOwner]:
        """`placed` comes into service at cost (USD bn), and everything is charged for the quarter.

        Returns the state, the amounts (reported), and economic depreciation, USD bn. 60 left after 4 of 10 years: 15 a
        year before; with 7 more years 60/9 a year, with 3 fewer 20.
        """
        placed = quantize(placed)
        reported, charged = self._wear(state.reported, quarter, placed, reported_life_years)
        economic, worn = self._wear(state.economic, quarter, placed, economic_life_years)
        totals = state.reported_total + placed - charged, state.economic_total + placed - worn
        after = VintageState(reported, economic, *totals)
        return after, moves(self.sizes, charged.shape[1], depreciate=charged), worn

    def _wear(self, book: Ring, quarter: Quarter, placed: ByOwner, life_years: OwnerTerm) -> tuple[Ring, ByOwner]:
        from ouroloop.instruments.kernel import wear

        owners, _, paths = book.shape
        life = jnp.minimum(life_years * QUARTERS_PER_YEAR, float(self.length))
        placed, life = (jnp.broadcast_to(of, (owners, paths)) for of in (placed, life))
        arrays = [book, placed, life, self.age(quarter).astype(jnp.int32)]
        after, charged = call(wear, wear_by_definition, arrays, [book, placed], in_place={0: 0})
        return after, charged

    def impair(self, state: VintageState, share: ByOwner) -> tuple[VintageState, Float64[Array, "flow path"]]:
        """Write `share` (0..1) off the reported book of every vintage; what is left is the new cost."""
        lost = quantize(state.reported * share[:, None])
        return self._take(state, lost, jnp.zeros_like(state.economic))

    def dispose(self, state: VintageState, share: ByOwner) -> tuple[VintageState, Float64[Array, "flow path"]]:
        """`share` (0..1) of the machines of every vintage is gone, from both books and without proceeds."""
        lost = quantize(state.reported * share[:, None])
        return self._take(state, lost, quantize(state.economic * share[:, None]))

    def retire(
        self, state: VintageState, quarter: Quarter, life_years: OwnerTerm
    ) -> tuple[VintageState, Float64[Array, "flow path"]]:
        """Machines leave service when `life_years` have passed; what the reported book still carries is written off.

        With the economic life this is what stretched lives put off: six years in the books, three in the rack.
        """
        over = self.age(quarter)[:, None] >= life_years[:, None] * QUARTERS_PER_YEAR
        lost = jnp.where(over, state.reported, 0.0)
        return self._take(state, lost, jnp.where(over, state.economic, 0.0))

    def _take(
        self, state: VintageState, reported: Ring, economic: Ring
    ) -> tuple[VintageState, Float64[Array, "flow path"]]:
        """Take these amounts off the books; what the reported one loses is written off."""
        lost, gone = reported.sum(axis=1), economic.sum(axis=1)
        books = state.reported - reported, state.economic - economic
        after = VintageState(*books, state.reported_total - lost, state.economic_total - gone)
        return after, moves(self.sizes, lost.shape[1], write_off=lost)


def wear_by_definition(book: Ring, placed: ByOwner, life: ByOwner, age: Int[Array, " vintage"]) -> tuple[Ring, ByOwner]:
    """What was placed becomes the youngest vintage; a quarter's charge is taken off all, and summed up. In quarters."""
    book = jnp.where((age == 0)[:, None], book + placed[:, None], book)
    charge = quantize(book / jnp.maximum(life[:, None] - age[:, None], 1.0))
    return book - charge, charge.sum(axis=1)
