"""Which scenarios come with a dossier, and which file does a name mean?"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from ouroloop.core import BadInput, Place, Problem, nearest
from ouroloop.dossier.folder import bundled, find, printable

FOLDER = "scenarios"
DEFAULT_DOSSIER = "ai-loop"


@dataclass(frozen=True, slots=True)
class Located:
    """A scenario's file."""

    shown: str
    """The path as problems show it."""
    path: Path


def presets(dossier: str | os.PathLike[str] = DEFAULT_DOSSIER) -> dict[str, Located]:
    """The scenarios in the folder `scenarios` of a dossier (a bundled name or a folder), by name; baseline first.

    Raises BadInput when there is no such dossier.
    """
    root, shown = find(dossier)
    files = sorted((root / FOLDER).glob("*.yaml"), key=lambda file: (file.stem != "baseline", file.stem))
    return {file.stem: Located(f"{shown}/{FOLDER}/{printable(file.name)}", file) for file in files}


def locate(name_or_path: str | os.PathLike[str], *, of: str | os.PathLike[str] = DEFAULT_DOSSIER) -> Located:
    """The file that a preset's name or a path means; a plain word that is a preset's name means that one.

    Raises BadInput `no-scenario` when there is neither.
    """
    shown = os.fspath(name_or_path)
    known = presets(of)
    if isinstance(name_or_path, str) and shown in known:
        return known[shown]
    try:
        path = Path(shown)
        there = bool(shown) and path.is_file()
    except (OSError, ValueError):
        path, there = Path(), False
    if there:
        return Located(printable(shown), path)
    short = printable(shown if len(shown) <= 200 else f"{shown[:199]}…")
    said = f"'{short}' is neither a scenario's file nor the name of a bundled scenario."
    hint = nearest(shown, list(known)) or f"bundled: {', '.join(known) or 'none'}; or give the path of a file"
    raise BadInput([Problem(Place(short or "<scenario>"), "no-scenario", said, hint)])


def dossier_named(name: str, near: Path) -> str | Path:
    """The dossier that a scenario's file names: a bundled one, or a folder seen from the file."""
    return name if name in bundled() else near.parent / name


def base_named(name: str, near: Path, of: str | os.PathLike[str] | None) -> Located:
    """The scenario that `base` names: one that comes with the dossier, one beside the file, or a path from the file.

    Where no dossier is named, one of the bundled loop as well, last of all. Raises BadInput `no-scenario`.
    """
    beside = {file.stem: file for file in sorted(near.parent.glob("*.yaml"))}
    known = presets(of) if of is not None else {}
    own = {stem: Located(printable(str(file)), file) for stem, file in beside.items()}
    for found in (known.get(name), own.get(name)):
        if found is not None:
            return found
    path = near.parent / name
    try:
        there = path.is_file()
    except (OSError, ValueError):
        there = False
    if there:
        return Located(printable(str(path)), path)
    bundled_loop = presets() if of is None else {}
    if name in bundled_loop:
        return bundled_loop[name]
    names = [*known, *own, *bundled_loop]
    said = f"'{printable(name[:200])}' is neither a scenario beside this file, nor a bundled one, nor a path."
    hint = nearest(name, names) or f"known: {', '.join(dict.fromkeys(names)) or 'none'}"
    raise BadInput([Problem(Place("<base>"), "no-scenario", said, hint)])
