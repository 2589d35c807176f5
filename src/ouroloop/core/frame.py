"""What XLA hands to foreign code: a call frame, and how a numba kernel reads its arrays from it.

The frame is a record of words whose layout XLA's header `c_api.h` fixes (XLA_FFI_CallFrame, XLA_FFI_Buffer). The
readers here hide it, so that an entry point says no more than which array is which:

    @entry_point
    def doubled(frame):
        if executes(frame):
            result1(frame, 0)[:] = 2.0 * floats1(frame, 0)
        return 0

    twice, = foreign.call(doubled, lambda x: (2.0 * x,), [x], results=[x])

Importing this module imports numba: only kernels do. Nothing checks shapes any more once a kernel runs, so whoever
calls one sees to it that they are what it reads.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba import carray, njit, types  # pyright: ignore[reportPrivateImportUsage]
from numba.extending import intrinsic

_EXTENSION, _STAGE, _ARGUMENTS, _RESULTS = 1, 4, 9, 14
"""Words of 8 bytes in a call frame."""
_DATA, _DIMENSIONS = 3, 5
"""Words in a buffer."""
_EXECUTE, _METADATA = 3, 1
_MAJOR, _MINOR = 0, 3
"""Version of the interface that all these belong to; XLA refuses to take an entry point of another major version."""


def entry_point(function: Callable[[Any], int]) -> Any:
    """Compile a function of a call frame to one that XLA can call; kept on disk between runs where that is possible."""
    signature = types.int64(types.CPointer(types.int64))
    try:
        return numba.cfunc(signature, cache=True, error_model="numpy")(function)
    except RuntimeError:  # numba found no folder that it may write to
        return numba.cfunc(signature, error_model="numpy")(function)


def _pointer(_: Any, address: Any) -> Any:
    """The address as a pointer."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], ir.IntType(8).as_pointer())

    return types.voidptr(address), build


_at: Any = intrinsic(_pointer)


@njit
def executes(frame: Any) -> bool:
    """Is the kernel to run? XLA first asks what it is, and calls it at stages at which there is nothing to do."""
    words = carray(frame, (_STAGE + 1,))
    if words[_EXTENSION] != 0:
        extension = carray(_at(words[_EXTENSION]), (4,), np.int64)
        if (extension[1] & 0xFFFFFFFF) == _METADATA:
            version = carray(_at(extension[3]), (8,), np.int32)
            version[6], version[7] = _MAJOR, _MINOR
            return False
    return (words[_STAGE] & 0xFFFFFFFF) == _EXECUTE


@njit
def _buffer(frame: Any, where: int, number: int) -> Any:
    """The words of an argument or a result."""
    listed = carray(_at(carray(frame, (_RESULTS + 1,))[where]), (number + 1,), np.int64)
    return carray(_at(listed[number]), (_DIMENSIONS + 1,), np.int64)


@njit
def _floats1(frame: Any, where: int, number: int) -> Any:
    buffer = _buffer(frame, where, number)
    size = carray(_at(buffer[_DIMENSIONS]), (1,), np.int64)
    return carray(_at(buffer[_DATA]), (size[0],), np.float64)


@njit
def _floats2(frame: Any, where: int, number: int) -> Any:
    buffer = _buffer(frame, where, number)
    size = carray(_at(buffer[_DIMENSIONS]), (2,), np.int64)
    return carray(_at(buffer[_DATA]), (size[0], size[1]), np.float64)


@njit
def _floats3(frame: Any, where: int, number: int) -> Any:
    buffer = _buffer(frame, where, number)
    size = carray(_at(buffer[_DIMENSIONS]), (3,), np.int64)
    return carray(_at(buffer[_DATA]), (size[0], size[1], size[2]), np.float64)


@njit
def floats1(frame: Any, number: int) -> Any:
    """Argument `number`, a vector of float64."""
    return _floats1(frame, _ARGUMENTS, number)


@njit
def floats2(frame: Any, number: int) -> Any:
    """Argument `number`, float64 with two axes."""
    return _floats2(frame, _ARGUMENTS, number)


@njit
def floats3(frame: Any, number: int) -> Any:
    """Argument `number`, float64 with three axes."""
    return _floats3(frame, _ARGUMENTS, number)


@njit
def result1(frame: Any, number: int) -> Any:
    """Result `number`, to be written: a vector of float64."""
    return _floats1(frame, _RESULTS, number)


@njit
def result2(frame: Any, number: int) -> Any:
    """Result `number`, to be written: float64 with two axes."""
    return _floats2(frame, _RESULTS, number)


@njit
def integers(frame: Any, number: int) -> Any:
    """Argument `number`, a vector of int32."""
    buffer = _buffer(frame, _ARGUMENTS, number)
    size = carray(_at(buffer[_DIMENSIONS]), (1,), np.int64)
    return carray(_at(buffer[_DATA]), (size[0],), np.int32)


@njit
def _begin(result: Any, argument: Any) -> Any:
    if result.ctypes.data != argument.ctypes.data:
        old, new = argument.ravel(), result.ravel()
        for number in range(len(old)):
            new[number] = old[number]
    return result


@njit
def in_place2(frame: Any, number: int) -> Any:
    """Result `number`, which begins as argument `number`: in its memory, or as a copy. Float64 with two axes."""
    return _begin(_floats2(frame, _RESULTS, number), floats2(frame, number))


@njit
def in_place3(frame: Any, number: int) -> Any:
    """Result `number`, which begins as argument `number`: in its memory, or as a copy. Float64 with three axes."""
    return _begin(_floats3(frame, _RESULTS, number), floats3(frame, number))
