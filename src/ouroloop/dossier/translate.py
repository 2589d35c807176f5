"""From what pydantic says is wrong to a problem of ours: a stable code, one plain sentence, a place, a hint."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from ouroloop.core import Problem, nearest
from ouroloop.dossier.marks import Loc, Tree

MOST_PER_FILE = 50
_MOST_TRANSLATED = 200

_CODES = {
    "missing": "missing-key",
    "extra_forbidden": "unknown-key",
    "enum": "bad-choice",
    "literal_error": "bad-choice",
    "bool_parsing": "bad-choice",
    "bool_type": "bad-shape",
    "float_parsing": "bad-number",
    "float_type": "bad-shape",
    "finite_number": "bad-number",
    "int_parsing": "bad-number",
    "int_parsing_size": "bad-number",
    "int_from_float": "bad-number",
    "int_type": "bad-shape",
    "greater_than": "bad-number",
    "greater_than_equal": "bad-number",
    "less_than": "bad-number",
    "less_than_equal": "bad-number",
    "string_too_long": "bad-text",
    "string_too_short": "bad-text",
    "string_type": "bad-shape",
    "tuple_type": "bad-shape",
    "model_type": "bad-shape",
    "model_attributes_type": "bad-shape",
    "dict_type": "bad-shape",
    "too_short": "empty-list",
}
# Codes that the validators of the records raise themselves; they bring their own sentence.
OWN = (
    *("bad-amount", "bad-date", "bad-distribution", "bad-order", "bad-range", "bad-waterfall"),
    *("missing-key", "missing-reason", "no-cite", "one-of"),
)

_ID = "^[a-z0-9]"
_ID_FORM = "lower-case letters, digits, '.' and '-' (in a concept also '_'), starting with a letter or digit"
_FORMS = {
    r"^\d{2}-\d{2}$": "a month and a day, such as 12-31",
    r"^\d{10}$": "ten digits, such as 0001045810",
    r"^\d{4}-Q[1-4]$": "a quarter, such as 2025-Q1",
}
_QUOTED = re.compile(r"'([^']*)'")


def problems_of(
    error: ValidationError,
    tree: Tree,
    model: type[BaseModel],
    rows: Sequence[Loc] = (),
    own: Collection[str] = OWN,
) -> list[Problem]:
    """Every error of one file as problems, the first `MOST_PER_FILE` in the file's order and a count of the rest.

    When a list made of the file's rows was validated, `rows` says where each of its items stands. `own` are the codes
    that validators of `model` raise themselves, with a sentence of their own.
    """
    found: dict[tuple[Any, str], Problem] = {}
    errors = error.errors(include_url=False)
    for one in errors[:_MOST_TRANSLATED]:
        if one["type"] == "too_short" and one["input"]:
            continue  # every item of the list failed; each has said so itself
        loc: Loc = one["loc"]
        if rows and loc and isinstance(loc[0], int):
            loc = (*rows[loc[0]], *loc[1:])
        problem = _problem(one, loc, tree, model, own)
        found.setdefault((problem.place, problem.code), problem)
    more = max(0, len(errors) - _MOST_TRANSLATED)
    return capped(tree, sorted(found.values(), key=lambda p: (p.place, p.code)), more)


def capped(tree: Tree, problems: list[Problem], more: int = 0) -> list[Problem]:
    """At most `MOST_PER_FILE` problems, the last saying how many more there are."""
    rest = max(0, len(problems) - MOST_PER_FILE) + more
    if not rest:
        return problems
    last = problems[min(MOST_PER_FILE, len(problems) - 1)].place
    message = f"{rest:,} more problems from here on in this file."
    return [*problems[:MOST_PER_FILE], tree.problem(last, "more-problems", message, "mend the first ones")]


def _problem(error: Any, loc: Loc, tree: Tree, model: type[BaseModel], own: Collection[str]) -> Problem:
    kind, value = str(error["type"]), error.get("input")
    name = next((step for step in reversed(loc) if isinstance(step, str)), "the file")
    if kind in own:
        said = str(error["msg"])
        return tree.problem(tree.place(loc), kind, f"{said[0].upper()}{said[1:]}.", "")
    code = _CODES.get(kind, "bad-text")
    if kind == "string_pattern_mismatch":
        code = "bad-id" if str(error["ctx"]["pattern"]).casefold().startswith(_ID) else "bad-text"
    if kind.startswith("date_"):
        code = "bad-date"
    if value == "" and code not in ("unknown-key", "missing-key"):
        return tree.problem(
            tree.place(loc, key=True), "empty-value", f"'{name}' has no value.", "give one, or leave the key out"
        )
    place = tree.place(loc, key=code == "unknown-key")
    return tree.problem(
        place, code, _sentence(code, name, value, error), _suggest(code, name, value, error, model, loc)
    )


def _sentence(code: str, name: str, value: Any, error: Any) -> str:
    shown = _shown(value)
    match code:
        case "missing-key":
            return f"The key '{name}' is missing here."
        case "unknown-key":
            return f"There is no key '{name}' here."
        case "bad-choice":
            return f"{shown} is not one of the words that '{name}' may be."
        case "bad-number" if error["type"] == "float_parsing":
            return f"'{name}' must be a number, not {shown}."
        case "bad-number" if str(error["type"]).startswith("int_"):
            return f"'{name}' must be a whole number, not {shown}."
        case "bad-number":
            return f"'{name}' is out of range: {shown}; {_small(error['msg'])}."
        case "bad-date":
            return f"'{name}' must be a day of the calendar, not {shown}."
        case "bad-id":
            return f"{shown} is not an id."
        case "empty-list":
            return f"'{name}' must not be empty."
        case "bad-shape":
            return f"'{name}' must be {_needed(str(error['type']))}, not {_kind(value)}."
        case _:
            form = _FORMS.get(str(error.get("ctx", {}).get("pattern")), "")
            return f"'{name}' must be {form}." if form else f"'{name}' is refused: {_small(error['msg'])}."


def _suggest(code: str, name: str, value: Any, error: Any, model: type[BaseModel], loc: Loc) -> str:
    match code:
        case "unknown-key":
            known = keys_at(model, loc[:-1])
            return nearest(name, known) or (f"known keys: {', '.join(known)}" if known else "")
        case "bad-choice":
            words = _QUOTED.findall(str(error.get("ctx", {}).get("expected", ""))) or ["true", "false"]
            return (nearest(value, words) if isinstance(value, str) else "") or f"use one of: {', '.join(words)}"
        case "bad-id":
            return _ID_FORM
        case "bad-date":
            return "use 2025-10-06"
        case _:
            return ""


def keys_at(model: type[BaseModel], loc: Loc) -> list[str]:
    """The keys that may stand in the mapping at `loc` of a file of this model."""
    at: type[BaseModel] | None = model
    for step in loc:
        if at is None or isinstance(step, int):
            continue
        inner = next((f for n, f in at.model_fields.items() if step in (n, f.alias)), None)
        if inner is not None:
            at = next(iter(_models_in(inner.annotation)), None)
    if at is None:
        return []
    names = [field.alias or name for name, field in at.model_fields.items() if name != "place"]
    if at.__name__ == "Deal":
        names += ["low", "high", "condition", "schedule"]
    return names


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)


def _shown(value: Any) -> str:
    text = str(value) if isinstance(value, str) else _kind(value)
    return f"'{text if len(text) <= 60 else text[:59] + '…'}'" if isinstance(value, str) else text


def _kind(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, (list, tuple)):
        return "a list"
    return "nothing" if value is None else "a single value"


def _needed(kind: str) -> str:
    if kind == "tuple_type":
        return "a list"
    return "a mapping" if kind.startswith(("model", "dict")) else "a single value"


def _small(message: Any) -> str:
    text = str(message)
    return text[:1].lower() + text[1:]
