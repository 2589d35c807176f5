"""Who owes whom, as matrices, checked: the input of every stand-alone question of contagion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from jaxtyping import Float, Int

from ouroloop.core import BadInput, Place, Problem

OutsideRanks = Literal["first", "alike", "last"]
Matrix = Float[np.ndarray, "firm firm"]
Vector = Float[np.ndarray, " firm"]


@dataclass(frozen=True, eq=False)
class Obligations:
    """Firms with means and debts, most senior class first. All in one unit of money.

    `owed[k][i, j]` is what i owes j in class k, `outside[k][i]` what it owes in that class to somebody who owes nothing
    here. `held[i, j]` is the share of i's equity that j owns.
    """

    means: Vector
    """What each firm has beside what others here owe it."""
    owed: tuple[Matrix, ...]
    outside: tuple[Vector, ...]
    held: Matrix

    @property
    def firms(self) -> int:
        return len(self.means)

    @cached_property
    def due(self) -> Float[np.ndarray, "class firm"]:
        """All that each firm owes, by class."""
        return np.stack([owed.sum(axis=1) + outside for owed, outside in zip(self.owed, self.outside, strict=True)])

    @cached_property
    def goes_to(self) -> tuple[Matrix, ...]:
        """[j, i] which part of what i pays in a class goes to j."""
        pairs = zip(self.owed, self.due[..., None], strict=True)
        return tuple(np.divide(o, due, out=np.zeros_like(o), where=due > 0).T.copy() for o, due in pairs)

    @cached_property
    def claims(self) -> tuple[Int[np.ndarray, " row"], Int[np.ndarray, " claim"], Float[np.ndarray, " claim"]]:
        """`goes_to` of the most senior class by creditor: where its claims begin, whose debts, which part of them."""
        share = self.goes_to[0]
        creditor, debtor = np.nonzero(share)
        starts = np.searchsorted(creditor, np.arange(self.firms + 1))
        return starts, debtor, share[creditor, debtor]


def obligations(
    means: object,
    owed: object,
    outside: object = None,
    *,
    outside_ranks: OutsideRanks = "alike",
    held: object = None,
    names: Sequence[str] | None = None,
) -> Obligations:
    """A checked network, from arrays or lists.

    Parameters
    ----------
    means
        [firm] what each has beside claims on the others. Negative is refused: what ranks before everything is a class.
    owed
        [i, j] what i owes j; or a sequence of such matrices, most senior first.
    outside
        [firm] owed to nobody here.
    outside_ranks
        `first`: before all that is owed here; `alike`: pari passu with its most senior class; `last`: behind all of it.
        Published cases take all three, and differ.
    held
        [i, j] which share of i's equity j owns; rows sum to 1 at most.
    names
        For messages; numbers otherwise.

    Raises
    ------
    BadInput
        `bad-network` with every entry that is no number, negative, a debt or share of a firm to itself, of another
        shape than the others, or more than all of a firm's equity.
    """
    problems: list[Problem] = []
    have = _array(means, "means", 1, problems)
    layers = _layers(owed, problems)
    size = len(have)
    label = list(names) if names is not None else [str(n) for n in range(size)]
    if len(label) != size:
        problems.append(_problem("names", f"there are {len(label)} names for {size} firms", "give one name per firm"))
        label = [str(n) for n in range(size)]
    beyond = _array(np.zeros(size) if outside is None else outside, "outside", 1, problems)
    own = _array(np.zeros((size, size)) if held is None else held, "held", 2, problems)
    layered = [(f"owed[{n}]" if len(layers) > 1 else "owed", layer) for n, layer in enumerate(layers)]
    for name, values in (("means", have), ("outside", beyond), *layered, ("held", own)):
        wanted = (size,) if values.ndim == 1 else (size, size)
        if values.shape != wanted:
            hint = "one row and column for each firm" if values.ndim == 2 else "one number for each firm"
            problems.append(_problem(name, f"its shape is {values.shape}, not {wanted}", hint))
        else:
            problems += _entries(name, values, label)
    if not problems:
        over = own.sum(axis=1) > 1 + 1e-12
        problems += [
            _problem(f"held[{label[n]}]", f"{own[n].sum():g} of its equity is owned: more than all of it", "at most 1")
            for n in np.flatnonzero(over)
        ]
    if problems:
        raise BadInput(problems)
    none, nothing = np.zeros(size), np.zeros((size, size))
    if outside_ranks == "alike":
        return Obligations(have, tuple(layers), (beyond, *(none for _ in layers[1:])), own)
    ranked = [nothing, *layers] if outside_ranks == "first" else [*layers, nothing]
    at = 0 if outside_ranks == "first" else len(layers)
    return Obligations(have, tuple(ranked), tuple(beyond if n == at else none for n in range(len(ranked))), own)


def _layers(owed: object, problems: list[Problem]) -> list[np.ndarray]:
    """One matrix, or several in a list or tuple."""
    try:
        several = isinstance(owed, (list, tuple)) and bool(owed) and np.ndim(owed[0]) == 2
    except ValueError:
        several = False
    given = list(owed) if several and isinstance(owed, (list, tuple)) else [owed]
    return [_array(one, "owed", 2, problems) for one in given]


def _array(values: object, name: str, axes: int, problems: list[Problem]) -> np.ndarray:
    try:
        found = np.array(values, np.float64)
    except (TypeError, ValueError):
        problems.append(_problem(name, "it is no array of numbers", "give lists of equal length"))
        return np.zeros((0,) * axes)
    if found.ndim != axes:
        problems.append(_problem(name, f"it has {found.ndim} axes, not {axes}", "see obligations"))
        return np.zeros((0,) * axes)
    return found


def _entries(name: str, values: np.ndarray, label: list[str]) -> list[Problem]:
    """What is wrong with single entries; the first ten of each kind."""
    found: list[Problem] = []

    def at(index: np.ndarray) -> str:
        return f"{name}[{', '.join(label[n] for n in index)}]"

    for wrong, said, hint in (
        (~np.isfinite(values), "is no finite number", "write 0 for what is not owed"),
        (np.nan_to_num(values) < 0, "is negative", "a debt the other way round is one of the other firm"),
    ):
        found += [_problem(at(index), f"{values[tuple(index)]} {said}", hint) for index in np.argwhere(wrong)[:10]]
    if values.ndim == 2:
        itself = np.flatnonzero(np.nan_to_num(np.diagonal(values)) > 0)[:10]
        found += [
            _problem(at(np.array([n, n])), f"{label[n]} has a claim of {values[n, n]:g} on itself", "net it out first")
            for n in itself
        ]
    return found


def _problem(place: str, said: str, hint: str) -> Problem:
    return Problem(Place(place), "bad-network", said, hint)
