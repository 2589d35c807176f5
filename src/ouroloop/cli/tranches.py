"""`ouroloop tranches`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter, validators

from ouroloop.cli.options import Reading
from ouroloop.cli.output import console, emit_json, show_table
from ouroloop.core import BadInput, Place, Problem, Quarter, nearest

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier
    from ouroloop.dossier.models.structure import Structure
    from ouroloop.experiment.course import Course
    from ouroloop.experiment.tranches import ClassView, TrancheView

DEFAULT = Reading()
ECONOMY_PATHS = 512
Share = Annotated[float, Parameter(validator=validators.Number(gt=0, lt=1))]


def tranches(
    deal: str | None = None,
    /,
    *,
    cut: Share | None = None,
    cut_from: str | None = None,
    per: Literal["event", "year"] = "event",
    scenario: str | None = None,
    paths: Annotated[int, Parameter(validator=validators.Number(gte=100, lte=1_000_000))] = 10_000,
    seed: int = 0,
    reading: Reading = DEFAULT,
) -> None:
    """Follow rent from tenants through a vehicle to the classes of its notes and to who holds them.

    Without a name, list the vehicles and their classes. With one, say how safe each class is as agreed and after rents
    are cut, its rating before and after, what each holder loses, and which inputs matter.

    Parameters
    ----------
    deal
        A vehicle's structure by id, by its vehicle, or by a deal that is a class of it.
    cut
        Cut rents by this share instead of by a tenth up to a half.
    cut_from
        The quarter from which rents are cut; a year after the first rent unless said otherwise.
    per
        Does the cut come once (event) or again each year?
    scenario
        Also follow the vehicle on the paths of this scenario, where its tenants fail when they fail in the economy.
    paths
        How many futures to draw; of the economy at most 512 are simulated.
    seed
        Of the draws.
    """
    dossier = reading.load()
    if deal is None:
        _list(dossier, reading)
        return
    from ouroloop.experiment.tranches import CUTS, tranche_view
    from ouroloop.scenario.vehicles import setting

    structure = structure_of(dossier, deal)
    made = setting(dossier, structure)
    at = None
    if cut_from is not None:
        at = _quarter(cut_from).ordinal - made.first.ordinal
        if not 0 <= at < len(made.vehicle.years):
            message = f"{cut_from} is not between {made.first} and the end of the notes in {structure.ends}."
            raise BadInput([Problem(Place("--cut-from"), "bad-quarter", message, f"{made.first} is the first one")])
    cuts = CUTS if cut is None else (0.0, cut)
    there = _there(dossier, scenario, min(paths, ECONOMY_PATHS)) if scenario is not None else None
    view = tranche_view(made, paths=paths, seed=seed, cuts=cuts, cut_from=at, per=per)
    if reading.json:
        also = {"economy": economy_json(view, there)} if there else {}
        emit_json({"dossier": dossier.header.id, "as_of": dossier.date, **as_json(view), **also})
    else:
        _print(view, there, dossier, reading)


def _there(dossier: Dossier, scenario: str, paths: int) -> Course:
    """The economy's paths, opened on the dossier's own day."""
    from ouroloop.experiment.course import course
    from ouroloop.scenario.read import read_scenario

    return course(read_scenario(scenario, dossier=dossier), paths)


def structure_of(dossier: Dossier, name: str) -> Structure:
    """The structure that a user means. Raises BadInput `unknown-structure` with what there is."""
    wanted = name.strip().casefold()
    for structure in dossier.structures.values():
        names = {structure.id, structure.names.en, structure.names.zh_hans, structure.names.zh_hant, structure.vehicle}
        names |= {one.deal for one in structure.classes if one.deal}
        if wanted in {one.casefold() for one in names}:
            return structure
    known = list(dossier.structures)
    message = f"There is no vehicle '{name}' in {dossier.header.id} on {dossier.date}."
    hint = nearest(name, known) or (f"there is: {', '.join(known)}" if known else "this dossier has none")
    raise BadInput([Problem(Place("deal"), "unknown-structure", message, hint)])


def _quarter(text: str) -> Quarter:
    try:
        return Quarter.parse(text)
    except ValueError as error:
        problem = Problem(
            Place("--cut-from"), "bad-quarter", f"{str(error)[0].upper()}{str(error)[1:]}.", "write 2028-Q1"
        )
        raise BadInput([problem]) from None


def _list(dossier: Dossier, reading: Reading) -> None:
    rows = [
        {
            "structure": structure.id,
            "class": one.id,
            "size_usd_bn": one.size_usd_bn.value,
            "coupon": f"{'reference + ' if one.floats else ''}{100 * one.coupon.value:.3g}%",
            "tenants": ", ".join(_tenants(dossier, structure, reading.lang)),
            "until": str(structure.ends),
            "rated": ", ".join(f"{rated.agency} {rated.rating}" for rated in one.rated) or None,
            "held_by": ", ".join(dossier.entities[held.by].names.for_language(reading.lang) for held in one.held_by)
            or None,
            "grade": str(structure.grade),
        }
        for structure in dossier.structures.values()
        for one in structure.classes
    ]
    if reading.json:
        emit_json({"dossier": dossier.header.id, "as_of": dossier.date, "classes": rows})
        return
    from rich.text import Text

    out = console()
    if not rows:
        out.print(Text(f"{dossier.header.id} has no vehicle known on {dossier.date}."))
        return
    shown = [{**row, "size_usd_bn": f"{row['size_usd_bn']:,.4g}"} for row in rows]
    show_table(shown, reading.say, out, title=f"vehicles and their classes, {dossier.date}", own_heads=True)
    out.print(Text("Follow one: ouroloop tranches hyperion", style="italic"))


def _tenants(dossier: Dossier, structure: Structure, lang: str) -> Iterable[str]:
    rent = {lease.tenant for lease in structure.leases}
    for tenant in structure.tenants:
        if tenant.id in rent:
            named = (
                dossier.entities[tenant.entity].names.for_language(lang) if tenant.entity else f"{tenant.id} (unnamed)"
            )
            yield f"{named} {tenant.grade}"


def as_json(view: TrancheView) -> dict[str, Any]:
    """The view with every number, in its own unit."""
    from ouroloop.cli.simulated import NOT_A_FORECAST
    from ouroloop.experiment.tranches import DIALS

    of = view.setting
    return {
        "structure": of.structure.id,
        "first_quarter": str(of.first),
        "paths": view.paths,
        "cut_from": str(of.first + view.cut_from),
        "per": view.per,
        "cover": view.cover,
        "classes": [
            {
                "class": one.id,
                "size_usd_bn": one.size_usd_bn,
                "by_default": one.by_default,
                "by_loss": one.by_loss,
                "cap": one.cap,
                "rating": one.rating,
                "rated": [f"{r.agency} {r.rating}" for r in terms.rated],
                "cuts": [
                    {"cut": s.cut, "rating": s.rating, "loss_a_year_bp": s.risk.loss_a_year_bp, **asdict(s.risk)}
                    for s in one.stressed
                ],
                "what_moves_it": {
                    name: {"expected_loss": float(effect), "standard_error": float(error)}
                    for name, effect, error in zip(DIALS, one.effect, one.effect_error, strict=True)
                },
            }
            for one, terms in zip(view.classes, of.structure.classes, strict=True)
        ],
        "holders": [
            {"holder": h.holder, "holds_usd_bn": h.holds, "expected_loss_usd_bn": h.expected} for h in view.holders
        ],
        "unknown": of.structure.unknown,
        "assumed": of.assumed,
        "note": NOT_A_FORECAST,
    }


def economy_json(view: TrancheView, there: Course) -> dict[str, Any]:
    """The same classes on the economy's paths."""
    from ouroloop.experiment.course import risks_on
    from ouroloop.experiment.tranches import rating_of

    cuts = tuple(one.cut for one in view.classes[0].stressed)
    made = risks_on(view.setting, there, cuts, view.cut_from)
    return {
        "scenario": there.scenario,
        "paths": there.paths,
        "classes": [
            {
                "class": one.id,
                "cuts": [
                    {"cut": cut, "rating": rating_of(view.setting, n, risks[n]), **asdict(risks[n])}
                    for cut, risks in zip(cuts, made, strict=True)
                ],
            }
            for n, one in enumerate(view.classes)
        ],
        "tenants": {
            name: float((there.fails[name] < there.quarters).mean())
            for name in dict.fromkeys(one.entity for one in view.setting.structure.tenants)
            if name is not None and name in there.fails
        },
    }


