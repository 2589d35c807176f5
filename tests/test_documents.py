"""What the documents say is what the program does."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from ouroloop.cli.app import COMMANDS, main
from ouroloop.dossier import load

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The README's fenced blocks of one language."""
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def commands() -> list[list[str]]:
    """The `ouroloop` commands of the README, as the shell would split them."""
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    return [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("ouroloop ")]


def test_the_commands_of_the_readme_run_in_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert len(commands()) >= 10
    for arguments in commands():
        with pytest.raises(SystemExit) as exit_:
            main(arguments)
        # Advice on a dossier is a finding (1), not a failure.
        assert exit_.value.code in ((0, 1) if arguments[0] == "check" else (0,)), arguments
        capsys.readouterr()


def test_the_readme_shows_every_command() -> None:
    shown = {arguments[0] for arguments in commands()}
    assert shown >= set(COMMANDS) | {"new"}


def test_the_python_of_the_readme_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (program,) = blocks("python")
    exec(compile(program, "README.md", "exec"), {})
    shares, floor, ceiling = capsys.readouterr().out.strip().splitlines()
    assert sum(eval(shares).values()) == pytest.approx(1)
    assert 0 < float(floor) <= 17.2
    assert float(ceiling) >= 0


def test_the_counts_of_the_readme_are_those_of_the_dossier() -> None:
    dossier = load("ai-loop")
    deals, figures = (
        int(n.replace(",", "")) for n in re.findall(r"(\d+) deals, ([\d,]+) published figures", README)[0]
    )
    assert len(dossier.deals) >= deals
    assert len(dossier.figures) >= figures


def test_every_layer_of_the_contract_stands_in_the_architecture() -> None:
    contract = (ROOT / "pyproject.toml").read_text()
    layers = re.findall(r'^  "(\w+)",$', contract.split("layers = [")[1].split("]")[0], re.MULTILINE)
    architecture = (ROOT / "ARCHITECTURE.md").read_text()
    assert layers
    assert [layer for layer in layers if f"`{layer}`" not in architecture] == []


@pytest.mark.parametrize("name", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "DECISIONS.md", "CHANGELOG.md"])
def test_links_between_documents_lead_somewhere(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    targets = [t for t in re.findall(r"\]\(([^)#]+)\)", text) if not t.startswith("http")]
    assert [target for target in targets if not (ROOT / target).exists()] == []
