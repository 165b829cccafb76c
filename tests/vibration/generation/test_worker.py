"""The conversation with a generating process."""

import os
import signal
from multiprocessing import Pipe

import numpy as np

from vibration.errors import VibrationError
from vibration.generation.worker import serve
from vibration.processes import die_with_parent
from vibration.simulation import Recipe, simulate

RECIPE = Recipe(per_class=1, classes=("healthy",), augmentation=False, duration_s=0.1)


def conversation(*messages):
    ours, theirs = Pipe()
    for message in messages:
        ours.send(message)
    serve(theirs)
    return ours.recv()


def test_a_row_is_written_at_its_place_and_its_features_come_back(tmp_path):
    path = tmp_path / "signals.h5"
    path.touch()
    row, features, columns = conversation((RECIPE.to_dict(), path), (0, 40), None)
    written = np.frombuffer(path.read_bytes(), dtype=np.float32, offset=40)
    np.testing.assert_array_equal(written, simulate(RECIPE, 0).samples)
    assert (row, len(features), columns["class"]) == (0, 36, "healthy")


def test_an_expected_error_comes_back_as_it_is(tmp_path):
    (tmp_path / "f").touch()
    answer = conversation((RECIPE.to_dict(), tmp_path / "f"), (99, 0), None)
    assert isinstance(answer, VibrationError)


def test_a_crash_comes_back_with_its_story(tmp_path):
    answer = conversation((RECIPE.to_dict(), tmp_path / "missing"), (0, 0), None)
    assert "FileNotFoundError" in str(answer)


def test_a_parent_that_has_gone_ends_the_conversation():
    ours, theirs = Pipe()
    ours.close()
    assert serve(theirs) is None


def test_an_orphan_ends_at_once():
    pid = os.fork()
    if pid == 0:
        die_with_parent(parent_pid=0)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL
