"""Numbers of a scenario as arrays of JAX, without a program for each of them."""

from __future__ import annotations

import jax
import numpy as np
from jaxtyping import Array
from numpy.typing import ArrayLike, DTypeLike

import ouroloop.ledger.precision as _float64  # noqa: F401  # pyright: ignore[reportUnusedImport]


def on_device(values: ArrayLike | Array, kind: DTypeLike = np.float64) -> Array:
    """The values as an array of this kind.

    `jnp.asarray` compiles a program for every new shape, and a scenario has some hundred of them: half of the time that
    building one takes. This copies.
    """
    return jax.device_put(np.array(values, kind))
