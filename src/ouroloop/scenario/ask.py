"""From a question in plain words to the scenario that it asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import SequenceMatcher
from typing import Any

from pydantic import ValidationError

from ouroloop.core import BadInput, Place, Problem
from ouroloop.dossier.folder import printable
from ouroloop.dossier.models.record import Text
from ouroloop.scenario.codes import OWN
from ouroloop.scenario.forms import FORMS
from ouroloop.scenario.frame import Frame, Unfit
from ouroloop.scenario.language import Scenario
from ouroloop.scenario.shock import Shock
from ouroloop.scenario.verbs import VERBS
from ouroloop.scenario.when import Said, without_time

LONGEST = 400
_BEFORE = re.compile(
    r"\s*(?:(?:and\s+)?what\s+(?:breaks|happens|follows)?\s*(?:if|when)|what\s+if|suppose(?:\s+that)?|assume\s+that|if|when|"
    r"如果|假如|要是|若|倘若)\s*",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"[,，]?\s*(?:会怎样|會怎樣|会怎么样|會怎麼樣|会发生什么|會發生什麼|怎么办|怎麼辦)?\s*[?？.。!！]*\s*$"
)
_BETWEEN = re.compile(r"\s+and\s+|\s*[;；,，]\s*|并且|並且|而且", re.IGNORECASE)


def parse_question(text: str, base: Scenario) -> Scenario:
    """Which scenario does the question ask for? `base` with the shocks that the question names.

    Parameters
    ----------
    text
        One clause of a form in `FORMS`, or several joined by "and" or a comma, in English or Chinese:
        `what breaks if openai cannot pay oracle from 2027-Q1`. Names in any language. Without a quarter it happens in
        the first that is simulated.
    base
        What holds otherwise, and the dossier in which names are looked up.

    Returns
    -------
    The scenario `question`, with the question as its title.

    Raises BadInput: `not-understood` with the forms; or what is wrong with names, quarters and amounts, all at once.
    """
    shown = printable(text.strip())
    if not shown or len(text) > LONGEST:
        raise BadInput([_not_understood(shown[:LONGEST])])
    frame = Frame(base.dossier, base.horizon)
    problems: list[Problem] = []
    shocks: list[Shock] = []
    for verb, keys, said in _clauses(shown):
        given = _with_time(VERBS[verb], keys, said, frame)
        found = list(_problems(shown, VERBS[verb], given, frame))
        problems += found
        if not found:
            try:
                shocks.append(frame.settled(VERBS[verb].model_validate(given, by_alias=True, by_name=False)))
            except Unfit as unfit:
                problems.append(_problem(shown, "", unfit.code, unfit.message, unfit.hint))
    if problems:
        raise BadInput(problems)
    asked = Text(**{"en": shown, "zh-Hans": shown, "zh-Hant": shown})
    return replace(base.also(*shocks), id="question", title=asked, about=asked, bases=(base.id, *base.bases))


def _clauses(text: str) -> Iterator[tuple[str, dict[str, Any], Said]]:
    """Verb, keys and time of each clause. Raises BadInput `not-understood` for a clause without a form."""
    whole = _bare(text)
    parts = [part for part in _BETWEEN.split(whole) if part.strip()] or [""]
    read = [_understood(_bare(part)) for part in parts]
    # Several clauses where each is one; otherwise the joint is part of a single one (two debtors, a comma).
    if None in read and (one := _understood(whole)) is not None:
        read = [one]
    for part, found in zip(parts, read, strict=False):
        if found is None:
            raise BadInput([_not_understood(text, part if len(parts) > 1 else "")])
        yield found


def _bare(text: str) -> str:
    return _AFTER.sub("", _BEFORE.sub("", text, count=1) if _BEFORE.match(text) else text).strip()


def _understood(clause: str) -> tuple[str, dict[str, Any], Said] | None:
    for chinese in (True, False) if _is_chinese(clause) else (False,):
        said = without_time(clause, chinese=chinese)
        for form in FORMS:
            # A Chinese name may stand in an English sentence, but not the other way round with its words of time.
            keys = form.keys(said.rest) if _is_chinese(form.example) == chinese else None
            if keys is not None:
                return form.verb, keys, said
    return None


def _with_time(model: type[Shock], keys: Mapping[str, Any], said: Said, frame: Frame) -> dict[str, Any]:
    """The keys with the quarters that were said; a verb that happens once has no end."""
    at, until = said.span(frame.first)
    given = {"at": str(at), **keys}
    if until is not None:
        given["until"] = str(until)
    return given


def _problems(text: str, model: type[Shock], given: Mapping[str, Any], frame: Frame) -> Iterator[Problem]:
    """Everything wrong with a clause that was understood, each with the place of its word in the question."""
    try:
        model.model_validate(given, by_alias=True, by_name=False)
    except ValidationError as error:
        for one in error.errors(include_url=False):
            key = str(one["loc"][0]) if one["loc"] else ""
            if one["type"] == "extra_forbidden":
                message = f"'{model.verb}' happens once: it has no end."
                yield _problem(text, str(given[key]), "unknown-key", message, "leave the end out")
            else:
                code = one["type"] if one["type"] in OWN else "bad-number"
                yield _problem(text, str(given.get(key, "")), code, f"{one['msg'][0].upper()}{one['msg'][1:]}.", "")
    for finding in frame.findings(model, given):
        key = finding.loc[0]
        value = given[str(key)]
        word = value[int(finding.loc[1])] if len(finding.loc) > 1 else value
        yield _problem(text, str(word), finding.code, finding.message, finding.hint)


def _problem(text: str, word: str, code: str, message: str, hint: str) -> Problem:
    at = text.casefold().find(word.casefold()) if word else 0
    return Problem(Place("<question>", 1, max(at, 0) + 1), code, message, hint, text)


def _not_understood(text: str, part: str = "") -> Problem:
    asked = part.strip() or text
    chinese = _is_chinese(asked)
    examples: dict[str, str] = {}
    for form in FORMS:
        if _is_chinese(form.example) == chinese:
            examples.setdefault(form.verb, form.example)
    alike = max(examples.values(), key=lambda one: SequenceMatcher(None, one.casefold(), asked.casefold()).ratio())
    said = f"'{asked}' is none of the questions that are understood." if asked else "No question was asked."
    others = "; ".join(example for example in examples.values() if example != alike)
    return _problem(text, part, "not-understood", said, f"ask like this: {alike}; or: {others}")


def _is_chinese(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)
