"""How many second tries a run of the suite may need."""

import os
import re
import subprocess
import sys

import pytest

from tests.commands.running import ROOT

RUN = [sys.executable, "-m", "pytest", "-p", "tests.reruns", "-p", "no:django", "--color=no"]
UNSTEADY = """
import pytest

tried = set()

@pytest.mark.flaky(reruns=1)
@pytest.mark.parametrize("n", range({n}))
def test_it(n):
    assert n in tried or tried.add(n), "said\\nwaited for a button"
"""


def run(folder, n, *options):
    (folder / "test_unsteady.py").write_text(UNSTEADY.format(n=n))
    (folder / "pytest.ini").touch()
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run(
        [*RUN, *options, str(folder)],
        cwd=folder,
        env=ours | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_two_second_tries_are_a_busy_machine_and_are_named_with_their_reason(tmp_path):
    ended = run(tmp_path, 2)
    assert ended.returncode == 0
    for n in range(2):
        assert re.search(rf"test_it\[{n}\]: .*AssertionError", ended.stdout)
    assert "has failed" not in ended.stdout


def test_a_second_try_is_told_with_every_line_of_its_error(tmp_path):
    assert "waited for a button" in run(tmp_path, 1).stdout


def test_a_run_without_a_second_try_names_none(tmp_path):
    assert "second tries" not in run(tmp_path, 0).stdout


@pytest.mark.parametrize("workers", ["0", "2"])
def test_three_second_tries_fail_the_run_and_the_last_line_but_one_says_so(tmp_path, workers):
    ended = run(tmp_path, 3, "-n", workers)
    assert ended.returncode == 1
    *_, said, last = ended.stdout.splitlines()
    assert said == "3 second tries in one run; with more than 2 it has failed."
    assert re.fullmatch(r"=+ 3 passed, .*3 rerun in .*=+", last)
