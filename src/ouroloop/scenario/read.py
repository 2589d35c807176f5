"""Read a scenario: every problem of its file and of its bases at once, each with its place; or a scenario that fits."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

from pydantic import TypeAdapter, ValidationError

from ouroloop.core import BadInput, Place, Problem, nearest
from ouroloop.dossier import load
from ouroloop.dossier.folder import bundled, find, printable, read_bytes
from ouroloop.dossier.marks import Loc, Tree
from ouroloop.dossier.models.record import Day
from ouroloop.dossier.parse import decode, parse
from ouroloop.dossier.translate import capped, problems_of
from ouroloop.scenario import language
from ouroloop.scenario.codes import OWN
from ouroloop.scenario.frame import Finding, Frame, Unfit
from ouroloop.scenario.language import Horizon, Scenario, ScenarioFile
from ouroloop.scenario.presets import DEFAULT_DOSSIER, Located, base_named, dossier_named, locate, presets
from ouroloop.scenario.shock import Shock
from ouroloop.scenario.verbs import VERBS

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier
    from ouroloop.scenario.magnitude import Magnitude

MOST_BASES = 16


@dataclass
class _Layer:
    """One file of a scenario: its own, or that of a base."""

    at: Located
    tree: Tree
    file: ScenarioFile | None
    """None when something in it has no form."""
    problems: list[Problem]

    @property
    def raw(self) -> Mapping[str, Any]:
        return cast(Mapping[str, Any], self.tree.root) if isinstance(self.tree.root, dict) else {}

    def text(self, key: str) -> str | None:
        value = self.raw.get(key)
        return value.strip() if isinstance(value, str) and value.strip() else None

    def say(self, loc: Loc, code: str, message: str, hint: str = "", *, key: bool = False) -> None:
        self.problems.append(self.tree.problem(self.tree.place(loc, key=key), code, message, hint))


def read_scenario(
    path_or_name: str | os.PathLike[str],
    *,
    dossier: Dossier | None = None,
    of: str | os.PathLike[str] = DEFAULT_DOSSIER,
) -> Scenario:
    """Which scenario is meant by this file, or by this name of a bundled one?

    Parameters
    ----------
    path_or_name
        A file, or the name of a scenario that comes with the dossier `of`.
    dossier
        The scenario's dossier where it was loaded before; it may be seen as of an earlier day, and nothing later is
        then used. Without it, it is loaded.
    of
        The dossier whose bundled scenarios a name is looked up in.

    Raises BadInput with every problem of the file and of the files that it starts from; nothing is used then.
    """
    return _read(locate(path_or_name, of=of), dossier)


def read_presets(of: str | os.PathLike[str] = DEFAULT_DOSSIER, *, dossier: Dossier | None = None) -> list[Scenario]:
    """Every scenario that comes with a dossier, baseline first; the dossier is loaded once.

    Raises BadInput with the problems of all of them.
    """
    files = presets(of)
    if dossier is None and files:
        dossier = load(of)
    found: list[Scenario] = []
    problems: dict[tuple[Place, str], Problem] = {}
    for at in files.values():
        try:
            found.append(_read(at, dossier))
        except BadInput as error:
            problems |= {(one.place, one.code): one for one in error.problems}
    if problems:
        raise BadInput(problems.values())
    return found


def _read(at: Located, dossier: Dossier | None) -> Scenario:
    unreadable: list[Problem] = []
    layers = list(_layers(at, unreadable))
    view = _dossier(layers, dossier)
    frame = Frame(view, _first_of(layers, "horizon", Horizon, language.HORIZON)) if view is not None else None
    shocks: list[tuple[Shock, Place]] = []
    assumed: dict[str, Place] = {}
    for layer in reversed(layers):
        shocks += _shocks(layer, frame)
        _assumptions(layer, frame)
        if layer.file is not None:
            assumed |= {name: layer.tree.place(("assume", name), key=True) for name in layer.file.assume}
    problems = [*unreadable, *(found for layer in layers for found in _of_file(layer))]
    if problems:
        raise BadInput(problems)
    assert view is not None, "a scenario without problems and without a dossier"
    joined = _joined([layer.file for layer in layers if layer.file is not None], view, [shock for shock, _ in shocks])
    return replace(joined, shock_places=tuple(place for _, place in shocks), assume_places=MappingProxyType(assumed))


def _layers(first: Located, unreadable: list[Problem]) -> Iterator[_Layer]:
    """The file and those of its bases, nearest first; a ring or a base that is not there is said where it is named.

    Raises BadInput when the file itself is no YAML; the problems of such a base are appended to `unreadable`.
    """
    seen: list[Path] = []
    at: Located | None = first
    above: _Layer | None = None
    while at is not None:
        real = at.path.resolve()
        if above is not None and (real in seen or len(seen) >= MOST_BASES):
            ring = " → ".join(path.stem for path in [*seen[seen.index(real) if real in seen else 0 :], real])
            message = f"'{above.text('base')}' starts from itself: {ring}."
            above.say(("base",), "base-cycle", message, "delete one of the bases")
            return
        seen.append(real)
        try:
            layer = _read_file(at)
        except BadInput as error:
            if above is None:
                raise
            unreadable += error.problems
            return
        if above is not None:
            _same_dossier(above, layer)
        yield layer
        base, above, at = layer.text("base"), layer, None
        if base is not None:
            name = layer.text("dossier")
            try:
                at = base_named(base, layer.at.path, name if name in bundled() else None)
            except BadInput as error:
                (problem,) = error.problems
                layer.say(("base",), problem.code, problem.message, problem.hint)


def _read_file(at: Located) -> _Layer:
    """One file, its shocks not yet looked at. Raises BadInput when it cannot be read as YAML at all."""
    data = read_bytes(at.shown, at.path)
    if isinstance(data, Problem):
        raise BadInput([data])
    text = decode(at.shown, data)
    if isinstance(text, Problem):
        raise BadInput([text])
    tree, problems = parse(at.shown, text)
    if tree is None or problems:
        raise BadInput(problems)
    layer = _Layer(at, tree, None, [])
    try:
        layer.file = ScenarioFile.model_validate(tree.root, by_alias=True, by_name=False)
    except ValidationError as error:
        layer.problems += problems_of(error, tree, ScenarioFile, own=OWN)
    return layer


def _same_dossier(above: _Layer, base: _Layer) -> None:
    one, other = above.text("dossier"), base.text("dossier")
    if one is not None and other is not None and one != other:
        message = f"This starts from a scenario of the dossier '{printable(other)}', not of '{printable(one)}'."
        above.say(("base",), "other-dossier", message, "start from a scenario of the same dossier")


def _first_of(layers: list[_Layer], key: str, kind: Any, otherwise: Any) -> Any:
    """The first layer's word on a key, read by itself so that other problems do not hide it; None if it has no form."""
    for layer in layers:
        if key in layer.raw:
            try:
                return _reader(kind).validate_python(layer.raw[key])
            except ValidationError:
                return None
    return otherwise


