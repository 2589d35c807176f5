"""Every code under which something can be wrong with a dossier, with what it means and why it is a rule.

The page docs/errors.md is made from this table and from one example of each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["basic", "strict", "advisory"]
LEVELS: tuple[Level, ...] = ("basic", "strict", "advisory")
SEVERITY: dict[Level, str] = {"basic": "error", "strict": "warning", "advisory": "advice"}


@dataclass(frozen=True)
class Code:
    """What a code means. `stage` says who finds it: the reader, a check of one of three levels, or a look-up."""

    stage: Literal["folder", "text", "schema", "basic", "strict", "advisory", "look-up"]
    title: str
    why: str


CODES: dict[str, Code] = {
    # The folder and its files
    "no-dossier": Code(
        "folder", "no such folder or bundled dossier", "A misspelled name must not read as an empty dossier."
    ),
    "no-header": Code(
        "folder", "the folder has no dossier.yaml", "Without it nobody knows what the records are about."
    ),
    "outside-folder": Code(
        "folder", "a link leaves the folder", "A dossier from elsewhere must not read other files of this machine."
    ),
    "not-a-file": Code(
        "folder", "something in a file's place is no regular file", "Reading a pipe or device may never end."
    ),
    "unreadable": Code("folder", "a file cannot be read", "A dossier read in part would give wrong sums."),
    "wrong-ending": Code("folder", "a data file does not end in .yaml", "It would be left out in silence."),
    "file-too-large": Code("folder", "a file is over the size limit", "A hostile file must not fill the memory."),
    "folder-too-large": Code("folder", "too many files or bytes", "A hostile folder must not fill the memory."),
    # The text of a file
    "not-utf8": Code("text", "bytes that are not UTF-8", "Another encoding would turn names into other names."),
    "unseen-character": Code(
        "text", "a control or invisible character", "It can make a line read otherwise than it is parsed."
    ),
    "yaml-syntax": Code("text", "YAML cannot read it", "What cannot be read is not guessed."),
    "yaml-anchor": Code("text", "an anchor (&name)", "A file means what it shows; nested anchors can fill the memory."),
    "yaml-alias": Code("text", "an alias (*name)", "A file means what it shows; nested aliases can fill the memory."),
    "yaml-tag": Code("text", "a tag (!name)", "Types come from the schema, and tags can ask for code to run."),
    "yaml-merge": Code("text", "a merge key (<<)", "A record stands in one place, complete."),
    "yaml-documents": Code(
        "text", "a second document (---)", "What follows would be read by some tools and not by others."
    ),
    "yaml-directive": Code("text", "a directive (%)", "A directive changes what the rest of the file means."),
    "yaml-key": Code("text", "a key that is not plain text", "No record has such a key."),
    "yaml-null": Code("text", "a null", "Unknown is said by leaving the key out, so that there is one way to say it."),
    "repeated-key": Code(
        "text", "a key that stands twice in one mapping", "One of the two values would be lost in silence."
    ),
    "too-deep": Code("text", "nested too deep", "No record is deep; a hostile file could exhaust the stack."),
    "too-many-values": Code("text", "too many values in one file", "A hostile file must not fill the memory."),
    "more-problems": Code("text", "more problems than are listed", "The first ones usually cause the rest."),
    # The form of a record
    "missing-key": Code("schema", "a key that must be there is missing", "The record cannot be used without it."),
    "unknown-key": Code(
        "schema", "a key that no record of this kind has", "A misspelled key would be ignored in silence."
    ),
    "bad-choice": Code("schema", "a word that is not one of the fixed words", "Sums are taken over these words."),
    "bad-shape": Code(
        "schema", "a list, a mapping or a single value where another is needed", "It cannot be read as one."
    ),
    "bad-number": Code("schema", "not a number, or out of range", "A slip of a unit shows up as a huge number."),
    "bad-date": Code("schema", "not a date of the calendar", "Everything is asked as of a date."),
    "bad-id": Code("schema", "not an id", "Ids are typed by hand and used in addresses."),
    "bad-text": Code(
        "schema", "a text of the wrong form or length", "Texts are shown in tables and have a fixed form."
    ),
    "bad-amount": Code(
        "schema", "low and high do not make an interval", "An amount is what binds and what was headlined."
    ),
    "bad-range": Code(
        "schema", "value, low and high of an assumption are not in order", "A slip of a digit would be drawn from."
    ),
    "bad-distribution": Code(
        "schema", "numbers that a distribution cannot have", "A draw from it would not be what the row says."
    ),
    "bad-order": Code("schema", "an end before its start", "Money cannot move in such a period."),
    "bad-waterfall": Code("schema", "a line that pays more than there is", "What comes in is all that can go out."),
    "empty-value": Code("schema", "a key without a value", "Unknown is said by leaving the key out."),
    "empty-list": Code("schema", "a list that must not be empty", "The record says nothing without it."),
    "missing-reason": Code("schema", "a judgment without its reason", "A reader must be able to disagree with it."),
    "one-of": Code("schema", "none or several of keys of which one is needed", "The record would be ambiguous."),
    "no-cite": Code("schema", "a number without a source", "No number is shown that nobody can look up."),
    # Advice on the folder
    "unknown-file": Code("advisory", "a file that is not read", "Data in it would be missed in silence."),
    # Writing a new one
    "already-there": Code("folder", "the path of a new dossier exists", "Nobody's files are overwritten."),
    "cannot-write": Code("folder", "a new dossier cannot be written", "A dossier appears whole or not at all."),
    # Look-ups by name
    "unknown-entity": Code("look-up", "no entity has this name", "A near miss is a typing error more often than not."),
    "ambiguous-name": Code(
        "look-up", "a name that belongs to several entities", "Guessing would show one firm's numbers as another's."
    ),
}
"""The reader's and the look-up's codes. Those of the checks stand with the checks; `all_codes` has both."""


def all_codes() -> dict[str, Code]:
    """Every code, the checks' included, by the stage that finds it."""
    from ouroloop.dossier.checks import CHECKS

    checks = {code: Code(check.level, check.title, check.why) for code, check in CHECKS.items()}
    assert not checks.keys() & CODES.keys(), f"codes used twice: {checks.keys() & CODES.keys()}"
    return CODES | checks
