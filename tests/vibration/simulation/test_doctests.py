import doctest
import importlib
import pkgutil

import pytest

import vibration.simulation

MODULES = [m.name for m in pkgutil.iter_modules(vibration.simulation.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_run(name):
    module = importlib.import_module(f"vibration.simulation.{name}")
    assert doctest.testmod(module).failed == 0
