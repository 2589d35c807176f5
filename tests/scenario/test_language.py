"""Every verb and key of the language stands on the page docs/scenarios.md, which is made from the code.

`python -m tests.scenario.test_language` writes the page anew.
"""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import wrap
from typing import Any

import pytest

from ouroloop.dossier.models.record import Record
from ouroloop.scenario.forms import FORMS
from ouroloop.scenario.language import ScenarioFile
from ouroloop.scenario.magnitude import Magnitude
from ouroloop.scenario.shock import key_docs
from ouroloop.scenario.verbs import VERBS
from tests.scenario.test_read import HEAD, written

PAGE = Path(__file__).parents[2] / "docs" / "scenarios.md"
WIDTH = 118

EXAMPLES: dict[str, str] = {
    "stop_paying": "from: openai\nto: oracle\nat: 2027-Q1\nuntil: 2028-Q4\nshare: 0.5",
    "default": "entity: coreweave\nat: 2028-Q2",
    "cut_demand": "sector: consumers\nshare: 0.3\nat: 2028-Q1\nuntil: 2028-Q4",
    "close_credit": "lenders: [bank, private_credit]\nat: 2027-Q3\nuntil: 2028-Q2\n"
    "share: {low: 0.5, value: 0.8, high: 1, distribution: triangular}",
    "raise_spread": "entity: oracle\nbp: 300\nat: 2027-Q4\nuntil: 2028-Q4",
    "shorten_life": "years: 3\nat: 2027-Q1\nentity: coreweave",
    "void_deal": "deal: amd-openai-warrant\nat: 2027-Q2",
    "withdraw_equity": "investor: softbank\nissuer: openai\nat: 2027-Q1\nuntil: 2027-Q4\nshare: 1",
    "reprice_equity": "entity: amd\nshare: 0.3\nat: 2027-Q3",
    "downgrade": "entity: oracle\nletters: 2\nat: 2027-Q3",
    "sell_down": "entity: nvidia\nshare: 0.25\nat: 2027-Q3",
    "delay_power": "share: 0.5\nat: 2027-Q3\nuntil: 2028-Q2",
    "improve_efficiency": "factor: 10\nat: 2029-Q1",
    "arrive_payoff": "at: 2031-Q1",
    "guarantee": "guarantor: us-government\ndebtors: [openai, oracle]\nshare: 0.8\ncap_usd_bn: 100\nat: 2027-Q1",
    "stop_investing": "vendor: nvidia\nat: 2027-Q1\nuntil: 2028-Q4\nshare: 1",
    "honest_books": "at: 2027-Q1",
    "renegotiate_leases": "tenant: openai\nshare: 0.3\nat: 2028-Q1",
}

WHOLE = """scenario: openai-pays-half
title: OpenAI pays Oracle half
about: Half of the largest contract is enough to ask who carries the other half.
dossier: ai-loop
as_of: 2026-10-31
horizon: 40
paths: 2000
seed: 7
base: baseline
assume:
  beh-001: 0.8
  chip-013: {low: 2, value: 3, high: 4, distribution: triangular}
shocks:
  - verb: stop_paying
    from: openai
    to: oracle
    at: 2027-Q1
    until: 2028-Q4
    share: 0.5
"""


def example(verb: str) -> str:
    """One shock as a file would hold it."""
    return f"- verb: {verb}\n" + "".join(f"  {line}\n" for line in EXAMPLES[verb].splitlines())


def keys(model: type[Record]) -> list[str]:
    """The keys of a record as they are written."""
    return [field.alias or name for name, field in model.model_fields.items()]


def _table(model: type[Record], docs: dict[str, str]) -> list[str]:
    rows = ["| key | needed | meaning |", "|---|---|---|"]
    for name, field in model.model_fields.items():
        key = field.alias or name
        rows.append(f"| `{key}` | {'yes' if field.is_required() else 'no'} | {docs[key]} |")
    return rows


def _docstring(model: type[Any]) -> list[str]:
    return [" ".join(part.split()) for part in (model.__doc__ or "").split("\n\n")]


