"""Named checks: what each must find, and what it must let pass, on small dossiers with hand-made answers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from ouroloop.dossier import check, new_dossier
from ouroloop.dossier.checks import CHECKS, MOST_PER_CHECK
from ouroloop.dossier.checks.figures import tolerance
from ouroloop.dossier.checks.references import rings

DEALS, FIGURES, FIRMS = "deals/chip-maker-lab.yaml", "figures/chip-maker.yaml", "entities/firms.yaml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return new_dossier(tmp_path / "loop")


def edit(root: Path, file: str, *changes: tuple[str, str]) -> None:
    path = root / file
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")


def codes(root: Path, level: str = "strict") -> list[str]:
    return [problem.code for problem in check(root, level)]  # pyright: ignore[reportArgumentType]


def add_series(root: Path, *rows: tuple[str, str, str]) -> None:
    """Append series of one value: (concept, source, row)."""
    text = "".join(f"  - concept: {c}\n    cite: {s}\n    values:\n      - {{{row}}}\n" for c, s, row in rows)
    path = root / FIGURES
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def test_every_check_has_a_title_and_a_reason() -> None:
    assert len(CHECKS) > 30
    for one in CHECKS.values():
        assert len(one.title) > 10
        assert one.why.endswith(".")


def test_a_level_that_does_not_exist_is_our_caller_s_mistake(root: Path) -> None:
    with pytest.raises(ValueError, match="basic, strict, advisory"):
        check(root, "total")  # pyright: ignore[reportArgumentType]


def test_a_level_includes_those_before_it_and_errors_stop_the_later_ones(root: Path) -> None:
    edit(root, DEALS, ("    link: chips-for-shares\n", ""), ("confidence: high", "confidence: low"))
    assert codes(root, "basic") == []
    assert codes(root, "strict") == ["lonely-link"]
    assert codes(root, "advisory") == ["unlinked-loop", "low-confidence", "lonely-link"]
    edit(root, DEALS, ("from: chip-maker", "from: nobody"))
    assert codes(root, "advisory") == ["dangling-entity"]


@pytest.mark.parametrize(
    ("value", "expected"), [(12.3, 0.05), (12.0, 0.05), (0.004, 0.0005), (1e-7, 5e-8), (250.0, 0.05), (1e22, 5e21)]
)
def test_a_number_stands_for_half_a_unit_of_its_last_digit(value: float, expected: float) -> None:
    assert tolerance(value) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("equity", "found"),
    [
        ([("stockholders_equity", "8.1")], []),  # 20.1 = 12.0 + 8.1
        ([("stockholders_equity", "8.2")], []),  # 0.1 off; the digits allow 3 x 0.05
        ([("stockholders_equity", "8.3")], ["unbalanced-sheet"]),  # 0.2 off against 0.15
        ([("stockholders_equity", "7.1"), ("noncontrolling_interest", "1.0")], []),
        ([("total_equity_incl_nci", "8.1"), ("stockholders_equity", "7.1")], []),
        ([("total_equity_incl_nci", "7.1"), ("stockholders_equity", "8.1")], ["unbalanced-sheet"]),
    ],
)
def test_a_balance_sheet_balances_within_its_digits(
    root: Path, equity: Sequence[tuple[str, str]], found: list[str]
) -> None:
    rows = [("total_assets", "20.1"), ("total_liabilities", "12.0"), *equity]
    add_series(root, *((c, "chip-maker-results", f"at: 2025-06-30, value: {v}, known: 2025-08-01") for c, v in rows))
    assert codes(root) == found


def test_sheets_of_two_sources_or_days_are_not_mixed(root: Path) -> None:
    add_series(
        root,
        ("total_assets", "chip-maker-results", "at: 2025-06-30, value: 20.1, known: 2025-08-01"),
        ("total_liabilities", "chip-maker-results", "at: 2025-06-30, value: 12.0, known: 2025-08-01"),
        ("stockholders_equity", "lab-announcement", "at: 2025-06-30, value: 1.0, known: 2025-08-01"),
        ("stockholders_equity", "chip-maker-results", "at: 2025-03-31, value: 1.0, known: 2025-08-01"),
    )
    assert codes(root) == []


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("period: 2025-01-01/2025-03-31, value: 2.04, known: 2025-05-02", []),  # 2.0 may be 2.05
        ("period: 2025-01-01/2025-03-31, value: 2.06, known: 2025-05-02", ["conflicting-figures"]),
        ("period: 2025-01-01/2025-03-30, value: 9, known: 2025-05-02", []),  # another period
        ("period: 2025-01-01/2025-03-31, value: 9, known: 2025-05-02, basis: guidance", []),
        ("period: 2025-01-01/2025-03-31, value: 2.0, known: 2025-05-02", []),  # a second source that agrees
    ],
)
def test_figures_conflict_beyond_their_digits_only(root: Path, row: str, found: list[str]) -> None:
    add_series(root, ("revenue", "lab-announcement", row))
    assert codes(root) == found


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        ("rumored reported announced letter signed funded amended", []),
        ("announced rumored letter", []),
        ("signed amended signed funded", []),
        ("amended signed", ["impossible-step"]),
        ("withdrawn", ["impossible-step"]),
        ("signed expired", []),
        ("letter withdrawn signed", ["impossible-step"]),
        ("signed letter", ["impossible-step"]),
        ("funded announced", ["impossible-step"]),
        ("signed amended rumored", ["impossible-step"]),
        ("letter superseded amended", ["impossible-step"]),
    ],
)
def test_a_deal_s_life_goes_forward(root: Path, steps: str, found: list[str]) -> None:
    path = "\n".join(f"      - {{is: {word}, known: 2025-01-{15 + n}}}" for n, word in enumerate(steps.split()))
    edit(root, DEALS, ("      - {is: signed, known: 2025-01-15}", path))
    assert codes(root, "basic") == found


def test_a_tranche_s_own_path_may_begin_dead_and_die_after_the_deal_was_paid(root: Path) -> None:
    option = "condition: the lab may order more until the end of 2026"
    edit(root, DEALS, (option, f"{option}, status: [{{is: expired, known: 2025-12-01}}]"))
    assert codes(root) == []


def test_steps_of_one_day_are_in_order_and_a_month_counts_from_its_last_day(root: Path) -> None:
    edit(root, DEALS, ("{is: letter, known: 2025-01-15}", "{is: letter, known: 2025-02-10}"))
    assert codes(root, "basic") == []
    edit(root, DEALS, ("{is: letter, known: 2025-02-10}", "{is: letter, known: 2025-02}"))
    assert codes(root, "basic") == ["unordered-path"]


def groups(root: Path, first: str, second: str, low: str = "6", status: str = "signed") -> None:
    edit(root, DEALS, ("    link: chips-for-shares", f"    overlap: {{group: g, role: {first}}}\n    #"))
    edit(root, DEALS, ("    link: chips-for-shares", f"    overlap: {{group: g, role: {second}}}\n    #"))
    edit(root, DEALS, ("low: 6, high: 6", f"low: {low}, high: {low}"))
    extra = "" if status == "signed" else f"\n      - {{is: {status}, known: 2025-03-01}}"
    edit(root, DEALS, ("- {is: signed, known: 2025-01-15}", "- {is: signed, known: 2025-01-15}" + extra))


@pytest.mark.parametrize(
    ("first", "second", "low", "status", "found"),
    [
        ("total", "part", "10", "signed", []),
        ("total", "part", "10.1", "signed", ["total-below-parts"]),
        ("total", "part", "11", "expired", []),  # a dead part is no part
        ("total", "total", "6", "signed", ["several-totals"]),
        ("total", "total", "6", "superseded", []),  # the dead total was replaced
        ("alternative", "alternative", "6", "signed", []),
        ("part", "part", "6", "signed", ["parts-without-total"]),
    ],
)
def test_an_overlap_group_has_one_total_not_below_its_parts(
    root: Path, first: str, second: str, low: str, status: str, found: list[str]
) -> None:
    groups(root, first, second, low, status)
    assert codes(root) == found


def test_an_amended_deal_needs_a_step_that_says_so(root: Path) -> None:
    edit(root, DEALS, ("    from: lab", "    amends: chip-maker-lab-equity\n    from: lab"))
    assert codes(root) == ["unmarked-replacement"]
    edit(root, DEALS, ("effective: 2025-02-07}", "effective: 2025-02-07}\n      - {is: amended, known: 2025-03-01}"))
    assert codes(root) == []


@pytest.mark.parametrize(
    ("above", "expected"),
    [
        ({"a": None}, []),
        ({"a": "a"}, [("a", ["a", "a"])]),
        ({"a": "b", "b": "c", "c": "b"}, [("b", ["b", "c", "b"])]),  # a leads into the ring and is not in it
        ({"a": "b", "b": "a", "c": "d", "d": "c", "e": "a"}, [("a", ["a", "b", "a"]), ("c", ["c", "d", "c"])]),
        ({"a": "gone"}, []),
    ],
)
def test_each_ring_is_found_once(above: dict[str, str | None], expected: list[tuple[str, list[str]]]) -> None:
    assert list(rings(above)) == expected


def test_a_long_ring_is_found_in_one_pass_and_shown_short() -> None:
    size = 50_000
    ((name, shown),) = rings({str(n): str((n + 1) % size) for n in range(size)})
    assert (name, shown) == ("0", ["0", "1", "2", "3", "4", "5", "6", "7", "…", "0"])


def test_a_loop_through_an_arm_counts_as_the_firm_s(root: Path) -> None:
    edit(root, DEALS, ("    link: chips-for-shares\n", ""), ("    link: chips-for-shares\n", ""))
    assert codes(root, "advisory") == ["unlinked-loop"]
    arm = "  - {id: arm, names: {en: Arm, zh-Hans: 部门, zh-Hant: 部門}, kind: cloud, part_of: chip-maker}\n"
    path = root / FIRMS
    path.write_text(path.read_text(encoding="utf-8") + arm, encoding="utf-8")
    edit(root, DEALS, ("    from: chip-maker", "    from: arm"))
    assert codes(root, "advisory") == ["unlinked-loop"]
    edit(root, FIRMS, ("loop: true", "loop: false"))
    assert codes(root, "advisory") == []


def test_a_flood_of_findings_is_cut_with_a_word(root: Path) -> None:
    rows = "".join(
        f"  - {{id: s{n}, title: T, class: primary, address: 'https://example.com/{n}'}}\n" for n in range(600)
    )
    (root / "sources" / "more.yaml").write_text(f"sources:\n{rows}", encoding="utf-8")
    found = codes(root, "advisory")
    assert found.count("unused-source") == MOST_PER_CHECK
    assert found.count("more-problems") == 1


def test_dates_no_better_than_a_month_count_as_known_at_its_end(root: Path) -> None:
    edit(root, FIGURES, ("known: 2025-08-01", "known: 2025-12"))
    assert codes(root) == []
    edit(root, FIGURES, ("known: 2025-12", "known: 2026-01"))
    assert codes(root) == ["after-collection"]
