"""Recordings larger than memory: what reading them costs, and a whole import of two gigabytes.

The figures are those of processes seen from outside: seconds, and the largest resident size.
"""

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psutil

from bench.recording_files import FILE_BYTES, FS_HZ, SUFFIXES, WRITERS, write_npy
from bench.registry import Figures, benchmark
from vibration.formats import sandbox

_CHUNK_BYTES = 4 << 20
_EVERY_S = 0.1
_MEGABYTE = 1 << 20
_CHILD = "vibration.formats.sandbox.child"


@benchmark(
    "reading_1_gb",
    yardsticks={f"{kind}_mb": 500.0 for kind in (
        "npy", "wav", "mat73", "mat", "mat_packed", "csv", "lvm", "uff", "uff_text", "tdms",
        "tdms_interleaved", "parquet",
    )},
)  # fmt: skip
def measure_reading() -> Figures:
    """Return seconds and the largest size of the reading child, for a gigabyte in each layout."""
    figures: Figures = {}
    with tempfile.TemporaryDirectory() as folder:
        for kind, write in WRITERS.items():
            path = Path(folder) / f"record.{SUFFIXES.get(kind, kind.partition('_')[0])}"
            write(path)
            with _largest_mb(lambda: _children(_CHILD)) as sizes:
                began_s = time.perf_counter()
                reading = sandbox.read(path)
                figures[f"{kind}_s"] = round(time.perf_counter() - began_s, 1)
            figures[f"{kind}_mb"] = sizes["mb"]
            if sum(channel.samples.nbytes for channel in reading.channels) < FILE_BYTES // 2:
                raise RuntimeError(f"Too little was read of {path.name}.")
            del reading
            path.unlink()
    return figures


@benchmark("import_2_gb", yardsticks={"web_more_mb": 50.0, "worker_mb": 500.0, "child_mb": 500.0})
def measure_import() -> Figures:
    """Return what a batch of two files of a gigabyte costs: sent by tus, read, imported."""
    from bearing_portal.operations.runner.temporary import TemporaryPortal

    with TemporaryPortal(worker=True) as portal, tempfile.TemporaryDirectory() as folder:
        os.environ.update(portal.environment)
        import django

        django.setup()
        web = psutil.Process(portal.web.pid)
        paths = []
        for name in ("one", "two"):
            paths.append(Path(folder) / f"{name}.npy")
            write_npy(paths[-1])
        return _imported(portal.url.removeprefix("http://"), web, paths)


def _imported(netloc: str, web: psutil.Process, paths: list[Path]) -> Figures:
    from bench.served.portal import people
    from datasets.imports.services.answering import Answers, files_answer
    from datasets.imports.services.describing import draft_describe
    from datasets.imports.services.drafts import Offered, draft_create, files_offer
    from datasets.imports.services.importing import import_start
    from datasets.imports.services.reading import reading_start

    user = people(1)[0]
    draft = draft_create(owner=user)
    rows = files_offer(
        user=user,
        draft=draft,
        files=[Offered(path.name, path.stat().st_size) for path in paths],
    )
    before_mb = web.memory_info().rss / _MEGABYTE
    figures: Figures = {}
    with (
        _largest_mb(lambda: [web]) as web_sizes,
        _largest_mb(lambda: _children("rqworker", "vibration.importing.worker")) as worker_sizes,
        _largest_mb(lambda: _children(_CHILD)) as child_sizes,
    ):
        began_s = time.perf_counter()
        for row, path in zip(rows, paths, strict=True):
            send(netloc, user, row.pk, path)
        figures["sent_s"] = round(time.perf_counter() - began_s, 1)
        began_s = time.perf_counter()
        job_ended(reading_start(user=user, draft=draft))
        figures["read_s"] = round(time.perf_counter() - began_s, 1)
        draft.refresh_from_db()
        answers = Answers(fs_hz=float(FS_HZ))
        files_answer(user=user, draft=draft, files=draft.files.all(), answers=answers)
        said = {"name": "Two gigabytes", "segment_samples": 65_536, "overlap_percent": 0}
        draft = draft_describe(draft=draft, said=said)
        began_s = time.perf_counter()
        dataset = import_start(user=user, draft=draft)
        job_ended(dataset.job)
        figures["imported_s"] = round(time.perf_counter() - began_s, 1)
    dataset.refresh_from_db()
    dataset.store.refresh_from_db()
    return figures | {
        "signals": dataset.store.n_signals,
        "web_more_mb": round(web_sizes["mb"] - before_mb, 1),
        "worker_mb": worker_sizes["mb"],
        "child_mb": child_sizes["mb"],
    }


def job_ended(job: Any) -> None:
    """Wait for a job to end well."""
    while True:
        job.refresh_from_db()
        if job.status == "completed":
            return
        if job.status in ("failed", "cancelled"):
            raise RuntimeError(f"{job.title}: {job.error}")
        time.sleep(0.5)


def send(netloc: str, user: Any, pk: int, path: Path) -> None:
    """Send a file as the browser does, chunk by chunk over one connection."""
    from bench.served.portal import COOKIE, TOKEN, session_of

    connection = HTTPConnection(netloc, timeout=60)
    headers = {
        "Cookie": f"{COOKIE}={session_of(user)}; csrftoken={TOKEN}",
        "X-CSRFToken": TOKEN,
        "Tus-Resumable": "1.0.0",
        "Content-Type": "application/offset+octet-stream",
    }
    with path.open("rb") as file:
        offset = 0
        while chunk := file.read(_CHUNK_BYTES):
            connection.request(
                "PATCH",
                f"/datasets/import/file/{pk}/chunks/",
                chunk,
                headers | {"Upload-Offset": str(offset)},
            )
            answer = connection.getresponse()
            answer.read()
            if answer.status != 204:
                raise RuntimeError(f"A chunk was answered with {answer.status}.")
            offset += len(chunk)
    connection.close()


@contextmanager
def _largest_mb(watched: Callable[[], list[psutil.Process]]) -> Iterator[dict[str, float]]:
    """Watch the resident size of processes; the largest of any of them is there at the end."""
    found, is_over = {"mb": 0.0}, threading.Event()

    def watch() -> None:
        while not is_over.wait(_EVERY_S):
            for process in watched():
                try:
                    size_mb = process.memory_info().rss / _MEGABYTE
                except psutil.NoSuchProcess:
                    continue
                found["mb"] = round(max(found["mb"], size_mb), 1)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield found
    finally:
        is_over.set()
        thread.join()


def _children(*names: str) -> list[psutil.Process]:
    """Return the processes that this one started, near or far, by what they run."""
    found = []
    for process in psutil.Process().children(recursive=True):
        try:
            if {*process.cmdline()} & {*names}:
                found.append(process)
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
    return found
