"""Checks of overlap groups: what is counted once must say which row contains which."""

from __future__ import annotations

from collections.abc import Iterator

from ouroloop.core import ZERO, Interval
from ouroloop.dossier.checks.paths import is_dead, paths_of
from ouroloop.dossier.checks.registry import Facts, Finding, check_named
from ouroloop.dossier.models import Deal


def groups_of(facts: Facts) -> dict[str, dict[str, list[Deal]]]:
    """Overlap groups: group -> role -> deals."""
    found: dict[str, dict[str, list[Deal]]] = {}
    for deal in facts.reading.deals:
        if deal.overlap is not None:
            found.setdefault(deal.overlap.group, {}).setdefault(deal.overlap.role, []).append(deal)
    return found


def live_amount(deal: Deal) -> Interval | None:
    """The sum of the disclosed tranches that are not void; None when none is."""
    amount: Interval | None = None
    for tranche in deal.tranches:
        if tranche.amount is not None and not is_dead(tranche.status or deal.status):
            amount = (amount or ZERO) + tranche.amount
    return amount


@check_named("several-totals", "basic")
def several_totals(facts: Facts) -> Iterator[Finding]:
    """An overlap group has more than one total that is not dead.

    The group's money would be counted twice.
    """
    for group, roles in groups_of(facts).items():
        alive = [d for d in roles.get("total", ()) if not all(is_dead(steps) for _, steps in paths_of(d))]
        for deal in alive[1:]:
            message = f"The group '{group}' already has a total, '{alive[0].id}' ({facts.at(alive[0])})."
            yield Finding(deal, ("overlap", "role"), message, "two accounts of the same money are alternatives")


@check_named("total-below-parts", "basic")
def total_below_parts(facts: Facts) -> Iterator[Finding]:
    """The exact total of an overlap group is smaller than its exactly known parts.

    A part cannot be larger than what contains it: one of the amounts is wrong or not in the group.
    """
    for group, roles in groups_of(facts).items():
        parts = roles.get("part", [])
        known = sum(_exactly_known(part) for part in parts)
        for deal in roles.get("total", ()):
            total = live_amount(deal)
            if total is not None and total.low == total.high and known > total.high * (1 + 1e-9):
                message = f"The total of '{group}' is {total.high:g}, its known parts are {known:g}."
                yield Finding(deal, ("overlap", "role"), message, f"parts: {', '.join(part.id for part in parts)}")


def _exactly_known(deal: Deal) -> float:
    """The sum of the live tranches whose amount is one number."""
    amounts = [t.amount for t in deal.tranches if t.amount is not None and not is_dead(t.status or deal.status)]
    return sum(amount.low for amount in amounts if amount.low == amount.high)


@check_named("parts-without-total", "strict")
def parts_without_total(facts: Facts) -> Iterator[Finding]:
    """An overlap group has parts but no total.

    Parts of nothing do not overlap: they are added up.
    """
    for group, roles in groups_of(facts).items():
        if "part" in roles and "total" not in roles:
            deal = roles["part"][0]
            yield Finding(
                deal, ("overlap", "role"), f"The group '{group}' has no total.", "drop overlap, or add the total"
            )


@check_named("lonely-alternative", "strict")
def lonely_alternative(facts: Facts) -> Iterator[Finding]:
    """A deal is an alternative to nothing.

    There must be a second account of the same money to pick from.
    """
    for group, roles in groups_of(facts).items():
        if sum(map(len, roles.values())) == 1 and "alternative" in roles:
            deal = roles["alternative"][0]
            yield Finding(deal, ("overlap", "role"), f"'{deal.id}' is alone in the group '{group}'.", "drop overlap")
