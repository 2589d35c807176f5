"""Bad input, said with its place: every problem at once, as an editor or a compiler would say it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where in the user's files something stands. Lines and columns count from 1."""

    path: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with the input.

    `code` is a stable kebab-case name (documented, one fixture each), `message` one plain sentence, `hint` what to
    do about it, `excerpt` the line it stands on. `severity` is "error" (nothing loads), "warning" (a strict
    check) or "advice".
    """

    place: Place
    code: str
    message: str
    hint: str = ""
    excerpt: str = ""
    severity: str = "error"

    def __str__(self) -> str:
        lines = [f"{self.place}: {self.severity}: {self.code}"]
        if self.excerpt:
            # A long line is cut around the place, so that the caret stays on the screen.
            start = max(0, self.place.column - 60) if len(self.excerpt) > 120 else 0
            cut = self.excerpt[start : start + 120]
            lines += [f"    {cut}", "    " + " " * (self.place.column - 1 - start) + "^"]
        lines.append(f"  {self.message}")
        if self.hint:
            lines.append(f"  hint: {self.hint}")
        return "\n".join(lines)


class BadInput(Exception):  # noqa: N818  the name says what happened, as the three kinds of error do
    """The input cannot be used; carries every problem found, sorted by place. Nothing was loaded or written."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(problems, key=lambda p: (p.place, p.code)))
        assert self.problems, "BadInput without a problem"
        super().__init__("\n".join(map(str, self.problems)))


def nearest(word: str, known: Sequence[str]) -> str:
    """Which known word did the user mean? Returns a hint sentence, or an empty string when nothing is near."""
    folded = {name.casefold(): name for name in known}
    close = get_close_matches(word.casefold(), list(folded), n=3, cutoff=0.6)
    if not close:
        return ""
    return "did you mean " + " or ".join(f"'{folded[name]}'" for name in close) + "?"
