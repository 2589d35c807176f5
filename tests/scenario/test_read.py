"""Bad scenarios are refused with every problem and its place; good ones mean the same however they are written.

A fixture is a folder with `scenario.yaml` (and what it starts from), `name.txt` or `question.txt`; `expected.txt` is
what it must say. `python -m tests.scenario.test_read` writes the golden texts anew; read the difference before keeping
it, then write docs/errors.md anew with `python tests/dossier/test_errors.py`.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from ouroloop.core import BadInput, Quarter
from ouroloop.dossier import Dossier, load
from ouroloop.experiment.ensemble import run_scenario
from ouroloop.scenario.ask import parse_question
from ouroloop.scenario.build import check
from ouroloop.scenario.codes import CODES
from ouroloop.scenario.language import Scenario
from ouroloop.scenario.presets import presets
from ouroloop.scenario.read import read_presets, read_scenario
from ouroloop.scenario.verbs import StopPaying

FIXTURES = Path(__file__).parent / "fixtures"
NAMES = sorted(path.name for path in FIXTURES.iterdir())


@cache
def ai_loop() -> Dossier:
    """The dossier, read once."""
    return load("ai-loop")


@contextmanager
def _in_a_copy(folder: Path) -> Generator[None]:
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as place:
        shutil.copytree(folder, place, dirs_exist_ok=True)
        os.chdir(place)
        try:
            yield
        finally:
            os.chdir(before)


def _said(call: Callable[[], object]) -> str:
    try:
        call()
    except BadInput as error:
        return "".join(f"{problem}\n" for problem in error.problems)
    return ""


def provoke(name: str) -> str:
    """What the fixture says."""
    with _in_a_copy(FIXTURES / name):
        if Path("name.txt").exists():
            name = Path("name.txt").read_text(encoding="utf-8").strip()
            return _said(lambda: read_scenario(name, dossier=ai_loop()))
        if Path("question.txt").exists():
            question = Path("question.txt").read_text(encoding="utf-8").strip()
            return _said(lambda: parse_question(question, read_scenario("baseline", dossier=ai_loop())))
        return _said(lambda: check(read_scenario("scenario.yaml", dossier=ai_loop())))


def written(folder: Path, text: str, name: str = "mine.yaml") -> Scenario:
    """The scenario that a file of this text means."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read_scenario(path, dossier=ai_loop())


HEAD = "scenario: mine\ntitle: My own\nabout: Why.\ndossier: ai-loop\n"
STOP = "shocks:\n  - {verb: stop_paying, from: openai, to: oracle, at: 2027-Q1}\n"


