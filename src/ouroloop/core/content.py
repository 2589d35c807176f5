"""Content as a digest: the same for equal numbers, texts, arrays and code, in every process that loads them."""

from __future__ import annotations

import hashlib
import inspect
import sys
import sysconfig
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cached_property, partial
from types import CodeType, EllipsisType, FunctionType, ModuleType, NoneType
from typing import Any, cast

import jax
import numpy as np

_PLAIN = (bool, int, float, str, bytes, slice, NoneType, EllipsisType)
_LIBRARIES = (*(sysconfig.get_path(kind) for kind in ("stdlib", "purelib", "platlib")), "<frozen ")


def digest(*things: object) -> str:
    """The same for equal things in every process; raises TypeError for what has no fixed content."""
    made = hashlib.sha256()
    _feed(made.update, things)
    return made.hexdigest()[:32]


def _feed(into: Callable[[bytes], None], thing: object) -> None:
    into(type(thing).__qualname__.encode())
    if isinstance(thing, _PLAIN):
        into(f" {thing!r};".encode())
    elif isinstance(thing, (np.ndarray, jax.Array)):
        into(f" {thing.dtype} {thing.shape};".encode())
        into(np.asarray(thing).tobytes())
    elif isinstance(thing, type):
        into(f" {thing.__module__}.{thing.__qualname__};".encode())
    elif isinstance(thing, FunctionType):
        _feed(into, (thing.__code__, thing.__defaults__, thing.__kwdefaults__))
    elif isinstance(thing, CodeType):
        into(thing.co_code)
        into(repr((thing.co_names, thing.co_varnames, thing.co_freevars)).encode())
        _feed(into, thing.co_consts)
    elif isinstance(thing, partial):
        _feed(into, (_undecorated(thing.func), thing.args, thing.keywords))
    elif isinstance(thing, (tuple, list)):
        into(f" {len(thing)};".encode())
        for item in thing:
            _feed(into, item)
    elif isinstance(thing, frozenset):
        _feed(into, sorted(thing, key=repr))
    elif isinstance(thing, Mapping):
        _feed(into, tuple(thing.items()))
    elif is_dataclass(thing):
        _feed(into, tuple((field.name, getattr(thing, field.name)) for field in fields(thing)))
    else:
        raise TypeError(f"{type(thing).__qualname__} has no fixed content")


def code_of(function: Callable[..., Any]) -> tuple[object, ...]:
    """The code and constants of the function's module and of all that it imports of the package, as loaded: a function
    that somebody has put in place of one of ours counts as what it is.

    Kernels are imported where they are called, so they are not among them: a program calls them by name, as they are.
    What is merely a room of a package is not imported by it either.
    """
    found: dict[str, tuple[object, ...]] = {}
    waiting = [_origin(function)]
    while waiting:
        name = waiting.pop()
        if name in found or not name.startswith("ouroloop."):
            continue
        names = vars(sys.modules[name])
        found[name] = tuple(_content(name, names))
        waiting += [of for key, value in names.items() if (of := _origin(value)) != f"{name}.{key}"]
    return tuple(sorted(found.items()))


def _origin(thing: Any) -> str:
    """The module that a function, a class or an instance comes from."""
    plain = _undecorated(thing.func if isinstance(thing, partial) else thing)
    if isinstance(plain, ModuleType):
        return plain.__name__
    return plain.__module__ if isinstance(plain, (FunctionType, type)) else type(plain).__module__


def _content(module: str, names: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """Functions, methods and constants; of what other modules define the name, as they are asked themselves."""
    for name, value in names.items():
        plain = _undecorated(value)
        if name.startswith("__") or _of_library(plain):
            continue
        defined = isinstance(plain, (FunctionType, type)) and plain.__module__
        if defined and defined.startswith("ouroloop.") and defined != module:
            yield name, f"{defined}.{plain.__qualname__}"
        elif isinstance(plain, type):
            yield name, tuple(_content(module, vars(plain)))
        elif isinstance(plain, (FunctionType, partial, *_PLAIN, tuple, Mapping, frozenset, np.ndarray)):
            yield name, plain


def _of_library(thing: Any) -> bool:
    """Told by its version, not by its code."""
    if not isinstance(thing, (FunctionType, type)) or thing.__module__.startswith("ouroloop."):
        return False
    origin = getattr(sys.modules.get(thing.__module__), "__file__", None) or "<frozen "
    return origin.startswith(_LIBRARIES)


def _undecorated(value: Any) -> Any:
    if isinstance(value, property):
        return value.fget
    if isinstance(value, cached_property):
        return value.func
    wraps = callable(value) or isinstance(value, (staticmethod, classmethod))
    return inspect.unwrap(cast(Any, value)) if wraps else value
