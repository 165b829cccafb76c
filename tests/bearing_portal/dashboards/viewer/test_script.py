"""The script of the panels runs, and its numbers are those of the figures."""

import ast
import os

import numpy as np
import pytest

from bearing_portal.dashboards.viewer.panels.cepstrum import cepstrum_panel
from bearing_portal.dashboards.viewer.panels.envelope import envelope_panel, kurtogram_panel
from bearing_portal.dashboards.viewer.panels.maps import map_panel
from bearing_portal.dashboards.viewer.panels.spectrum import spectrum_panel
from bearing_portal.dashboards.viewer.panels.time import time_panel
from bearing_portal.dashboards.viewer.script import script_of
from bearing_portal.dashboards.viewer.state import read
from signals.models import Signal
from signals.selectors import signal_samples
from tests.factories import make_dataset
from tests.signals.recordings import mat, npy, sine, upload


@pytest.fixture
def simulated(owner):
    recipe = {"classes": ("wear",), "duration_s": 1.0}
    return make_dataset(owner, **recipe).store.signals.first()


def run(owner, signal, **texts):
    state = read({"signal": str(signal.pk), **texts})
    names = {}
    exec(script_of(owner, state), names)  # noqa: S102 - our own script
    return state, names


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
    state, names = run(owner, simulated, **texts)
    trace = time_panel(owner, state).figure.data[0]
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
    state, names = run(owner, simulated, **texts)
    trace = spectrum_panel(owner, state).figure.data[-1]
    assert np.array_equal(trace.y, np.asarray(names["level"], dtype=np.float32))


def test_kurtogram(owner, simulated):
    state, names = run(owner, simulated, tab="envelope")
    drawn = kurtogram_panel(owner, state).figure.data[0].z
    assert np.array_equal(drawn, np.asarray(names["kurtosis"], dtype=np.float32))


def test_every_panel_in_another_unit(owner, simulated):
    state, names = run(owner, simulated, unit="m/s²", q="velocity")
    trace = time_panel(owner, state).figure.data[0]
    assert np.array_equal(trace.y, np.asarray(names["values"], dtype=np.float32))
    drawn = spectrum_panel(owner, state).figure.data[-1].y
    assert np.array_equal(drawn, np.asarray(names["level"], dtype=np.float32))


def test_a_tacho_tracks_the_spectrum_of_the_script(owner, tmp_path, monkeypatch):
    t_s = np.arange(16_384) / 8000
    x = np.sin(2 * np.pi * 50 * t_s)
    pulses = (np.sin(2 * np.pi * 50 * t_s) > 0.9).astype(float)
    content = mat(accel=x[:, None], tacho=pulses[:, None])
    made = upload(content, owner=owner, name="record.mat", rpm=1500.0)
    signal = Signal.objects.get(store__upload=made, channel="accel")
    for channel in Signal.objects.filter(store__upload=made):
        np.save(tmp_path / f"{channel.label}.npy", signal_samples(owner, channel))
    monkeypatch.chdir(tmp_path)
    state, names = run(owner, signal, track="1", ppr="2", scale="linear")
    drawn = spectrum_panel(owner, state).figure.data[-1].y
    assert np.array_equal(drawn, np.asarray(names["level"], dtype=np.float32))


def test_without_an_angle_the_script_says_so(owner, tmp_path, monkeypatch):
    signal = upload(npy(sine()), owner=owner).stores.get().signals.first()
    np.save(tmp_path / f"{signal.label}.npy", sine())
    monkeypatch.chdir(tmp_path)
    state, names = run(owner, signal, track="1")
    assert "level" not in names
    assert "needs a tacho channel" in script_of(owner, state)


@pytest.mark.parametrize("label", ['a""" + boom() + """', "a'\\n", "a\nboom()", "\\"])
def test_a_label_cannot_end_a_string(owner, label):
    signal = upload(npy(sine()), owner=owner).stores.get().signals.first()
    type(signal).objects.filter(pk=signal.pk).update(label=label)
    tree = ast.parse(script_of(owner, read({"signal": str(signal.pk)})))
    (name,) = [
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "np.load"
    ]
    assert name == f"{label}.npy"
    assert "boom" not in {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def test_envelope(owner, simulated):
    state, names = run(owner, simulated, tab="envelope", band="500,1500", scale="linear")
    trace = envelope_panel(owner, state).figure.data[-1]
    assert np.array_equal(trace.y, np.asarray(names["level"], dtype=np.float32))


def test_cepstrum(owner, simulated):
    state, names = run(owner, simulated, tab="cepstrum")
    drawn = cepstrum_panel(owner, state).figure.data[-1].y
    assert np.array_equal(drawn, np.asarray(names["level"], dtype=np.float32)[-drawn.size :])


@pytest.mark.parametrize("method", ["stft", "cwt", "wigner"])
def test_map(owner, simulated, method):
    state, names = run(owner, simulated, tf=method, r="full")
    trace = map_panel(owner, state).figure.data[0]
    low, high = trace.meta["low"], trace.meta["high"]
    share = np.clip((names["level_db"] - low) / (high - low), 0, 1)
    assert np.array_equal(trace.z, np.rint(255 * share).astype(np.uint8))


def test_an_upload_is_read_from_its_export(owner, tmp_path):
    signal = upload(npy(sine()), owner=owner).stores.get().signals.first()
    np.save(tmp_path / f"{signal.label}.npy", sine())
    before = os.getcwd()
    os.chdir(tmp_path)
    try:
        state, names = run(owner, signal)
    finally:
        os.chdir(before)
    trace = spectrum_panel(owner, state).figure.data[-1]
    assert np.array_equal(trace.y, np.asarray(names["level"], dtype=np.float32))
