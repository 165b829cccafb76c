"""Recordings in: a file looked at, a zip of a published run imported, a long trend drawn."""

import os
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from bench.registry import Figures, benchmark
from vibration.formats import sandbox

_FS_HZ = 20_000
_RUN_FILES = 1_000
_TREND_RECORDINGS = 2_156
_ROUNDS = 20


@benchmark("inspect_3_mb", quick=True, yardsticks={"p50_ms": 150.0})
def measure_inspection() -> Figures:
    """Return the time of a CWRU file of 3 MB in the warm child, beside scipy in this process."""
    from scipy.io import loadmat, savemat

    random = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "105.mat"
        names = ("X105_DE_time", "X105_FE_time", "X105_BA_time")
        content = {name: random.standard_normal((121_265, 1)) for name in names}
        savemat(path, content | {"X105RPM": np.array([[1797]])})
        sandbox.read(path)
        inspected_ms = [_ms(lambda: sandbox.read(path)) for _ in range(_ROUNDS)]
        scipy_ms = [_ms(lambda: loadmat(path)) for _ in range(_ROUNDS)]
    p50, p95 = np.percentile(inspected_ms, [50, 95])
    return {
        "p50_ms": round(float(p50), 1),
        "p95_ms": round(float(p95), 1),
        "scipy_ms": round(float(np.median(scipy_ms)), 1),
    }


@benchmark("import_ims_zip", yardsticks={"sum_s": 180.0})
def measure_run() -> Figures:
    """Return what a zip of a thousand files of 20 480 × 4 samples costs, with features.

    Sent as the browser sends it, unpacked, read, cut, measured and written; beside it a plain
    `numpy.loadtxt` of a tenth of the same files.
    """
    return run_imported(_RUN_FILES)


def run_imported(n_files: int) -> Figures:
    """Import a run of so many files in a portal of its own."""
    from bearing_portal.operations.runner.temporary import TemporaryPortal

    with TemporaryPortal(worker=True) as portal, tempfile.TemporaryDirectory() as folder:
        os.environ.update(portal.environment)
        import django

        django.setup()
        path = Path(folder) / "2nd_test.zip"
        loadtxt_s = _write_run(path, n_files)
        figures = _imported(portal.url.removeprefix("http://"), path)
    return figures | {"loadtxt_s": round(loadtxt_s, 1)}


