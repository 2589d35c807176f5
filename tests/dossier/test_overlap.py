"""Shared money counts once: totals against parts, one of several accounts, and never a larger sum."""

from math import inf

from hypothesis import given, settings

from ouroloop.core import ZERO, Interval, Tier, total
from ouroloop.dossier import Deal, Dossier, standings
from tests.dossier.worlds import deal, dossier, entity, worlds

ALL = [entity("lab"), entity("chips"), entity("cloud"), entity("others", "equity_investors", loop=False)]


def inside(role: str, group: str = "round") -> dict[str, str]:
    return {"group": group, "role": role}


def amounts(*deals: Deal, day: str = "2026-12-31") -> dict[str, Interval | None]:
    return {s.deal.id: s.amount for s in standings(dossier(ALL, deals, day=day))}


ROUND = deal("round", "others", "lab", "equity", 122, overlap=inside("total"))
CHIPS = deal("chips", "chips", "lab", "equity", 30, overlap=inside("part"))
CLOUD = deal("cloud", "cloud", "lab", "equity", (15, 50), overlap=inside("part"))


def test_a_total_is_counted_for_what_its_parts_leave() -> None:
    # 122 less 30 less 15 to 50: 42 to 77 came from the others.
    assert amounts(ROUND, CHIPS, CLOUD) == {
        "round": Interval(42, 77),
        "chips": Interval(30, 30),
        "cloud": Interval(15, 50),
    }


def test_a_part_that_is_not_disclosed_may_be_all_that_is_left() -> None:
    undisclosed = deal("cloud", "cloud", "lab", "equity", overlap=inside("part"))
    assert amounts(ROUND, CHIPS, undisclosed)["round"] == Interval(0, 92)


def test_an_open_end_of_the_total_stays_open_and_an_open_part_takes_the_low_end() -> None:
    at_least = deal("round", "others", "lab", "equity", (100, None), overlap=inside("total"))
    assert amounts(at_least, CHIPS)["round"] == Interval(70, inf)
    part = deal("chips", "chips", "lab", "equity", (30, None), overlap=inside("part"))
    assert amounts(ROUND, part)["round"] == Interval(0, 92)


def test_parts_beyond_the_total_leave_nothing_and_not_less() -> None:
    small = deal("round", "others", "lab", "equity", 20, overlap=inside("total"))
    assert amounts(small, CHIPS)["round"] == ZERO


def test_a_void_part_takes_nothing_off_and_a_void_total_plays_no_role() -> None:
    gone = deal("chips", "chips", "lab", "equity", 30, overlap=inside("part"), steps=[("withdrawn", "2025-01-01")])
    assert amounts(ROUND, gone)["round"] == Interval(122, 122)
    off = deal("round", "others", "lab", "equity", 122, overlap=inside("total"), steps=[("expired", "2025-01-01")])
    assert amounts(off, CHIPS) == {"round": ZERO, "chips": Interval(30, 30)}


def test_a_part_stands_alone_until_its_total_is_known() -> None:
    later = deal("round", "others", "lab", "equity", 122, overlap=inside("total"), steps=[("signed", "2025-06-01")])
    world = dossier(ALL, [later, CHIPS])
    assert {s.deal.id: s.amount for s in standings(world.as_of(CHIPS.known.last))} == {"chips": Interval(30, 30)}
    assert {s.deal.id: s.amount for s in standings(world)}["round"] == Interval(92, 92)


def test_a_part_is_taken_from_the_tranche_that_binds_as_much() -> None:
    funded = [{"is": "funded", "known": "2025-01-01"}]
    whole = deal(
        "round",
        "others",
        "lab",
        "equity",
        overlap=inside("total"),
        tranches=[{"id": "funded", "low": 11.5, "high": 11.5, "status": funded}, {"id": "open", "low": 0, "high": 1.5}],
    )
    paid = deal("chips", "chips", "lab", "equity", 9.5, overlap=inside("part"), steps=[("funded", "2025-01-01")])
    rest = deal("cloud", "cloud", "lab", "equity", 1.5, overlap=inside("part"))
    left = {s.tranche.id: s.amount for s in standings(dossier(ALL, [whole, paid, rest])) if s.deal.id == "round"}
    # High ends: 11.5 - 9.5 paid, 1.5 - 1.5 open. Low ends: the open tranche may be 0, then 1.5 of the paid one is rest.
    assert left == {"funded": Interval(0.5, 2.0), "open": ZERO}


def test_of_two_accounts_the_one_with_the_nearer_source_is_picked_and_the_other_says_why_not() -> None:
    press = deal("press", "lab", "cloud", amount=200, overlap=inside("alternative"), sources=["secondary"])
    filing = deal("filing", "lab", "chips", amount=125, overlap=inside("alternative"), sources=["primary"])
    one, other = standings(dossier(ALL, [press, filing]))
    assert one.amount == ZERO
    assert one.dropped_because == "another account of filing (round), which has a nearer source"
    assert (other.amount, other.dropped_because) == (Interval(125, 125), None)


def test_an_account_without_an_amount_does_not_replace_one_that_has_one() -> None:
    silent = deal("filing", "lab", "chips", overlap=inside("alternative"), sources=["primary"])
    press = deal("press", "lab", "cloud", amount=200, overlap=inside("alternative"), sources=["secondary"])
    assert amounts(silent, press) == {"filing": ZERO, "press": Interval(200, 200)}


def test_with_equal_sources_tier_then_grade_then_the_later_known_decide() -> None:
    def two(**more: object) -> dict[str, Interval | None]:
        return amounts(
            deal("one", "lab", "cloud", amount=1, overlap=inside("alternative")),
            deal("two", "lab", "cloud", amount=2, overlap=inside("alternative"), **more),  # type: ignore[arg-type]
        )

    assert two(steps=[("funded", "2024-01-01")], confidence="low")["one"] == ZERO
    assert two(confidence="medium", steps=[("signed", "2025-09-01")])["two"] == ZERO
    assert two(steps=[("signed", "2025-09-01")])["one"] == ZERO


def test_the_picked_account_counts_as_a_part_of_a_total_in_its_group() -> None:
    found = amounts(
        deal("all", "lab", "others", amount=518, overlap=inside("total")),
        deal("press", "lab", "cloud", amount=200, overlap=inside("alternative"), sources=["secondary"]),
        deal("filing", "lab", "chips", amount=125, overlap=inside("alternative")),
    )
    assert found["all"] == Interval(393, 393)


def sums(world: Dossier, *, counted: bool) -> dict[Tier, Interval]:
    found: dict[Tier, list[Interval]] = {}
    for s in standings(world):
        if s.stated is not None and s.amount is not None:
            found.setdefault(s.tier, []).append(s.amount if counted else s.stated)
    return {tier: total(some) for tier, some in found.items()}


@given(world=worlds(most_figures=0))
@settings(max_examples=50, deadline=None)
def test_resolving_overlaps_never_raises_a_sum(world: Dossier) -> None:
    stated = sums(world, counted=False)
    for tier, counted in sums(world, counted=True).items():
        assert 0 <= counted.low <= stated[tier].low
        assert counted.high <= stated[tier].high
    for s in standings(world):
        if s.amount is not None and s.stated is not None:
            assert s.amount.low <= s.stated.low
            assert s.amount.high <= s.stated.high
