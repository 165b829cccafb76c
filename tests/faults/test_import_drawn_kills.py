"""Whatever is killed, and whenever: no half dataset is shown, and nothing acknowledged is lost.

What is killed, and after the how-manieth chunk, file or kept file, is drawn by a seed: one draw a
run of `make test-all`, as many as IMPORT_KILLS says, from the one that IMPORT_KILLS_FROM says.
`test_import_kills` and `test_import_job_kills` kill at places that are chosen, in every run.
"""

import os
import random
import threading
import time

import psutil
import pytest
import requests

from tests.faults.ask import file_of
from tests.faults.portal import PATIENCE_S, descendants, kill
from tests.faults.rows import awaited, one
from tests.faults.test_import_job_kills import BYTES, JOB, N_READ, READER, rooms
from tests.processes import descendants_by_command

pytestmark = [pytest.mark.faults, pytest.mark.thorough]
N_FILES, N_SAMPLES = 8, 400_000
CHUNK_BYTES = 256 << 10
KEEPER = "vibration.importing.worker"
FIRST = int(os.environ.get("IMPORT_KILLS_FROM", "0"))
DRAWS = range(FIRST, FIRST + int(os.environ.get("IMPORT_KILLS", "1")))
VICTIMS = ("worker", "work horse", "child")
SHOWN = """
    SELECT d.status, s.n_signals, (SELECT count(*) FROM signals_signal g WHERE g.store_id = s.id)
    FROM datasets_dataset d JOIN signals_signalstore s ON s.id = d.store_id WHERE d.id = %s
"""


class Sender:
    """Sends files as a browser does, chunk by chunk, to whichever web process answers."""

    def __init__(self, portal):
        token = "t" * 32
        self.session = requests.Session()
        self.session.cookies.update({"sessionid": portal.ask("session"), "csrftoken": token})
        self.session.headers.update({"X-CSRFToken": token, "Tus-Resumable": "1.0.0"})

    def offset(self, url, pk):
        answer = self.session.head(f"{url}/datasets/import/file/{pk}/chunks/", timeout=60)
        return int(answer.headers["Upload-Offset"])

    def chunk(self, url, pk, content, offset, body=None):
        part = content[offset : offset + CHUNK_BYTES]
        answer = self.session.patch(
            f"{url}/datasets/import/file/{pk}/chunks/",
            data=part if body is None else body(part),
            headers={
                "Content-Type": "application/offset+octet-stream",
                "Upload-Offset": str(offset),
            },
            timeout=60,
        )
        assert answer.status_code == 204, (answer.status_code, answer.text[:300])
        return offset + len(part)


