"""How binding is the money? One vocabulary, used by deals, flows, measures and pictures alike."""

from __future__ import annotations

from enum import StrEnum


class Tier(StrEnum):
    """From money that moved to a deal that is dead, in falling order of how binding it is."""

    PAID = "paid"  # cash or goods changed hands
    FIRM = "firm"  # a signed contract obliges
    CONDITIONAL = "conditional"  # signed, but a milestone, option or cancellation right stands between
    LETTER = "letter"  # letter of intent, memorandum or public announcement without a contract
    REPORTED = "reported"  # said by others only: press, rumor, an estimate
    VOID = "void"  # withdrawn, expired or superseded

    @property
    def rank(self) -> int:
        """0 for paid, rising as the money becomes less binding."""
        return list(Tier).index(self)

    def binds(self, at_least: Tier) -> bool:
        """Is this tier as binding as `at_least`, or more?"""
        return self.rank <= at_least.rank
