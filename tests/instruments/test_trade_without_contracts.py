"""A book without contracts has no flows and moves nothing, so a world without such deals is built like any other."""

from __future__ import annotations

import jax.numpy as jnp

from ouroloop.instruments.barter import Barters
from ouroloop.instruments.cloud_contract import CloudContracts
from ouroloop.instruments.compute_credit import ComputeCredits
from ouroloop.instruments.lease import Leases
from ouroloop.instruments.order import Orders
from ouroloop.instruments.pre_sale import PreSales
from ouroloop.instruments.prepayment import Prepayments
from ouroloop.instruments.warrant import Warrants

NONE = jnp.zeros((0,))
SCHEDULE = jnp.zeros((0, 8))
SHARE = jnp.zeros((0, 3))
NO = jnp.zeros((0, 3), bool)
QUARTER = jnp.asarray(2)


def test_books_of_trade_without_contracts_move_nothing():
    orders = Orders((), (), (), SCHEDULE, NONE, NONE)
    cloud = CloudContracts((), (), SCHEDULE, NONE, NONE)
    leases = Leases((), (), 1, *[NONE] * 7)
    ahead = Prepayments((), (), SCHEDULE)
    credits = ComputeCredits((), (), SCHEDULE, jnp.zeros(0, int))
    swaps = Barters((), (), (), SCHEDULE, SCHEDULE)
    sales = PreSales((), (), (), SCHEDULE, NONE, jnp.zeros(0, int))
    warrants = Warrants((), (), (), (), NONE, NONE, NONE, NONE, NONE)
    moved = [
        orders.fall_due(orders.start(3), QUARTER, delay=SHARE, taken_share=SHARE, cancel=NO)[1],
        orders.pay(orders.start(3), SHARE)[1],
        cloud.fall_due(
            cloud.start(3),
            QUARTER,
            delay=SHARE,
            delivered_share=SHARE,
            wanted_share=SHARE,
            performing=NO,
            terminate=NO,
        )[1],
        leases.pay(
            leases.fall_due(leases.start(3), QUARTER, delay=SHARE, renewed_share=SHARE, suspended=NO, terminate=NO),
            SHARE,
        )[1],
        ahead.pay(ahead.fall_due(ahead.start(3), QUARTER, NO), SHARE)[1],
        credits.grant(credits.start(3), QUARTER, SHARE)[1],
        swaps.deliver(swaps.start(3), QUARTER, goods_share=SHARE, services_share=SHARE, broken=NO)[1],
        sales.pay(sales.fall_due(sales.start(3), QUARTER, delay=SHARE, cancel=NO)[0], SHARE)[1],
        warrants.vest(warrants.start(3), SHARE, SHARE)[1],
        warrants.exercise(warrants.start(3), SHARE)[1],
    ]
    assert {amounts.shape for amounts in moved} == {(0, 3)}
    assert not any(book.flows for book in (orders, cloud, leases, ahead, credits, swaps, sales, warrants))
