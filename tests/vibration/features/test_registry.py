"""The registry is the one list of features: complete, ordered and explained."""

import re

import pytest

from vibration.features import FEATURE_NAMES, FEATURES, GROUPS
from vibration.features.registry import NO_UNIT

SPECIFIED = [
    "rms",
    "kurtosis",
    "skewness",
    "crest_factor",
    "shape_factor",
    "impulse_factor",
    "clearance_factor",
    "dominant_frequency",
    "spectral_centroid",
    "spectral_spread",
    "spectral_entropy",
    "spectral_flatness",
    "band_energy_0_500",
    "band_energy_500_2000",
    "band_energy_2000_5000",
    "band_energy_5000_10000",
    "harmonic_ratio_2x",
    "harmonic_ratio_3x",
    "subsynchronous_ratio",
    "envelope_rms",
    "envelope_kurtosis",
    "envelope_peak",
    "modulation_frequency",
    "wavelet_detail_ratio",
    "wavelet_kurtosis",
    "wavelet_energy_d1",
    "wavelet_energy_d3",
    "wavelet_energy_d5",
    "cepstral_peak_ratio",
    "quefrency_centroid",
    "bispectrum_peak",
    "bispectrum_mean",
    "bispectrum_entropy",
    "bicoherence_max",
    "nonlinearity_index",
    "bispectrum_peak_ratio",
]


def test_the_36_features_stand_in_the_specified_order():
    assert list(FEATURE_NAMES) == SPECIFIED


@pytest.mark.parametrize(
    ("group", "size"),
    [
        ("time", 7),
        ("frequency", 12),
        ("envelope", 4),
        ("wavelet_cepstrum", 7),
        ("higher_order", 6),
    ],
)
def test_a_group_has_the_specified_size(group, size):
    assert sum(feature.group == group for feature in FEATURES) == size


def test_groups_are_titled_in_the_order_of_their_features():
    assert list(dict.fromkeys(feature.group for feature in FEATURES)) == list(GROUPS)
    assert all(GROUPS.values())


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.name)
def test_a_feature_is_explained(feature):
    assert re.fullmatch(r"[a-z][a-z0-9_]*", feature.name)
    assert feature.title
    assert feature.meaning
    assert "\n" not in feature.meaning
    assert feature.formula
    assert feature.unit in {"g", "g²", "g³", "Hz", "ms", NO_UNIT}


def test_titles_are_unique():
    assert len({feature.title for feature in FEATURES}) == len(FEATURES)


def test_a_label_names_the_unit_where_there_is_one():
    labels = {feature.name: feature.label for feature in FEATURES}
    assert labels["rms"] == "RMS (g)"
    assert labels["kurtosis"] == "Kurtosis"
