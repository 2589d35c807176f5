"""From headline to cash by status paths and amendments, each deal once, as known on the day."""

from datetime import date

import pytest

from ouroloop.core import BadInput, Interval, Tier
from ouroloop.dossier import Dossier, funnel, load
from ouroloop.dossier.funnel import tier_totals
from tests.dossier.worlds import deal, dossier, entity

ALL = [entity("chips", "chip_maker"), entity("lab"), entity("cloud", "cloud")]

LETTER = deal(
    "letter", "chips", "lab", "equity", (0, 100), steps=[("letter", "2025-09-22"), ("superseded", "2026-02-20")]
)
DEAL = deal(
    "deal",
    "chips",
    "lab",
    "equity",
    steps=[("signed", "2026-02-20")],
    amends="letter",
    tranches=[
        {"id": "first", "low": 10, "high": 10, "status": [{"is": "funded", "known": "2026-03-01"}]},
        {"id": "second", "low": 20, "high": 20},
    ],
)
TALKS = deal("talks", "chips", "cloud", "guarantee", 250, steps=[("rumored", "2026-07-26"), ("expired", "2026-08-17")])
BACKSTOP = deal("backstop", "chips", "cloud", "guarantee", 105, steps=[("signed", "2026-08-17")], amends="talks")
AGREED = deal("agreed", "lab", "cloud", amount=(15, 50), tranches=[
    {"id": "upfront", "low": 15, "high": 15},
    {"id": "later", "low": 35, "high": 35, "condition": "an offering"},
])  # fmt: skip

WORLD = dossier(
    ALL, [LETTER, DEAL, TALKS, BACKSTOP, AGREED], baskets=[{"id": "headlines", "deals": ["letter", "talks", "agreed"]}]
)


def rows(some: Dossier) -> dict[str, tuple[float, float, float]]:
    return {row.deal.id: (row.headline, row.firm, row.paid) for row in funnel(some, "headlines").rows}


def test_a_headline_is_followed_to_the_deals_that_took_its_place() -> None:
    assert rows(WORLD) == {"letter": (100, 30, 10), "talks": (250, 105, 0), "agreed": (50, 15, 0)}
    found = funnel(WORLD, "headlines")
    assert (found.headline, found.firm, found.paid) == (400, 150, 10)
    assert [living.id for living in found.rows[0].living] == ["deal"]


def test_the_path_is_told_in_order_with_its_dates() -> None:
    steps = funnel(WORLD, "headlines").rows[0].steps
    assert [(step.deal, str(step.status), str(step.known)) for step in steps] == [
        ("letter", "letter", "2025-09-22"),
        ("letter", "superseded", "2026-02-20"),
        ("deal", "signed", "2026-02-20"),
        ("deal", "funded", "2026-03-01"),
    ]


def test_on_an_earlier_day_the_picture_is_the_one_of_that_day() -> None:
    assert rows(WORLD.as_of(date(2025, 11, 21))) == {"letter": (100, 0, 0), "agreed": (50, 15, 0)}
    assert rows(WORLD.as_of(date(2026, 2, 25)))["letter"] == (100, 20, 0)


def test_a_deal_that_two_headlines_lead_to_counts_once() -> None:
    other = deal("other", "lab", "chips", amount=7)
    again = DEAL.model_copy(update={"id": "again", "amends": "other"})
    third = deal("third", "lab", "chips", amount=1, amends="again")
    some = dossier(
        ALL, [LETTER, other, again, third], baskets=[{"id": "headlines", "deals": ["other", "again", "letter"]}]
    )
    # `again` is a headline of its own: its money is not counted under `other` too.
    assert rows(some) == {"other": (7, 7, 0), "again": (30, 31, 10), "letter": (100, 0, 0)}


def test_an_unknown_basket_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(BadInput) as error:
        funnel(WORLD, "headline")
    (problem,) = error.value.problems
    assert problem.code == "unknown-basket"
    assert "headlines" in problem.hint


def test_totals_by_tier_keep_promises_for_bad_states_apart_and_count_what_is_undisclosed() -> None:
    stake = deal("stake", "lab", "cloud", "other", 135, steps=[("funded", "2025-10-28")], in_kind="shares")
    some = dossier(ALL, [DEAL, BACKSTOP, AGREED, deal("quiet", "lab", "cloud"), LETTER, stake])
    totals = {one.tier: one for one in tier_totals(some)}
    assert (totals[Tier.PAID].money, totals[Tier.PAID].other) == (Interval(10, 10), Interval(135, 135))
    assert totals[Tier.FIRM].money == Interval(35, 35)
    assert totals[Tier.FIRM].contingent == Interval(105, 105)
    assert (totals[Tier.FIRM].tranches, totals[Tier.FIRM].undisclosed) == (4, 1)
    assert totals[Tier.CONDITIONAL].money == Interval(35, 35)
    assert Tier.VOID not in totals


def test_seven_headlines_of_485bn_became_165bn_firm() -> None:
    """The count of the project's facts: 100 -> 30, guarantee 250 -> 105, and five more items of 135 -> 30."""
    found = funnel(load("ai-loop"), "seven-headlines")
    assert len(found.rows) == 7
    assert (found.headline, found.firm) == (pytest.approx(485), pytest.approx(165))
    assert found.paid <= found.firm


def test_in_november_2025_the_headlines_were_not_yet_what_they_became() -> None:
    whole = load("ai-loop")
    then, now = funnel(whole.as_of(date(2025, 11, 21)), "seven-headlines"), funnel(whole, "seven-headlines")
    assert then.headline < now.headline
    assert then.firm < now.firm
    assert all(step.known.last <= date(2025, 11, 21) for row in then.rows for step in row.steps)