def _print(view: TrancheView, there: Course | None, dossier: Dossier, reading: Reading) -> None:
    from rich.text import Text

    from ouroloop.cli.simulated import NOT_A_FORECAST

    out, say = console(), reading.say
    of, structure = view.setting, view.setting.structure
    name = structure.names.for_language(reading.lang)
    out.print(Text(f"{name}: from {', '.join(_tenants(dossier, structure, reading.lang))} to its notes", style="bold"))
    out.print(Text(f"Followed from {of.first} to {structure.ends}, {view.paths:,} futures. {_pool_sentence(view)}"))
    rows = [_class_row(one, terms) for one, terms in zip(view.classes, structure.classes, strict=True)]
    show_table(rows, say, out, title="classes as agreed", own_heads=True)
    show_table(list(_cut_rows(view)), say, out, title=_cut_title(view), own_heads=True)
    if there is not None:
        _print_economy(view, there, dossier, reading)
    shares = [0, len(view.classes[0].stressed) - 1]
    holders = [
        {
            "holder": dossier.entities[h.holder].names.for_language(reading.lang),
            "holds USD bn": f"{h.holds:,.3g}",
            **{f"loses on average, rents {_cut_words(view, n)}": f"{h.expected[n]:,.3g}" for n in shares},
        }
        for h in view.holders
    ]
    if holders:
        show_table(holders, say, out, title="who bears it", own_heads=True)
    show_table(list(_dial_rows(view)), say, out, title="what moves expected loss, bp of the class", own_heads=True)
    for line in structure.unknown:
        out.print(Text(f"Unknown: {line}"))
    assumed = ", ".join(f"{row} {value:g}" for row, value in of.assumed.items())
    out.print(
        Text(
            f"Read from assumptions: {assumed}. Chances of default are the record of ratings. {NOT_A_FORECAST}",
            style="italic",
        )
    )


