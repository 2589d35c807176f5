"""What the engine asks of the machine: compiled programs are kept between runs, and a process ends at once."""

from __future__ import annotations

import atexit
import gc
import os
from pathlib import Path

import jax


def prepare() -> None:
    """Ask for a cache of compiled programs, as long as nobody has said otherwise.

    Must come before jax compiles anything: importing `economy.simulate` does it. The cache lies in the user's cache
    folder (`XDG_CACHE_HOME`, or `.cache` at home) under `ouroloop`; `JAX_COMPILATION_CACHE_DIR` names another place,
    and an empty name none. Small programs are kept too: opening a world runs many of them, each quick to compile.

    Again and again the interpreter looks for garbage in all that has been imported, and once more at its end, which
    takes as long as building a scenario. What is frozen it leaves alone, and the system takes everything back anyway.
    """
    gc.freeze()
    atexit.register(gc.freeze)
    if "JAX_COMPILATION_CACHE_DIR" not in os.environ:
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ouroloop" / "compiled"
        jax.config.update("jax_compilation_cache_dir", str(folder))
    if "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS" not in os.environ:
        jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
