"""Are the books of a simulation right? A second pair of books, kept in integers, for paths that somebody picks."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Int

from ouroloop.economy.inputs import Inputs
from ouroloop.economy.open import open_state
from ouroloop.economy.simulate import take_paths
from ouroloop.economy.state import State
from ouroloop.economy.step import step
from ouroloop.economy.today import draw_chance
from ouroloop.economy.track import Track
from ouroloop.economy.world import World
from ouroloop.ledger import Verdict, audit, begin_log


def audit_paths(world: World, inputs: Inputs, paths: Iterable[int] = (0,)) -> Verdict:
    """Does an auditor who shares no arithmetic with the engine agree with these paths, to the last quantum?

    Plays the paths again quarter by quarter, writes down every amount posted, every balance and every color of cash
    and of revenue (`PostingLog`), and lets `ledger.audit` keep the same books in Python integers. A path's numbers do
    not depend on other paths, so what holds here holds for the same path in a run of many.

    Parameters
    ----------
    paths
        Numbers of the paths to look at, below `inputs.paths`. Slow, by design: about a second for a path of 40 quarters
        of a small world. A few sampled paths are the point, not all.

    Returns
    -------
    `Verdict`: `agrees`, and every disagreement with its quarter, its path (counted within `paths`), what was logged and
    what the auditor found. It is about bookkeeping: whether the amounts make economic sense is for others to say.
    """
    some = take_paths(inputs, np.array(list(paths), np.int64))
    state = open_state(world, some)
    opening = jnp.broadcast_to(some.opening, (some.opening.shape[0], some.paths))
    log = begin_log(world.ledger, opening, state.books, state.colors, in_rounds=True)
    for number, quarter in enumerate(world.quarters):
        state, seen = _play(world, some, state, jnp.asarray(number))
        log.record(str(quarter), seen.amounts, state.books, state.colors)
    return audit(log)


@partial(jax.jit, static_argnums=0)
def _play(world: World, inputs: Inputs, state: State, quarter: Int[Array, ""]) -> tuple[State, Track]:
    return step(world, inputs, state, quarter, draw_chance(inputs, quarter[None])[0])
