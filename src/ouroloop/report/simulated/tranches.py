"""Rents cut into notes: who pays them, who holds them, and what cut rents do to their ratings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ouroloop.report.charts import lines
from ouroloop.report.flow_drawing import Band, flow
from ouroloop.report.language import Language, mark
from ouroloop.report.simulated.footing import simulated, three_digits
from ouroloop.report.simulated.results import Followed
from ouroloop.report.table import Basis, Cell, Chart, Column, Finding, Kind, Row, Section, Table, in_words, state

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier
    from ouroloop.dossier.models.structure import Structure

CUT = 0.3
"""The cut that sentences and the wide table speak of."""
Sources = Callable[[tuple[str, ...]], str]


def tranches_section(
    dossier: Dossier, vehicles: Sequence[Followed], language: Language, sources: Sources
) -> Section | None:
    """Vehicles from tenant to holder; None where none was followed."""
    if not vehicles:
        return None
    structures = [dossier.structures[one.structure] for one in vehicles]
    classes = _classes(dossier, vehicles, structures, language)
    cuts, holders = _cuts(vehicles, structures, language), _holders(dossier, vehicles, language)
    links = _links(dossier, structures, language)
    findings = [_worst(classes, vehicles, structures, language), *_pensions(holders, vehicles, language)]
    findings += _lumpy(classes, vehicles, structures, language)
    cited = sources(tuple(str(cite) for one in structures for cite in one.sources))
    note = language.text("Model result, not a forecast, not advice.")
    charts = (
        Chart(
            "tranche-flow",
            links.id,
            findings[0].text,
            language.text(
                "From who pays rent to who holds notes; bands are as wide as the notes, {unit}.",
                unit=language.money_unit,
            ),
            _picture(dossier, structures, links, language, findings[0].text),
            cited,
            wide=True,
        ),
        Chart(
            "tranche-cuts",
            cuts.id,
            language.text("What a class loses on average when rents are cut"),
            language.text(
                "Share of the class, by the share of the rent that is cut once, a year after the first rent."
            ),
            lines(cuts, "cut", [column.key for column in cuts.columns[1:]], language, cuts.caption),
            note,
        ),
    )
    return Section(
        "tranches",
        language.text("Rents cut into notes"),
        language.text(
            "A vehicle owns a site or its chips, lets them, and repays notes out of the rent. Who holds the notes "
            "holds the tenant, and what the space is worth without him. Terms that no source gives are assumed, and "
            "say so in the dossier; chances of default are the record of ratings; a class is rated by what it loses, "
            "and no better than the tenant who pays most of its rent or whoever vouches for him. Agencies' ratings "
            "stand beside it."
        ),
        tuple(findings),
        charts,
        (classes, links, holders, cuts),
        tuple(
            language.text("{vehicle}, unknown: {what}", vehicle=language.name(one.names), what=what)
            for one in structures
            for what in one.unknown
        ),
        simulated=True,
    )


def _key(structure: str, one: str) -> str:
    return f"{structure}.{one}"


def _named(structure: Structure, one: str, language: Language) -> str:
    name = language.name(structure.names)
    return name if len(structure.classes) == 1 else language.text("{name}: {vehicle}", vehicle=name, name=one.upper())


def _tenant(dossier: Dossier, entity: str | None, language: Language) -> str:
    return language.name(dossier.entities[entity]) if entity else language.text("unnamed tenants")


def _classes(
    dossier: Dossier, vehicles: Sequence[Followed], structures: Sequence[Structure], language: Language
) -> Table:
    columns = (
        Column("class", language.text("Class")),
        Column("size", language.text("size"), Kind.MONEY),
        Column("tenants", language.text("Tenants")),
        Column("published", language.text("rated by agencies")),
        Column("missed", language.text("misses a payment"), Kind.PERCENT),
        Column("loss", language.text("expected loss"), Kind.FINE),
        Column("rating", language.text("rating by the model")),
        Column("default", language.text("by default alone")),
        Column("cut-loss", language.text("expected loss, rents cut by {share}", share=language.share(CUT)), Kind.FINE),
        Column("cut-rating", language.text("rating then")),
        Column("lost", language.text("letters lost"), Kind.COUNT),
        Column("equal", language.text("tenants, as equal ones"), Kind.AVERAGE),
        Column("largest", language.text("largest tenant's part"), Kind.SHARE),
    )
    rows: list[Row] = []
    for followed, structure in zip(vehicles, structures, strict=True):
        at = followed.cuts.index(CUT)
        letting = {lease.tenant for lease in structure.leases}
        tenants = [one for one in structure.tenants if one.id in letting]
        said = dict.fromkeys(f"{_tenant(dossier, one.entity, language)} ({one.grade})" for one in tenants)
        for one, terms in zip(followed.classes, structure.classes, strict=True):
            size = terms.size_usd_bn
            cites = (str(size.cite),) if size.cite else ()
            basis = Basis.REPORTED if size.basis == "reported" else Basis.ESTIMATED
            cells = {
                "class": Cell(_named(structure, one.id, language), Basis.NONE),
                "size": Cell(size.value, basis, cites),
                "tenants": Cell(language.join(said), Basis.NONE),
                "published": Cell(
                    language.join(f"{rated.agency} {rated.rating}" for rated in terms.rated) if terms.rated else None,
                    Basis.REPORTED if terms.rated else Basis.UNKNOWN,
                    tuple(str(rated.cite) for rated in terms.rated),
                ),
                "missed": simulated(three_digits(one.default_probability)),
                "loss": simulated(three_digits(one.loss[0])),
                "rating": Cell(one.ratings[0], Basis.SIMULATED),
                "default": Cell(one.by_default, Basis.SIMULATED),
                "cut-loss": simulated(three_digits(one.loss[at])),
                "cut-rating": Cell(one.ratings[at], Basis.SIMULATED),
                "lost": simulated(float(one.lost[at])),
                "equal": Cell(followed.effective_tenants, Basis.ESTIMATED),
                "largest": Cell(followed.largest_share, Basis.ESTIMATED),
            }
            rows.append(Row(_key(structure.id, one.id), cells))
    caption = language.text("Classes as agreed, and after rents are cut by {share}", share=language.share(CUT))
    return Table("tranches", caption, columns, tuple(rows))


def _cuts(vehicles: Sequence[Followed], structures: Sequence[Structure], language: Language) -> Table:
    named = {
        _key(structure.id, one.id): (_named(structure, one.id, language), one)
        for followed, structure in zip(vehicles, structures, strict=True)
        for one in followed.classes
    }
    columns = (
        Column("cut", language.text("Cut of rents")),
        *(Column(key, name, Kind.FINE) for key, (name, _) in named.items()),
    )
    rows = tuple(
        Row(
            f"cut-{round(100 * cut)}",
            {
                "cut": Cell(language.share(cut), Basis.NONE),
                **{key: simulated(three_digits(one.loss[n])) for key, (_, one) in named.items()},
            },
        )
        for n, cut in enumerate(vehicles[0].cuts)
    )
    return Table(
        "tranche-cuts", language.text("Expected loss of each class, by cut of rents"), columns, rows, fold=True
    )


def _holders(dossier: Dossier, vehicles: Sequence[Followed], language: Language) -> Table:
    columns = (
        Column("holder", language.text("Holder")),
        Column("holds", language.text("holds"), Kind.MONEY),
        Column("loses", language.text("loses on average"), Kind.FINE),
        Column("cut", language.text("loses, rents cut by {share}", share=language.share(CUT)), Kind.FINE),
        Column("amount", language.text("loses then"), Kind.MONEY),
    )
    sums: dict[str, list[float]] = {}
    for followed in vehicles:
        at = followed.cuts.index(CUT)
        for holder, (holds, losses) in followed.holders.items():
            had = sums.get(holder, [0.0, 0.0, 0.0])
            sums[holder] = [a + b for a, b in zip(had, (holds, losses[0], losses[at]), strict=True)]
    rows = tuple(
        Row(
            holder,
            {
                "holder": Cell(language.name(dossier.entities[holder]), Basis.NONE),
                "holds": Cell(three_digits(holds), Basis.ESTIMATED),
                "loses": simulated(three_digits(loses / holds)),
                "cut": simulated(three_digits(cut / holds)),
                "amount": simulated(three_digits(cut)),
            },
        )
        for holder, (holds, loses, cut) in sorted(sums.items(), key=lambda item: -item[1][0])
    )
    note = language.text("No list of holders is public: shares by kind of holder are assumed.")
    return Table(
        "tranche-holders", language.text("Who holds these classes and bears their losses"), columns, rows, note
    )


def _links(dossier: Dossier, structures: Sequence[Structure], language: Language) -> Table:
    """What runs where: of each vehicle's notes the part that each tenant's rent carries, then each class's holders."""
    columns = (
        Column("from", language.text("From")),
        Column("to", language.text("To")),
        Column("notes", language.text("notes"), Kind.MONEY),
    )
    rows: list[Row] = []
    for structure in structures:
        vehicle, owed = language.name(structure.names), sum(one.size_usd_bn.value for one in structure.classes)
        rent = sum(lease.rent_usd_bn.value for lease in structure.leases)
        entity = {one.id: one.entity for one in structure.tenants}
        paid: dict[str, float] = {}
        for lease in structure.leases:
            tenant = entity[lease.tenant] or "unnamed"
            paid[tenant] = paid.get(tenant, 0.0) + owed * lease.rent_usd_bn.value / rent
        for tenant, amount in paid.items():
            name = _tenant(dossier, None if tenant == "unnamed" else tenant, language)
            rows.append(_link(f"tenant:{tenant}", f"vehicle:{structure.id}", name, vehicle, amount, "pays"))
        for one in structure.classes:
            key = f"class:{_key(structure.id, one.id)}"
            name = _named(structure, one.id, language)
            rows.append(_link(f"vehicle:{structure.id}", key, vehicle, name, one.size_usd_bn.value, "owes"))
            for held in one.held_by:
                if held.share is not None:
                    holder = language.name(dossier.entities[held.by])
                    amount = held.share.value * one.size_usd_bn.value
                    rows.append(_link(key, f"holder:{held.by}", name, holder, amount, "held"))
    caption = language.text("From tenants through vehicles and classes to holders")
    return Table("tranche-links", caption, columns, tuple(rows), fold=True)


