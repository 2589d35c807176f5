"""The words of the command line's tables for people: column heads and phrases, each in the catalogs.

JSON keeps the keys and the phrases as they stand in the code, in every language.
"""

from __future__ import annotations

from ouroloop.report.language import mark

NEEDS_PRIMARY = "needs a primary source"

HEADS: dict[str, str] = {
    "about": mark("why it is of interest"),
    "asset": mark("asset"),
    "basis": mark("basis"),
    "bottleneck_usd_bn_year": mark("narrowest leg, USD bn a year"),
    "concept": mark("concept"),
    "counted_usd_bn": mark("counted, USD bn"),
    "dates_in_order": mark("dates in order"),
    "deal": mark("deal"),
    "distribution": mark("distribution"),
    "effective": mark("effective"),
    "entities": mark("entities"),
    "entity": mark("entity"),
    "event": mark("event"),
    "from": mark("from"),
    "from_years": mark("from years"),
    "grade": mark("grade"),
    "high": mark("high"),
    "id": mark("id"),
    "instrument": mark("instrument"),
    "known": mark("known"),
    "loop": mark("loop"),
    "low": mark("low"),
    "measure": mark("measure"),
    "name": mark("assumption"),
    "not_counted_because": mark("not counted because"),
    "on": mark("on"),
    "other": mark("other side"),
    "part": mark("part"),
    "picked": mark("picked"),
    "scenario": mark("scenario"),
    "share_of_revenue_pct": mark("share of revenue, %"),
    "shocks": mark("what happens"),
    "source": mark("source"),
    "sources": mark("sources"),
    "spread_bp": mark("spread, basis points"),
    "stated_usd_bn": mark("stated, USD bn"),
    "tenor_years": mark("tenor, years"),
    "tier": mark("how binding"),
    "title": mark("title"),
    "to": mark("to"),
    "to_years": mark("to years"),
    "topic": mark("topic"),
    "unit": mark("unit"),
    "usd_bn": mark("USD bn"),
    "value": mark("value"),
    "weakest_leg": mark("weakest leg"),
    "why": mark("because"),
    "with": mark("with"),
}
"""Column key -> its head in English. The columns of `sql` are the reader's own and stay as they are."""

PHRASES: frozenset[str] = frozenset(
    {
        mark("needs a primary source"),
        mark("gives to"),
        mark("gets from"),
        mark("only one"),
        mark("no, kept beside"),
        mark("yes"),
        mark("no"),
        mark("unknown"),
    }
)
"""What cells say in words."""

ABOUT: dict[str, str] = {
    "id": mark("id"),
    "names": mark("names"),
    "aliases": mark("also called"),
    "kind": mark("kind"),
    "in_the_loop": mark("in the loop"),
    "part_of": mark("part of"),
    "arms": mark("arms"),
    "ticker": mark("ticker"),
    "core_business_pays": mark("core business pays"),
    "unexplained_revenue_counts_as": mark("unexplained revenue counts as"),
    "because": mark("because"),
    "note": mark("note"),
}
"""The lines that say who an entity is."""

PARTS: dict[str, str] = {
    "deals": mark("deals"),
    "newest figures": mark("newest figures"),
    "spreads": mark("spreads"),
    "useful lives": mark("useful lives"),
    "events": mark("events"),
}
"""The tables of `show`."""
