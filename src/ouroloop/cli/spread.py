"""`ouroloop spread`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ouroloop.cli.options import Reading, party_of
from ouroloop.cli.output import console, emit_json, show_table

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier
    from ouroloop.experiment.quotes import QuoteFit
    from ouroloop.scenario.credit import CreditView

DEFAULT = Reading()
_TERMS = {
    "short_debt": "debt due within a year",
    "long_debt": "debt due later",
    "leases_not_commenced": "leases signed and not begun",
    "take_or_pay": "take-or-pay of five years",
    "expected_guarantees": "expected calls of guarantees",
}


def spread(entity: str, /, *, fitted: bool = False, reading: Reading = DEFAULT) -> None:
    """Say how far a firm is from failing and what protection on it should cost, beside what was quoted.

    A structural model on the opening books: with promises left out and with promises counted as debt. Quotes are those
    on file, with the default probability that the standard model reads in them.

    Parameters
    ----------
    entity
        The firm, in any language.
    fitted
        Also fit one price of risk and one of liquidity to all earlier quotes on file, and hold them against the later
        ones: books open anew on the day of each, which takes a while.
    """
    from ouroloop.scenario.credit import credit_view

    dossier = reading.load()
    found = credit_view(dossier, party_of(dossier, entity).id)
    fits = _fits(dossier) if fitted else ()
    if reading.json:
        also = {"fitted": [_fit_json(one) for one in fits]} if fits else {}
        emit_json({"dossier": dossier.header.id, "as_of": dossier.date, **_json(found, dossier), **also})
    else:
        _print(found, dossier, reading)
        for one in fits:
            _print_fit(one, found.entity, reading)


def _json(found: CreditView, dossier: Dossier) -> dict[str, Any]:
    from ouroloop.cli.simulated import NOT_A_FORECAST

    return {
        "entity": found.entity,
        "equity_value_usd_bn": found.equity_value,
        "obligations_usd_bn": dict(found.obligations),
        "assumed": dict(found.assumed),
        "model": [asdict(one) for one in found.model],
        "quotes": [
            {
                "on": str(one.quote.on),
                "tenor_years": one.quote.tenor_years,
                "spread_bp": one.quote.spread_bp,
                "default_probability": one.default_probability,
                "source": one.quote.cite,
            }
            for one in found.quotes
        ],
        "note": NOT_A_FORECAST,
    }


def _fits(dossier: Dossier) -> tuple[QuoteFit, ...]:
    from ouroloop.experiment.quotes import fit_quotes

    return fit_quotes(dossier)


def _fit_json(fit: QuoteFit) -> dict[str, Any]:
    return {
        "promises": fit.promises,
        "price_of_risk": fit.price_of_risk,
        "liquidity_bp": fit.liquidity_bp,
        "log_error_of_quotes_fitted_to": fit.error(used=True),
        "log_error_of_the_others": fit.error(used=False),
        "log_error_of_the_others_unfitted": fit.error(used=False, fitted=False),
        "quotes": [
            {
                "entity": row.quote.entity,
                "on": str(row.quote.on),
                "spread_bp": row.quote.spread_bp,
                "model_bp": row.model_bp,
                "fitted_bp": row.fitted_bp,
                "used": row.used,
            }
            for row in fit.rows
        ],
    }


def _print_fit(fit: QuoteFit, entity: str, reading: Reading) -> None:
    from rich.text import Text

    out = console()
    rows = [
        {
            "on": str(row.quote.on),
            "quoted bp": f"{row.quote.spread_bp:,.0f}",
            "model bp": f"{row.model_bp:,.0f}",
            "fitted bp": f"{row.fitted_bp:,.0f}",
            "": "fitted to" if row.used else "tested on",
        }
        for row in fit.rows
        if row.quote.entity == entity
    ]
    counted = "counted as debt" if fit.promises else "left out"
    if rows:
        show_table(rows, reading.say, out, title=f"fitted, promises {counted}", own_heads=True)
    used, tested = sum(row.used for row in fit.rows), sum(not row.used for row in fit.rows)
    out.print(
        Text(
            f"With promises {counted}, {used} quotes of all firms ask for a price of risk of {fit.price_of_risk:.2f} "
            f"and {fit.liquidity_bp:,.0f} bp of liquidity. On the {tested} later ones the model is off by a factor of "
            f"{_factor(fit.error(used=False)):.1f}, unfitted by {_factor(fit.error(used=False, fitted=False)):.1f}; on "
            f"those fitted to by {_factor(fit.error(used=True)):.1f}."
        )
    )


def _factor(log_error: float) -> float:
    from math import exp

    return exp(log_error)


def _print(found: CreditView, dossier: Dossier, reading: Reading) -> None:
    from rich.text import Text

    from ouroloop.cli.simulated import NOT_A_FORECAST

    out, say = console(), reading.say
    name = dossier.entities[found.entity].names.for_language(reading.lang)
    out.print(Text(f"{name}: credit on {found.day}", style="bold"))
    sums = {words: found.obligations[term] for term, words in _TERMS.items()}
    sums["value of the shares"] = found.equity_value
    owed = [{"": words, "USD bn": "–" if usd_bn is None else f"{usd_bn:,.1f}"} for words, usd_bn in sums.items()]
    show_table(owed, say, out, own_heads=True)
    if found.model:
        show_table([_row(one) for one in found.model], say, out, title="by the model", own_heads=True)
    else:
        out.print(Text("It owes nothing here, so the model has no default point."))
    if found.quotes:
        rows = [
            {
                "on": str(one.quote.on),
                "years": f"{one.quote.tenor_years:g}",
                "bp": f"{one.quote.spread_bp:g}",
                "default until expiry": f"{one.default_probability:.1%}",
                "grade": str(one.quote.grade),
                "source": one.quote.cite,
            }
            for one in found.quotes
        ]
        show_table(rows, say, out, title="as quoted", own_heads=True)
    out.print(Text(_sentence(found, name)))
    assumed = ", ".join(f"{row} {value:g}" for row, value in found.assumed.items())
    note = f"– : nothing of the kind is on file. Read from assumptions: {assumed}. Nothing is fitted to quotes."
    out.print(Text(f"{note} {NOT_A_FORECAST}", style="italic"))


def _row(one: Any) -> dict[str, str]:
    return {
        "promises": "counted as debt" if one.promises else "left out",
        "default point USD bn": f"{one.default_point:,.1f}",
        "assets USD bn": f"{one.assets:,.1f}",
        "moves a year": f"{one.asset_volatility:.1%}",
        "distance": f"{one.distance:.1f}",
        "default in 5 years": f"{one.default_probability:.1%}",
        "bp": f"{one.spread_bp:,.0f}",
        "bp, calmest to wildest shares": f"{one.spread_low_bp:,.0f} to {one.spread_high_bp:,.0f}",
    }


def _sentence(found: CreditView, name: str) -> str:
    """The model beside the last quote, by the numbers of the tables above."""
    parts = [
        f"{one.spread_bp:,.0f} bp with promises {'counted as debt' if one.promises else 'left out'}"
        for one in found.model
    ]
    said = f"The model asks {' and '.join(parts)} for five years on {name}" if parts else f"No model spread for {name}"
    if not found.quotes:
        return f"{said}; no quote is on file."
    last = found.quotes[-1].quote
    return f"{said}; the last quote on file, of {last.on}, is {last.spread_bp:g} bp."
