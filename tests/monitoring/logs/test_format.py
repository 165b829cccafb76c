"""The log's files are written by several processes and read from their ends."""

import json
import logging
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.urls import reverse

from monitoring.logs import format
from monitoring.logs.context import current_context, log_context, request_id_for
from monitoring.logs.files import SharedRotatingFile
from tests.factories import make_user

ROOT = Path(__file__).resolve().parents[3]
START = datetime(2026, 1, 1, tzinfo=UTC)
WRITER = """
import logging, sys
from monitoring.logs.files import SharedRotatingFile
handler = SharedRotatingFile(sys.argv[1], max_bytes=2000, kept=100)
for number in range(200):
    handler.emit(logging.makeLogRecord({"msg": f"{sys.argv[2]}-{number}"}))
"""


@pytest.fixture
def folder(settings, tmp_path):
    settings.LOG_DIR = tmp_path
    return tmp_path


def write(path, *lines, first=0):
    texts = [
        json.dumps(
            {
                "time": (START + timedelta(seconds=first + number)).isoformat(),
                "level": level,
                "process": path.name.partition(".")[0],
                "message": message,
                "request_id": f"request-{number}",
            },
            ensure_ascii=False,
        )
        for number, (level, message) in enumerate(lines)
    ]
    path.write_text("".join(f"{text}\n" for text in texts))


def messages(**query):
    return [line.message for line in format.log_tail(**query).lines]


def test_the_newest_lines_of_all_processes_come_first(folder):
    write(folder / "web.jsonl", ("INFO", "one"), ("INFO", "three"))
    write(folder / "worker.jsonl", ("INFO", "two"), first=0.5)
    assert messages() == ["three", "two", "one"]


def test_files_put_aside_are_read_after_the_current_one(folder):
    for number, name in enumerate(["web.jsonl.10", "web.jsonl.2", "web.jsonl.1", "web.jsonl"]):
        write(folder / name, ("INFO", name), first=number)
    assert messages() == ["web.jsonl", "web.jsonl.1", "web.jsonl.2", "web.jsonl.10"]


def test_a_level_counts_with_its_neighbours(folder):
    write(folder / "web.jsonl", *[(level, level) for level in ("DEBUG", "WARNING", "CRITICAL")])
    assert messages(level="error") == ["CRITICAL"]
    assert format.log_tail(level="error").counts == {"info": 1, "warning": 1, "error": 1}


@pytest.mark.parametrize("text", ["PUMP", "request-1"])
def test_a_text_is_found_in_message_and_request(folder, text):
    write(folder / "web.jsonl", ("INFO", "other"), ("ERROR", "pump failed"))
    assert messages(text=text) == ["pump failed"]


def test_no_more_than_asked_for(folder):
    write(folder / "web.jsonl", *[("INFO", str(number)) for number in range(300)])
    assert messages(n=3) == ["299", "298", "297"]


@pytest.mark.parametrize("block", [1, 7, 100, 65_536])
def test_the_size_of_the_blocks_changes_nothing(folder, monkeypatch, block):
    write(folder / "web.jsonl", *[("INFO", f"é{number}") for number in range(20)])
    monkeypatch.setattr(format, "BLOCK_BYTES", block)
    assert messages() == [f"é{number}" for number in reversed(range(20))]


def test_a_rare_text_does_not_read_the_whole_file(folder, monkeypatch):
    write(folder / "web.jsonl", ("INFO", "rare"), *[("INFO", "common")] * 500)
    monkeypatch.setattr(format, "MAX_BYTES", 5000)
    tail = format.log_tail(text="rare")
    assert (tail.lines, tail.is_whole) == ([], False)


def test_half_written_and_foreign_lines_are_passed_over(folder):
    write(folder / "web.jsonl", ("INFO", "whole"))
    with (folder / "web.jsonl").open("a") as file:
        file.write('[1]\n{"time": 3}\n{"time": "2026-01-01T00:00:00", "level": "x"}\n{"ti')
    assert messages() == ["whole"]


def test_no_log_is_an_empty_log(folder):
    assert messages() == []