def _link(start: str, end: str, start_name: str, end_name: str, amount: float, kind: str) -> Row:
    cells = {
        "from": Cell(start_name, Basis.NONE),
        "to": Cell(end_name, Basis.NONE),
        "notes": Cell(three_digits(amount), Basis.ESTIMATED if kind != "owes" else Basis.REPORTED),
    }
    return Row(f"{start}>{end}", cells, {"from": start, "to": end})


def _picture(dossier: Dossier, structures: Sequence[Structure], links: Table, language: Language, name: str) -> str:
    heads = [language.text(word) for word in (_TENANTS, _VEHICLES, _CLASSES, _HOLDERS)]
    kinds = ("tenant", "vehicle", "class", "holder")
    columns: list[dict[str, str]] = [{} for _ in kinds]
    bands: list[Band] = []
    for row in links.rows:
        for code, key in ((row.code["from"], "from"), (row.code["to"], "to")):
            columns[kinds.index(code.partition(":")[0])][code] = str(row.cells[key].value)
        amount = row.cells["notes"]
        assert isinstance(amount.value, float)
        said = f"{row.cells['from'].value} → {row.cells['to'].value}: {in_words(amount, Kind.MONEY, language)}"
        bands.append(Band(row.code["from"], row.code["to"], amount.value, said))
    return flow(heads, [list(column.items()) for column in columns], bands, name)


