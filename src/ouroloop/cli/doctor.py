"""`ouroloop doctor`."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from ouroloop.cli.app import FINDINGS, FINE
from ouroloop.cli.output import console, emit_json


def doctor(*, json: bool = False) -> int:
    """Check that this installation can do its work: versions, exact arithmetic, dossiers, measures.

    Parameters
    ----------
    json
        Print JSON instead of a table.
    """
    rows: list[dict[str, Any]] = []
    for name, examine in _EXAMINATIONS.items():
        try:
            rows.append({"check": name, "fine": True, "found": examine()})
        # Whatever is broken in an installation is what this command is there to show.
        except Exception as error:
            rows.append({"check": name, "fine": False, "found": f"{type(error).__name__}: {error}"})
    fine = all(row["fine"] for row in rows)
    if json:
        emit_json({"fine": fine, "rows": rows})
    else:
        for row in rows:
            console().print(f"[green]fine[/]  {row['check']}: {row['found']}" if row["fine"] else
                            f"[red]BAD[/]   {row['check']}: {row['found']}")  # fmt: skip
    return FINE if fine else FINDINGS


def _python() -> str:
    assert sys.version_info >= (3, 11), f"Python {platform.python_version()} is older than 3.11"
    return f"{platform.python_version()} on {platform.system()} {platform.machine()}"


def _packages() -> str:
    return ", ".join(
        f"{name} {version(name)}" for name in ("ouroloop", "jax", "numpy", "pydantic", "duckdb", "ortools")
    )


def _libyaml() -> str:
    import yaml

    assert hasattr(yaml, "CSafeLoader"), "PyYAML was built without libyaml: dossiers cannot be read"
    return f"PyYAML {yaml.__version__} with libyaml"


def _exact() -> str:
    import jax
    import numpy as np

    from ouroloop.core import QUANTUM
    from ouroloop.ledger import quantize

    amounts = np.full(3000, 1.0 + QUANTUM)
    summed = float(quantize(jax.numpy.asarray(amounts)).sum())
    assert summed == 3000 * (1.0 + QUANTUM), f"sums are not exact in float64: {summed!r}"
    return f"float64 sums are exact on {jax.devices()[0]}"


def _dossiers() -> str:
    from ouroloop.dossier import bundled, load

    return ", ".join(f"{name} ({len(load(name).deals)} deals)" for name in bundled())


_PACKAGES = ("ouroloop", "jax", "numpy", "pydantic", "duckdb", "ortools")
_EXAMINATIONS: dict[str, Callable[[], str]] = {
    "Python": _python,
    "packages": _packages,
    "YAML": _libyaml,
    "exact arithmetic": _exact,
    "bundled dossiers": _dossiers,
}
