import threading
import time
from pathlib import Path

import psutil
import pytest

from monitoring.health.probes import machine


def test_memory_is_what_the_system_says():
    found = machine.memory()
    assert found.total_bytes == psutil.virtual_memory().total
    assert found.used_bytes + found.available_bytes == found.total_bytes
    assert 0 < found.percent < 100


def test_a_disk_is_full_to_what_people_can_use(tmp_path):
    found = machine.disk(tmp_path)
    assert found.used_bytes + found.available_bytes == found.total_bytes
    assert found.percent == pytest.approx(100 * (1 - found.available_share))


def test_a_folder_not_made_yet_lies_on_its_parents_disk(tmp_path):
    assert machine.disk(tmp_path / "not" / "yet").total_bytes == machine.disk(tmp_path).total_bytes


def test_a_disk_that_cannot_be_asked_is_unknown(monkeypatch):
    def refuse(folder):
        raise OSError

    monkeypatch.setattr(machine.psutil, "disk_usage", refuse)
    assert machine.disk(Path("/")) is None


def test_a_busy_core_is_seen_from_every_thread():
    meter, seen = machine.CpuMeter(), []
    meter.percent()
    busy_until = time.monotonic() + 1.2
    while time.monotonic() < busy_until:
        pass
    thread = threading.Thread(target=lambda: seen.append(meter.percent()))
    thread.start()
    thread.join()
    assert seen[0] > 10


def test_two_looks_at_once_are_one_reading():
    meter = machine.CpuMeter()
    assert meter.percent() == meter.percent()


@pytest.mark.parametrize(
    ("before", "after", "percent"),
    [((0, 0), (1, 4), 25), ((1, 4), (1, 8), 0), ((5, 5), (5, 5), 0), ((0, 0), (9, 4), 100)],
)
def test_the_share_of_busy_time(before, after, percent):
    assert machine.share_percent(before, after) == percent


def test_this_process_has_memory_and_threads():
    found = machine.process()
    assert found.resident_bytes > 1_000_000
    assert found.n_threads >= 1
