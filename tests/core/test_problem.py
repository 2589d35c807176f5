"""Problems with a place, and the nearest right word."""

from ouroloop.core import BadInput, Place, Problem, nearest


def test_a_problem_prints_place_code_excerpt_caret_sentence_and_hint() -> None:
    problem = Problem(Place("deals/a.yaml", 3, 9), "bad-date", "This is no date.", "use 2025-09", "  known: soon")
    assert str(problem).splitlines() == [
        "deals/a.yaml:3:9: error: bad-date",
        "      known: soon",
        "            ^",
        "  This is no date.",
        "  hint: use 2025-09",
    ]


def test_the_caret_stays_under_its_column_when_a_long_line_is_cut() -> None:
    line = "x" * 300 + "HERE" + "y" * 300
    lines = str(Problem(Place("a", 1, 301), "c", "m", excerpt=line)).splitlines()
    assert len(lines[1]) <= 124
    assert lines[1][lines[2].index("^")] == "H"


def test_bad_input_lists_every_problem_in_the_order_of_places() -> None:
    late, early = Problem(Place("b", 2), "x", "m"), Problem(Place("a", 9), "y", "m")
    assert BadInput([late, early]).problems == (early, late)


def test_the_nearest_word_ignores_case_and_far_words_get_none() -> None:
    assert nearest("NVIDA", ["nvidia", "amd"]) == "did you mean 'nvidia'?"
    assert nearest("qqqq", ["nvidia", "amd"]) == ""
