"""A question in plain words means the shock that a reader would write for it."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroloop.core import BadInput, Quarter
from ouroloop.scenario.ask import LONGEST, parse_question
from ouroloop.scenario.forms import FORMS, Form
from ouroloop.scenario.language import Scenario
from ouroloop.scenario.read import read_scenario
from ouroloop.scenario.verbs import VERBS
from ouroloop.scenario.when import without_time
from tests.scenario.test_read import ai_loop


def baseline() -> Scenario:
    return read_scenario("baseline", dossier=ai_loop())


def asked(question: str) -> list[str]:
    """The shocks that a question means, as text."""
    return [str(shock) for shock in parse_question(question, baseline()).shocks]


def refused(question: str) -> dict[str, int]:
    """Code and column of each problem of a question."""
    with pytest.raises(BadInput) as caught:
        parse_question(question, baseline())
    return {one.code: one.place.column for one in caught.value.problems}


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.example)
def test_the_example_of_every_form_is_understood_as_its_verb(form: Form) -> None:
    (shock,) = parse_question(form.example, baseline()).shocks
    assert shock.verb == form.verb


def test_every_verb_can_be_asked_for_in_english_and_in_chinese() -> None:
    chinese = {form.verb for form in FORMS if any(letter >= "\u4e00" for letter in form.example)}
    english = {form.verb for form in FORMS if form.example.isascii()}
    assert english == set(VERBS)
    assert chinese == set(VERBS)


STOP = "stop_paying: at 2027-Q1, from openai, to oracle, share 1"


@pytest.mark.parametrize(
    "question",
    [
        "openai stops paying oracle from 2027-Q1",
        "OpenAI cannot pay Oracle from 2027-Q1",
        "what breaks if OpenAI can't pay Oracle from 2027?",
        "What happens when OpenAI no longer pays ORCL in Q1 2027 on?",
        "if openai stops paying 甲骨文",
        "OpenAI 从 2027-Q1 起停止向甲骨文付款",
        "OpenAI 從 2027-Q1 起停止向甲骨文付款",
        "2027年第一季度起，OpenAI停止向甲骨文付款",
        "如果OpenAI付不出甲骨文的钱，会怎样？",
        "如果OpenAI付不出甲骨文的錢，會怎樣？",
    ],
)
def test_one_shock_has_many_wordings(question: str) -> None:
    assert asked(question) == [STOP]


@pytest.mark.parametrize(
    ("question", "shocks"),
    [
        ("credit closes in 2027-Q2 for 4 quarters", ["close_credit: at 2027-Q2, until 2028-Q1, share 1"]),
        ("credit closes in 2027-Q2 for 2 years", ["close_credit: at 2027-Q2, until 2029-Q1, share 1"]),
        ("credit closes from 2028 until 2029", ["close_credit: at 2028-Q1, until 2029-Q4, share 1"]),
        ("信贷在2027年第二季度关闭，持续4个季度", ["close_credit: at 2027-Q2, until 2028-Q1, share 1"]),
        ("payoff arrives in 2031-Q1", ["arrive_payoff: at 2031-Q1"]),
        ("chips last 3 years", ["shorten_life: at 2027-Q1, years 3"]),
        ("coreweave's chips last only 2.5 years from 2029", ["shorten_life: at 2029-Q1, years 2.5, entity coreweave"]),
        ("nvidia stops investing from 2028-Q3", ["stop_investing: at 2028-Q3, vendor nvidia, share 1"]),
        ("coreweave defaults in 2028-Q2", ["default: at 2028-Q2, entity coreweave"]),
        ("demand falls 30% from 2028-Q1", ["cut_demand: at 2028-Q1, share 0.3"]),
        ("consumer demand falls by 12.5 percent", ["cut_demand: at 2027-Q1, sector consumers, share 0.125"]),
        ("business demand drops 10%", ["cut_demand: at 2027-Q1, sector businesses, share 0.1"]),
        ("spreads widen 2030 bp in 2028", ["raise_spread: at 2028-Q1, bp 2030"]),
        ("power is delayed for 2 years", ["delay_power: at 2027-Q1, quarters 8"]),
        ("stocks fall 20% in 2029-Q4", ["reprice_equity: at 2029-Q4, share 0.2"]),
        (
            "the government guarantees the debts of openai and oracle",
            ["guarantee: at 2027-Q1, guarantor us-government, debtors openai and oracle, share 1"],
        ),
        (
            "openai stops paying oracle from 2027-Q1 and credit closes in 2027-Q3",
            [STOP, "close_credit: at 2027-Q3, share 1"],
        ),
    ],
)
def test_what_is_said_of_time_amount_and_party_is_kept(question: str, shocks: list[str]) -> None:
    assert asked(question) == shocks


def test_a_question_adds_to_its_base_and_is_its_own_title() -> None:
    base = read_scenario("honest-books", dossier=ai_loop())
    found = parse_question("coreweave defaults in 2028-Q2", base)
    assert [shock.verb for shock in found.shocks] == ["honest_books", "default"]
    assert (found.id, found.bases) == ("question", ("honest-books", "baseline"))
    assert found.title.en == "coreweave defaults in 2028-Q2"
    assert found.seed == base.seed
    assert found.scenario_hash != base.scenario_hash


def test_what_is_not_understood_lists_the_forms_nearest_first_in_its_own_language() -> None:
    with pytest.raises(BadInput) as caught:
        parse_question("credit shall be closing in 2027-Q2 for 4 quarters", baseline())
    (problem,) = caught.value.problems
    assert problem.code == "not-understood"
    assert problem.hint.startswith("ask like this: credit closes in 2027-Q2 for 4 quarters;")
    assert "openai stops paying oracle" in problem.hint
    with pytest.raises(BadInput) as caught:
        parse_question("英伟达以后就不投了吗", baseline())
    assert "停止投资客户" in caught.value.problems[0].hint
    assert "credit closes" not in caught.value.problems[0].hint


def test_every_problem_of_a_question_is_said_at_its_word() -> None:
    question = "what breaks if openia cannot pay oracle from 2020-Q1"
    assert refused(question) == {
        "unknown-entity": question.index("openia") + 1,
        "outside-horizon": question.index("2020-Q1") + 1,
    }
    assert refused("超微 defaults in 2028-Q1") == {"ambiguous-name": 1}
    assert set(refused("demand falls 130%")) == {"bad-share"}
    assert set(refused("credit closes from 2029-Q1 until 2028-Q1")) == {"bad-order"}
    assert set(refused("payoff arrives in 2031 for 4 quarters")) == {"unknown-key"}
    assert set(refused("openai stops paying oracle and the moon is made of cheese")) != {"unknown-key"}


@pytest.mark.parametrize("question", ["", "   ", "?", "如果", "x" * (LONGEST + 1), "pays", "from 2027-Q1"])
def test_no_question_at_all_is_not_understood(question: str) -> None:
    assert set(refused(question)) == {"not-understood"}


@given(st.text(max_size=80))
@settings(max_examples=150, deadline=None)
def test_any_text_is_a_scenario_or_bad_input_and_never_a_failure(text: str) -> None:
    with suppress(BadInput):
        assert parse_question(text, baseline()).shocks


def test_words_of_time_are_taken_out_and_amounts_are_left() -> None:
    said = without_time("spreads widen 2030 bp in 2028-Q2 for 3 quarters")
    assert (said.rest, said.at, said.quarters) == ("spreads widen 2030 bp", Quarter(2028, 2), 3)
    assert said.span(Quarter(2027, 1)) == (Quarter(2028, 2), Quarter(2028, 4))
    assert without_time("chips last for 3 years").rest == "chips last for 3 years"
