"""Ask the dossier in SQL: its records as tables of an in-memory DuckDB that can reach no file and no network."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ouroloop.core import BadInput, Place, Problem, nearest

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from ouroloop.dossier.dossier import Dossier

Row = tuple[Any, ...]

# Column names and types of every table; the documentation page and `DESCRIBE` show the same.
TABLES: dict[str, dict[str, str]] = {
    "entities": {
        "id": "VARCHAR", "name_en": "VARCHAR", "name_zh_hans": "VARCHAR", "name_zh_hant": "VARCHAR", "kind": "VARCHAR",
        "loop": "BOOLEAN", "part_of": "VARCHAR", "ticker": "VARCHAR", "core_business_pays": "BOOLEAN",
    },
    "deals": {
        "id": "VARCHAR", "payer": "VARCHAR", "payee": "VARCHAR", "instrument": "VARCHAR", "in_kind": "VARCHAR",
        "known": "DATE", "link": "VARCHAR", "amends": "VARCHAR", "overlap_group": "VARCHAR", "overlap_role": "VARCHAR",
        "confidence": "VARCHAR", "terms": "VARCHAR", "disputed": "VARCHAR",
    },
    "standings": {
        "deal": "VARCHAR", "tranche": "VARCHAR", "tier": "VARCHAR", "low": "DOUBLE", "high": "DOUBLE",
        "condition": "VARCHAR", "starts": "DATE", "ends": "DATE", "dropped_because": "VARCHAR",
    },
    "status_steps": {
        "deal": "VARCHAR", "tranche": "VARCHAR", "status": "VARCHAR", "effective": "DATE", "known": "DATE",
        "why": "VARCHAR",
    },
    "flows": {
        "payer": "VARCHAR", "payee": "VARCHAR", "quarter": "VARCHAR", "side": "VARCHAR", "instrument": "VARCHAR",
        "sponsor": "VARCHAR", "tier": "VARCHAR", "low": "DOUBLE", "high": "DOUBLE", "point": "DOUBLE",
        "in_kind": "VARCHAR", "basis": "VARCHAR", "refs": "VARCHAR",
    },
    "figures": {
        "entity": "VARCHAR", "concept": "VARCHAR", "counterparty": "VARCHAR", "starts": "DATE", "ends": "DATE",
        "value": "DOUBLE", "unit": "VARCHAR", "known": "DATE", "known_basis": "VARCHAR", "basis": "VARCHAR",
        "grade": "VARCHAR", "source": "VARCHAR", "locator": "VARCHAR", "tag": "VARCHAR", "note": "VARCHAR",
    },
    "sources": {
        "id": "VARCHAR", "title": "VARCHAR", "producer": "VARCHAR", "address": "VARCHAR", "locator": "VARCHAR",
        "published": "DATE", "accessed": "DATE", "class": "VARCHAR", "needs_primary": "BOOLEAN",
    },
    "citations": {"kind": "VARCHAR", "id": "VARCHAR", "source": "VARCHAR", "locator": "VARCHAR"},
    "quotes": {
        "entity": "VARCHAR", "quoted_on": "DATE", "known": "DATE", "tenor_years": "DOUBLE", "spread_bp": "DOUBLE",
        "grade": "VARCHAR", "source": "VARCHAR", "note": "VARCHAR",
    },
    "lives": {
        "entity": "VARCHAR", "estimate_by": "VARCHAR", "asset": "VARCHAR", "effective": "DATE", "known": "DATE",
        "from_years": "DOUBLE", "to_years": "DOUBLE", "to_years_high": "DOUBLE", "profit_effect_usd_bn": "DOUBLE",
        "grade": "VARCHAR", "source": "VARCHAR",
    },
    "events": {
        "happened": "DATE", "known": "DATE", "title_en": "VARCHAR", "title_zh_hans": "VARCHAR",
        "title_zh_hant": "VARCHAR", "entities": "VARCHAR", "grade": "VARCHAR",
    },
    "claims": {
        "id": "VARCHAR", "article": "VARCHAR", "says": "VARCHAR", "found": "VARCHAR", "finding": "VARCHAR",
        "known": "DATE",
    },
    "classes": {
        "structure": "VARCHAR", "vehicle": "VARCHAR", "id": "VARCHAR", "rank": "INTEGER", "size_usd_bn": "DOUBLE",
        "coupon": "DOUBLE", "floats": "BOOLEAN", "basis": "VARCHAR", "ratings": "VARCHAR", "holders": "VARCHAR",
        "ends": "DATE", "deal": "VARCHAR", "known": "DATE",
    },
    "assumptions": {
        "id": "VARCHAR", "topic": "VARCHAR", "name": "VARCHAR", "unit": "VARCHAR", "value": "DOUBLE", "low": "DOUBLE",
        "high": "DOUBLE", "distribution": "VARCHAR", "points": "VARCHAR", "basis": "VARCHAR", "why": "VARCHAR",
        "known": "DATE", "known_basis": "VARCHAR", "stands_in_for": "VARCHAR", "sensitive": "BOOLEAN",
        "grade": "VARCHAR", "sources": "VARCHAR",
    },
}  # fmt: skip


def connect(dossier: Dossier, statement: str) -> DuckDBPyConnection:
    """Load the tables that a statement names, as known on the dossier's date, into a fresh in-memory database.

    Every table exists; those not named stay empty, since some (flows) cost a second to compute.
    Partial dates become the last day they may mean. Amounts are USD bn; an open upper end is `Infinity`. The
    connection cannot read or write files, load extensions or change its own settings.
    """
    import duckdb

    connection = duckdb.connect(":memory:")
    connection.execute("SET enable_external_access = false")
    for table, columns in TABLES.items():
        declared = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        connection.execute(f"CREATE TABLE {table} ({declared})")
        rows = list(_rows(dossier, table)) if table in statement.casefold() else []
        if rows:
            # Whole columns at once: a row at a time takes seconds for a few thousand figures.
            unnested = ", ".join(f"unnest(${n + 1}::{kind}[])" for n, kind in enumerate(columns.values()))
            connection.execute(f"INSERT INTO {table} SELECT {unnested}", list(map(list, zip(*rows, strict=True))))
    connection.execute("SET lock_configuration = true")
    return connection


def query(dossier: Dossier, statement: str) -> tuple[list[str], list[Row]]:
    """Answer one SQL statement: column names and rows. Raises BadInput with DuckDB's own words when it is wrong."""
    import duckdb

    reads = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN)
    connection = connect(dossier, statement)
    try:
        kinds = [parsed.type for parsed in connection.extract_statements(statement)]
        if len(kinds) != 1 or kinds[0] not in reads:
            said = "One statement that reads is needed: SELECT, DESCRIBE, SHOW, SUMMARIZE or EXPLAIN."
            raise BadInput([Problem(Place("<sql>"), "bad-sql", said, f"tables: {', '.join(TABLES)}")])
        result = connection.execute(statement)
        columns = [str(column[0]) for column in result.description or []]
        return columns, result.fetchall()
    except duckdb.Error as error:
        said = str(error).strip().splitlines()
        hint = f"tables: {', '.join(TABLES)}"
        missing = [word.strip("'\"`!?.,") for word in said[0].split()]
        for word in missing:
            if word not in TABLES and (near := nearest(word, list(TABLES))):
                hint = f"{near} {hint}"
                break
        raise BadInput([Problem(Place("<sql>"), "bad-sql", said[0], hint, statement.splitlines()[0])]) from None
    finally:
        connection.close()


