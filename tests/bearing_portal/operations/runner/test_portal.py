import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from bearing_portal.operations.runner.attached import needs_servers
from bearing_portal.operations.runner.child import Child, stop_all
from bearing_portal.operations.runner.lock import FolderHeldError, FolderLock, Holder
from bearing_portal.operations.runner.procfile import Entry, ProcfileError, read_procfile
from bearing_portal.operations.runner.stamps import rows_stamp, static_stamp

ROOT = Path(__file__).resolve().parents[4]


def procfile(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "Procfile"
    path.write_text(text)
    return path


def test_the_procfile_names_web_workers_and_reconciler() -> None:
    entries = read_procfile(ROOT / "Procfile", {"HOST": "h", "PORT": "1"})

    assert [entry.name for entry in entries] == ["web", "short", "long", "reconciler"]


def test_variables_are_filled_in_and_never_split(tmp_path: Path) -> None:
    path = procfile(tmp_path, "# comment\n\nweb: serve -p ${PORT} $NAME 'one word'\n")

    assert read_procfile(path, {"PORT": "80", "NAME": "a b"}) == [
        Entry("web", ("serve", "-p", "80", "a b", "one word"))
    ]


@pytest.mark.parametrize("text", ["web serve\n", "web:\n", "web: serve ${UNSET}\n"])
def test_a_wrong_line_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(ProcfileError, match="line 1"):
        read_procfile(procfile(tmp_path, text), {})


def test_a_held_folder_says_who_holds_it(tmp_path: Path) -> None:
    holder = Holder("portal", os.getpid(), "http://127.0.0.1:8000")
    FolderLock(tmp_path).acquire(holder)

    with pytest.raises(FolderHeldError) as refusal:
        FolderLock(tmp_path).acquire(Holder("command", 1), wait_s=60)

    assert refusal.value.holder == holder


def test_a_released_folder_can_be_taken(tmp_path: Path) -> None:
    first, second = FolderLock(tmp_path), FolderLock(tmp_path)
    first.acquire(Holder("command", 1))

    first.release()
    second.acquire(Holder("portal", 2))

    assert second.holder() == Holder("portal", 2)


@pytest.mark.parametrize("arguments", [["migrate"], ["shell"], ["create_dataset", "x"], ["seed"]])
def test_commands_that_use_rows_need_servers(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "bearing_portal.settings.development")

    assert needs_servers(arguments)
    assert not needs_servers([*arguments, "--help"])


@pytest.mark.parametrize(
    "arguments",
    [[], ["--version"], ["simulate"], ["measure"], ["evaluate_table"], ["portal"]],
)
def test_commands_without_rows_need_none(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "bearing_portal.settings.development")

    assert not needs_servers(arguments)


def test_a_command_below_the_one_that_started_them_starts_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "bearing_portal.settings.development")
    monkeypatch.setenv("PORTAL_SERVERS_ARE_UP", "1")

    assert not needs_servers(["migrate"])


def child_of(script: str, said: list[str], tmp_path: Path) -> Child:
    return Child(
        Entry("child", (sys.executable, "-c", script)),
        folder=tmp_path,
        environment=os.environ,
        say=lambda text, name="portal": said.append(f"{name}: {text}"),
    )


def test_output_carries_the_name_of_its_process(tmp_path: Path) -> None:
    said: list[str] = []
    child = child_of("print('hello')", said, tmp_path)

    child.start()
    child.join()

    assert said == ["child: hello"]
    assert child.status == 0


def test_what_does_not_stop_when_asked_is_killed(tmp_path: Path) -> None:
    said: list[str] = []
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(600)"
    child = child_of(deaf, said, tmp_path)
    child.start()

    stop_all([child], patience_s=0.5)

    assert child.has_ended()


def test_a_process_that_ended_is_announced_before_it_is_started_again(tmp_path: Path) -> None:
    said: list[str] = []
    child = child_of("raise SystemExit(3)", said, tmp_path)
    child.start()
    child.join()

    child.watch()

    assert said == ["portal: child ended with status 3; starting it again in 1 s."]


def test_a_child_of_a_killed_parent_ends(tmp_path: Path) -> None:
    script = (
        "import subprocess, sys, time\n"
        "from vibration.processes import dying_with_parent\n"
        "import signal\n"
        "child = subprocess.Popen(dying_with_parent(['sleep', '600'], signal.SIGTERM))\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout
    grandchild = psutil.Process(int(parent.stdout.readline()))
    while grandchild.name() != "sleep":  # before that the wish is not yet told
        assert grandchild.is_running()

    parent.send_signal(signal.SIGKILL)
    parent.wait()

    psutil.wait_procs([grandchild], timeout=300)
    assert not grandchild.is_running()


def test_a_new_migration_or_static_file_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "base.txt").touch()
    before = rows_stamp(tmp_path), static_stamp(tmp_path)
    (tmp_path / "app" / "migrations").mkdir(parents=True)
    (tmp_path / "app" / "migrations" / "0001_initial.py").write_text("new")
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "a.css").write_text("new")

    after = rows_stamp(tmp_path), static_stamp(tmp_path)

    assert before[0] != after[0]
    assert before[1] != after[1]
