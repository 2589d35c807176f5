"""Run the benchmarks: `python -m benchmarks [NAME ...]` prints one table of ratios."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from rich.console import Console
from rich.table import Table


def main() -> None:
    here = Path(__file__).parent
    known = sorted(p.stem for p in here.glob("*.py") if not p.stem.startswith("_") and p.stem != "ratio")
    names = sys.argv[1:] or known
    if unknown := sorted(set(names) - set(known)):
        sys.exit(f"no benchmark named {', '.join(unknown)}; there are: {', '.join(known)}")
    table = Table("benchmark", "ours", "yardstick", "its time", "ratio", "target", title="ours / yardstick, one run")
    for name in names:
        for row in import_module(f"benchmarks.{name}").run():
            table.add_row(
                row.name,
                row.shown(row.ours_s),
                row.yardstick,
                row.shown(row.yardstick_s),
                f"{row.ratio:.3g}",
                row.target,
            )
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
