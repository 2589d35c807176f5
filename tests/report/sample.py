"""An invented report: enough members, vehicles, tables and sentences to try the page without a dossier."""

from __future__ import annotations

from random import Random

from ouroloop.core import Tier
from ouroloop.report.charts import bars, intervals, lines, stacked
from ouroloop.report.document import Findings, MapPicture, SourceLine
from ouroloop.report.language import Language
from ouroloop.report.map import EdgeKind, MapEdge, MapNode, Zone
from ouroloop.report.map_drawing import LETTER
from ouroloop.report.table import Basis, Cell, Chart, Column, Kind, Row, Section, Table, state

MEMBERS = (
    "Nvidia", "AMD", "Broadcom", "Intel", "Microsoft", "Alphabet", "Amazon", "Meta", "Oracle", "CoreWeave", "Nebius",
    "Nscale", "OpenAI", "Anthropic", "xAI", "SoftBank",
)  # fmt: skip
OUTSIDE = ("Outside customers", "Banks", "Bond investors", "Private credit funds", "Equity investors", "Insurers")
USES = (
    "Beignet Investor LLC (Hyperion)", "Data center landlords", "Project Jupiter", "Vantage Texas",
    "Vantage Wisconsin", "Crusoe Abilene", "SB Energy", "TPU vehicle", "xAI chip vehicle", "TSMC", "SK Group", "Dell",
    "Fluidstack", "TeraWulf",
)  # fmt: skip
HOLDERS = ("Pensions", "Insurers' funds", "Private credit", "Bond funds")