def _rows(dossier: Dossier, table: str) -> Iterable[Row]:
    match table:
        case "entities":
            for e in dossier.entities.values():
                names = (e.names.en, e.names.zh_hans, e.names.zh_hant)
                yield (e.id, *names, e.kind, e.loop, e.part_of, e.ticker, e.core_business_pays)
        case "deals":
            for d in dossier.deals.values():
                overlap = (d.overlap.group, d.overlap.role) if d.overlap else (None, None)
                yield (
                    *(d.id, d.payer, d.payee, d.instrument, d.in_kind, d.known.last, d.link, d.amends, *overlap),
                    *(d.confidence, d.terms, d.disputed),
                )
        case "standings":
            from ouroloop.dossier.standing import standings

            for s in standings(dossier):
                amount = (s.amount.low, s.amount.high) if s.amount else (None, None)
                schedule = s.tranche.schedule
                days = (schedule.first, schedule.last) if schedule else (None, None)
                yield (s.deal.id, s.tranche.id, s.tier, *amount, s.tranche.condition, *days, s.dropped_because)
        case "status_steps":
            for d in dossier.deals.values():
                for tranche, steps in [(None, d.status), *((t.id, t.status) for t in d.tranches)]:
                    for step in steps:
                        effective = step.effective.last if step.effective else None
                        yield (d.id, tranche, step.status, effective, step.known.last, step.why)
        case "flows":
            from ouroloop.core import Quarter
            from ouroloop.dossier.flows import flows

            first = Quarter.parse(dossier.header.first_quarter)
            for f in flows(dossier, first, Quarter.of(dossier.date)):
                amount = (f.amount.low, f.amount.high, f.point)
                yield (
                    *(f.payer, f.payee, str(f.quarter), f.side, f.instrument, f.sponsor, f.tier, *amount),
                    *(f.in_kind, f.basis, ", ".join(map(str, f.refs))),
                )
        case "figures":
            for f in dossier.figures:
                yield (
                    *(f.entity, f.concept, f.counterparty, f.start, f.end, f.value, f.unit, f.known.last),
                    *(f.known_basis, f.basis, f.grade, f.cite.source, f.cite.locator, f.tag, f.note),
                )
        case "sources":
            for s in dossier.sources.values():
                days = (s.published.last if s.published else None, s.accessed.last if s.accessed else None)
                yield (s.id, s.title, s.producer, s.address, s.locator, *days, s.source_class, s.needs_primary)
        case "citations":
            assumptions = dossier.assumptions.values()
            cited = (("deal", dossier.deals.values()), ("claim", dossier.claims), ("assumption", assumptions))
            for kind, records in cited:
                for record in records:
                    for cite in record.sources:
                        yield (kind, record.id, cite.source, cite.locator)
        case "quotes":
            for q in dossier.quotes:
                days = (q.on.last, q.known.last)
                yield (q.entity, *days, q.tenor_years, q.spread_bp, q.grade, str(q.cite), q.note)
        case "lives":
            for life in dossier.lives:
                days = (life.effective.last if life.effective else None, life.known.last)
                years = (life.from_years, life.to_years, life.to_years_high, life.profit_effect_usd_bn)
                yield (life.entity, life.estimate_by, life.asset, *days, *years, life.grade, str(life.cite))
        case "events":
            for e in dossier.events:
                titles = (e.title.en, e.title.zh_hans, e.title.zh_hant)
                yield (e.on.last, e.known.last, *titles, ", ".join(e.entities), e.grade)
        case "claims":
            for c in dossier.claims:
                yield (c.id, c.article, c.says.en, c.found, c.finding.en if c.finding else None, c.known.last)
        case "classes":
            for s in dossier.structures.values():
                for rank, one in enumerate(s.classes, start=1):
                    ratings = ", ".join(f"{r.agency} {r.rating}" for r in one.rated) or None
                    holders = ", ".join(held.by for held in one.held_by) or None
                    size = (one.size_usd_bn.value, one.coupon.value, one.floats, one.size_usd_bn.basis)
                    yield (s.id, s.vehicle, one.id, rank, *size, ratings, holders, s.ends.last, one.deal, s.known.last)
        case "assumptions":
            for a in dossier.assumptions.values():
                points = "; ".join(map(str, a.points)) or None
                yield (
                    *(a.id, a.topic, a.name, a.unit, a.value, a.low, a.high, a.distribution, points, a.basis, a.why),
                    *(a.known.last, a.known_basis, a.stands_in_for, a.sensitive, a.grade),
                    ", ".join(map(str, a.sources)),
                )
        case _:
            raise AssertionError(f"no rows for table {table}")
