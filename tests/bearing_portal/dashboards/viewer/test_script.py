"""The script of the panels runs, and its numbers are those of the figures."""

import os

import numpy as np
import pytest

from bearing_portal.dashboards.viewer.panels.cepstrum import cepstrum_panel
from bearing_portal.dashboards.viewer.panels.envelope import envelope_panel
from bearing_portal.dashboards.viewer.panels.maps import map_panel
from bearing_portal.dashboards.viewer.panels.spectrum import spectrum_panel
from bearing_portal.dashboards.viewer.panels.time import time_panel
from bearing_portal.dashboards.viewer.script import script_of
from bearing_portal.dashboards.viewer.state import read
from tests.factories import make_dataset
from tests.signals.recordings import npy, sine, upload


@pytest.fixture
def simulated(owner):
    recipe = {"classes": ("wear",), "duration_s": 1.0}
    return make_dataset(owner, **recipe).store.signals.first()


def run(owner, signal, **texts):
    view = read({"signal": str(signal.pk), **texts})
    names = {}
    exec(script_of(owner, view), names)  # noqa: S102 - our own script
    return view, names


@pytest.mark.parametrize(
    "texts",
    [
        {},
        {"t": "0.2,0.7"},
        {"q": "velocity"},
        {"off": "noise:measurement,fault:roughness"},
        {"off": "noise:quantization"},
    ],
)
def test_time(owner, simulated, texts):
    view, names = run(owner, simulated, **texts)
    trace = time_panel(owner, view).figure.data[0]
    assert np.array_equal(trace.y, np.asarray(names["values"], dtype=np.float32))


@pytest.mark.parametrize(
    "texts",
    [
        {},
        {"spec": "amplitude", "win": "flattop", "seg": "1024", "avg": "peak"},
        {"scale": "linear", "seg": "whole", "t": "0.1,0.9"},
        {"track": "1"},
    ],
)
def test_spectrum(owner, simulated, texts):
    view, names = run(owner, simulated, **texts)
    trace = spectrum_panel(owner, view).figure.data[-1]
    assert np.array_equal(trace.y, np.asarray(names["level"], dtype=np.float32))


def test_envelope(owner, simulated):
    view, names = run(owner, simulated, tab="envelope", band="500,1500", scale="linear")
    trace = envelope_panel(owner, view).figure.data[-1]
    assert np.array_equal(trace.y, np.asarray(names["level"], dtype=np.float32))


def test_cepstrum(owner, simulated):
    view, names = run(owner, simulated, tab="cepstrum")
    drawn = cepstrum_panel(owner, view).figure.data[-1].y
    assert np.array_equal(drawn, np.asarray(names["level"], dtype=np.float32)[-drawn.size :])


@pytest.mark.parametrize("method", ["stft", "cwt", "wigner"])
def test_map(owner, simulated, method):
    view, names = run(owner, simulated, tf=method, r="full")
    trace = map_panel(owner, view).figure.data[0]
    low, high = trace.meta["low"], trace.meta["high"]
    share = np.clip((names["level_db"] - low) / (high - low), 0, 1)
    assert np.array_equal(trace.z, np.rint(255 * share).astype(np.uint8))


def test_an_upload_is_read_from_its_export(owner, tmp_path):
    signal = upload(npy(sine()), owner=owner).stores.get().signals.first()
    np.save(tmp_path / f"{signal.label}.npy", sine())
    before = os.getcwd()
    os.chdir(tmp_path)
    try:
        view, names = run(owner, signal)
    finally:
        os.chdir(before)
    trace = spectrum_panel(owner, view).figure.data[-1]
    assert np.array_equal(trace.y, np.asarray(names["level"], dtype=np.float32))
