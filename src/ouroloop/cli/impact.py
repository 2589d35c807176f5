"""`ouroloop impact`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter, validators

from ouroloop.cli.options import Language
from ouroloop.cli.output import console, emit_json, show_table

if TYPE_CHECKING:
    from ouroloop.core import Quarter
    from ouroloop.experiment import Impact
    from ouroloop.scenario.language import Scenario

_LEAST = 0.05


def impact(
    entity: str | None = None,
    /,
    *,
    at: str | None = None,
    years: Annotated[int, Parameter(validator=validators.Number(gte=1, lte=10))] = 3,
    among: tuple[str, ...] = (),
    paths: Annotated[int, Parameter(validator=validators.Number(gte=2, lte=100_000))] = 128,
    html: Path | None = None,
    lang: Language = "en",
    json: bool = False,
) -> None:
    """Rank firms by what their failure costs outside the loop, and say who would bear it.

    Each firm is made to default, one at a time, on the same paths as the baseline: what outside holders lose beyond
    what happens otherwise is what its failure costs, with whoever it takes along. Losses of funds are those of whom
    they hold for.

    Parameters
    ----------
    entity
        A firm: say where it stands and who bears its failure. A class of holders (pensions, banks): rank by what it
        loses. Without it, rank by what all outside holders lose.
    at
        The quarter of the failure (2027-Q1); without it, the second that is simulated.
    years
        Count losses of so many years from then.
    among
        Only these firms.
    paths
        How many paths to simulate of each.
    html
        Also write the ranking as a page of its own to this file.
    lang
        Language of the page.
    json
        Print JSON instead of sentences and tables.
    """
    from ouroloop.cli.losses import name_of
    from ouroloop.experiment import failing_firms, impacts
    from ouroloop.scenario.opening_holders import passed_on
    from ouroloop.scenario.read import read_scenario

    base = read_scenario("baseline")
    held_for = passed_on(base.dossier)
    place = _party(base, entity)
    firms = _firms(base, among)
    quarter = _quarter(base, at)
    count = min(4 * years, base.horizon - (quarter.ordinal - base.first_quarter.ordinal))
    holder = None if place in failing_firms(base) else place
    with _Counting(len(firms)) as counting:
        found = impacts(base, firms, held_for, at=quarter, quarters=count, paths=paths, done=counting.one)
    ranked = sorted(found, key=lambda one: -_cost(one, holder))
    last = quarter + (count - 1)
    until = str(last)
    if html is not None:
        _page(ranked, base, quarter, last, paths, html, lang)
    if json:
        emit_json(
            {
                "as_of": base.dossier.date,
                "at": str(quarter),
                "until": until,
                "paths": paths,
                "holder": holder,
                "firms": [_row_json(one) for one in ranked],
            }
        )
        return
    _print(ranked, base, holder, place if holder is None else None, str(quarter), until, paths, name_of(base.dossier))


def _page(
    ranked: Sequence[Impact], base: Scenario, at: Quarter, last: Quarter, paths: int, html: Path, lang: Language
) -> None:
    """Write the ranking as a page, and say where."""
    from ouroloop.report import write_report
    from ouroloop.report.language import Language as Speech
    from ouroloop.report.simulated.pages import impact_page

    page = impact_page(base.dossier, ranked, Speech(lang), at=at, until=last, paths=paths, seed=base.seed)
    print(f"wrote {write_report(page, html)}", file=sys.stderr)


def _cost(one: Impact, holder: str | None) -> float:
    return one.outside if holder is None else one.by_holder.get(holder, 0.0)


def _row_json(one: Impact) -> dict[str, Any]:
    return {
        "firm": one.firm,
        "outside": one.outside,
        "error": one.error,
        "claims": one.claims,
        "shares": one.shares,
        "others_fail": one.others_fail,
        "by_holder": dict(one.by_holder),
    }


def _print(
    ranked: Sequence[Impact],
    base: Scenario,
    holder: str | None,
    firm: str | None,
    at: str,
    until: str,
    paths: int,
    name: Callable[[str], str],
) -> None:
    from rich.text import Text

    from ouroloop.cli.simulated import NOT_A_FORECAST
    from ouroloop.report.language import Language as Speech

    out, say = console(), Speech("en")
    whom = "outside holders" if holder is None else name(holder)
    first = ranked[0]
    said = f"Of {len(ranked)} firms, the failure of {name(first.firm)} in {at} costs {whom} most"
    out.print(
        Text(f"{said}: {_cost(first, holder):,.1f} USD bn by {until} beyond what happens otherwise.", style="bold")
    )
    rows = [
        {
            "": number,
            "firm": name(one.firm),
            "costs outside": round(one.outside, 1),
            "its error": round(one.error, 1),
            "claims": round(one.claims, 1),
            "shares": round(one.shares, 1),
            **({} if holder is None else {name(holder): round(_cost(one, holder), 1)}),
            "other firms that fail": round(one.others_fail, 2),
        }
        for number, one in enumerate(ranked, start=1)
    ]
    head = f"What the failure of each firm in {at} costs by {until}, mean of {paths:,} paths, USD bn"
    show_table(rows, say, out, title=head, own_heads=True)
    if firm is not None:
        one = next(one for one in ranked if one.firm == firm)
        borne = sorted(one.by_holder.items(), key=lambda item: -abs(item[1]))
        rows = [{"who": name(who), "net loss": round(lost, 1)} for who, lost in borne if abs(lost) >= _LEAST]
        if rows:
            show_table(rows, say, out, title=f"Who bears the failure of {name(firm)}, USD bn", own_heads=True)
    out.print(Text(f"Opened as of {base.dossier.date}. {NOT_A_FORECAST}", style="italic"))


def _firms(base: Scenario, among: Sequence[str]) -> tuple[str, ...]:
    """The firms to be ranked. Raises BadInput for names of none, all at once."""
    from ouroloop.cli.options import party_of
    from ouroloop.core import BadInput, Place, Problem
    from ouroloop.experiment import failing_firms

    known = failing_firms(base)
    asked = [party_of(base.dossier, name).id for name in among]
    wrong = [name for name, one in zip(among, asked, strict=True) if one not in known]
    if wrong:
        hint = f"one of {', '.join(known)}"
        raise BadInput(
            [Problem(Place("--among"), "no-books", f"'{name}' is no firm that can fail here.", hint) for name in wrong]
        )
    return tuple(asked) or known


def _party(base: Scenario, entity: str | None) -> str | None:
    """The firm or the final holder that is meant. Raises BadInput where it is neither."""
    from ouroloop.cli.options import party_of
    from ouroloop.core import BadInput, Place, Problem, nearest
    from ouroloop.experiment import failing_firms
    from ouroloop.scenario.axes import SECTORS
    from ouroloop.scenario.opening_holders import INTERMEDIARIES

    if entity is None:
        return None
    holders = [name for name in SECTORS if name not in INTERMEDIARIES]
    if entity in holders:
        return entity
    place = party_of(base.dossier, entity).id
    if place in holders or place in failing_firms(base):
        return place
    hint = nearest(entity, holders) or f"a firm, or one of {', '.join(holders)}"
    raise BadInput([Problem(Place("ENTITY"), "no-books", f"'{entity}' is no firm and no final holder here.", hint)])


def _quarter(base: Scenario, at: str | None) -> Quarter:
    from ouroloop.core import BadInput, Place, Problem, Quarter

    first = base.first_quarter
    if at is None:
        return first + 1
    try:
        quarter = Quarter.parse(at)
    except ValueError:
        quarter = None
    if quarter is None or not 0 <= quarter.ordinal - first.ordinal < base.horizon:
        hint = f"a quarter from {first} to {first + (base.horizon - 1)}"
        raise BadInput([Problem(Place("--at"), "unknown-quarter", f"'{at}' is not a simulated quarter.", hint)])
    return quarter


class _Counting:
    """Firms done, on stderr where that is a terminal."""

    def __init__(self, firms: int) -> None:
        self._firms, self._done, self._shown = firms, 0, sys.stderr.isatty()

    def __enter__(self) -> _Counting:
        return self

    def one(self) -> None:
        self._done += 1
        if self._shown:
            print(f"\r{self._done} of {self._firms} firms", end="", file=sys.stderr)

    def __exit__(self, *_: object) -> None:
        if self._shown:
            print("\r", end="", file=sys.stderr)