def test_processes_that_rotate_at_once_lose_and_mix_no_line(tmp_path):
    path = tmp_path / "deep" / "web.jsonl"
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path), name], cwd=ROOT)
        for name in "abc"
    ]
    assert [writer.wait(300) for writer in writers] == [0, 0, 0]
    lines = [line for file in path.parent.glob("web.jsonl*") for line in file.read_text().split()]
    assert sorted(lines) == sorted(f"{name}-{number}" for name in "abc" for number in range(200))


def test_no_more_old_files_than_wanted_are_kept(tmp_path):
    handler = SharedRotatingFile(tmp_path / "web.jsonl", max_bytes=10, kept=2)
    for number in range(9):
        handler.emit(logging.makeLogRecord({"msg": f"line {number}"}))
    kept = {file.name: file.read_text() for file in tmp_path.glob("web*")}
    assert kept == {
        "web.jsonl": "line 8\n",
        "web.jsonl.1": "line 7\n",
        "web.jsonl.2": "line 6\n",
    }


def test_a_log_is_for_its_owner_alone(tmp_path):
    handler = SharedRotatingFile(tmp_path / "logs" / "web.jsonl", max_bytes=100, kept=1)
    handler.emit(logging.makeLogRecord({"msg": "x"}))
    assert handler.path.stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_written_breaks_nothing(tmp_path, capsys):
    (tmp_path / "file").touch()
    handler = SharedRotatingFile(tmp_path / "file" / "web.jsonl", max_bytes=100, kept=1)
    for _ in range(3):
        handler.emit(logging.makeLogRecord({"msg": "x"}))
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize("offered", ["4f0c9a2be1d7", "01J-abc.DEF_99"])
def test_a_well_formed_request_id_is_taken_over(offered):
    assert request_id_for(offered) == offered


@pytest.mark.parametrize("offered", [None, "", "short", "a" * 65, "a b c d e f", "x\ny-12345678"])
def test_any_other_is_replaced(offered):
    assert request_id_for(offered) not in (offered, request_id_for(offered))


def test_a_context_ends_with_its_block():
    with log_context(request_id="outer-request"):
        with log_context(request_id="inner-request", job_id="7"):
            assert current_context() == {"request_id": "inner-request", "job_id": "7"}
        assert current_context() == {"request_id": "outer-request"}
    assert current_context() == {}


@pytest.mark.django_db
@pytest.mark.parametrize("role", [None, "viewer", "engineer"])
def test_for_whoever_is_not_staff_there_is_no_log(client, folder, role):
    client.force_login(make_user(role))
    assert client.get(reverse("health-logs")).status_code == 404


@pytest.mark.django_db
def test_a_stranger_is_sent_to_the_log_in_page(client):
    assert client.get(reverse("health-logs")).url.startswith(reverse("login"))


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["curator", "superuser"])
def test_staff_read_lines_without_paths_and_addresses(client, folder, role):
    write(folder / "web.jsonl", ("ERROR", "/srv/portal/a.py <b> to ada@example.org"))
    client.force_login(make_user(role))
    page = client.get(reverse("health-logs"), {"level": "error"}).content.decode()
    assert "…/a.py &lt;b&gt; to [e-mail]" in page
    assert "/srv/portal" not in page


@pytest.mark.django_db
def test_an_empty_answer_says_why(client, folder):
    client.force_login(make_user("superuser"))
    page = client.get(reverse("health-logs"), {"q": "nothing like it", "level": "all"})
    assert "No line passes the filter" in page.content.decode()


@pytest.mark.parametrize("query", [{"level": "warning"}, {"text": 'say "hé"'}])
def test_what_is_far_back_is_found(folder, query):
    write(folder / "web.jsonl", ("WARNING", 'Say "Hé"'), *[("INFO", "common")] * 500)
    assert messages(**query) == ['Say "Hé"']


def test_what_the_page_shows_instead_is_found_too(folder):
    write(folder / "web.jsonl", ("INFO", "read /srv/portal/a.py"), ("INFO", "other"))
    assert messages(text="…/a.py") == ["read …/a.py"]
    assert messages(text="/srv/portal") == []
