"""The examples in the docstrings run."""

import doctest
import importlib

import pytest

MODULES = [
    "vibration.bearings",
    "vibration.cepstrum",
    "vibration.envelope",
    "vibration.features",
    "vibration.features.higher_order",
    "vibration.features.temporal",
    "vibration.kurtogram",
    "vibration.lines",
    "vibration.orders",
    "vibration.spectra",
]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_run(name):
    result = doctest.testmod(importlib.import_module(name))
    assert result.attempted > 0
    assert result.failed == 0
