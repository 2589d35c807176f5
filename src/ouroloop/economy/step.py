"""The order of play: one quarter of the economy, from the shocks to the closed books."""

from __future__ import annotations

from jaxtyping import Array, Float64, Int

from ouroloop.economy.clear import clear_payments
from ouroloop.economy.close import close_the_books
from ouroloop.economy.decide import decide
from ouroloop.economy.fail import resolve_defaults
from ouroloop.economy.fall_due import fall_due
from ouroloop.economy.fund import raise_funds
from ouroloop.economy.inputs import Inputs
from ouroloop.economy.meet_calls import meet_calls
from ouroloop.economy.prices import form_prices
from ouroloop.economy.sell import sell_under_mandate
from ouroloop.economy.spend import spend
from ouroloop.economy.state import State
from ouroloop.economy.today import read_calendar
from ouroloop.economy.track import Track
from ouroloop.economy.world import World


def step(
    world: World, inputs: Inputs, state: State, quarter: Int[Array, ""], drawn: Float64[Array, "draw path"]
) -> tuple[State, Track]:
    """What happens in one quarter, on every path? `drawn` is its part of `today.draw_chance`.

    Every phase reads the state as the last quarter left it and what the phases before it made of this one; none writes
    books. `close_the_books` posts the whole quarter at once through the ledger. A loop closes only through the next
    quarter's state, or inside `clear_payments`, the one place where everybody's payments are found together.
    """
    today = read_calendar(inputs, quarter, drawn)
    prices = form_prices(world, inputs, state, today)
    plans = decide(world, inputs, state, today, prices)
    dues = fall_due(world, inputs, state, today, prices, plans)
    funds = raise_funds(world, inputs, state, today, prices, plans, dues)
    paid = clear_payments(world, state, today, plans, dues, funds)
    spent = spend(world, inputs, plans, funds, paid)
    failed = resolve_defaults(world, inputs, state, today, prices, dues, funds, paid, spent)
    sold = sell_under_mandate(world, inputs, state, today, prices, failed)
    called = meet_calls(world, inputs, state, today, failed)
    return close_the_books(world, inputs, state, today, prices, plans, dues, funds, paid, spent, failed, sold, called)
