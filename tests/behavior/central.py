"""Parameters of a behavior at the central values of the bundled dossier, as scalars or one per path."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp

from ouroloop.core.parameter import reads
from ouroloop.dossier import Dossier, load

jax.config.update("jax_enable_x64", True)

Parameters = TypeVar("Parameters", bound=eqx.Module)


@cache
def _dossier() -> Dossier:
    return load("ai-loop")


def central(kind: type[Parameters], **instead: Any) -> Parameters:
    """Every field at its assumption's value times its scale, except those given."""
    known = {read.name for read in reads(kind)}
    assert set(instead) <= known, f"{set(instead) - known} are no parameters of {kind.__name__}"
    assumptions = _dossier().assumptions
    values = {read.name: assumptions[read.assumption].value * read.scale for read in reads(kind)}
    return kind(**{name: jnp.asarray(value, jnp.float64) for name, value in (values | instead).items()})
