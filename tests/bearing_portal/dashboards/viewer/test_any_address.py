"""Whatever stands in the address, each panel answers: with a figure, or with a sentence."""

import json
import random

import numpy as np
import pytest

from tests.bearing_portal.dashboards.conftest import body_of
from tests.factories import make_dataset
from tests.signals.recordings import npy, sine, upload

PANELS = ("show_time", "show_analysis", "show_map", "show_kurtogram", "show_inspector")
SPANS = ("-5,-1", "0,0.1", "0.1,0.1000001", "1e6,2e6", "-1e308,1e308", "100,200", "0.2499,9")
CHOICES = {
    **dict.fromkeys(("t", "f", "fe", "fc", "fo", "db", "band"), SPANS),
    "tab": ("spectrum", "envelope", "cepstrum"),
    "tf": ("stft", "cwt", "wigner"),
    "tfw": ("128", "8192"),
    "x": ("orders",),
    "log": ("1",),
    "track": ("1",),
    "r": ("full",),
    "scale": ("linear",),
    "seg": ("whole", "1024", "65536"),
    "q": ("velocity", "displacement"),
    "hp": ("0.1", "1000"),
    "win": ("flattop", "boxcar"),
    "avg": ("linear", "peak"),
    "spec": ("amplitude",),
    "layout": ("stacked",),
    "off": ("floor", "noise:quantization", "x"),
    "marks": ("", "shaft,sub,mains,expected,bearing,sidebands"),
    "bearing": ("999999",),
}


@pytest.fixture
def signals(owner):
    silent = upload(npy(np.zeros(5000, "f4")), owner=owner, rpm="unknown", unit="unknown")
    short = upload(npy(sine(700)), owner=owner)
    slow = upload(npy(np.ones(9, "f4")), owner=owner, fs_hz=0.5)
    uploads = [made.stores.first().signals.first() for made in (silent, short, slow)]
    return [*make_dataset(owner, per_class=3).store.signals.all()[:3], *uploads]


@pytest.mark.parametrize("seed", range(12))
def test_each_panel_answers(client, owner, signals, seed):
    client.force_login(owner)
    rng = random.Random(seed)
    texts = {key: rng.choice(CHOICES[key]) for key in rng.sample(sorted(CHOICES), 8)}
    texts["compare"] = rng.choice(["", ",".join(str(one.pk) for one in signals[1:])])
    for signal in signals:
        asked = {"signal": str(signal.pk), **texts}
        for name in PANELS:
            body = json.dumps(body_of(name, asked))
            url = "/dash/app/viewer/_dash-update-component"
            answer = client.post(url, body, content_type="application/json")
            assert answer.status_code == 200, (name, asked)
            assert b"Incident" not in answer.content, (name, asked)
            assert b"NaN" not in answer.content, (name, asked)
