"""Sums over rows as sparse matrices: what both NumPy twins add up with."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from benchmarks.economy.network import Network
from ouroloop.behavior.lending import LENDER_CLASSES
from ouroloop.ledger.color import colors_of, payments


def adding(rows: np.ndarray, height: int) -> csr_array:
    """Adds up what stands in these rows; what is outside (-1) is left out."""
    inside = np.flatnonzero(rows >= 0)
    ones = np.ones(len(inside))
    return csr_array((ones, (rows[inside], inside)), shape=(height, len(rows)))


class Matrices:
    """Everything that is summed in a quarter."""

    def __init__(self, net: Network) -> None:
        world, members, builders = net.world, net.members, net.builders
        self.by_debtor = adding(world.claim_debtor, members)
        self.by_creditor = adding(world.claim_creditor, members)
        self.rounds_by_issuer = adding(world.round_issuer, members)
        self.loans_by_borrower = adding(world.loan_borrower, members)
        self.loans_by_class = adding(world.loan_lender, len(LENDER_CLASSES))
        self.cloud_by_provider = adding(world.cloud_provider, members)
        self.cloud_by_builder = adding(world.cloud_builder, builders)
        self.cloud_by_buyer = adding(net.cloud_buyer, builders)
        self.cloud_by_customer = adding(world.cloud_customer, members)
        self.chips_by_vendor = adding(net.chip_vendor, members)
        self.chips_by_builder = adding(world.chip_builder, builders)
        self.orders_by_builder = adding(net.order_chips, builders)
        self.orders_by_seller = adding(world.order_seller, members)
        self.orders_by_warrant = csr_array(world.orders_by_warrant.matrix.astype(float))
        self.chips_by_warrant = csr_array(world.chips_by_warrant.matrix.astype(float))
        self.warrants_by_builder = adding(net.warrant_chips, builders)
        self.money_by_vendor = adding(world.money_vendor_row, members)
        self.ai_by_member = adding(net.ai_firm, members)
        self.spot_by_builder = adding(world.spot_builder, builders)
        self.leases_by_tenant = adding(world.lease_tenant, members)
        self.leases_by_landlord = adding(world.lease_landlord, members)
        self.draws_by_borrower = adding(world.loan_borrower[world.draw_loan], members)
        self.draws_by_loan = adding(world.draw_loan, len(world.loan_borrower))
        self.advances_by_loan = adding(world.advance_loan, len(world.loan_borrower))
        self.chips_by_advance = csr_array(world.chips_by_advance.matrix.astype(float))
        self.cloud_by_advance = csr_array(world.cloud_by_advance.matrix.astype(float))
        self.orders_by_advance = csr_array(world.orders_by_advance.matrix.astype(float))
        self.leases_by_advance = csr_array(world.leases_by_advance.matrix.astype(float))
        self.sales_by_borrower = adding(world.loan_borrower[world.sales.sold], members)
        self.sales_by_fund = adding(world.sale_fund, len(world.funds))
        self.sales_by_issuer = adding(world.sale_issuer, members)
        self.sites_to_members = adding(world.site_rows, members)
        self.vehicles_to_members = adding(world.vehicle_rows, members)
        self.guarantees_by_guarantor = adding(world.guarantor, members)
        self.guarantees_by_loan = adding(world.promised_loan, len(world.loan_borrower))
        self.tranches_by_warrant = adding(net.warrant_of, len(world.warrant_issuer))
        self.to_members = adding(world.builder_rows, members)
        self.others_to_members = adding(world.other_rows, members)
        shape = (len(world.ledger.accounts), len(world.ledger.flows))
        self.post = csr_array((net.sign.astype(float), (net.account, net.flow)), shape=shape)
        self.stocks = {name: csr_array(matrix.astype(float)) for name, matrix in net.stock_sums.items()}
        self.flows = {name: csr_array(matrix.astype(float)) for name, matrix in net.flow_sums.items()}
        self.entities, self.claims = csr_array(net.entity_sums.astype(float)), csr_array(net.claim_sums.astype(float))
        self.held = csr_array(net.held_sums.astype(float))
        self.valuations = csr_array(net.valuation_sums[None].astype(float))
        self.losses = csr_array(net.loss_sums[None].astype(float))
        self.rounds = Rounds(net)
        groups = np.zeros((net.sponsor.max(initial=0) + 1, net.colors))
        groups[net.sponsor, np.arange(net.colors)] = 1
        self.colors_by_group = groups


class Rounds:
    """The payments of a quarter: what sectors pay members, what members pay each other, what they pay sectors."""

    def __init__(self, net: Network) -> None:
        ledger, own = net.world.ledger, net.own_color
        paid = payments(ledger.chart, colors_of(ledger))
        flow, payer, payee = paid.flow, paid.payer, paid.payee
        of_sector, to_sector = own[payer] >= 0, own[payee] >= 0
        into, out = of_sector & ~to_sector, to_sector & ~of_sector
        color = np.where(paid.paint >= 0, paid.paint, own[payer])
        flows, pots = len(ledger.flows), len(own) * net.colors

        def by(rows: np.ndarray, which: np.ndarray, height: int) -> csr_array:
            ones = np.ones(int(which.sum()))
            return csr_array((ones, (rows[which], flow[which])), shape=(height, flows))

        self.arrives = by(payee * net.colors + color, into, pots)
        self.returns = by(payer * net.colors + own[payee], out, pots)
        self.earned = by(payee * net.colors + own[payer], into & paid.revenue, pots)
        self.leaves, self.refunds = by(payer, out, len(own)), by(payee, into, len(own))
        gains = by(payee * net.colors + own[payee], to_sector, pots)
        self.sectors = csr_array(gains - by(payer * net.colors + own[payer], of_sector, pots))
        among = np.flatnonzero(~of_sector & ~to_sector)
        self.among_members = list(zip(*(column[among].tolist() for column in paid), strict=True))
        self.members = np.flatnonzero(own < 0)
