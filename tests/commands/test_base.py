import os
import pty
import subprocess
import sys
from argparse import ArgumentTypeError

import pytest
from django.core.management import get_commands, load_command_class
from django.db import OperationalError, ProgrammingError
from redis.exceptions import RedisError

from common.commands import codes, codes_or_none, positive_number, whole_number
from common.errors import Unavailable
from monitoring.management.progress import progress_bar
from signals.management.commands import simulate
from tests.commands.running import NOBODY, ROOT, run

BAD_LINES = [
    ("simulate", "--out", "x.npy"),
    ("simulate", "--class", "rust", "--out", "x.npy"),
    ("simulate", "--class", "healthy", "--severity", "mild", "--out", "x.npy"),
    ("simulate", "--class", "wear", "--seed", "-1", "--out", "x.npy"),
    ("measure", "no-such-file.npy"),
    ("create_dataset", "A", "--per-class", "many"),
    ("export_dataset", "A", "--format", "wav", "--out", "x"),
    ("seed", "--everything"),
    ("check_health", "extra"),
]


@pytest.mark.parametrize("line", BAD_LINES, ids=" ".join)
def test_bad_input_ends_with_status_two_and_one_sentence(line, capsys):
    ended = left(*line)
    written = capsys.readouterr()
    assert ended == 2
    assert len(written.err.splitlines()) == 1
    assert written.err.strip().endswith(".")
    assert written.out == ""


def test_a_command_line_ends_with_that_status_and_nothing_but_the_sentence():
    ended = run("measure", "no-such-file.npy", **NOBODY)
    assert ended.returncode == 2
    assert ended.stderr == "no-such-file.npy does not exist or is not a file.\n"


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (OperationalError("connection refused"), "start PostgreSQL"),
        (ProgrammingError('relation "x" does not exist'), "migrate"),
        (RedisError("connection refused"), "REDIS_URL"),
        (Unavailable("The disk is full."), "The disk is full."),
        (PermissionError(13, "Permission denied", "x.npy"), "x.npy cannot be used: Permission"),
    ],
)
def test_what_lets_a_command_down_is_one_sentence(error, advice, monkeypatch, capsys):
    def fail(*args, **options):
        raise error

    monkeypatch.setattr(simulate.Command, "handle", fail)
    assert left("simulate", "--class", "wear", "--out", "x.npy") in (1, 2)
    written = capsys.readouterr().err
    assert advice in written
    assert len(written.splitlines()) == 1


def test_ctrl_c_ends_with_status_130_and_a_sentence(tmp_path):
    out = tmp_path / "x.npy"
    line = ["simulate", "--class", "wear", "--fs", "200000", "--duration", "60", "--out", str(out)]
    interrupting = (
        "import signal, sys, vibration.simulation.record as r;"
        # A shell that starts something in the background has it ignore Ctrl-C.
        "signal.signal(signal.SIGINT, signal.default_int_handler);"
        "r.draw_conditions = lambda *a: signal.raise_signal(signal.SIGINT);"
        f"sys.argv = ['manage.py', *{line!r}];"
        "import manage; manage.main()"
    )
    ended = subprocess.run(
        [sys.executable, "-c", interrupting], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 130
    assert ended.stderr == "Interrupted; nothing was kept.\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "x", "1.5", "-1", "201", "²"])
def test_a_whole_number_is_read_strictly(text):
    with pytest.raises(ArgumentTypeError, match=f"“{text}” is not a whole number from 0 to 200"):
        whole_number(0, 200)(text)


@pytest.mark.parametrize("text", ["0", "-2", "inf", "nan", "fast"])
def test_a_positive_number_is_read_strictly(text):
    with pytest.raises(ArgumentTypeError, match="positive"):
        positive_number(text)


def test_codes_are_parted_by_commas():
    assert codes("wear, healthy") == ("wear", "healthy")


def test_the_word_none_means_no_codes():
    assert codes_or_none("none") == ()


def test_no_bar_is_drawn_into_a_pipe(capfd):
    with progress_bar("x", total=3, unit="signal") as show:
        show(2)
    assert capfd.readouterr().err == ""


def test_a_bar_is_drawn_on_a_terminal_of_unknown_size(monkeypatch):
    controller, terminal = pty.openpty()
    with open(terminal, "w") as stderr:
        monkeypatch.setattr(sys, "stderr", stderr)
        with progress_bar("Study", total=4, unit="signal") as show:
            show(4)
    assert "Study" in os.read(controller, 4096).decode()
    os.close(controller)


def left(*line: str) -> int:
    """Run a command line in this process and return its exit status."""
    command = load_command_class(get_commands()[line[0]], line[0])
    with pytest.raises(SystemExit) as caught:
        command.run_from_argv(["manage.py", *line])
    return int(caught.value.code)
