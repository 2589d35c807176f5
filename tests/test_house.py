"""What holds for the whole tree: it speaks of the project alone, and its light imports stay light."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def tracked() -> list[Path]:
    """The files under version control; without git (a source archive) every file that is not made by a tool."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]
    made = {".venv", "out", ".git", "__pycache__", ".hypothesis", ".ruff_cache", ".pytest_cache"}
    return [path for path in ROOT.rglob("*") if path.is_file() and not made & set(path.relative_to(ROOT).parts)]


def test_no_file_names_a_package_registry_or_a_path_of_one_machine() -> None:
    # Written in pieces, so that this file does not find itself.
    words = ["py" + "pi.org", "python" + "hosted", "registry." + "npmjs", "deb." + "debian.org", "/ho" + "me/"]
    pattern = re.compile("|".join(map(re.escape, words)))
    found = []
    for path in tracked():
        if path.suffix in {".png", ".gz"}:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if pattern.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}")
    assert not found


def test_every_pinned_version_is_exact_and_names_no_address() -> None:
    lines = (ROOT / "constraints.txt").read_text().split()
    assert lines
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9_.-]+==[A-Za-z0-9.+!-]+", line)] == []


@pytest.mark.parametrize("package", ["ouroloop", "ouroloop.dossier", "ouroloop.report", "ouroloop.cli"])
def test_importing_a_face_imports_nothing_heavy(package: str) -> None:
    heavy = ("jax", "numpy", "scipy", "pandas", "numba", "networkx", "ortools", "duckdb", "jinja2")
    program = f"import sys, {package}; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
