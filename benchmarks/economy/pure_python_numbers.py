"""Small numbers that several phases of the plain Python twin read."""

from __future__ import annotations

from types import SimpleNamespace as Record
from typing import Any

from ouroloop.core import QUANTUM

PER_UNIT = round(1 / QUANTUM)

Lists = Any


def whole(amount: float) -> float:
    """The nearest multiple of a quantum."""
    return round(amount * PER_UNIT) * QUANTUM


def exposure(net: Lists, guarantees: Record, n: int, quarter: int) -> float:
    """The most that can still be called of a guarantee."""
    if not net.guarantee_first[n] <= quarter <= net.guarantee_last[n]:
        return 0.0
    left = max(net.guarantee_cap[n] - guarantees.called[n], 0.0)
    values = net.guaranteed_value[n]
    return min(left, max(values[min(quarter, len(values) - 1)] - guarantees.called[n], 0.0))


def promised(net: Lists, own: Record, s: Record, q: Record) -> tuple[list[float], list[float]]:
    """What is signed and still to come, and what is a letter of intent, by the firm that sells it."""
    backlog, letters = [0.0] * net.members, [0.0] * net.members
    cloud, orders, now = s.contracts.cloud, s.contracts.orders, q.quarter
    clouds = [
        0.0 if ended else max(by_now[-1] - by_now[now + 1], 0.0)
        for by_now, ended in zip(net.cloud_by_now, cloud.ended, strict=True)
    ]
    goods = [
        0.0 if canceled else by_now[-1] - arrived + waiting
        for by_now, arrived, waiting, canceled in zip(
            net.orders_by_now, orders.arrived, orders.waiting, orders.canceled, strict=True
        )
    ]
    for sellers, to_come, share, binds, decided in (
        (net.cloud_provider, clouds, own.cloud_share, q.calendar.cloud_binds, net.cloud_letters),
        (net.order_seller, goods, own.order_share, q.calendar.order_binds, net.order_letters),
    ):
        still = {contract for quarter, contract, _ in decided if now < quarter}
        for n, seller in enumerate(sellers):
            if seller >= 0 and n in still:
                letters[seller] += to_come[n] * binds[n]
            elif seller >= 0:
                backlog[seller] += to_come[n] * binds[n] * share[n]
    for n, landlord in enumerate(net.lease_landlord):
        if landlord >= 0:
            backlog[landlord] += s.contracts.leases.rent_share[n] * net.lease_backlog[n][now]
    return backlog, letters


def plant_values(net: Lists, plant: Record, book: str) -> list[float]:
    """All plant in use by member, in one of the two books."""
    values = [0.0] * net.members
    for rows, ring in ((net.builder_rows, plant.chips), (net.site_rows, plant.sites), (net.other_rows, plant.other)):
        for row, vintages in zip(rows, getattr(ring, book), strict=True):
            values[row] += sum(value for _, value in vintages)
    return values
