"""Ouroloop: books, measures and stress tests of a capital loop.

Nothing heavy is imported here: `import ouroloop` must stay cheap for `--help` and `check`. `open_run` and `rerun` are
imported when they are first asked for.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ouroloop.experiment import open_run, rerun

__version__ = "0.1.0"
__all__ = ["__version__", "open_run", "rerun"]


def __getattr__(name: str) -> Any:
    if name not in ("open_run", "rerun"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from ouroloop import experiment

    return getattr(experiment, name)