def sent_through_a_kill(portal, draw, pks, first):
    """Send files; the web process is killed amid a drawn chunk. What it acknowledged is there."""
    contents = [file_of(first + number, N_SAMPLES) for number in range(len(pks))]
    n_chunks = sum(-(-len(content) // CHUNK_BYTES) for content in contents)
    left, acknowledged = draw.randrange(1, n_chunks), dict.fromkeys(pks, 0)
    sender = Sender(portal)
    with portal.web() as url:
        for pk, content in zip(pks, contents, strict=True):
            while acknowledged[pk] < len(content) and left:
                acknowledged[pk] = sender.chunk(url, pk, content, acknowledged[pk])
                left -= 1
            if not left:
                break
        at = next(pk for pk, c in zip(pks, contents, strict=True) if acknowledged[pk] < len(c))
        half_sent = threading.Event()

        def half(part):
            yield part[: len(part) // 2]
            half_sent.set()
            time.sleep(PATIENCE_S)
            yield part[len(part) // 2 :]

        def hang():
            content = contents[pks.index(at)]
            with pytest.raises(requests.RequestException):
                sender.chunk(url, at, content, acknowledged[at], half)

        hanging = threading.Thread(target=hang, daemon=True)
        hanging.start()
        half_sent.wait(PATIENCE_S)
    with portal.web() as url:
        again = Sender(portal)
        for pk, content in zip(pks, contents, strict=True):
            offset = again.offset(url, pk)
            assert offset == acknowledged[pk]
            while offset < len(content):
                offset = again.chunk(url, pk, content, offset)


def ended(portal, draft):
    awaited(portal, lambda job: job[0] in ("completed", "failed", "cancelled"), JOB, draft)
    status, _, _, attempt = one(portal, JOB, draft)
    return status, attempt


def killed(portal, draw, horse, name):
    """Kill what was drawn, and have a worker again; return what it was."""
    victim = draw.choice(VICTIMS)
    worker = portal.worker()
    try:
        family = descendants(horse)
        found = descendants_by_command(horse)
        children = [child for child, command in found.items() if name in command]
        kill(*{"worker": [worker.pid, horse], "work horse": [horse], "child": children}[victim])
    except (psutil.NoSuchProcess, psutil.ZombieProcess, ProcessLookupError):
        return "nothing"  # it had just ended
    if victim == "worker":
        worker.wait()
    if victim != "child":
        portal.wait_until_gone(horse, *family)
    portal.worker()
    return victim


def read_through_a_kill(portal, draw, draft):
    portal.worker()
    n_before = draw.randrange(N_FILES)
    portal.ask("draft_read", draft)
    awaited(portal, lambda row: row[0] >= n_before, N_READ, draft)
    _, horse, *_ = awaited(portal, lambda job: job[1] or job[0] != "queued", JOB, draft)
    victim = killed(portal, draw, horse, READER) if horse else "nothing"
    assert ended(portal, draft)[0] == "completed"
    (n_read,) = one(portal, N_READ, draft)
    assert n_read >= (N_FILES - 2 if victim == "child" else N_FILES)
    received, size = one(portal, BYTES, draft)
    assert received == size
    return n_read


def kept_in(portal, dataset):
    return len(list((portal.folder / f"{dataset}.import").glob("*.kept")))


def imported_through_a_kill(portal, draw, draft, name, before=0):
    """Import a draft; a drawn process is killed after a drawn number of files was kept."""
    wanted = draw.randrange(N_FILES)
    dataset = portal.ask("draft_import", draft, name)
    horse = awaited(portal, lambda job: job[1] or job[0] != "queued", JOB, draft)[1]
    until = time.monotonic() + PATIENCE_S
    while kept_in(portal, dataset) < wanted and one(portal, JOB, draft)[0] == "running":
        assert time.monotonic() < until
        time.sleep(0.005)
    victim = killed(portal, draw, horse, KEEPER) if horse else "nothing"
    status, n_signals, n_rows = one(portal, SHOWN, dataset)
    assert n_rows == n_signals  # all of it or what was there before, never a part
    assert n_rows in (0, before) or status == "ready"
    return dataset, victim


@pytest.mark.parametrize("seed", DRAWS)
def test_an_import_killed_anywhere_is_whole_in_the_end(portal, seed):
    draw = random.Random(seed)
    n_before, dataset = 0, None
    for name, first in (("new", 1000 * seed), ("more", 1000 * seed + 100)):
        draft, pks = portal.ask("draft_offer", name, N_FILES, N_SAMPLES, dataset, first)
        sent_through_a_kill(portal, draw, pks, first)
        n_read = read_through_a_kill(portal, draw, draft)
        dataset, victim = imported_through_a_kill(
            portal, draw, draft, f"Drawn {seed}", before=n_before
        )
        status, _ = ended(portal, draft)
        if status == "failed":  # a lost child ends the job in words; it is begun again by hand
            assert victim == "child"
            assert one(portal, SHOWN, dataset)[2] == n_before
            if n_before:  # a dataset that was ready stays so; its draft is open again
                portal.ask("draft_import", draft, f"Drawn {seed}")
            else:
                portal.ask("retry", dataset)
            assert ended(portal, draft)[0] == "completed"
        n_before += n_read
        assert one(portal, SHOWN, dataset) == ("ready", n_before, n_before)
    portal.wait_until_clean(dataset)
    assert rooms(portal) == []
    check = portal._start("manage.py", "check_storage")
    assert check.wait(PATIENCE_S) == 0, portal.log.read_text()[-2000:]
