"""Whole or not at all."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from vibration.errors import VibrationError
from vibration.store import sweep_partials, whole_file, whole_folder

ROOT = Path(__file__).parents[3]


def test_a_folder_appears_when_its_block_ends_well(tmp_path):
    with whole_folder(tmp_path / "a") as partial:
        (partial / "x").write_text("1")
        assert not (tmp_path / "a").exists()
    assert [p.name for p in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a" / "x").read_text() == "1"


def fail_inside(manager, error):
    with manager as partial:
        (partial / "x" if partial.is_dir() else partial).write_text("1")
        raise error


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("whole", [whole_folder, whole_file])
def test_nothing_is_left_of_a_block_that_fails(tmp_path, whole, error):
    with pytest.raises(error):
        fail_inside(whole(tmp_path / "a"), error)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_content_is_not_overwritten(tmp_path):
    (tmp_path / "x").write_text("1")
    with pytest.raises(VibrationError, match="already there"), whole_folder(tmp_path):
        pass


def make_slowly(target, meanwhile):
    with whole_folder(target) as partial:
        (partial / "x").write_text("late")
        meanwhile()


def make(target):
    with whole_folder(target) as partial:
        (partial / "x").write_text("early")


def test_of_two_makers_of_one_folder_one_wins(tmp_path):
    with pytest.raises(VibrationError, match="appeared meanwhile"):
        make_slowly(tmp_path / "a", meanwhile=lambda: make(tmp_path / "a"))
    assert (tmp_path / "a" / "x").read_text() == "early"
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def test_a_file_is_replaced_in_one_step(tmp_path):
    (tmp_path / "a").write_text("old")
    with whole_file(tmp_path / "a") as partial:
        partial.write_text("new")
        assert (tmp_path / "a").read_text() == "old"
    assert (tmp_path / "a").read_text() == "new"


def test_a_file_does_not_replace_a_folder(tmp_path):
    (tmp_path / "a").mkdir()
    with pytest.raises(VibrationError, match="left as it is"), whole_file(tmp_path / "a"):
        pass
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def test_a_folder_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(VibrationError, match="does not exist"), whole_file(tmp_path / "no" / "a"):
        pass


def test_sweep_leaves_work_in_progress(tmp_path):
    with whole_folder(tmp_path / "a"), whole_file(tmp_path / "b"):
        assert sweep_partials(tmp_path, older_than_s=0) == []
    assert {p.name for p in tmp_path.iterdir()} == {"a", "b"}


def test_sweep_removes_what_a_killed_maker_left(tmp_path):
    script = (
        "import os, sys, pathlib; from vibration.store import whole_folder\n"
        "with whole_folder(pathlib.Path(sys.argv[1])) as p:\n"
        "    (p / 'x').write_text('1'); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", script, tmp_path / "a"], cwd=ROOT, check=False)
    (left,) = tmp_path.iterdir()
    assert sweep_partials(tmp_path, older_than_s=0) == [left]
    assert list(tmp_path.iterdir()) == []


def test_sweep_leaves_what_is_young_and_what_is_not_its_own(tmp_path):
    (tmp_path / "a.partial-1-aa").mkdir()
    (tmp_path / "other").mkdir()
    assert sweep_partials(tmp_path) == []
    old = time.time() - 7200
    os.utime(tmp_path / "a.partial-1-aa", (old, old))
    assert [p.name for p in sweep_partials(tmp_path)] == ["a.partial-1-aa"]


def test_sweep_does_not_follow_a_link(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "b.partial-1-aa").symlink_to(tmp_path / "real")
    assert sweep_partials(tmp_path, older_than_s=0) == []
    assert (tmp_path / "real").is_dir()


def test_sweep_of_a_folder_that_is_not_there_finds_nothing(tmp_path):
    assert sweep_partials(tmp_path / "no") == []
