"""What the engine asks of the machine: one device per core, and compiled programs that are kept between runs."""

from __future__ import annotations

import os
from pathlib import Path

import jax


def prepare() -> None:
    """Ask for a device per core and for a cache of compiled programs, as long as nobody has said otherwise.

    Must come before jax computes anything: importing `economy.simulate` does it. A process that has computed already
    keeps the devices that it has. The cache lies in the user's cache folder (`XDG_CACHE_HOME`, or `.cache` at home)
    under `ouroloop`; `JAX_COMPILATION_CACHE_DIR` names another place, and an empty name none.
    """
    if "JAX_COMPILATION_CACHE_DIR" not in os.environ:
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ouroloop" / "compiled"
        jax.config.update("jax_compilation_cache_dir", str(folder))
    if "xla_force_host_platform_device_count" not in os.environ.get("XLA_FLAGS", ""):
        try:
            jax.config.update("jax_num_cpu_devices", len(os.sched_getaffinity(0)))
        except RuntimeError:
            return  # jax has computed already: it keeps its devices, and results are the same on any number of them