@pytest.mark.parametrize("name", NAMES)
def test_every_fixture_says_exactly_its_golden_text(name: str) -> None:
    assert provoke(name) == (FIXTURES / name / "expected.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_fixture_that_provokes_it(code: str) -> None:
    assert f": error: {code}\n" in (FIXTURES / code / "expected.txt").read_text(encoding="utf-8")


def test_the_named_bad_files_are_all_here() -> None:
    wanted = {
        "unknown-verb",
        "unknown-entity",
        "bad-order",
        "bad-share",
        "negative-amount",
        "bad-range",
        "unknown-key",
        "unknown-assumption",
        "outside-horizon",
        "base-cycle",
        "several",
    }
    assert wanted <= set(NAMES)


def test_a_shock_without_effect_is_refused_before_there_is_a_folder(tmp_path: Path) -> None:
    idle = written(tmp_path, HEAD + "shocks:\n  - {verb: stop_investing, vendor: microsoft, at: 2027-Q1}\n")
    with pytest.raises(BadInput, match="puts no free cash into its customers"):
        run_scenario(idle, tmp_path / "run", paths=4)
    assert not (tmp_path / "run").exists()


def test_every_bundled_scenario_has_an_effect() -> None:
    for scenario in read_presets("ai-loop", dossier=ai_loop()):
        check(scenario)


def test_several_problems_of_one_file_are_said_together_and_in_the_order_of_the_lines() -> None:
    lines = [line for line in provoke("several").splitlines() if line.startswith("scenario.yaml:")]
    assert len(lines) >= 12
    places = [tuple(int(part) for part in line.split(":")[1:3]) for line in lines]
    assert places == sorted(places)


def test_a_scenario_says_what_its_file_says(tmp_path: Path) -> None:
    text = HEAD + "as_of: 2026-03-31\nhorizon: 12\npaths: 50\nseed: 9\nassume: {beh-001: 0.8}\n" + STOP
    found = written(tmp_path, text)
    assert (found.id, found.horizon, found.paths, found.seed) == ("mine", 12, 50, 9)
    assert found.as_of == found.dossier.date == date(2026, 3, 31)
    # 31 March lies in the first quarter: the second is the first that is simulated, twelve end with 2029-Q1.
    assert (found.first_quarter, found.last_quarter) == (Quarter(2026, 2), Quarter(2029, 1))
    (shock,) = found.shocks
    assert isinstance(shock, StopPaying)
    assert (shock.payer, shock.payee, shock.at, shock.until) == ("openai", "oracle", Quarter(2027, 1), None)
    assert shock.share.value == 1
    assert found.assumptions["beh-001"].value == 0.8
    assert found.assumptions["beh-001"].distribution == "point"
    assert found.assumptions["dem-035"] == found.dossier.assumptions["dem-035"]


def test_what_is_not_written_has_the_value_that_the_page_names(tmp_path: Path) -> None:
    found = written(tmp_path, HEAD)
    assert (found.horizon, found.paths, found.seed) == (40, 2000, 0)
    assert found.as_of == ai_loop().date
    assert found.title.zh_hant == "My own"


def test_a_day_after_the_dossier_s_own_opens_on_the_dossier_s_own(tmp_path: Path) -> None:
    found = written(tmp_path, HEAD + "as_of: 2099-12-31\n")
    assert found.as_of == ai_loop().date
    assert found.first_quarter == Quarter(2027, 1)


def test_an_arm_s_shock_is_its_firm_s_and_an_alias_is_its_entity_s(tmp_path: Path) -> None:
    text = HEAD + "shocks:\n  - {verb: stop_paying, from: 甲骨文, to: Google Cloud Platform, at: 2027-Q1}\n"
    (shock,) = written(tmp_path, text).shocks
    assert isinstance(shock, StopPaying)
    assert (shock.payer, shock.payee) == ("oracle", "alphabet")


def test_two_names_of_one_firm_cannot_stop_paying_each_other(tmp_path: Path) -> None:
    text = HEAD + "shocks:\n  - {verb: stop_paying, from: aws, to: amazon, at: 2027-Q1}\n"
    with pytest.raises(BadInput, match="keep the same books"):
        written(tmp_path, text)


def test_only_the_government_guarantees_in_a_scenario(tmp_path: Path) -> None:
    text = HEAD + "shocks:\n  - {verb: guarantee, guarantor: nvidia, debtors: [openai], at: 2027-Q1}\n"
    with pytest.raises(BadInput, match="us-government"):
        written(tmp_path, text)


def test_the_hash_is_that_of_the_meaning_and_not_of_the_writing(tmp_path: Path) -> None:
    plain = written(tmp_path, HEAD + "assume: {beh-001: 0.8, dem-035: 0.7}\n" + STOP)
    other = written(
        tmp_path,
        "# a comment\ntitle: {en: Other, zh-Hans: 另一个, zh-Hant: 另一個}\nscenario: another\nabout: Other words.\n"
        "dossier: 'ai-loop'\nas_of: 2026-10-31\nseed: 0\n"
        "assume:\n  dem-035: 7e-1\n  beh-001: {value: '0.80', distribution: point}\n"
        "shocks:\n- share: 1.00\n  at: 2027Q1\n  to: ORCL\n  verb: stop_paying\n  from: OpenAI\n",
    )
    assert plain.scenario_hash == other.scenario_hash
    assert len(plain.scenario_hash) == 16


@pytest.mark.parametrize(
    "change",
    [
        "seed: 1\n",
        "paths: 10\n",
        "horizon: 39\n",
        "as_of: 2026-10-30\n",
        "assume: {beh-001: 0.8}\n",
        STOP,
        STOP.replace("2027-Q1", "2027-Q2"),
        STOP.replace("}", ", share: 0.5}"),
        STOP.replace("}", ", share: {low: 0.4, value: 0.5, high: 0.6, distribution: beta}}"),
        STOP.replace("}", ", until: 2028-Q1}"),
    ],
)
def test_whatever_changes_what_is_simulated_changes_the_hash(change: str, tmp_path: Path) -> None:
    assert written(tmp_path, HEAD + change).scenario_hash != written(tmp_path, HEAD).scenario_hash


def test_the_hashes_of_different_shocks_differ(tmp_path: Path) -> None:
    texts = [STOP, STOP.replace("2027-Q1", "2027-Q2"), STOP.replace("to: oracle", "to: microsoft")]
    assert len({written(tmp_path, HEAD + text).scenario_hash for text in texts}) == 3


def test_a_base_s_assumptions_and_shocks_hold_and_the_nearest_word_counts(tmp_path: Path) -> None:
    base = HEAD.replace("mine", "ground") + "horizon: 20\nseed: 3\nassume: {beh-001: 0.8, dem-035: 0.5}\n" + STOP
    (tmp_path / "ground.yaml").write_text(base, encoding="utf-8")
    text = "scenario: mine\ntitle: T\nabout: A\nbase: ground\nseed: 4\nassume: {beh-001: 0.9}\n"
    found = written(tmp_path, text + "shocks:\n  - {verb: arrive_payoff, at: 2028-Q1}\n")
    assert (found.horizon, found.seed, found.bases) == (20, 4, ("ground",))
    assert {name: one.value for name, one in found.assume.items()} == {"beh-001": 0.9, "dem-035": 0.5}
    assert [shock.verb for shock in found.shocks] == ["stop_paying", "arrive_payoff"]
    assert found.dossier.header.id == "ai-loop"


def test_a_bundled_base_needs_no_dossier_and_one_beside_the_file_goes_before_it(tmp_path: Path) -> None:
    text = "scenario: mine\ntitle: T\nabout: A\nbase: baseline\n" + STOP
    found = written(tmp_path, text)
    assert (found.dossier.header.id, found.seed, found.bases) == ("ai-loop", 7, ("baseline",))
    (tmp_path / "baseline.yaml").write_text(HEAD.replace("mine", "baseline") + "seed: 3\n", encoding="utf-8")
    assert written(tmp_path, text).seed == 3


def test_a_problem_of_the_base_is_said_with_the_base_s_place(tmp_path: Path) -> None:
    (tmp_path / "ground.yaml").write_text(HEAD + STOP.replace("to: oracle", "to: orcale"), encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        written(tmp_path, "scenario: mine\ntitle: T\nabout: A\nbase: ground\nseed: -1\n")
    assert {Path(one.place.path).name: one.code for one in caught.value.problems} == {
        "ground.yaml": "unknown-entity",
        "mine.yaml": "bad-number",
    }


def test_a_base_that_is_no_yaml_does_not_hide_the_problems_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "ground.yaml").write_text("a: [", encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        written(tmp_path, "scenario: mine\ntitle: T\nabout: A\nbase: ground\nseed: -1\n")
    assert {one.code for one in caught.value.problems} == {"yaml-syntax", "bad-number"}


@pytest.mark.parametrize(
    "text", ["", "- a\n", "just words\n", "scenario: {a: [", "shocks: 3\n", "a: &x 1\n", "assume: []\n"]
)
def test_what_is_no_scenario_at_all_is_bad_input_and_no_failure(text: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        written(tmp_path, text)


def test_a_file_full_of_problems_lists_the_first_and_counts_the_rest(tmp_path: Path) -> None:
    rows = "".join("  - {verb: nonsense, at: 2027-Q1}\n" for _ in range(120))
    with pytest.raises(BadInput) as caught:
        written(tmp_path, HEAD + "shocks:\n" + rows)
    assert len(caught.value.problems) == 51
    assert sum(one.code == "more-problems" for one in caught.value.problems) == 1


def test_a_deal_of_later_cannot_be_called_off_earlier(tmp_path: Path) -> None:
    text = HEAD + "as_of: {}\nshocks:\n  - {{verb: void_deal, deal: openai-amd-6gw, at: 2027-Q1}}\n"
    assert len(written(tmp_path, text.format("2026-10-31")).shocks) == 1
    with pytest.raises(BadInput, match="unknown-deal"):
        written(tmp_path, text.format("2025-09-30"))


def test_every_bundled_scenario_reads_and_is_another_one_than_the_baseline() -> None:
    found = {one.id: one for one in read_presets(dossier=ai_loop())}
    assert list(found) == list(presets())
    assert set(found) == {
        "baseline",
        "openai-cannot-pay-oracle",
        "credit-closes-first",
        "payoff-in-2031",
        "chips-last-three-years",
        "vendor-stops-investing",
        "warrant-unwind",
        "honest-books",
        "federal-backstop",
        "leases-torn-up",
        "openai-defaults",
        "nvidia-guarantee-called",
        "ponzi-stop",
    }
    assert len({one.scenario_hash for one in found.values()}) == len(found)
    # The same chance: differences between them are those of the scenarios.
    assert len({(one.seed, one.horizon, one.paths) for one in found.values()}) == 1
    assert not found["baseline"].shocks
    assert not found["baseline"].assume
    for one in found.values():
        assert one.id == "baseline" or "baseline" in one.bases
        assert len({one.title.en, one.title.zh_hans, one.title.zh_hant}) >= 2
        assert len({one.about.en, one.about.zh_hans, one.about.zh_hant}) == 3


if __name__ == "__main__":
    for name in NAMES:
        (FIXTURES / name / "expected.txt").write_text(provoke(name), encoding="utf-8")
