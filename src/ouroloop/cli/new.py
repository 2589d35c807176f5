"""`ouroloop new dossier`."""

from __future__ import annotations

import sys
from pathlib import Path

from ouroloop.core import BadInput, Place, Problem


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


def schemas(path: Path, /) -> None:
    """Write JSON Schemas of every kind of dossier file, for editors that complete and check while you type.

    Parameters
    ----------
    path
        The folder to write them to; files of the same names are replaced.
    """
    from ouroloop.dossier import write_schemas

    try:
        written = write_schemas(path)
    except OSError as error:
        message = f"The schemas cannot be written: {error.strerror or error}."
        hint = "name a folder that you may write to"
        raise BadInput([Problem(Place(str(path)), "cannot-write", message, hint)]) from None
    for made in written:
        print(made)
