"""Checks of a deal's life: the steps of its status path, and the deals that replace one another."""

from __future__ import annotations

from collections.abc import Iterator

from ouroloop.dossier.checks.registry import Facts, Finding, check_named
from ouroloop.dossier.marks import Loc
from ouroloop.dossier.models import Deal, Instrument, Status, StatusStep

_DEAD = frozenset({Status.WITHDRAWN, Status.EXPIRED, Status.SUPERSEDED})
_BEFORE_SIGNING = frozenset({Status.RUMORED, Status.REPORTED, Status.ANNOUNCED, Status.LETTER})
_NEVER_FIRST = frozenset({Status.AMENDED, *_DEAD})


def paths_of(deal: Deal) -> Iterator[tuple[Loc, tuple[StatusStep, ...]]]:
    """The deal's own path and those of its tranches, with their locations."""
    yield ("status",), deal.status
    for number, tranche in enumerate(deal.tranches):
        if tranche.status:
            yield ("tranches", number, "status"), tranche.status


def is_dead(steps: tuple[StatusStep, ...]) -> bool:
    """Does the path end withdrawn, expired or superseded?"""
    return bool(steps) and steps[-1].status in _DEAD


@check_named("unordered-path", "basic")
def unordered_path(facts: Facts) -> Iterator[Finding]:
    """A step of a status path became known before the step above it.

    The last step known by a date says how binding the deal was; that needs an order.
    """
    for deal in facts.reading.deals:
        for loc, steps in paths_of(deal):
            for number in range(1, len(steps)):
                above, step = steps[number - 1], steps[number]
                if step.known.last < above.known.last:
                    message = f"'{step.status}' was known on {step.known}, before '{above.status}' on {above.known}."
                    yield Finding(
                        deal, (*loc, number, "known"), message, "list the steps in the order they became known"
                    )


@check_named("impossible-step", "basic")
def impossible_step(facts: Facts) -> Iterator[Finding]:
    """A step that cannot follow the one above it, or cannot be the first.

    A dead deal does not come back and a signed one does not become a rumor: that is another deal, which amends it.
    """
    for deal in facts.reading.deals:
        for loc, steps in paths_of(deal):
            above: StatusStep | None = None
            bound = False
            for number, step in enumerate(steps):
                if above is None and step.status in _NEVER_FIRST and loc == ("status",):
                    message = f"A deal cannot begin as '{step.status}'."
                    yield Finding(deal, (*loc, number, "is"), message, "say first what was known of it before")
                elif above is not None and above.status in _DEAD:
                    message = f"'{step.status}' cannot follow '{above.status}'."
                    yield Finding(deal, (*loc, number, "is"), message, "a revived deal is a new one that amends this")
                elif bound and step.status in _BEFORE_SIGNING:
                    message = f"'{step.status}' cannot follow a signed or funded step."
                    yield Finding(deal, (*loc, number, "is"), message, "use 'amended', or a new deal that amends this")
                bound = bound or step.status in (Status.SIGNED, Status.FUNDED)
                above = step


@check_named("funded-ahead", "basic")
def funded_ahead(facts: Facts) -> Iterator[Finding]:
    """A step says that money moved on a day after that was known.

    Money to come is signed, not funded.
    """
    for deal in facts.reading.deals:
        for loc, steps in paths_of(deal):
            for number, step in enumerate(steps):
                if step.status is Status.FUNDED and step.effective and step.effective.first > step.known.last:
                    message = f"Funded on {step.effective}, yet known on {step.known}."
                    yield Finding(deal, (*loc, number, "effective"), message, "use 'signed' with a schedule")


@check_named("funded-then-void", "strict")
def funded_then_void(facts: Facts) -> Iterator[Finding]:
    """A path goes from funded to withdrawn, expired or superseded.

    Money that moved stays moved: void steps belong to the tranches that were not paid.
    """
    for deal in facts.reading.deals:
        for loc, steps in paths_of(deal):
            if is_dead(steps) and any(step.status is Status.FUNDED for step in steps):
                number = len(steps) - 1
                message = f"This part was funded, so it cannot become '{steps[-1].status}'."
                yield Finding(deal, (*loc, number, "is"), message, "give the unpaid tranche its own path")


@check_named("unmarked-replacement", "strict")
def unmarked_replacement(facts: Facts) -> Iterator[Finding]:
    """A deal amends another that carries no superseded, withdrawn, expired or amended step.

    Both would be counted.
    """
    closing = {*_DEAD, Status.AMENDED}
    for deal in facts.reading.deals:
        old = facts.deals.get(deal.amends or "")
        if old is None or deal.instrument is Instrument.AMENDMENT:
            continue
        if not any(step.status in closing for _, steps in paths_of(old) for step in steps):
            message = f"'{deal.id}' amends '{old.id}', which has no step that says so ({facts.at(old)})."
            yield Finding(deal, ("amends",), message, f"add a superseded or amended step to '{old.id}'")


@check_named("amends-later", "strict")
def amends_later(facts: Facts) -> Iterator[Finding]:
    """A deal amends one that became known after it.

    The amendment would be seen before what it amends.
    """
    for deal in facts.reading.deals:
        old = facts.deals.get(deal.amends or "")
        if old is not None and old.known.last > deal.known.last:
            message = f"'{old.id}' was known on {old.known}, after '{deal.id}' on {deal.known}."
            yield Finding(deal, ("amends",), message, "check both dates")


@check_named("known-mismatch", "strict")
def known_mismatch(facts: Facts) -> Iterator[Finding]:
    """A deal's `known` is not the day of its first step.

    A deal shows from the later of the two, so one of them has no effect.
    """
    for deal in facts.reading.deals:
        first = min((step for _, steps in paths_of(deal) for step in steps), key=lambda step: step.known.last)
        if first.known.last != deal.known.last:
            message = f"The deal was known on {deal.known}, its first step on {first.known}."
            yield Finding(deal, ("known",), message, "use one day in both")


@check_named("aggregate-party", "strict")
def aggregate_party(facts: Facts) -> Iterator[Finding]:
    """A party of a deal is a published total over several firms.

    Money paid by a total would be counted again with its members'.
    """
    for deal in facts.reading.deals:
        for key, name in (("from", deal.payer), ("to", deal.payee)):
            entity = facts.entities.get(name)
            if entity is not None and entity.kind == "aggregate":
                yield Finding(deal, (key,), f"'{name}' is an aggregate, which is no party to a deal.", "name the firms")


@check_named("lonely-link", "strict")
def lonely_link(facts: Facts) -> Iterator[Finding]:
    """A link with one leg only.

    A circular bargain has at least two.
    """
    legs: dict[str, list[Deal]] = {}
    for deal in facts.reading.deals:
        if deal.link is not None:
            legs.setdefault(deal.link, []).append(deal)
    for link, deals in legs.items():
        if len(deals) == 1:
            yield Finding(deals[0], ("link",), f"'{deals[0].id}' is the only leg of '{link}'.", "link the other legs")
