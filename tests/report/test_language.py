"""Three languages: complete catalogs that agree on placeholders; numbers, money and dates as each press writes them."""

from __future__ import annotations

from datetime import date
from string import Formatter

import pytest

from ouroloop.core import BadInput, Quarter
from ouroloop.report.language import CODES, Language, catalog, language_code
from tests.report.messages import extracted

CHINESE = [code for code in CODES if code != "en"]


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_the_source_has_messages_to_translate() -> None:
    found = extracted()
    assert "Sources" in found  # from the template
    assert "equity" in found  # marked in a table of names
    assert len(found) > 80


@pytest.mark.parametrize("code", CHINESE)
def test_a_catalog_has_every_message_and_no_other(code: str) -> None:
    found, translated = set(extracted()), set(catalog(code))
    assert sorted(found - translated) == []
    assert sorted(translated - found) == []


@pytest.mark.parametrize("code", CHINESE)
def test_no_translation_is_empty_or_left_in_english(code: str) -> None:
    for message, translated in catalog(code).items():
        text = translated if isinstance(translated, str) else translated[0]
        assert text.strip(), message
        bare = "".join(literal for literal, _, _, _ in Formatter().parse(text))
        if any(letter.isalpha() for letter in "".join(literal for literal, _, _, _ in Formatter().parse(message))):
            assert any("\u4e00" <= letter <= "\u9fff" for letter in bare), f"{message!r} is not translated"


@pytest.mark.parametrize("code", CHINESE)
def test_a_translation_has_the_placeholders_of_its_message(code: str) -> None:
    translated = catalog(code)
    for message, forms in extracted().items():
        wanted = set().union(*map(_placeholders, forms))
        text = translated[message]
        for form in (text,) if isinstance(text, str) else text:
            assert _placeholders(form) == wanted, message


def test_mainland_and_taiwan_texts_are_two_translations() -> None:
    mainland, taiwan = catalog("zh-Hans"), catalog("zh-Hant")
    sentences = [message for message in mainland if len(message) > 60]
    assert all(mainland[message] != taiwan[message] for message in sentences)
    whole = "".join(text if isinstance(text, str) else text[0] for text in mainland.values())
    other = "".join(text if isinstance(text, str) else text[0] for text in taiwan.values())
    for mainland_term, taiwan_term in (("披露", "揭露"), ("网络", "網路"), ("文件", "檔案"), ("担保", "保證")):
        assert mainland_term in whole
        assert taiwan_term in other
    for converted in ("披露", "網絡", "擔保"):  # mainland words in traditional letters
        assert converted not in other


@pytest.mark.parametrize(("code", "shown"), [("en", "USD 17.2bn"), ("zh-Hans", "172亿美元"), ("zh-Hant", "172億美元")])
def test_money_is_written_as_the_readers_press_writes_it(code: str, shown: str) -> None:
    assert Language(code).money(17.2) == shown


def test_a_floor_is_shortened_downward_and_a_ceiling_upward() -> None:
    language = Language("en")
    assert language.amount(4.17, "down") == "4.1"
    assert language.amount(4.11, "up") == "4.2"
    assert language.amount(17.2 - 13.1, "down") == "4.1"  # 4.0999999999999996 in float64 is 4.1, not 4.0
    assert Language("zh-Hans").amount(4.17, "down") == "41"


def test_small_amounts_keep_two_decimals_and_large_ones_their_thousands() -> None:
    language = Language("en")
    assert language.amount(0.35) == "0.35"
    assert language.amount(1150.0) == "1,150.0"
    assert language.amount(float("inf")) == "∞"
    assert language.amount(-2.5) == "−2.5"


def test_shares_are_whole_percents_and_small_ones_are_not_called_nothing() -> None:
    language = Language("en")
    assert [language.share(value) for value in (0.0, 0.001, 0.24, 1.0)] == ["0%", "<1%", "24%", "100%"]


def test_plurals_follow_the_count_in_english() -> None:
    language = Language("en")
    assert language.plural("{count} loop", "{count} loops", 1) == "1 loop"
    assert language.plural("{count} loop", "{count} loops", 2) == "2 loops"


def test_dates_and_periods_are_written_out() -> None:
    english, chinese = Language("en"), Language("zh-Hans")
    assert english.date(date(2026, 10, 1)) == "1 October 2026"
    assert chinese.date(date(2026, 10, 1)) == "2026年10月1日"
    assert english.period(Quarter(2025, 1), Quarter(2025, 4)) == "2025"
    assert english.period(Quarter(2019, 1), Quarter(2026, 4)) == "2019–2026"
    assert english.period(Quarter(2025, 2), Quarter(2026, 1)) == "2025-Q2 to 2026-Q1"


def test_a_language_is_found_by_any_of_its_usual_codes() -> None:
    assert [language_code(code) for code in ("EN", "zh_TW", "zh-cn", "zh_Hant", "zh_CN.UTF-8")] == [
        "en", "zh-Hant", "zh-Hans", "zh-Hant", "zh-Hans",
    ]  # fmt: skip


def test_an_unknown_language_is_refused_with_a_hint() -> None:
    with pytest.raises(BadInput, match="no report in the language 'fr'"):
        Language("fr")
    with pytest.raises(BadInput, match="did you mean 'zh-hant'"):
        Language("zh-hantt")


def test_a_thought_experiment_counts_in_units_not_in_dollars() -> None:
    assert [Language(code, units=True).money(100) for code in CODES] == ["100", "100", "100"]
    assert Language("en", units=True).money_unit == "units"