def network(seed: int = 7, edges: int = 100) -> tuple[list[MapNode], list[MapEdge]]:
    """Forty nodes and about a hundred edges, drawn by chance."""
    chance = Random(seed)
    nodes = [MapNode(f"m{i}", name, Zone.MEMBER, (i // 4, name)) for i, name in enumerate(MEMBERS)]
    nodes += [MapNode(f"o{i}", name, Zone.OUTSIDE) for i, name in enumerate(OUTSIDE)]
    nodes += [MapNode(f"u{i}", name, Zone.USE) for i, name in enumerate(USES)]
    nodes += [MapNode(f"h{i}", name, Zone.HOLDER) for i, name in enumerate(HOLDERS)]
    made: dict[str, MapEdge] = {}
    tiers = [tier for tier in Tier if tier is not Tier.VOID]
    while len(made) < edges:
        zone = chance.choice("oommmmmuuh")
        member = f"m{chance.randrange(len(MEMBERS))}"
        other = {
            "o": f"o{chance.randrange(len(OUTSIDE))}",
            "m": f"m{chance.randrange(len(MEMBERS))}",
            "u": f"u{chance.randrange(len(USES))}",
            "h": f"h{chance.randrange(len(HOLDERS))}",
        }[zone]
        source, target = {"o": (other, member), "m": (other, member), "u": (member, other)}.get(
            zone, (other, f"u{chance.randrange(len(USES))}")
        )
        kind, tier = chance.choice(list(EdgeKind)), chance.choice(tiers)
        name = f"{source}-{target}-{kind}-{tier}"
        if source == target or name in made:
            continue
        amount = None if chance.random() < 0.15 else round(chance.paretovariate(0.8), 1)
        amount = amount and min(amount, 90.0)
        label = LETTER[kind] + (f" {amount:g}" if amount and amount >= 3 else "")
        made[name] = MapEdge(name, source, target, kind, tier, amount, f"{source} to {target}: {kind}, {tier}", label)
    return nodes, list(made.values())


def map_table(edges: list[MapEdge]) -> Table:
    columns = (Column("from", "From"), Column("to", "To"), Column("year", "A year", Kind.MONEY))
    rows = tuple(
        Row(e.id, {"from": Cell(e.source, Basis.NONE), "to": Cell(e.target, Basis.NONE), "year": Cell(e.usd_bn_year)})
        for e in edges
    )
    return Table("map", "Deals on the map", columns, rows, fold=True)


def shares() -> Table:
    columns = (
        Column("member", "Member"),
        Column("customers", "Outside customers", Kind.SHARE),
        Column("lenders", "Lenders", Kind.SHARE),
        Column("investors", "Investors", Kind.SHARE),
        Column("members", "Other members", Kind.SHARE),
        Column("own", "Own money", Kind.SHARE),
        Column("unknown", "Unknown", Kind.SHARE),
    )
    chance = Random(3)
    rows: list[Row] = []
    for name in MEMBERS[:9]:
        weights = [chance.random() for _ in range(6)]
        parts = [weight / sum(weights) for weight in weights]
        cells = {"member": Cell(name, Basis.NONE)}
        for column, part in zip(columns[1:], parts, strict=True):
            cells[column.key] = Cell(part, Basis.UNKNOWN if column.key == "unknown" else Basis.ESTIMATED, ("source-a",))
        rows.append(Row(name.lower(), cells))
    return Table("shares", "Of each dollar booked, who paid it", columns, tuple(rows))


def interval_table() -> Table:
    columns = (
        Column("member", "Member"),
        Column("floor", "Floor", Kind.FLOOR),
        Column("point", "Point", Kind.MONEY),
        Column("ceiling", "Ceiling", Kind.CEILING),
        Column("revenue", "Revenue", Kind.MONEY),
    )
    rows = tuple(
        Row(
            name.lower(),
            {
                "member": Cell(name, Basis.NONE),
                "floor": Cell(i * 0.5, Basis.ESTIMATED),
                "point": Cell(i * 0.9 + 1, Basis.ESTIMATED),
                "ceiling": Cell(i * 1.7 + 2, Basis.ESTIMATED),
                "revenue": Cell(i * 3.0 + 8, Basis.REPORTED, ("source-b",)),
            },
        )
        for i, name in enumerate(MEMBERS[:6])
    )
    return Table("round-trip", "Money that came back", columns, rows)


def funnel_table() -> Table:
    columns = (
        Column("deal", "Deal"),
        Column("headline", "announced", Kind.MONEY),
        Column("firm", "firm", Kind.MONEY),
        Column("paid", "paid", Kind.MONEY),
    )
    values = (("Alpha to Beta", 100, 30, 30), ("Gamma guarantee", 250, 105, 0), ("Delta to Alpha", 50, 15, 15))
    rows = [
        Row(
            f"d{i}",
            {
                "deal": Cell(name, Basis.NONE),
                "headline": Cell(float(a), cites=("source-a",)),
                "firm": Cell(float(b), cites=("source-b",)),
                "paid": Cell(float(c)),
            },
        )
        for i, (name, a, b, c) in enumerate(values)
    ]
    totals = [sum(value[place] for value in values) for place in (1, 2, 3)]
    cells = {"deal": Cell("Together", Basis.NONE)}
    cells |= {c.key: Cell(float(t), Basis.ESTIMATED) for c, t in zip(columns[1:], totals, strict=True)}
    rows.append(Row("total", cells, total=True))
    return Table("funnel", "From headline to cash", columns, tuple(rows))


def ratio_table() -> Table:
    columns = (
        Column("date", "Date"),
        Column("plain", "debt/equity", Kind.RATIO),
        Column("leases", "with leases", Kind.RATIO),
    )
    values = ((88.9, None), (10.9, 14.0), (5.3, 8.1), (3.6, 7.0))
    rows = tuple(
        Row(f"y{2023 + i}", {"date": Cell(str(2023 + i)), "plain": Cell(a), "leases": Cell(b)})
        for i, (a, b) in enumerate(values)
    )
    return Table("ratios", "Debt over equity", columns, rows)


def _chart(table: str, title: str, svg: str, legend: tuple[tuple[str, str], ...] = ()) -> Chart:
    return Chart(table, table, title, "Invented, USD bn", svg, "Sources: invented.", legend)


def report(code: str = "en") -> Findings:
    """An invented report in a language (its own invented words stay English)."""
    say = Language(code)
    nodes, edges = network()
    who, funnel, loops, ratios = shares(), funnel_table(), interval_table(), ratio_table()
    money = state(
        say, "funnel", "{low} of {high} is firm.", measure="status paths", headline=True,
        low=funnel.at("total", "firm"), high=funnel.at("total", "headline"),
    )  # fmt: skip
    name = state(
        say, "paid", "{share} of what {member} booked came from {class_}.", measure="who paid", headline=True,
        share=who.at("nvidia", "lenders"), member="Nvidia", class_="lenders",
    )  # fmt: skip
    parts = [column.key for column in who.columns[1:]]
    legend = tuple((f"s-{key}", who.column(key).title) for key in parts)
    trip = intervals(loops, "member", "floor", "point", "ceiling", say, "It comes back", whole="revenue")
    fall = lines(ratios, "date", ("plain", "leases"), say, "Falling")
    steps = bars(funnel, "deal", ("headline", "firm", "paid"), say, money.text)
    paid = stacked(who, "member", parts, say, name.text)
    sections = (
        Section(
            "who-paid", "Who paid", "Of each dollar.", (name,), (_chart("shares", name.text, paid, legend),), (who,)
        ),
        Section("round-trip", "Round trip", "", (), (_chart("round-trip", "It comes back", trip),), (loops,)),
        Section("funnel", "Funnel", "", (money,), (_chart("funnel", money.text, steps),), (funnel,)),
        Section("ratios", "Ratios", "", (), (_chart("ratios", "Falling", fall),), (ratios,)),
    )
    picture = MapPicture(
        tuple(nodes), tuple(edges), "Who pays whom", "Deals by tier, USD bn a year", "Sources", map_table(edges)
    )
    sources = (
        SourceLine("source-a", "A filing", "A firm", "https://example.org/a", "primary", False),
        SourceLine("source-b", "Heard somewhere", "", "", "memory", True),
    )
    return Findings(
        say,
        "sample",
        "An invented loop",
        "To try the page.",
        say.text("never"),
        "2025",
        False,
        sections,
        picture,
        sources,
    )
