"""The Signal Viewer's panels over a record of 102 400 samples, and over one of 100 million.

Milliseconds are those of a client on the same machine, one request at a time. Opening a signal is
one request with four calls, as a page sends it: which signal it is, time, spectrum, inspector.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from bench.registry import Figures, benchmark
from bench.served.portal import Browser, Served, percentiles, sample_signals, served

ADDRESS = "/dash/app/viewer/_dash-update-component"
SEVERAL = f"{ADDRESS}s"
N_SIGNALS = 40
N_LONG = 100_000_000
N_ZOOMS = 12
JSON = {"Content-Type": "application/json"}
LOOK = {"theme": "light", "w": "950"}
OPENING = ("open_signal", "show_time", "show_analysis", "show_inspector")
TARGETS = {
    "open_cold_p95_ms": 200.0,
    "open_cached_p95_ms": 60.0,
    "zoom_p95_ms": 80.0,
    "envelope_p95_ms": 120.0,
    "stft_p95_ms": 150.0,
    "cwt_p95_ms": 500.0,
    "wigner_p95_ms": 800.0,
    "kurtogram_p95_ms": 500.0,
}


@benchmark("viewer", yardsticks=TARGETS)
def measure_viewer() -> Figures:
    """Return the 95th percentile of each panel over the sample dataset's records."""
    portal = served()
    desk = Desk(portal)
    signals = sample_signals()[:N_SIGNALS]
    desk.open(signals[0])
    cold = [_from_cold(desk, signal) for signal in signals]
    cached = [desk.open(signal) for signal in signals]
    figures = {"open_cold_p95_ms": _p95(cold), "open_cached_p95_ms": _p95(cached)}
    asks: dict[str, Callable[[int], float]] = {
        "zoom": lambda signal: desk.ms("show_time", signal, t=f"1,{1 + signal % 7 / 2 + 0.1}"),
        "envelope": lambda signal: desk.ms(
            "show_analysis", signal, tab="envelope", band="2000,5000"
        ),
        "stft": lambda signal: desk.ms("show_map", signal, r="full"),
        "cwt": lambda signal: desk.ms("show_map", signal, tf="cwt", r="full"),
        "wigner": lambda signal: desk.ms("show_map", signal, tf="wigner", r="full"),
        "kurtogram": lambda signal: desk.ms("show_kurtogram", signal),
    }
    for name, ask in asks.items():
        figures[f"{name}_p95_ms"] = _p95([ask(signal) for signal in signals[:20]])
    return figures


@benchmark("viewer_payload", yardsticks={"largest_kb": 150.0})
def measure_payload() -> Figures:
    """Return the size of the largest answer of any panel, uncompressed, in kB."""
    desk = Desk(served())
    signals = sample_signals()[:N_SIGNALS]
    compare = ",".join(map(str, signals[1:8]))
    for more in ({}, {"compare": compare}, {"r": "full"}, {"seg": "whole", "r": "full"}):
        for name in ("show_time", "show_analysis", "show_map"):
            desk.ms(name, signals[0], **more)
    for method in ("cwt", "wigner"):
        desk.ms("show_map", signals[0], tf=method, r="full")
    for tab in ("envelope", "cepstrum"):
        desk.ms("show_analysis", signals[0], tab=tab, r="full", compare=compare)
    desk.ms("show_kurtogram", signals[0])
    return {"largest_kb": round(desk.largest_bytes / 1000, 1)}


@benchmark("viewer_100m", yardsticks={"open_p95_ms": 200.0, "zoom_p95_ms": 80.0})
def measure_long() -> Figures:
    """Return times and memory of opening and zooming a record of 100 million samples."""
    portal = served()
    desk = Desk(portal)
    signal = _long_signal(portal)
    first_ms = desk.open(signal)  # builds the pyramid
    before = portal.web.memory_info().rss
    opened = [desk.open(signal) for _ in range(8)]
    edges = np.geomspace(0.01, 4000, N_ZOOMS)
    zooms = [desk.ms("show_time", signal, t=f"100,{100 + edge:g}") for edge in edges]
    grown = portal.web.memory_info().rss - before
    return {
        "first_open_ms": round(first_ms, 1),
        "open_p95_ms": _p95(opened),
        "zoom_p95_ms": _p95(zooms),
        "memory_grown_mb": round(grown / 2**20, 1),
    }


class Desk:
    """A browser that asks what the viewer's scripts ask."""

    def __init__(self, portal: Served) -> None:
        self._browser: Browser = portal.browser()
        self.largest_bytes = 0

    def open(self, signal: int) -> float:
        asked = {"signal": str(signal), **LOOK}
        calls = b",".join(_body(name, asked) for name in OPENING)
        return self._browser.ms(SEVERAL, b"[" + calls + b"]", **JSON)

    def ms(self, name: str, signal: int, **asked: str) -> float:
        body = _body(name, {"signal": str(signal), **LOOK, **asked})
        spent_ms = self._browser.ms(ADDRESS, body, **JSON)
        self.largest_bytes = max(self.largest_bytes, self._browser.n_bytes)
        return spent_ms


def _body(name: str, asked: dict[str, str]) -> bytes:
    from bearing_portal.dashboards.viewer.app import viewer_app

    output, entry = next(
        (output, entry)
        for output, entry in viewer_app.shared.callback_map.items()
        if "callback" in entry and entry["callback"].__name__ == name
    )
    asking = entry["inputs"][0]
    outputs = entry["output"]
    specs = [_spec(one) for one in outputs] if isinstance(outputs, list) else _spec(outputs)
    body = {
        "output": output,
        "outputs": specs,
        "inputs": [{**asking, "value": asked}],
        "state": [],
        "changedPropIds": [f"{asking['id']}.{asking['property']}"],
    }
    return json.dumps(body).encode()


def _spec(output: Any) -> dict[str, str]:
    return {"id": output.component_id, "property": output.component_property}


def _from_cold(desk: Desk, signal: int) -> float:
    """Open a signal whose file the system has been asked to forget."""
    from signals.models import Signal
    from signals.selectors import store_path

    path = store_path(Signal.objects.select_related("store").get(pk=signal).store).path
    descriptor = os.open(path, os.O_RDONLY)
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(descriptor)
    return desk.open(signal)


def _long_signal(portal: Served) -> int:
    """Make a record of 100 million samples, as an import would: one row, one file."""
    from common.storage import work_folder
    from signals.models import Signal, SignalStore
    from vibration.features import FEATURE_NAMES
    from vibration.store import create_store

    folder = Path("benchmark") / "long"
    rng = np.random.default_rng(0)
    samples = rng.standard_normal(N_LONG, dtype=np.float32)
    samples[N_LONG // 3] = 40.0
    with create_store(
        work_folder(folder),
        n=1,
        n_samples=N_LONG,
        fs_hz=25_600.0,
        feature_names=FEATURE_NAMES,
        kinds={},
    ) as writer:
        writer.write(0, samples, np.full(len(FEATURE_NAMES), np.nan), {})
    store = SignalStore.objects.create(
        owner=portal.user, folder=str(folder), version=1, n_signals=1, visibility="shared"
    )
    row = Signal.objects.create(
        store=store, row=0, label="LONG-1", fs_hz=25_600.0, n_samples=N_LONG, rpm=1500.0
    )
    return int(row.pk)


def _p95(values: list[float]) -> float:
    return percentiles(values)["p95_ms"]
