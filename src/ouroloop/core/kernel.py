"""Compile a function of plain arrays with numba. Importing this module imports numba: only kernels do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba

F = TypeVar("F", bound=Callable[..., Any])


def kernel(function: F) -> F:
    """Compile to machine code, kept on disk between runs where the installation's folder (or a cache) can be written.

    A kernel also carries `typing.no_type_check`, so that the shape checks of the tests leave it alone.
    """
    compiler: Any = numba.njit
    try:
        return compiler(cache=True, nogil=True)(function)
    except RuntimeError:  # numba found no folder that it may write to
        return compiler(nogil=True)(function)
