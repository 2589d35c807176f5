"""`ouroloop new dossier`."""

from __future__ import annotations

import sys
from pathlib import Path


def dossier(path: Path, /) -> None:
    """Write a small, complete, valid dossier to begin from.

    Parameters
    ----------
    path
        The folder to make; it must not exist yet. Its name becomes the dossier's id.
    """
    from ouroloop.dossier import new_dossier

    made = new_dossier(path)
    print(f"wrote {made}; check it with: ouroloop check {made}", file=sys.stderr)
