"""Programs kept whole between runs, so that a warm start neither traces nor lowers the step again.

JAX keeps what it has compiled, but finds it by the text of the program, and making that text takes longer than running
the first paths. Here a program is found by what the text would be made from: the code of the engine as it is loaded,
the world, and the machine. Nothing is kept where JAX keeps nothing (see `machine.prepare`).

XLA needs half a second to read a program, and no interpreter for it: `expect` begins with the one that was used last
while the caller works out what to run it on.
"""

from __future__ import annotations

import logging
import os
import pickle
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any
from uuid import uuid4

import jax
import numpy as np
from jax.experimental import serialize_executable
from llvmlite import binding

from ouroloop.core import foreign
from ouroloop.core.content import code_of, digest

_OPTIONS: dict[str, Any] = {"xla_cpu_experimental_ynn_fusion_type": "", "xla_cpu_prefer_vector_width": 512}
"""Sums over a few thousand numbers in a loop of their own, not in a library that takes three times as long; and vectors
as wide as the machine has them."""
_MOST = 32
"""Programs of one name that stay, those used last: some 6 MB each, and every change of the engine makes new ones."""
_log = logging.getLogger(__name__)

_Program = Callable[..., tuple[Any, ...]]
_expected: list[tuple[Path, Future[_Program]]] = []


@cache
def expect(name: str) -> None:
    """A program of this name will be wanted: begin to read the one used last. The first time in a process that counts.

    A guess: `kept_program` takes it if it is the right one.
    """
    if used := _used(name):
        reader = ThreadPoolExecutor(1)
        _expected.append((used[-1], reader.submit(lambda: _load(used[-1].read_bytes()))))
        reader.shutdown(wait=False)


def _folder() -> Path | None:
    folder = jax.config.jax_compilation_cache_dir  # pyright: ignore[reportAttributeAccessIssue]
    return Path(folder) if folder else None


def _used(name: str) -> list[Path]:
    """The programs of this name that are on the disk, the one used last at the end."""
    folder, found = _folder(), list[tuple[float, Path]]()
    for path in folder.glob(f"{name}-*.program") if folder else ():
        with suppress(FileNotFoundError):  # another process may be tidying
            found.append((path.stat().st_mtime, path))
    return [path for _, path in sorted(found)]


def kept_program(name: str, function: _Program, made_from: object, shapes: Sequence[jax.ShapeDtypeStruct]) -> _Program:
    """`function` compiled for arrays of these shapes: read from the disk, or compiled and written there.

    `made_from` is all that the function reads besides its arguments and the code of the package: numbers, texts,
    arrays, and tuples, mappings and dataclasses of them. A file that cannot be read or does not fit is made anew.

    Raises TypeError where `made_from` holds something else, as nobody could tell two of those apart.
    """
    folder = _folder()
    if folder is None:
        return _compiled(jax.jit(function).lower(*shapes))
    asked = name, made_from, tuple((of.shape, str(of.dtype)) for of in shapes)
    path = folder / f"{name}-{digest(_here(), code_of(function), asked)}.program"
    try:
        begun = next((reading for of, reading in _expected if of == path), None)
        program = begun.result() if begun else _load(path.read_bytes())
        with suppress(OSError):  # a cache that others fill may be read-only
            path.touch()
        return program
    except FileNotFoundError:
        pass
    except Exception as why:  # another version's file, half a disk: whatever it is, the program can be made
        _log.warning("%s is made anew: %s", path, why)

    def under_new_name(*arguments: Any) -> tuple[Any, ...]:
        return function(*arguments)

    # A program that JAX had kept loses functions when it is written again, so JAX must not know this one.
    under_new_name.__name__ = f"{name}_{uuid4().hex}"
    program = _compiled(jax.jit(under_new_name).lower(*shapes))
    try:
        text = program.as_text() or ""
        called = tuple(entry for entry in foreign.taken() if entry in text)
        content = pickle.dumps((called, serialize_executable.serialize(program)))
        jax.block_until_ready(_load(content)(*(np.zeros(of.shape, of.dtype) for of in shapes)))
        _write(path, content)
        for old in _used(name)[:-_MOST]:
            old.unlink(missing_ok=True)
    except Exception as why:  # the disk is full, or this JAX cannot write such programs: the run can go on
        _log.warning("%s cannot be kept: %s", path, why)
    return program


def _compiled(lowered: jax.stages.Lowered) -> jax.stages.Compiled:
    try:
        return lowered.compile(compiler_options=dict(_OPTIONS))
    except jax.errors.JaxRuntimeError:  # another XLA may not know them; what else is wrong is wrong without them too
        return lowered.compile()


def _load(content: bytes) -> _Program:
    entries, program = pickle.loads(content)
    foreign.take(entries)
    return serialize_executable.deserialize_and_load(*program)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, passing = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        os.replace(passing, path)
    except BaseException:
        Path(passing).unlink(missing_ok=True)
        raise


def _here() -> tuple[object, ...]:
    """What a compiled program depends on besides its text."""
    settings = {key: value for key, value in os.environ.items() if key.startswith(("XLA_", "JAX_"))}
    features = binding.get_host_cpu_features().flatten()
    device = jax.devices()[0]
    versions = version("jax"), version("jaxlib"), version("numpy"), sys.version
    return versions, tuple(sorted(settings.items())), features, device.platform, device.device_kind
