"""The codes under which something can be wrong with a scenario and with nothing else; docs/errors.md shows them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """What a code means, and why it is a rule."""

    title: str
    why: str


CODES: dict[str, Code] = {
    "no-scenario": Code(
        "no such file or bundled scenario", "A misspelled name must not run as a scenario without shocks."
    ),
    "base-cycle": Code("scenarios are based on one another in a ring", "There would be nothing to start from."),
    "other-dossier": Code(
        "a base, or the dossier that was given, is of another dossier", "Names would mean other firms."
    ),
    "unknown-verb": Code("a verb that the language does not have", "A misspelled shock would not happen in silence."),
    "bad-quarter": Code("not a calendar quarter", "The books know no shorter time, and no other."),
    "outside-horizon": Code(
        "a quarter that is not simulated", "The shock would never happen, or it would be too late for it."
    ),
    "bad-share": Code(
        "a share that is not from 0 to 1", "A percentage written as a share would be a hundred times it."
    ),
    "negative-amount": Code(
        "an amount that cannot be negative, or nothing", "The opposite of a shock is another verb, or none."
    ),
    "no-books": Code(
        "an entity that keeps no books", "A published total or a group is its parts; a shock must name who it is about."
    ),
    "not-a-firm": Code(
        "an outside sector where a firm must stand", "Sectors are everybody outside the loop; they have no end."
    ),
    "not-customers": Code("no group of outside customers", "Demand is what customers from outside spend."),
    "no-effect": Code(
        "a shock to which nothing in the world answers",
        "Results of a shock without effect are the baseline's, and would pass for an answer.",
    ),
    "unknown-deal": Code("a deal that was not known on the date", "A shock to nothing would change nothing."),
    "unknown-assumption": Code(
        "an assumption that was not known on the date", "The value would be set and read by nobody."
    ),
    "not-drawable": Code(
        "an assumption that is a course or a table", "One number cannot stand for it; nothing would read it."
    ),
    "not-understood": Code(
        "a question that fits none of the forms", "Guessing would answer another question than the one that was asked."
    ),
}
"""Scenarios share the other codes with the dossier: those of text, of form, and of names."""

OWN = (
    "bad-date",
    "bad-distribution",
    "bad-number",
    "bad-order",
    "bad-quarter",
    "bad-range",
    "bad-share",
    "empty-value",
    "negative-amount",
    "one-of",
)
"""The codes that the validators of a scenario's records raise with a sentence of their own."""
