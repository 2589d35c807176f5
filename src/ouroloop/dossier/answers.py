"""Answers that a dossier keeps as long as it lives."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

if TYPE_CHECKING:
    from ouroloop.dossier.dossier import Dossier

P = ParamSpec("P")
R = TypeVar("R")


def once(work: Callable[Concatenate[Dossier, P], R]) -> Callable[Concatenate[Dossier, P], R]:
    """The same function, worked out once for each dossier and each set of arguments; what it gives must be frozen.

    By the very object: telling whether two dossiers are equal takes longer than most answers.
    """

    @wraps(work)
    def answer(dossier: Dossier, /, *args: P.args, **kwargs: P.kwargs) -> R:
        asked = (work, args, tuple(kwargs.items()))
        if asked not in dossier.answers:
            dossier.answers[asked] = work(dossier, *args, **kwargs)
        return dossier.answers[asked]

    return answer