@cache
def _reader(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _dossier(layers: list[_Layer], given: Dossier | None) -> Dossier | None:
    """The dossier as of the opening day; None, with a problem noted, when there is none."""
    naming = next((layer for layer in layers if layer.text("dossier")), None)
    if naming is None:
        if not any("dossier" in layer.raw for layer in layers) and layers[-1].text("base") is None:
            layers[0].say((), "missing-key", "The key 'dossier' is missing here.")
        return None
    name = naming.text("dossier") or ""
    if given is None:
        meant = dossier_named(name, naming.at.path)
        try:
            find(meant)
        except BadInput:
            message = f"'{printable(name[:200])}' is neither a bundled dossier nor a folder beside this file."
            hint = nearest(name, bundled()) or f"bundled: {', '.join(bundled())}"
            naming.say(("dossier",), "no-dossier", message, hint)
            return None
        given = load(meant)
    elif name in bundled() and name != given.header.id:
        message = f"This is a scenario of the dossier '{name}', not of '{given.header.id}'."
        naming.say(("dossier",), "other-dossier", message)
        return None
    day: date | None = _first_of(layers, "as_of", Day, None)
    return given.as_of(day) if day is not None else given


def _shocks(layer: _Layer, frame: Frame | None) -> Iterator[tuple[Shock, Place]]:
    """The shocks of one file and where they stand; what is wrong with them is noted in it."""
    rows: Any = layer.raw.get("shocks")
    for number, row in enumerate(cast(list[Any], rows) if isinstance(rows, list) else []):
        loc: Loc = ("shocks", number)
        model = _verb(layer, loc, row) if isinstance(row, dict) else None
        if model is None:
            continue
        given = {key: value for key, value in cast(dict[str, Any], row).items() if key != "verb"}
        shock = None
        try:
            shock = model.model_validate(given, by_alias=True, by_name=False)
        except ValidationError:
            layer.problems += _form(layer.tree, model, given, loc)
        found = [] if frame is None else list(frame.findings(model, given))
        for finding in found:
            _note(layer, loc, finding)
        if shock is not None and frame is not None and not found:
            try:
                yield frame.settled(shock), layer.tree.place(loc)
            except Unfit as unfit:
                layer.say(loc, unfit.code, unfit.message, unfit.hint)


def _verb(layer: _Layer, loc: Loc, row: Mapping[str, Any]) -> type[Shock] | None:
    verb = row.get("verb")
    if not isinstance(verb, str) or not verb:
        if verb is None:
            layer.say(loc, "missing-key", "The key 'verb' is missing here.", f"verbs: {', '.join(VERBS)}")
        else:
            layer.say((*loc, "verb"), "bad-shape" if verb else "empty-value", "'verb' must be one word.")
    elif verb not in VERBS:
        hint = nearest(verb, list(VERBS)) or f"verbs: {', '.join(VERBS)}"
        layer.say((*loc, "verb"), "unknown-verb", f"There is no verb '{printable(verb[:60])}'.", hint)
    else:
        return VERBS[verb]
    return None


def _form(tree: Tree, model: type[Shock], given: Mapping[str, Any], loc: Loc) -> list[Problem]:
    """What has no form in one shock, key by key."""
    try:
        _reader(tuple[model, ...]).validate_python([given], by_alias=True, by_name=False)
    except ValidationError as error:
        return problems_of(error, tree, model, [loc], OWN)
    raise AssertionError(f"{model.verb} was refused and then was not")


def _note(layer: _Layer, loc: Loc, finding: Finding) -> None:
    layer.say((*loc, *finding.loc), finding.code, finding.message, finding.hint)


def _assumptions(layer: _Layer, frame: Frame | None) -> None:
    """Are the assumptions that a file sets there, and can they be one number or one draw?"""
    rows: Any = layer.raw.get("assume")
    if frame is None or not isinstance(rows, dict):
        return
    known = frame.dossier.assumptions
    checked = layer.file.assume if layer.file is not None else {}
    for name in cast(dict[str, Any], rows):
        loc: Loc = ("assume", name)
        if name not in known:
            hint = nearest(name, list(known)) or "list them with: ouroloop assumptions"
            message = f"No assumption '{printable(name[:60])}' was known on {frame.dossier.date}."
            layer.say(loc, "unknown-assumption", message, hint, key=True)
        elif not known[name].drawable:
            message = f"'{name}' is a {known[name].distribution} of {len(known[name].points)} points, not one number."
            layer.say(loc, "not-drawable", message, "", key=True)
        elif name in checked and known[name].unit == "share" and known[name].low is not None:
            _stays_a_share(layer, loc, known[name].low or 0.0, known[name].high or 0.0, checked[name])


def _stays_a_share(layer: _Layer, loc: Loc, low: float, high: float, given: Magnitude) -> None:
    """A share that lies from 0 to 1 in the dossier does so in a scenario."""
    ends = given.ends
    if 0 <= low <= high <= 1 and not 0 <= ends[0] <= ends[1] <= 1:
        wrong = ends[0] if ends[0] < 0 else ends[1]
        layer.say(loc, "bad-share", f"A share lies between 0 and 1, not {wrong:g}.")


def _of_file(layer: _Layer) -> list[Problem]:
    """The problems of one file, each once, not more than a reader can use."""
    once = {(one.place, one.code): one for one in layer.problems}
    return capped(layer.tree, sorted(once.values(), key=lambda one: (one.place, one.code)))


def _joined(files: list[ScenarioFile], dossier: Dossier, shocks: Sequence[Shock]) -> Scenario:
    """One scenario of a file and its bases: the nearest word on each key, all that is assumed, all that happens."""
    first, *bases = files
    assume: dict[str, Magnitude] = {}
    for file in reversed(files):
        assume |= file.assume

    def nearest_word(key: str, otherwise: int) -> int:
        return next((value for file in files if (value := getattr(file, key)) is not None), otherwise)

    return Scenario(
        id=first.scenario,
        title=first.title,
        about=first.about,
        dossier=dossier,
        horizon=nearest_word("horizon", language.HORIZON),
        paths=nearest_word("paths", language.PATHS),
        seed=nearest_word("seed", language.SEED),
        assume=MappingProxyType(assume),
        shocks=tuple(shocks),
        bases=tuple(file.scenario for file in bases),
    )


def sized(scenario: Scenario, *, paths: int | None = None, seed: int | None = None) -> Scenario:
    """The same scenario on other paths."""
    return replace(
        scenario,
        paths=scenario.paths if paths is None else paths,
        seed=scenario.seed if seed is None else seed,
    )
