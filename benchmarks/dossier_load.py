"""Reading and checking the AI-loop dossier, beside libyaml reading the same bytes into plain dicts.

`yaml.load` with CSafeLoader is the yardstick of the target; the bare walk over libyaml's events, which makes no object
of them at all, is shown beside it. Both read the files from memory; ours reads them from disk.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import yaml

from benchmarks.ratio import Ratio, measure
from ouroloop.core import BadInput
from ouroloop.dossier import load, new_dossier
from ouroloop.dossier.folder import BUNDLED

FIGURES = 2_600


def run() -> list[Ratio]:
    """Ratios for the bundled dossier, and for a made-up one of 2,600 figures in case the first is not complete."""
    rows: list[Ratio] = []
    with tempfile.TemporaryDirectory() as folder:
        made = _made_up(Path(folder) / "made-up")
        for name, root in (("ai-loop", BUNDLED / "ai-loop"), (f"{FIGURES:,} figures", made)):
            try:
                load(root)
            except BadInput:
                continue
            rows += _ratios(name, root)
    return rows


def _ratios(name: str, root: Path) -> list[Ratio]:
    texts = [path.read_bytes() for path in sorted(root.rglob("*.yaml"))]
    size = sum(map(len, texts)) // 1024
    ours = f"load and check {name} ({size:,} KiB)"

    def read() -> None:
        load(root)

    def plain() -> None:
        for text in texts:
            yaml.load(text, yaml.CSafeLoader)

    def events() -> None:
        for text in texts:
            for _ in yaml.parse(text, yaml.CSafeLoader):
                pass

    return [
        measure(ours, read, "yaml.load(CSafeLoader)", plain, "<= 3"),
        measure(ours, read, "libyaml events, walked", events, "for comparison"),
    ]


def _made_up(root: Path) -> Path:
    new_dossier(root)
    rows = ["entity: chip-maker", "series:"]
    for series in range(FIGURES // 20):
        rows += [f"  - concept: concept-{series}", "    cite: chip-maker-results#a table", "    values:"]
        for year in range(20):
            day = f"{2005 + year}-12-31"
            rows.append(
                f"      - {{at: {day}, value: {series + year / 8}, known: {2006 + year}-02-15, note: as filed}}"
            )
    (root / "figures" / "many.yaml").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return root
