"""A program from the disk is the program that was compiled, and is found only where nothing has changed."""

import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ouroloop.economy import kept, simulate
from tests.core.test_foreign import added
from tests.economy.test_paths import fingerprint
from tests.economy.worlds import inputs, world

FLOATS = jax.ShapeDtypeStruct((3,), np.float64)
X = np.array([1.0, 2.0, 4.0])


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A cache of compiled programs with nothing in it."""
    before = jax.config.jax_compilation_cache_dir
    jax.config.update("jax_compilation_cache_dir", str(tmp_path))
    yield tmp_path
    jax.config.update("jax_compilation_cache_dir", before)


class Counted:
    """A function that says how often it was traced."""

    def __init__(self, function: Callable[[jax.Array], jax.Array] = jnp.cumsum) -> None:
        self.traced, self._function = 0, function

    def __call__(self, x: jax.Array) -> tuple[jax.Array]:
        self.traced += 1
        return (self._function(x),)


def programs(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.program"))


def test_the_second_time_it_is_read_and_not_traced(folder: Path) -> None:
    first, second = Counted(), Counted()
    assert kept.kept_program("sums", first, (), [FLOATS])(X)[0].tolist() == [1.0, 3.0, 7.0]
    assert kept.kept_program("sums", second, (), [FLOATS])(X)[0].tolist() == [1.0, 3.0, 7.0]
    assert (first.traced, second.traced) == (1, 0)
    assert [path.name.startswith("sums-") for path in programs(folder)] == [True]


def test_what_it_is_made_from_its_shapes_and_its_name_tell_programs_apart(folder: Path) -> None:
    asked = [("sums", (1,), 3), ("sums", (2,), 3), ("sums", (1,), 4), ("others", (1,), 3)]
    for name, made_from, size in asked:
        function = Counted()
        kept.kept_program(name, function, made_from, [jax.ShapeDtypeStruct((size,), np.float64)])
        assert function.traced == 1
    assert len(programs(folder)) == len(asked)


def test_a_kernel_is_found_again_in_the_program_that_calls_it(folder: Path) -> None:
    shape = jax.ShapeDtypeStruct((2, 3), np.float64)
    x = np.arange(6.0).reshape(2, 3)
    for function in (Counted(added), again := Counted(added)):
        assert kept.kept_program("adds", function, (), [shape])(x)[0].tolist() == [[0, 1, 2], [4, 5, 6]]
    assert again.traced == 0
    (path,) = programs(folder)
    assert b"added_kernel" in path.read_bytes()


def test_half_a_file_is_made_anew_and_said(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    kept.kept_program("sums", Counted(), (), [FLOATS])
    (path,) = programs(folder)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with caplog.at_level(logging.WARNING):
        assert kept.kept_program("sums", Counted(), (), [FLOATS])(X)[0].tolist() == [1.0, 3.0, 7.0]
    assert "is made anew" in caplog.text
    assert kept.kept_program("sums", again := Counted(), (), [FLOATS])(X)[0].tolist() == [1.0, 3.0, 7.0]
    assert again.traced == 0


def test_where_nothing_can_be_written_it_runs_and_says_so(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    (folder / "file").write_text("no folder")
    jax.config.update("jax_compilation_cache_dir", str(folder / "file" / "below"))
    with caplog.at_level(logging.WARNING):
        assert kept.kept_program("sums", Counted(), (), [FLOATS])(X)[0].tolist() == [1.0, 3.0, 7.0]
    assert "cannot be kept" in caplog.text


def test_without_a_folder_nothing_is_kept(folder: Path) -> None:
    jax.config.update("jax_compilation_cache_dir", None)
    assert kept.kept_program("sums", Counted(), (), [FLOATS])(X)[0].tolist() == [1.0, 3.0, 7.0]
    assert not programs(folder)


def test_an_option_that_xla_does_not_know_is_done_without(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(kept._OPTIONS, "xla_cpu_no_such_option", 1)
    assert kept.kept_program("sums", Counted(), (), [FLOATS])(X)[0].tolist() == [1.0, 3.0, 7.0]
    assert programs(folder)


def test_what_has_no_content_to_be_told_by_is_refused(folder: Path) -> None:
    with pytest.raises(TypeError, match="object has no fixed content"):
        kept.kept_program("sums", Counted(), (object(),), [FLOATS])


@pytest.fixture
def expecting(folder: Path) -> Iterator[Path]:
    """A process in which nothing has been expected so far."""
    before = list(kept._expected)
    kept.expect.cache_clear()
    yield folder
    kept.expect.cache_clear()
    kept._expected[:] = before


def make(*numbers: int, name: str = "sums") -> None:
    """Programs that are used one after the other, a minute apart."""
    for number in numbers:
        kept.kept_program(name, Counted(), (number,), [FLOATS])
        for path in kept._used(name):
            os.utime(path, times=(path.stat().st_mtime - 60,) * 2)


def test_the_program_used_last_is_read_ahead_and_once(expecting: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(1, 2)
    make(1, name="others")
    kept.expect("sums")
    ((path, reading),) = kept._expected
    assert path == kept._used("sums")[-1]
    ahead = reading.result()
    kept.expect("sums")
    assert len(kept._expected) == 1
    monkeypatch.setattr(kept, "_load", None)
    assert kept.kept_program("sums", Counted(), (2,), [FLOATS]) is ahead
    assert ahead(X)[0].tolist() == [1.0, 3.0, 7.0]


def test_another_program_than_the_expected_one_is_read_as_ever(expecting: Path) -> None:
    make(1, 2)
    kept.expect("sums")
    assert kept.kept_program("sums", again := Counted(), (1,), [FLOATS])(X)[0].tolist() == [1.0, 3.0, 7.0]
    assert again.traced == 0
    assert kept._used("sums")[-1] != kept._expected[0][0], "now it is the one used last"


def test_half_a_file_that_is_expected_is_made_anew(expecting: Path, caplog: pytest.LogCaptureFixture) -> None:
    make(1)
    (path,) = programs(expecting)
    path.write_bytes(path.read_bytes()[:100])
    kept.expect("sums")
    with caplog.at_level(logging.WARNING):
        assert kept.kept_program("sums", Counted(), (1,), [FLOATS])(X)[0].tolist() == [1.0, 3.0, 7.0]
    assert "is made anew" in caplog.text


def test_where_nothing_is_kept_nothing_is_expected(expecting: Path) -> None:
    kept.expect("sums")
    jax.config.update("jax_compilation_cache_dir", None)
    kept.expect("others")
    assert not kept._expected


def test_of_many_programs_those_used_last_stay(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_MOST", 2)
    make(1, name="others")
    make(1, 2, 1, 3)
    assert len(programs(folder)) == 1 + 2
    for number, traced in ((1, 0), (3, 0), (2, 1)):
        kept.kept_program("sums", again := Counted(), (number,), [FLOATS])
        assert again.traced == traced


def test_quarters_from_the_disk_are_the_same_bits(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compiled, read in place of tracing (which would raise), and compiled by JAX alone."""

    def given() -> str:
        simulate._compiled.cache_clear()
        return fingerprint(simulate.simulate(world(), inputs(world(), 3, seed=1), chunk=8))

    made = given()
    with monkeypatch.context() as patch:
        patch.setattr(jax, "jit", None)
        read = given()
    jax.config.update("jax_compilation_cache_dir", None)
    assert made == read == given()
    assert any(path.name.startswith("quarters-") for path in programs(folder))
