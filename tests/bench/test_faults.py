"""What `make faults` takes for a loss, and for the portal's own words."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from bench.faults.clock import Clock, compiler
from bench.faults.crowd import Answer, told
from bench.faults.disks import namespace
from bench.faults.kinds import FAULTS
from bench.faults.ledger import Label, Ledger, possible
from signals.models import Annotation, FaultClass, Signal, Tag
from tests.factories import make_dataset
from tests.processes import descendants_by_command, started


@pytest.mark.django_db
def test_what_was_acknowledged_and_is_not_there_is_named():
    dataset = make_dataset()
    signal_of_all = Signal.objects.order_by("pk").first()
    ledger = Ledger(
        notes=[(signal_of_all.pk, "rubs")],
        tags=[(signal_of_all.pk, "odd")],
        datasets=[(dataset.pk, dataset.name), (dataset.pk + 1, "Gone")],
        labels={signal_of_all.pk: [Label("wear", acknowledged=True)]},
    )
    assert len(ledger.missing()) == 4 - (signal_of_all.fault_class.code == "wear")

    Annotation.objects.create(signal=signal_of_all, author=dataset.store.owner, text="rubs")
    signal_of_all.tags.add(Tag.objects.create(name="odd"))
    Signal.objects.update(fault_class=FaultClass.objects.get(code="wear"))

    assert ledger.missing() == ["dataset “Gone”"]
    assert ledger.n_acknowledged == 5


@pytest.mark.parametrize(
    ("tried", "may_be"),
    [
        ([("wear", True)], {"wear"}),
        ([("wear", True), ("imbalance", True)], {"imbalance"}),
        ([("wear", True), ("imbalance", False)], {"wear", "imbalance"}),
        ([("wear", False)], set()),  # nothing was promised
    ],
)
def test_a_label_may_be_the_last_acknowledged_or_one_never_answered(tried, may_be):
    assert possible([Label(*label) for label in tried]) == may_be


@pytest.mark.parametrize(
    ("line", "short"),
    [
        ("/datasets/ answered 503", "503"),
        ("open signal: RefusedError: show_time answered 500", "500"),
        ("home: ConnectionRefusedError: [Errno 111] Connection refused", "ConnectionRefusedError"),
        ("probe: RemoteDisconnected", "RemoteDisconnected"),
        ("probe: TimeoutError", "TimeoutError"),
        ("next: IncompleteRead: IncompleteRead(1031 bytes read)", "IncompleteRead"),
    ],
)
def test_a_refusal_is_counted_by_its_status_or_by_how_the_connection_failed(line, short):
    assert told(line) == short


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b'{"title": "Not now", "sentence": "It is full."}', "It is full."),
        (b'{"type": "about:blank", "detail": "It is full."}', "It is full."),
        (b"<h1>Not now</h1><p>It&#x27;s full.</p>", "It's full."),
        (b"", ""),
    ],
)
def test_what_a_person_reads_of_a_refusal_is_found(body, sentence):
    assert Answer(503, body).sentence == sentence


NOW = """
import sys, time
print(time.time(), flush=True)
sys.stdin.readline()
began_s = time.monotonic()
time.sleep(0.01)
print(time.time() if 0.01 <= time.monotonic() - began_s < 3000 else "slept for hours")
"""


def test_the_time_of_day_jumps_and_waits_do_not(tmp_path):
    if not compiler():
        pytest.skip("needs a compiler of C")
    clock = Clock(tmp_path)
    looking = started(
        [sys.executable, "-c", NOW],
        env=os.environ | clock.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert float(looking.stdout.readline()) == pytest.approx(time.time(), abs=600)
    clock.move(-3 * 3600)
    said, _ = looking.communicate(b"\n", timeout=300)
    assert float(said) == pytest.approx(time.time() - 3 * 3600, abs=600)


def test_each_fault_is_named_once():
    names = [fault.name for fault in FAULTS]
    assert len(set(names)) == len(names)


def test_own_mounts_are_seen_by_nobody_else(tmp_path):
    command = namespace()
    if not command:
        pytest.skip("needs the right to mounts of its own")
    script = (
        f"mount -t tmpfs -o size=1m tmpfs {tmp_path} && touch {tmp_path}/inside && ls {tmp_path}"
    )
    done = subprocess.run([*command, "sh", "-c", script], capture_output=True, check=True)
    assert done.stdout == b"inside\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.faults
@pytest.mark.parametrize(
    "words", [("faults", "--only", "kill-valkey"), ("people", "--people", "1")]
)
def test_ended_by_sigterm_it_leaves_no_process_and_no_folder(tmp_path, words):
    program, *options = words
    command = [sys.executable, "-m", f"bench.{program}", *options]
    running = started(
        command, env=os.environ | {"TMPDIR": str(tmp_path)}, stdout=subprocess.DEVNULL
    )
    give_up_at_s = time.monotonic() + 300
    while not any("bin/postgres" in line for line in descendants_by_command(running.pid).values()):
        assert running.poll() is None
        assert time.monotonic() < give_up_at_s
        time.sleep(0.1)
    family = psutil.Process(running.pid).children(recursive=True)

    running.send_signal(signal.SIGTERM)

    assert running.wait(300) == 128 + signal.SIGTERM
    _, alive = psutil.wait_procs(family, timeout=60)
    assert alive == []
    assert list(tmp_path.iterdir()) == []
