"""How wide is a text, and how does it break? Estimated from its letters, for drawings made without a browser.

The estimate errs on the wide side for the system fonts that the page asks for: what fits here fits there.
"""

from __future__ import annotations

from unicodedata import east_asian_width

_NARROW = frozenset("iIjlt.,:;'!|()[]/ f-r")
_WIDE = frozenset("mwMWGOQ@%&—")


def width(text: str, size: float, bold: bool = False) -> float:
    """The width of a text in the unit of `size` (its font size)."""
    ems = sum(_em(letter) for letter in text)
    return ems * size * (1.06 if bold else 1.0)


def _em(letter: str) -> float:
    if east_asian_width(letter) in "WF":
        return 1.0
    if letter in _NARROW:
        return 0.34
    if letter in _WIDE:
        return 0.86
    return 0.68 if letter.isupper() else 0.57


def fit(text: str, room: float, size: float, bold: bool = False) -> str:
    """The text, cut with an ellipsis where it is wider than `room`."""
    if width(text, size, bold) <= room:
        return text
    while text and width(text + "…", size, bold) > room:
        text = text[:-1]
    return text.rstrip() + "…"


def wrap(text: str, room: float, size: float, lines: int, bold: bool = False) -> list[str]:
    """The text in at most `lines` lines, broken at spaces (or between Chinese characters); the last is cut to fit."""
    words = _words(text)
    wrapped: list[str] = []
    line = ""
    for index, word in enumerate(words):
        if not line or width((line + word).rstrip(), size, bold) <= room:
            line += word
        elif len(wrapped) == lines - 1:
            line += "".join(words[index:])
            break
        else:
            wrapped.append(line.strip())
            line = word
    return [fit(part, room, size, bold) for part in [*wrapped, line.strip()]]


def _words(text: str) -> list[str]:
    """Pieces that must not be broken; a space stays at the end of its word."""
    words: list[str] = []
    for letter in text:
        wide = east_asian_width(letter) in "WF"
        if not words or wide or words[-1].endswith((" ", "-", "/")) or east_asian_width(words[-1][-1]) in "WF":
            words.append(letter)
        else:
            words[-1] += letter
    return words
