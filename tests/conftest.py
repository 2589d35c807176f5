"""Shapes and types of the engine's rooms are checked by beartype while the tests run.

Under CI the examples of property tests are fixed, so that a submission is judged by its code and not by a draw; every
other run searches on with new ones.

Compiled programs are given back when a process holds many: each takes several mappings of memory, and a process that
asks Linux for more than it grants (65,530 as a rule) crashes. The whole suite in two processes does ask for them.
"""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import jax
import pytest
from hypothesis import settings
from jaxtyping import install_import_hook

_HOOK = install_import_hook(["ouroloop.ledger", "ouroloop.measures"], "beartype.beartype")

settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")

_MAPS, _GRANTED = Path("/proc/self/maps"), Path("/proc/sys/vm/max_map_count")


@pytest.fixture(scope="module", autouse=True)
def room_for_programs() -> Iterator[None]:
    """After each file of tests: drop what was compiled if a quarter of the granted mappings is in use."""
    yield
    if _GRANTED.exists() and 4 * _MAPS.read_bytes().count(b"\n") > int(_GRANTED.read_text()):
        jax.clear_caches()
        gc.collect()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The README's commands first: they take a minute, and last they would keep one process waiting for the other."""
    items.sort(key=lambda item: "readme_run" not in item.name)
