"""The examples in the docstrings run."""

import doctest
import importlib

import pytest

MODULES = [
    "vibration.machines.bearings",
    "vibration.spectra.cepstrum",
    "vibration.spectra.envelope",
    "vibration.features",
    "vibration.features.higher_order",
    "vibration.features.temporal",
    "vibration.spectra.kurtogram",
    "vibration.machines.lines",
    "vibration.spectra.orders",
    "vibration.spectra.welch",
]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_run(name):
    result = doctest.testmod(importlib.import_module(name))
    assert result.attempted > 0
    assert result.failed == 0
