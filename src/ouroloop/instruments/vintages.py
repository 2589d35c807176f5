"""What are machines still worth in the books, and what would they be worth if their lives were honest?

Per owner and kind of asset a ring of vintages, by the quarter in which they were placed in service. Straight line on
what is left of the life, which makes a change of estimate prospective (no restatement: only future charges change):

    depreciation_v = book_v / max(life − age_v, 1)          life and age in quarters; the last quarter takes the rest

Two books side by side: *reported*, on the life that the owner states, which is in the ledger; and *economic*, on the
life after which the machine no longer earns its keep, which is a state only. Their difference is profit that lives on
an assumption. A vintage is charged a full quarter in the quarter it comes into service, nothing after its life.

Flows, in this order: `depreciate` (expense against the asset) and `write-off` (impairment and disposal). What is bought
is posted by the purchase; `add` only files it. Not here: salvage value (0), tax depreciation, construction in progress.
Reference: ASC 250-10-45-17 (changes in estimate), ASC 360-10-35 (impairment: a new cost, never reversed).
"""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, Float64, Int

from ouroloop.instruments.instrument import Instrument
from ouroloop.instruments.ladder import Quarter
from ouroloop.instruments.loan import QUARTERS_PER_YEAR
from ouroloop.instruments.moves import moves
from ouroloop.ledger import Flow, asset_write_off, depreciation, quantize

Ring = Float64[Array, "owner vintage path"]
ByOwner = Float64[Array, "owner path"]
OwnerTerm = Float[Array, "#owner #path"]


class VintageState(eqx.Module):
    """What each vintage is still worth, USD bn, in two books."""

    reported: Ring
    economic: Ring

    @property
    def reported_total(self) -> ByOwner:
        """Net property in the books: exactly the ledger's balance of the asset."""
        return self.reported.sum(axis=1)

    @property
    def economic_total(self) -> ByOwner:
        """The same machines on economic lives."""
        return self.economic.sum(axis=1)


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
        return VintageState(self._laid(reported, paths), self._laid(economic, paths))

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

    def add(self, state: VintageState, quarter: Quarter, placed: ByOwner) -> VintageState:
        """What comes into service in this quarter, at cost, USD bn. Before `depreciate`."""
        slot, placed = quarter % self.length, quantize(placed)
        return VintageState(state.reported.at[:, slot].add(placed), state.economic.at[:, slot].add(placed))

    def depreciate(
        self, state: VintageState, quarter: Quarter, reported_life_years: OwnerTerm, economic_life_years: OwnerTerm
    ) -> tuple[VintageState, Float64[Array, "flow path"], ByOwner]:
        """Charge one quarter. Returns the state, the amounts (reported), and economic depreciation, USD bn.

        60 left after 4 of 10 years: 15 a year before; with 7 more years 60/9 a year, with 3 fewer 20.
        """
        reported = self._charge(state.reported, quarter, reported_life_years)
        economic = self._charge(state.economic, quarter, economic_life_years)
        after = VintageState(state.reported - reported, state.economic - economic)
        charged = reported.sum(axis=1)
        return after, moves(self.sizes, charged.shape[1], depreciate=charged), economic.sum(axis=1)

    def _charge(self, book: Ring, quarter: Quarter, life_years: OwnerTerm) -> Ring:
        life = jnp.minimum(life_years * QUARTERS_PER_YEAR, float(self.length))
        left = jnp.maximum(life[:, None] - self.age(quarter)[:, None], 1.0)
        return quantize(book / left)

    def impair(self, state: VintageState, share: ByOwner) -> tuple[VintageState, Float64[Array, "flow path"]]:
        """Write `share` (0..1) off the reported book of every vintage; what is left is the new cost."""
        lost = quantize(state.reported * share[:, None])
        return VintageState(state.reported - lost, state.economic), self._written_off(lost)

    def dispose(self, state: VintageState, share: ByOwner) -> tuple[VintageState, Float64[Array, "flow path"]]:
        """`share` (0..1) of the machines of every vintage is gone, from both books and without proceeds."""
        lost = quantize(state.reported * share[:, None])
        economic = state.economic - quantize(state.economic * share[:, None])
        return VintageState(state.reported - lost, economic), self._written_off(lost)

    def retire(
        self, state: VintageState, quarter: Quarter, life_years: OwnerTerm
    ) -> tuple[VintageState, Float64[Array, "flow path"]]:
        """Machines leave service when `life_years` have passed; what the reported book still carries is written off.

        With the economic life this is what stretched lives put off: six years in the books, three in the rack.
        """
        over = self.age(quarter)[:, None] >= life_years[:, None] * QUARTERS_PER_YEAR
        lost = jnp.where(over, state.reported, 0.0)
        economic = jnp.where(over, 0.0, state.economic)
        return VintageState(state.reported - lost, economic), self._written_off(lost)

    def _written_off(self, lost: Ring) -> Float64[Array, "flow path"]:
        total = lost.sum(axis=1)
        return moves(self.sizes, total.shape[1], write_off=total)
