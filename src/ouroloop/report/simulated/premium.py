"""How much wealth is on paper, how much of it is a story, and how much is a loss that nobody has seen yet?"""

from __future__ import annotations

from ouroloop.report.language import Language, mark
from ouroloop.report.simulated.results import Results
from ouroloop.report.simulated.system_fans import SystemFans
from ouroloop.report.table import Section

_FANS = SystemFans(
    "premium",
    {
        "paper_wealth": mark("paper wealth"),
        "narrative_premium": mark("narrative premium"),
        "bezzle": mark("bezzle"),
    },
    {
        "paper_wealth": mark(
            "Paper wealth, shares carried above cost: {median} in the median at the end of {quarter}, {low} to {high} "
            "on {band}."
        ),
        "narrative_premium": mark(
            "Narrative premium, what share prices owe to announcements: {median} in the median at the end of "
            "{quarter}, {low} to {high} on {band}."
        ),
        "bezzle": mark(
            "The bezzle, losses that no books show yet: {median} in the median at the end of {quarter}, {low} to "
            "{high} on {band}."
        ),
    },
    caption=mark("Paper wealth, narrative premium and bezzle by quarter"),
    measured=mark("All firms together, at the end of the quarter, {unit}."),
)


def premium_section(results: Results, language: Language) -> Section:
    """Fans of paper wealth, narrative premium and bezzle."""
    sentences, charts, table = _FANS.told(results, language)
    return Section(
        "premium",
        language.text("Paper wealth, the story in prices, and the bezzle"),
        language.text(
            "Paper wealth is what holders carry shares at above what they paid. The narrative premium is the part of "
            "share prices that announcements have added; below zero, disappointment has taken more than that. The "
            "bezzle is what is lost already and still stands in the books: chips carried above what they can earn, "
            "stakes above cost, and bills that were not paid."
        ),
        sentences,
        charts,
        (table,),
        simulated=True,
    )
