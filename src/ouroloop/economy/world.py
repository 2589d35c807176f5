"""A world: who is bound to whom by row, what is added up over whom, and which flows they can post."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ouroloop.economy.debts import Debts
from ouroloop.economy.inventory import OUTSIDE
from ouroloop.economy.losses import GROSS, LossLines, loss_lines
from ouroloop.economy.numbering import Rows
from ouroloop.economy.operations import CHIPS
from ouroloop.economy.read import Reader, reader
from ouroloop.ledger.incidence import Incidence

EVERYBODY = "everybody"
"""To whom running costs are owed: staff, suppliers, the state."""


@dataclass(frozen=True, eq=False)
class World(Debts):
    """The inventory with the rows, sums and ledger that the step reads.

    Two worlds are equal when they are the same object, so that compiled code is found again at no cost. What stands by
    name is in `Numbering`, shares and who may have to sell them in `Holdings`, loans in `Debts`, other contracts and
    firms here.
    """

    @cached_property
    def builder_rows(self) -> Rows:
        return self.rows(self.builders)

    @cached_property
    def vehicle_rows(self) -> Rows:
        return self.rows(vehicle.member for vehicle in self.vehicles)

    @cached_property
    def vehicle_tenant(self) -> Rows:
        return self.rows(vehicle.tenant for vehicle in self.vehicles)

    @cached_property
    def vehicle_opens(self) -> Rows:
        return np.array([vehicle.opens for vehicle in self.vehicles], np.int64)

    @cached_property
    def vehicle_clock(self) -> Rows:
        """Whose chips a vehicle's machines wear as, on the axis `builder`; `OUTSIDE` for what wears as sites do."""
        return self._on(self.builders, (one.tenant if one.by_chips else "" for one in self.vehicles))

    @cached_property
    def site_rows(self) -> Rows:
        return np.concatenate([self.builder_rows, self.vehicle_rows])

    @cached_property
    def lives_on_rent(self) -> np.ndarray:
        """[member]: is it one of `vehicles`?"""
        return np.isin(np.arange(len(self.members)), self.vehicle_rows)

    @cached_property
    def seller_rows(self) -> Rows:
        return self.rows(self.sellers)

    @cached_property
    def vendor_rows(self) -> Rows:
        return self.rows(self.vendors)

    @cached_property
    def reader(self) -> Reader:
        """Sums of books and flows by member."""
        return reader(self.ledger, self.members, self.builder_rows, self.site_rows, self.other_rows)

    @cached_property
    def other_rows(self) -> Rows:
        return self.rows(self.other.owners)

    @cached_property
    def cloud_customer(self) -> Rows:
        return self.rows(customer for customer, _ in self.cloud.parties)

    @cached_property
    def cloud_provider(self) -> Rows:
        return self.rows(provider for _, provider in self.cloud.parties)

    @cached_property
    def cloud_builder(self) -> Rows:
        """The provider of each cloud contract on the axis `builder`; `OUTSIDE` for who builds nothing."""
        return self._on(self.builders, (provider for _, provider in self.cloud.parties))

    @cached_property
    def order_buyer(self) -> Rows:
        return self.rows(buyer for buyer, _ in self.orders.parties)

    @cached_property
    def order_seller(self) -> Rows:
        return self.rows(seller for _, seller in self.orders.parties)

    @cached_property
    def round_investor(self) -> Rows:
        return self.rows(self.rounds.investors)

    @cached_property
    def round_issuer(self) -> Rows:
        return self.rows(self.rounds.issuers)

    @cached_property
    def ai_seller(self) -> Rows:
        """The seller of each pair of `receipts.ai`, on the axis `seller`."""
        return self._on(self.sellers, (firm for _, firm in self.receipts.ai))

    @cached_property
    def seller_of_builder(self) -> Rows:
        return self._on(self.sellers, self.builders)

    @cached_property
    def chip_builder(self) -> Rows:
        """The buyer of each pair of `spending.chips`, on the axis `builder`."""
        return self._on(self.builders, (builder for builder, _ in self.spending.chips))

    @cached_property
    def money_vendor(self) -> Rows:
        """The vendor of each pair of `spending.vendor_money`, on the axis `vendor`."""
        return self._on(self.vendors, (vendor for vendor, _ in self.spending.vendor_money))

    @cached_property
    def money_vendor_row(self) -> Rows:
        return self.rows(vendor for vendor, _ in self.spending.vendor_money)

    @cached_property
    def money_customer(self) -> Rows:
        return self.rows(customer for _, customer in self.spending.vendor_money)

    @cached_property
    def spot_buyer(self) -> Rows:
        return self.rows(lab for lab, _ in self.spot.pairs)

    @cached_property
    def spot_builder(self) -> Rows:
        """The seller of each pair of `spot`, on the axis `builder`."""
        return self._on(self.builders, (builder for _, builder in self.spot.pairs))

    @cached_property
    def lease_tenant(self) -> Rows:
        return self.rows(tenant for tenant, _ in self.leases.parties)

    @cached_property
    def deposit_payer(self) -> Rows:
        return self.rows(payer for payer, _ in self.deposits.parties)

    @cached_property
    def lease_landlord(self) -> Rows:
        return self.rows(landlord for _, landlord in self.leases.parties)

    @cached_property
    def warrant_issuer(self) -> Rows:
        return self.rows(issuer for issuer, _ in self.warrants.parties)

    @cached_property
    def core_firm(self) -> Rows:
        return self.rows(firm for _, firm in self.receipts.core)

    @cached_property
    def site_builder(self) -> Rows:
        """The builder of each pair of `spending.sites`, on the axis `builder`, without vehicles: they come last."""
        pairs = self.spending.sites[: len(self.spending.sites) - len(self.vehicles)]
        return self._on(self.builders, (builder for builder, _ in pairs))

    @cached_property
    def cost_firm(self) -> Rows:
        return self.rows(firm for firm, _ in self.spending.costs)

    @cached_property
    def payout_firm(self) -> Rows:
        return self.rows(firm for firm, _ in self.spending.payout)

    @cached_property
    def in_ai(self) -> np.ndarray:
        """[member]: does it sell AI, build compute or both? Vendors of chips are paid by those who do."""
        rows = {*self.seller_rows.tolist(), *self.builder_rows.tolist()}
        return np.array([n in rows for n in range(len(self.members))])

    @cached_property
    def claim_sizes(self) -> Mapping[str, int]:
        """How many claims of each kind fall due, in the order in which they are cleared."""
        return {
            "cloud": len(self.cloud.names),
            "orders": len(self.orders.names),
            "leases": len(self.leases.names),
            "spot": len(self.spot.pairs),
            "interest": len(self.loans.names),
            "principal": len(self.loans.names),
            "rounds": len(self.rounds.names),
            "advances": len(self.advances),
            "deposits": len(self.deposits.parties),
            "costs": len(self.members),
        }

    @cached_property
    def claim_starts(self) -> Mapping[str, int]:
        """Where the claims of each kind begin."""
        starts = np.cumsum([0, *self.claim_sizes.values()])[:-1]
        return dict(zip(self.claim_sizes, map(int, starts), strict=True))

    @cached_property
    def claim_pairs(self) -> tuple[tuple[str, str], ...]:
        """Who owes whom, by name, in the order in which claims are cleared; running costs are owed to `EVERYBODY`."""
        loans = tuple(zip(self.loans.borrowers, self.loans.lenders, strict=True))
        rounds = zip(self.rounds.investors, self.rounds.issuers, strict=True)
        costs = ((member, EVERYBODY) for member in self.members)
        signed = (*self.cloud.parties, *self.orders.parties, *self.leases.parties, *self.spot.pairs)
        return (*signed, *loans, *loans, *rounds, *self.advance_parties, *self.deposits.parties, *costs)

    @cached_property
    def claim_debtor(self) -> Rows:
        """Who owes each claim. Rounds of outside investors are no claims on a member: they stand at row 0 with 0."""
        return np.maximum(self.rows(debtor for debtor, _ in self.claim_pairs), 0)

    @cached_property
    def claim_creditor(self) -> Rows:
        """Who is owed each claim; `OUTSIDE` for sectors, and where no member owes it."""
        debtors = self.rows(debtor for debtor, _ in self.claim_pairs)
        creditors = self.rows(creditor for _, creditor in self.claim_pairs)
        return np.where(debtors >= 0, creditors, OUTSIDE)

    def claim_parts(self, claims: Float[Array, "claim path"]) -> Mapping[str, Array]:
        """Claims cut into their kinds."""
        starts = list(self.claim_starts.values())[1:]
        return dict(zip(self.claim_sizes, jnp.split(claims, starts), strict=True))

    @cached_property
    def claims_by_debtor(self) -> Incidence:
        return self._adding(self.claim_debtor)

    @cached_property
    def claims_by_creditor(self) -> Incidence:
        return self._adding(self.claim_creditor)

    @cached_property
    def rounds_by_issuer(self) -> Incidence:
        return self._adding(self.round_issuer)

    @cached_property
    def cloud_by_provider(self) -> Incidence:
        return self._adding(self.cloud_provider)

    @cached_property
    def orders_by_seller(self) -> Incidence:
        return self._adding(self.order_seller)

    @cached_property
    def cloud_by_builder(self) -> Incidence:
        return self._adding(self.cloud_builder, len(self.builders))

    @cached_property
    def chips_by_vendor(self) -> Incidence:
        return self._adding(self.rows(vendor for _, vendor in self.spending.chips))

    @cached_property
    def money_by_vendor(self) -> Incidence:
        return self._adding(self.money_vendor_row)

    @cached_property
    def ai_by_member(self) -> Incidence:
        return self._adding(self.rows(firm for _, firm in self.receipts.ai))

    @cached_property
    def chips_by_builder(self) -> Incidence:
        return self._adding(self.chip_builder, len(self.builders))

    @cached_property
    def orders_by_builder(self) -> Incidence:
        """Chips that are ordered, by the builder that gets them."""
        buyers = self._on(self.builders, (buyer for buyer, _ in self.orders.parties))
        chips = np.array([asset == CHIPS for asset in self.orders.assets], bool)
        return self._adding(np.where(chips, buyers, OUTSIDE), len(self.builders))

    @cached_property
    def warrant_builder(self) -> Rows:
        """The builder whose chips a warrant makes cheaper; `OUTSIDE` for other goods."""
        holders = self._on(self.builders, (holder for _, holder in self.warrants.parties))
        return np.where(np.array([asset == CHIPS for asset in self.warrants.assets], bool), holders, OUTSIDE)

    @cached_property
    def warrants_by_builder(self) -> Incidence:
        """What warrants take off the price of chips, by the builder that holds them."""
        return self._adding(self.warrant_builder, len(self.builders))

    @cached_property
    def orders_by_warrant(self) -> Incidence:
        """What a warrant rewards of orders: what its holder ordered of the asset from its issuer."""
        return self._rewarded(
            tuple((*pair, a) for pair, a in zip(self.orders.parties, self.orders.assets, strict=True))
        )

    @cached_property
    def chips_by_warrant(self) -> Incidence:
        """What a warrant rewards of chips that are bought without an order."""
        return self._rewarded(tuple((*pair, CHIPS) for pair in self.spending.chips))

    def _rewarded(self, bought: Sequence[tuple[str, str, str]]) -> Incidence:
        """[warrant, purchase] of purchases (buyer, seller, asset)."""
        given = zip(self.warrants.parties, self.warrants.assets, strict=True)
        rows = [[int(one == (holder, issuer, asset)) for one in bought] for (issuer, holder), asset in given]
        return Incidence(np.array(rows, np.int64).reshape(len(self.warrants.parties), len(bought)))

    @cached_property
    def cloud_by_buyer(self) -> Incidence:
        """What builders buy themselves, by builder."""
        return self._adding(self._on(self.builders, (c for c, _ in self.cloud.parties)), len(self.builders))

    @cached_property
    def cloud_by_customer(self) -> Incidence:
        return self._adding(self.cloud_customer)

    @cached_property
    def spot_by_builder(self) -> Incidence:
        return self._adding(self.spot_builder, len(self.builders))

    @cached_property
    def leases_by_tenant(self) -> Incidence:
        return self._adding(self.lease_tenant)

    @cached_property
    def leases_by_landlord(self) -> Incidence:
        return self._adding(self.lease_landlord)

    @cached_property
    def losses(self) -> LossLines:
        """Who can lose how."""
        discounts = self.sales.flows[len(self.sales.names) :]
        return loss_lines(
            self.ledger,
            self.guarantees.flows,
            {flow.name: firm for flow, firm in zip(self.swaps.payouts, self.swaps.references, strict=True)},
            {flow.name: firm for flow, firm in zip(discounts, self.sales.debtors, strict=True)},
        )

    @cached_property
    def outside_losses(self) -> Rows:
        """The lines of `losses` in which a sector outside writes off a claim, its own or one that it stood for."""
        here = [entity in self.sectors and how in GROSS for entity, how in self.losses.lines]
        return np.flatnonzero(here)

    @cached_property
    def member_entities(self) -> Rows:
        """The row of each member on the ledger's axis `entity`."""
        return np.array([self.ledger.entities.index(member) for member in self.members], np.int64)

    def spread_to_members(self, by_builder: Float[Array, "builder path"]) -> Float[Array, "member path"]:
        """What stands by builder, by member; 0 for who builds nothing."""
        return jnp.zeros((len(self.members), by_builder.shape[1])).at[self.builder_rows].set(by_builder)