def _print_economy(view: TrancheView, there: Course, dossier: Dossier, reading: Reading) -> None:
    found = economy_json(view, there)
    ends = there.first + (there.quarters - 1)
    fail = ", ".join(
        f"{dossier.entities[name].names.for_language(reading.lang)} on {share:.0%}"
        for name, share in found["tenants"].items()
    )
    title = f"on {there.paths} paths of {there.scenario}: expected loss and rating"
    rows = [
        {"rents": _cut_words(view, n)}
        | {
            one["class"]: f"{one['cuts'][n]['expected_loss']:.2%} {one['cuts'][n]['rating']}"
            for one in found["classes"]
        }
        for n in range(len(view.classes[0].stressed))
    ]
    show_table(rows, reading.say, console(), title=title, own_heads=True)
    if fail:
        console().print(f"There, until {ends}, these fail: {fail}.")


def _class_row(one: ClassView, terms: Any) -> dict[str, str]:
    risk = one.risk
    return {
        "class": one.id,
        "USD bn": f"{one.size_usd_bn:,.4g}",
        "misses a payment": f"{risk.default_probability:.2%} ± {risk.default_error:.2%}",
        "expected loss": f"{risk.expected_loss:.2%} ± {risk.loss_error:.2%}",
        "bp a year": f"{risk.loss_a_year_bp:,.1f}",
        "life, years": f"{risk.average_life_years:.1f}",
        "by default": one.by_default,
        "by loss": one.by_loss,
        "cap": one.cap or "–",
        "rating": one.rating,
        "published": ", ".join(f"{r.agency} {r.rating}" for r in terms.rated) or "–",
    }


def _cut_words(view: TrancheView, n: int) -> str:
    cut = view.classes[0].stressed[n].cut
    return f"cut by {cut:.0%}" if cut else "as agreed"


def _cut_title(view: TrancheView) -> str:
    often = "once" if view.per == "event" else "every year"
    return f"after rents are cut {often} from {view.setting.first + view.cut_from}: expected loss, rating, letters lost"


def _cut_rows(view: TrancheView) -> Iterable[dict[str, str]]:
    table = view.setting.table
    for n in range(len(view.classes[0].stressed)):
        row = {"rents": _cut_words(view, n)}
        for one in view.classes:
            stressed = one.stressed[n]
            lost = table.notches(one.rating, stressed.rating)
            row[one.id] = f"{stressed.risk.expected_loss:.2%} {stressed.rating}{f' ({-lost:+d})' if lost else ''}"
        yield row


def _dial_rows(view: TrancheView) -> Iterable[dict[str, str]]:
    from ouroloop.experiment.tranches import DIALS

    order = sorted(range(len(DIALS)), key=lambda n: -max(abs(float(one.effect[n])) for one in view.classes))
    for n in order:
        yield {
            "if": DIALS[n],
            **{one.id: f"{1e4 * one.effect[n]:+,.1f} ± {1e4 * one.effect_error[n]:,.1f}" for one in view.classes},
        }


def _pool_sentence(view: TrancheView) -> str:
    """How few tenants stand behind the notes, and whether formulas for many would mislead."""
    pool = view.pool
    if len({lease.tenant for lease in view.setting.structure.leases}) == 1:
        return "One tenant pays all of the rent: the notes stand or fall with it."
    if pool is None:
        return "Notes are as large as what stands behind them."
    said = f"Its tenants count as {pool.effective_names:.1f} equal ones, the largest pays {pool.largest_share:.0%}"
    warning = (
        f"; too lumpy to be rated by formula: losses reach the notes with {float(pool.hit):.2%}, "
        f"with as many equal tenants {float(pool.hit_if_equal):.2%}, with endlessly many {float(pool.hit_if_large):.2%}"
    )
    return f"{said}{warning if pool.too_lumpy else ''}."
