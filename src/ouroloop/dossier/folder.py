"""Which files make a dossier, and how a user names one: a bundled name or a folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ouroloop.core import BadInput, Place, Problem, nearest

MAX_BYTES = 4 * 2**20
MAX_FILES = 2_000
MAX_TOTAL_BYTES = 48 * 2**20

BUNDLED = Path(__file__).resolve().parents[1] / "dossiers"

# The key that a file holds its records under; None: the whole file is one record.
FOLDERS = {
    "entities": "entities",
    "deals": "deals",
    "figures": None,
    "sources": "sources",
    "quotes": "quotes",
    "claims": "claims",
    "assumptions": "assumptions",
    "structures": "structures",
}
SINGLE = {"dossier.yaml": "header", "lives.yaml": "lives", "events.yaml": "events", "assumptions.yaml": "assumptions"}

# What may lie beside the data and is no record; scenarios are read by the room of that name.
_SILENT = ("readme", "license", "notice", "changelog", "scenarios")


def bundled() -> list[str]:
    """The names of the dossiers that come with the package."""
    return sorted(p.parent.name for p in BUNDLED.glob("*/dossier.yaml"))


@dataclass(frozen=True)
class Listing:
    """The files to read, with the problems of the folder itself."""

    root: Path
    shown: str
    """The folder as the user wrote it; every path of a problem begins with it."""
    files: list[tuple[str, str, Path]] = field(default_factory=list)
    """(kind, path as shown, real path), in reading order."""
    problems: list[Problem] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    """Paths as shown of what lies in the folder but is not read."""


def find(name_or_path: str | os.PathLike[str]) -> tuple[Path, str]:
    """The folder meant, and how to show it. A plain word that is a bundled dossier's name means that one.

    Raises BadInput `no-dossier` when there is neither.
    """
    shown = os.fspath(name_or_path)
    known = bundled()
    if isinstance(name_or_path, str) and shown in known:
        return BUNDLED / shown, shown
    try:
        path = Path(shown)
        is_folder = bool(shown) and path.is_dir()
        is_file = bool(shown) and path.is_file()
    except (OSError, ValueError):
        path, is_folder, is_file = Path("."), False, False
    if is_folder:
        return path, printable(shown.rstrip("/\\") or shown)
    if is_file and path.name == "dossier.yaml":
        return path.parent, printable(str(path.parent))
    short = printable(shown if len(shown) <= 200 else f"{shown[:199]}…")
    said = f"'{short}' is neither a folder nor a bundled dossier."
    hint = nearest(short, known) or f"bundled: {', '.join(known) or 'none'}; or give the path of a folder"
    raise BadInput([Problem(Place(short or "<dossier>"), "no-dossier", said, hint)])


def listing(root: Path, shown: str) -> Listing:
    """Every file of the folder in a fixed order. Links out of the folder and things that are no files are refused."""
    found = Listing(root, shown)
    try:
        inside = root.resolve(strict=True)
        entries = sorted(os.listdir(root))
    except (OSError, RuntimeError) as error:
        found.problems.append(_unreadable(shown, error))
        return found
    total = 0
    for relative, kind in _candidates(root, entries, found):
        at = f"{shown}/{printable(relative)}"
        path = root / relative
        try:
            if not path.resolve(strict=True).is_relative_to(inside):
                message = "This is a link that leaves the dossier's folder."
                found.problems.append(Problem(Place(at), "outside-folder", message, "copy the file into the folder"))
                continue
            info = path.stat()
        except (OSError, RuntimeError) as error:
            found.problems.append(_unreadable(at, error))
            continue
        if not stat.S_ISREG(info.st_mode):
            found.problems.append(Problem(Place(at), "not-a-file", "This is not a regular file.", "move it away"))
        elif info.st_size > MAX_BYTES:
            message = f"The file has {info.st_size:,} bytes, the limit is {MAX_BYTES:,}."
            found.problems.append(Problem(Place(at), "file-too-large", message, "split it"))
        else:
            total += info.st_size
            found.files.append((kind, at, path))
    if len(found.files) > MAX_FILES or total > MAX_TOTAL_BYTES:
        message = f"{len(found.files):,} files with {total:,} bytes; limits {MAX_FILES:,} and {MAX_TOTAL_BYTES:,}."
        found.problems.append(Problem(Place(shown), "folder-too-large", message, "split the dossier"))
        found.files.clear()
    if "dossier.yaml" not in entries:
        message = "A dossier needs a file dossier.yaml that says what it is about."
        found.problems.append(
            Problem(Place(f"{shown}/dossier.yaml"), "no-header", message, "see: ouroloop new dossier")
        )
    return found


def read_bytes(shown: str, path: Path) -> bytes | Problem:
    """The file's bytes; a problem when it cannot be read or grew over the limit since it was listed."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        return _unreadable(shown, error)
    if len(data) > MAX_BYTES:
        return Problem(Place(shown), "file-too-large", f"The file has more than {MAX_BYTES:,} bytes.", "split it")
    return data


def printable(path: str) -> str:
    """A path that can be shown on one line: control characters and broken bytes as escapes."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in path)


def _candidates(root: Path, entries: list[str], found: Listing) -> Iterator[tuple[str, str]]:
    for name in entries:
        if name in SINGLE:
            yield name, SINGLE[name]
        elif name in FOLDERS:
            try:
                inner = sorted(os.listdir(root / name))
            except OSError as error:
                found.problems.append(_unreadable(f"{found.shown}/{name}", error))
                continue
            for file in inner:
                if file.endswith(".yaml") and not file.startswith("."):
                    yield f"{name}/{file}", name
                else:
                    _leave(f"{name}/{file}", found)
        else:
            _leave(name, found)


def _leave(relative: str, found: Listing) -> None:
    """Note a file that is not read; one that looks like data by another ending is a problem."""
    folder, _, name = relative.casefold().rpartition("/")
    at = f"{found.shown}/{printable(relative)}"
    stem, _, ending = name.rpartition(".")
    if ending in ("yml", "yaml", "json") and (folder or f"{stem}.yaml" in SINGLE) and stem:
        message = "Data files end in .yaml; this one would not be read."
        found.problems.append(Problem(Place(at), "wrong-ending", message, "rename it"))
    elif not name.startswith((".", "_", *_SILENT)):
        found.unknown.append(at)


def _unreadable(shown: str, error: Exception) -> Problem:
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return Problem(Place(shown), "unreadable", f"This cannot be read: {printable(said)}.", "")
