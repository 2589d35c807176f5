"""Every user-facing message of the source, found as Babel finds it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.extract import extract
from jinja2.ext import babel_extract

import ouroloop

SOURCE = Path(ouroloop.__file__).parent
ROOMS = ("report", "cli")
KEYWORDS: dict[str, Any] = {
    "text": None,
    "mark": None,
    "plural": (1, 2),
    "state": (3,),
    "state_plural": (3, 4),
    "_": None,
}


def extracted() -> dict[str, tuple[str, ...]]:
    """Message id (of a plural: its singular) -> all its English forms."""
    found: dict[str, tuple[str, ...]] = {}
    for message in _all():
        forms = tuple(form for form in (message if isinstance(message, tuple) else (message,)) if form)
        if forms:  # a name looked up at run time is no message of its own
            found[forms[0]] = forms
    return found


def _all() -> Iterator[str | tuple[str | None, ...] | None]:
    for room in ROOMS:
        for path in sorted((SOURCE / room).rglob("*.py")):
            with path.open("rb") as stream:
                for _, message, _, _ in extract("python", stream, KEYWORDS):
                    yield message
        for path in sorted((SOURCE / room).rglob("*.j2")):
            with path.open("rb") as stream:
                for _, _, message, _ in babel_extract(stream, ["_"], [], {}):
                    yield message
