"""Which rows of an instrument's flows does a movement of money fill?"""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Float, Float64

Moved = Float[Array, "#contract #path"]
"""What moves by contract, USD bn, one number for all paths or one per path."""


def moves(sizes: dict[str, int], paths: int, **moved: Moved) -> Float64[Array, "flow path"]:
    """The amounts of all flows of an instrument, from those that move: kind after kind, zeros where nothing moves.

    `sizes` says how many contracts each kind of flow has, in the order of `Instrument.flows`; `moved` holds USD bn by
    kind. Two loans of which the second is repaid 5: `moves({"lend": 2, "repay": 2}, 1, repay=[[0], [5]])` is
    [[0], [0], [0], [5]].
    """
    assert moved.keys() <= sizes.keys(), f"no flow is of kind {sorted(moved.keys() - sizes.keys())}"
    rows = [moved.get(kind, jnp.zeros((1, 1))) for kind in sizes]
    return jnp.concatenate(
        [jnp.broadcast_to(row, (size, paths)) for row, size in zip(rows, sizes.values(), strict=True)]
    )
