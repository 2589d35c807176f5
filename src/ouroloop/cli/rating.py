"""`ouroloop rating`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter, validators

from ouroloop.cli.options import Reading, party_of
from ouroloop.cli.output import console, emit_json, show_table

if TYPE_CHECKING:
    import numpy as np

    from ouroloop.dossier import Dossier
    from ouroloop.market.ratings import RatingTable
    from ouroloop.scenario.credit import CreditView
    from ouroloop.scenario.leverage import Leverage

DEFAULT = Reading()


def rating(
    entity: str,
    /,
    *,
    table: Path | None = None,
    scenario: str | None = None,
    paths: Annotated[int, Parameter(validator=validators.Number(gte=16, lte=100_000))] = 512,
    reading: Reading = DEFAULT,
) -> None:
    """Say which rating a firm's distance to default and its quotes amount to, and its leverage in truth.

    Letters are those whose firms failed as often within five years, by the dossier's table of a year's moves; steps are
    those of Regulation (EU) 2016/1799 for the chance of default within three years. Models of prices and quotes give
    priced chances; both letters and steps read what is left of them without the price of risk.

    Parameters
    ----------
    entity
        The firm, in any language.
    table
        An agency's own table: a row for each grade, best first, then percent failed after 1, 2, ... years.
    scenario
        Also simulate this scenario, and say how the firm's rating moves over its paths.
    paths
        How many to simulate.
    """
    from ouroloop.market.ratings import load_ratings
    from ouroloop.scenario.credit import credit_view
    from ouroloop.scenario.estimate import assumption
    from ouroloop.scenario.grades import PRICE_OF_RISK, letters_table
    from ouroloop.scenario.leverage import leverage

    dossier = reading.load()
    letters = load_ratings(table) if table is not None else letters_table(dossier)
    party = party_of(dossier, entity).id
    found = credit_view(dossier, party)
    owes = leverage(dossier, found)
    rows = list(_rows(found, letters, assumption(dossier, PRICE_OF_RISK).value))
    over_time = _over_time(dossier, party, scenario, paths) if scenario is not None else None
    if reading.json:
        said = {"entity": found.entity, "ratings": rows, "leverage": _leverage_json(owes)}
        later = {"over_time": over_time} if over_time is not None else {}
        emit_json({"dossier": dossier.header.id, "as_of": dossier.date, **said, **later, "note": _note()})
        return
    from rich.text import Text

    out = console()
    name = dossier.entities[found.entity].names.for_language(reading.lang)
    out.print(Text(f"{name}: rating on {found.day}", style="bold"))
    if rows:
        show_table([_shown(row) for row in rows], reading.say, out, own_heads=True)
    if not found.model:
        out.print(Text("It owes nothing here, so a structural model has no word on it."))
    out.print(Text(_leverage_sentence(owes, name)))
    if over_time is not None:
        shown = [
            {"at the end of": row["quarter"], **{state: f"{share:.0%}" for state, share in row["shares"].items()}}
            for row in over_time
        ]
        show_table(shown, reading.say, out, title=f"on {paths} paths of {scenario}, promises left out", own_heads=True)
    out.print(Text(_note(), style="italic"))


def _note() -> str:
    from ouroloop.cli.simulated import NOT_A_FORECAST

    return f"The price of risk is assumed (eco-finance-091), not fitted to quotes. {NOT_A_FORECAST}"


def _rows(found: CreditView, letters: RatingTable, price_of_risk: float) -> Iterable[dict[str, Any]]:
    from ouroloop.market.price_of_risk import real_world
    from ouroloop.market.ratings import quality_step

    read = [
        (f"model, promises {'counted as debt' if one.promises else 'left out'}", one.distance, one)
        for one in found.model
    ]
    read += [(f"quote of {one.quote.on}, {one.quote.spread_bp:g} bp", None, one) for one in found.quotes[-1:]]
    for what, distance, one in read:
        five = float(real_world(one.default_probability, 5.0, price_of_risk))
        three = float(real_world(one.within_three_years, 3.0, price_of_risk))
        yield {
            "what": what,
            "distance": distance,
            "priced_within_five_years": one.default_probability,
            "within_five_years": five,
            "within_three_years": three,
            "letter": letters.grade(five, 5.0),
            "quality_step": quality_step(three).number,
        }


def _shown(row: dict[str, Any]) -> dict[str, str]:
    return {
        "by": row["what"],
        "distance": "–" if row["distance"] is None else f"{row['distance']:.1f}",
        "default in 5 years, priced": f"{row['priced_within_five_years']:.2%}",
        "without price of risk": f"{row['within_five_years']:.2%}",
        "in 3 years": f"{row['within_three_years']:.2%}",
        "letter": row["letter"],
        "EU quality step": str(row["quality_step"]),
    }


def _leverage_json(owes: Leverage) -> dict[str, float]:
    return {**asdict(owes), "as_reported": owes.as_reported, "economic": owes.economic}


def _leverage_sentence(owes: Leverage, name: str) -> str:
    return (
        f"{name} owes {owes.debt:,.1f}bn by its balance sheet, {owes.as_reported:.1%} of what its shares are worth. "
        f"With {owes.leases_not_commenced:,.1f}bn of leases not begun or {owes.vehicle_notes:,.1f}bn of notes of "
        f"vehicles to which it pays rent, whichever is more, and {owes.expected_guarantees:,.1f}bn of guarantees it "
        f"owes {owes.economic_debt:,.1f}bn, {owes.economic:.1%}."
    )


def _over_time(dossier: Dossier, entity: str, scenario: str, paths: int) -> list[dict[str, Any]]:
    """The shares of paths on which the firm has each rating, at the end of each simulated year."""
    from ouroloop.experiment.credit_course import STATES, credit_course
    from ouroloop.scenario.build import build
    from ouroloop.scenario.read import read_scenario

    read = read_scenario(scenario, dossier=dossier)
    economy = build(read, 0, paths)
    course = credit_course(dossier, economy.world.members, economy.simulate(detail=False), [entity])
    shares: np.ndarray = course.shares()[0]
    ends = [n for n, quarter in enumerate(economy.world.quarters) if quarter.number == 4]
    return [
        {
            "quarter": str(economy.world.quarters[n]),
            "shares": {state: float(share) for state, share in zip(STATES, shares[:, n], strict=True)},
        }
        for n in ends
    ]
