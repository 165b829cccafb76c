"""A refusal names the parameter that it is about."""

import pickle

import numpy as np
import pytest

from vibration.errors import VibrationError
from vibration.machines.bearings import BearingGeometry
from vibration.machines.iso20816 import zone_of
from vibration.simulation import Recipe
from vibration.spectra.averaging import averaged_spectrum
from vibration.spectra.envelope import band_envelope_spectrum
from vibration.spectra.integration import to_velocity

X = np.random.default_rng(1).standard_normal(4096)

REFUSED = [
    (lambda: Recipe(seed=-1), "seed"),
    (lambda: Recipe(per_class=0), "per_class"),
    (lambda: Recipe(classes=("colour",)), "classes"),
    (lambda: Recipe(noises=("tea", "tea")), "noises"),
    (lambda: Recipe(fs_hz=1), "fs_hz"),
    (lambda: Recipe(mains_hz=40), "mains_hz"),
    (lambda: Recipe(fs_hz=1000, shaft_hz=190), "fs_hz"),
    (lambda: BearingGeometry(2, 7.0, 39.0), "n_elements"),
    (lambda: BearingGeometry(9, -7.0, 39.0), "element_diameter_mm"),
    (lambda: BearingGeometry(9, 7.0, 3.0), "pitch_diameter_mm"),
    (lambda: BearingGeometry(9, 7.0, 39.0, 95.0), "contact_angle_deg"),
    (lambda: averaged_spectrum(X, 0.0), "fs_hz"),
    (lambda: averaged_spectrum(X, 1000.0, window="tea"), "window"),
    (lambda: averaged_spectrum(X, 1000.0, averaging="tea"), "averaging"),
    (lambda: averaged_spectrum(X, 1000.0, overlap=2), "overlap"),
    (lambda: averaged_spectrum(X, 1000.0, segment=5000), "segment"),
    (lambda: averaged_spectrum(X[:3], 1000.0), "x"),
    (lambda: band_envelope_spectrum(X, 1000.0, (400, 900)), "band_hz"),
    (lambda: to_velocity(X, 1000.0, highpass_hz=600), "highpass_hz"),
    (lambda: zone_of(1.0, "tea"), "group"),
]


@pytest.mark.parametrize(("refuse", "field"), REFUSED)
def test_a_refusal_names_its_parameter(refuse, field):
    with pytest.raises(VibrationError) as refused:
        refuse()
    assert refused.value.field == field


def test_the_name_comes_through_a_pipe_between_processes():
    error = pickle.loads(pickle.dumps(VibrationError("No.", field="seed")))  # noqa: S301
    assert (str(error), error.field) == ("No.", "seed")