def page() -> str:
    """The page docs/scenarios.md."""
    lines = [
        "# Scenarios: what happens, and when",
        "",
        *wrap(
            "A scenario is a file of text: a dossier, a day on which its books open, what is assumed instead of "
            "the dossier's own values, and shocks on a calendar of quarters. `ouroloop scenarios` lists those "
            "that come with the dossier; the name of one, or the path of a file, can be run. What is wrong with a "
            "file is said with its place, all at once (see [errors.md](errors.md)). This page is made from the "
            "code; a test keeps it current.",
            WIDTH,
        ),
        "",
        "```yaml",
        *WHOLE.splitlines(),
        "```",
        "",
        "## The file",
        "",
        *_table(ScenarioFile, key_docs(ScenarioFile)),
        "",
        "## Magnitudes",
        "",
    ]
    for part in _docstring(Magnitude):
        lines += [*wrap(part, WIDTH), ""]
    lines += [
        *wrap(
            "A share lies between 0 and 1 and cannot be normal or lognormal, whose tails go beyond; an amount is "
            "not below 0 and cannot be normal.",
            WIDTH,
        ),
        "",
        "## Names and quarters",
        "",
        *wrap(
            "Firms, sectors and deals are those of the dossier: an id, or a name or alias in any of the three "
            "languages. An arm of a firm is its firm (`aws` is `amazon`), an outside holder its sector. `at` is "
            "the first quarter in which a shock holds and `until` the last, both included; both must be "
            "simulated.",
            WIDTH,
        ),
        "",
        "## Verbs",
    ]
    for verb, model in VERBS.items():
        lines += ["", f"### {verb}", ""]
        for part in _docstring(model):
            lines += [*wrap(part, WIDTH), ""]
        lines += [*_table(model, key_docs(model)), "", "```yaml", *example(verb).splitlines(), "```"]
        asked = [form.example for form in FORMS if form.verb == verb]
        lines += ["", "In words: " + "; ".join(f"`{one}`" for one in asked) + "."]
    return "\n".join(lines) + "\n"


def test_the_page_of_the_language_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_key_of_the_file_is_explained() -> None:
    assert set(key_docs(ScenarioFile)) == set(keys(ScenarioFile))


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_says_what_it_does_and_what_each_key_means(verb: str) -> None:
    model = VERBS[verb]
    assert model.verb == verb
    assert model.__doc__
    assert model.__doc__ != VERBS["stop_paying"].__mro__[1].__doc__
    assert set(key_docs(model)) == set(keys(model))
    section = PAGE.read_text(encoding="utf-8").split(f"### {verb}\n")[1].split("\n### ")[0]
    assert all(f"| `{key}` |" in section for key in keys(model))


@pytest.mark.parametrize("verb", VERBS)
def test_the_example_of_every_verb_reads_back_as_it_is_written(verb: str, tmp_path: Path) -> None:
    (shock,) = written(tmp_path, HEAD + "shocks:\n" + example(verb)).shocks
    assert type(shock) is VERBS[verb]
    said = re.findall(r"^([a-z_]+): ", EXAMPLES[verb], re.MULTILINE)
    assert set(said) <= set(shock.written())


@pytest.mark.parametrize("verb", VERBS)
def test_the_examples_show_every_key_unless_it_excludes_another(verb: str) -> None:
    shown = set(re.findall(r"^([a-z_]+): ", EXAMPLES[verb], re.MULTILINE))
    missing = set(keys(VERBS[verb])) - shown
    assert missing <= ({"quarters"} if verb == "delay_power" else set())


def test_the_whole_file_of_the_page_reads(tmp_path: Path) -> None:
    found = written(tmp_path, WHOLE.replace("base: baseline\n", ""))
    assert set(found.assume) == {"beh-001", "chip-013"}
    assert set(re.findall(r"^([a-z_]+):", WHOLE, re.MULTILINE)) == set(keys(ScenarioFile))


def test_the_verbs_are_those_of_the_design() -> None:
    design = {
        "stop_paying",
        "default",
        "cut_demand",
        "close_credit",
        "raise_spread",
        "shorten_life",
        "renegotiate_leases",
        "void_deal",
        "withdraw_equity",
        "reprice_equity",
        "downgrade",
        "delay_power",
        "improve_efficiency",
        "arrive_payoff",
        "guarantee",
        "sell_down",
    }
    assert set(VERBS) == design | {"stop_investing", "honest_books"}


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