_TENANTS, _VEHICLES, _CLASSES, _HOLDERS = mark("Tenants"), mark("Vehicles"), mark("Classes"), mark("Holders")


def _worst(
    classes: Table, vehicles: Sequence[Followed], structures: Sequence[Structure], language: Language
) -> Finding:
    """The class of the largest vehicle that loses most letters when rents are cut."""
    at = vehicles[0].cuts.index(CUT)
    most = max(
        (
            (one.lost[at], terms.size_usd_bn.value, _key(structure.id, one.id), structure, one.id)
            for followed, structure in zip(vehicles, structures, strict=True)
            for one, terms in zip(followed.classes, structure.classes, strict=True)
        ),
        key=lambda found: found[:2],
    )
    return state(
        language,
        "tranche-cut",
        "Were rents cut by {share}, notes of {vehicle} would go from {before} to {after}: they would lose {loss} on "
        "average, instead of {least}.",
        measure=language.text("expected loss and rating by loss, from paths of tenants' defaults and market rents"),
        share=language.share(CUT),
        vehicle=_named(most[3], most[4], language),
        before=classes.at(most[2], "rating"),
        after=classes.at(most[2], "cut-rating"),
        loss=classes.at(most[2], "cut-loss"),
        least=classes.at(most[2], "loss"),
    )


def _pensions(holders: Table, vehicles: Sequence[Followed], language: Language) -> list[Finding]:
    if "pensions" not in {row.key for row in holders.rows}:
        return []
    return [
        state(
            language,
            "tranche-pensions",
            "Pension funds hold about {holds} of these notes and would lose {cut} of them on average if rents were cut "
            "by {share}, {amount}; as agreed they lose {loses}.",
            measure=language.text("assumed part of each class times its expected loss"),
            holds=holders.at("pensions", "holds"),
            cut=holders.at("pensions", "cut"),
            amount=holders.at("pensions", "amount"),
            share=language.share(CUT),
            loses=holders.at("pensions", "loses"),
        )
    ]


def _lumpy(
    classes: Table, vehicles: Sequence[Followed], structures: Sequence[Structure], language: Language
) -> list[Finding]:
    """Pools of several tenants that a formula for many would rate too well."""
    return [
        state(
            language,
            f"tranche-lumpy-{structure.id}",
            "{vehicle} has too few tenants to be rated by averages: {effective} equal ones would be as many, and the "
            "largest pays {largest} of the rent. The model rates its notes {rating}.",
            measure=language.text("concentration of rent; losses of the pool by exact convolution"),
            vehicle=language.name(structure.names),
            effective=classes.at(_key(structure.id, followed.classes[0].id), "equal"),
            largest=classes.at(_key(structure.id, followed.classes[0].id), "largest"),
            rating=classes.at(_key(structure.id, followed.classes[0].id), "rating"),
        )
        for followed, structure in zip(vehicles, structures, strict=True)
        if followed.too_lumpy
    ]