def _write_run(path: Path, n_files: int) -> float:
    """Write the zip; return how long numpy takes to read its files as text."""
    random = np.random.default_rng(1)
    values = random.standard_normal((20_480, 4)) / 10
    lines = ["\t".join(f"{value:.3f}" for value in row) + "\n" for row in values]
    spent_s, n_timed = 0.0, max(1, n_files // 10)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number in range(n_files):
            at = 17 * number % len(lines)
            text = "".join(lines[at:] + lines[:at])
            minutes = 10 * number
            hours, days = minutes // 60, minutes // 1440
            name = f"2004.{2 + days // 28:02d}.{1 + days % 28:02d}."
            name += f"{hours % 24:02d}.{minutes % 60:02d}.39"
            archive.writestr(f"2nd_test/{name}", text)
            if number < n_timed:
                plain = path.with_name("plain")
                plain.write_text(text)
                spent_s += 1e-3 * _ms(lambda plain=plain: np.loadtxt(plain))
    return spent_s * n_files / n_timed


def _imported(netloc: str, path: Path) -> Figures:
    from bench.recordings import job_ended, send
    from bench.served.portal import people
    from datasets.imports.services.describing import draft_describe
    from datasets.imports.services.drafts import Offered, draft_create, files_offer
    from datasets.imports.services.importing import import_start
    from datasets.imports.services.reading import reading_start

    user = people(1)[0]
    draft = draft_create(owner=user)
    (row,) = files_offer(user=user, draft=draft, files=[Offered(path.name, path.stat().st_size)])
    began_s = time.perf_counter()
    send(netloc, user, row.pk, path)
    sent_s = time.perf_counter()
    job_ended(reading_start(user=user, draft=draft))
    read_s = time.perf_counter()
    draft.refresh_from_db()
    said = {"name": "A run", "overlap_percent": 0}
    dataset = import_start(user=user, draft=draft_describe(draft=draft, said=said))
    job_ended(dataset.job)
    done_s = time.perf_counter()
    dataset.store.refresh_from_db()
    return {
        "sent_s": round(sent_s - began_s, 1),
        "read_s": round(read_s - sent_s, 1),
        "imported_s": round(done_s - read_s, 1),
        "sum_s": round(done_s - began_s, 1),
        "signals": dataset.store.n_signals,
    }


@benchmark("trend_2156", yardsticks={"drawn_ms": 500.0})
def measure_trend() -> Figures:
    """Return the time of a run of 2 156 recordings of four channels, drawn and ranked anew."""
    from bench.served.portal import served

    user = served().user
    from django.core.cache import cache
    from django.http import QueryDict

    from bearing_portal.dashboards.explorer.figures.trend import trend_figure
    from datasets.scope import explorer_scope
    from signals.exploration.trends import trend_of, trend_ranks
    from signals.filters.signal_filter import SignalFilter

    dataset_id = _long_run(user)

    def scope() -> Any:
        return explorer_scope(user, SignalFilter.from_query(QueryDict(f"dataset={dataset_id}")))

    def drawn() -> str:
        trend = trend_of(user, scope(), "rms")
        figure = trend_figure(
            trend, theme="light", label="RMS", by_time=False, limits=None, selected={}
        )
        return str(figure.to_json())

    def ranked() -> None:
        cache.clear()
        trend_ranks(user, scope())

    drawn()
    drawn_ms = [_ms(drawn) for _ in range(_ROUNDS)]
    ranked_ms = [_ms(ranked) for _ in range(5)]
    return {
        "drawn_ms": round(float(np.median(drawn_ms)), 1),
        "ranked_ms": round(float(np.median(ranked_ms)), 1),
    }


def _long_run(user: Any) -> int:
    """Import a run whose files were kept already: short records, features out of a hat."""
    from datasets.imports.plan import ImportPlan, PlannedChannel, PlannedFile
    from datasets.management.importing import HereRun
    from datasets.services import dataset_import_create, dataset_import_run
    from datasets.services.files import import_folder
    from vibration.features import FEATURE_NAMES
    from vibration.importing import Block, Cutting, Part, kept_name
    from vibration.importing.kept import write_kept

    channels = tuple(
        PlannedChannel(recording=0, channel=n, name=f"bearing {n + 1}", fs_hz=float(_FS_HZ))
        for n in range(4)
    )
    files = tuple(
        PlannedFile(
            path=Path("kept"), name=f"run/{number:05d}", sha256=f"{number:064x}",
            format="csv/ims", specimen="run", run="run", position=number, channels=channels,
        )
        for number in range(1, _TREND_RECORDINGS + 1)
    )  # fmt: skip
    plan = ImportPlan(name="A long run", files=files, keep_originals=False)
    dataset = dataset_import_create(owner=user, plan=plan)
    work, random = import_folder(dataset.pk), np.random.default_rng(0)
    work.mkdir(parents=True)
    for number, each in enumerate(files):
        growth = 1 + max(0, number - 1_500) / 200

        def measured(_: Block, growth: float = growth) -> Any:
            features = growth + 0.05 * random.standard_normal(len(FEATURE_NAMES))
            return [np.zeros(64, np.float32)], features

        write_kept(
            work / f"{kept_name(each, Cutting())}.kept",
            parts=[Part(0, "", None)],
            blocks=[Block(n, None, 64) for n in range(4)],
            notes=[],
            size_bytes=1,
            measured=measured,
        )
    dataset_import_run(run=HereRun(lambda done: None), dataset=dataset, plan=plan)
    return int(dataset.pk)


def _ms(work: Any) -> float:
    began_s = time.perf_counter()
    work()
    return 1e3 * (time.perf_counter() - began_s)
