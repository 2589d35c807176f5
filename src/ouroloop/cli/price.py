"""`ouroloop price warrant`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter, validators

from ouroloop.cli.options import Reading
from ouroloop.cli.output import console, emit_json, show_table

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier
    from ouroloop.experiment.warrant import Part, WarrantView

DEFAULT = Reading()


def warrant(
    deal: str,
    /,
    *,
    scenario: str | None = None,
    paths: Annotated[int, Parameter(validator=validators.Number(gte=16, lte=100_000))] = 512,
    reading: Reading = DEFAULT,
) -> None:
    """Price a warrant that a seller gave its customer for orders: part by part, by its hurdles.

    The price leg counts each part as a share that is given when the price first touches its hurdle; deliveries are a
    second condition, so that it is a bound from above. With a scenario, both conditions are looked at on its paths.

    Parameters
    ----------
    deal
        The warrant's id, such as amd-openai-warrant.
    scenario
        Also simulate this scenario.
    paths
        How many to simulate.
    """
    from ouroloop.experiment.warrant import warrant_view
    from ouroloop.scenario.read import read_scenario

    dossier = reading.load()
    course = read_scenario(scenario, dossier=dossier) if scenario is not None else None
    found = warrant_view(dossier, deal, course, paths)
    if reading.json:
        emit_json({"dossier": dossier.header.id, "as_of": dossier.date, **_json(found)})
    else:
        _print(found, dossier, reading)


def _json(found: WarrantView) -> dict[str, Any]:
    from ouroloop.cli.simulated import NOT_A_FORECAST

    return {**asdict(found), "until": str(found.until), "dilution": found.dilution, "note": NOT_A_FORECAST}


def _print(found: WarrantView, dossier: Dossier, reading: Reading) -> None:
    from rich.text import Text

    from ouroloop.cli.simulated import NOT_A_FORECAST

    out = console()
    issuer, holder = (dossier.entities[one].names.for_language(reading.lang) for one in (found.issuer, found.holder))
    out.print(Text(f"{issuer} to {holder}: {found.deal} on {dossier.date}", style="bold"))
    show_table([_row(n, part) for n, part in enumerate(found.parts, start=1)], reading.say, out, own_heads=True)
    leg = sum(part.price_leg for part in found.parts)
    out.print(Text(
        f"By its price hurdles alone the warrant is worth at most {leg:,.1f}bn. The books take "
        f"{found.grant_value:,.1f}bn off revenue when all of it vests; {holder} then has {found.dilution:.1%} of "
        f"{issuer}."
    ))  # fmt: skip
    if found.scenario:
        given = sum(part.given or 0.0 for part in found.parts)
        out.print(Text(
            f"On {found.paths} paths of {found.scenario} until {found.until}, shares worth {given:,.1f}bn vest on "
            "average: no price, since paths are not weighed as the market weighs them."
        ))  # fmt: skip
    note = (
        f"Share at {found.price_usd:,.2f} dollars (last market value on file over shares), strike "
        f"{found.strike_usd:g}, volatility {found.volatility:g}, rate {found.rate:g}, {found.years:g} years. Parts are "
        f"taken to be equal, hurdles to rise evenly. {NOT_A_FORECAST}"
    )
    out.print(Text(note, style="italic"))


def _row(number: int, part: Part) -> dict[str, str]:
    row = {
        "part": str(number),
        "m shares": f"{part.shares_m:,.1f}",
        "after GW": f"{part.milestone_gw:g}",
        "at USD": f"{part.hurdle_usd:,.0f}",
        "touched, as priced": f"{part.touched:.1%}",
        "price leg USD bn": f"{part.price_leg:,.2f}",
    }
    if part.vested is not None and part.reached is not None and part.given is not None:
        row |= {
            "price there, on paths": f"{part.reached:.1%}",
            "vested, on paths": f"{part.vested:.1%}",
            "given USD bn": f"{part.given:,.2f}",
        }
    return row
