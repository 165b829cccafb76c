import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vibration import bearings
from vibration.bearings import BearingGeometry
from vibration.errors import VibrationError

geometries = st.builds(
    BearingGeometry,
    st.integers(3, 40),
    st.floats(1, 50),
    st.floats(60, 500),
    st.floats(0, 60),
)


@given(geometries)
def test_each_element_passes_one_race_or_the_other(bearing):
    orders = bearing.orders
    assert orders.bpfo + orders.bpfi == pytest.approx(bearing.n_elements)


@given(geometries)
def test_the_cage_carries_all_elements_past_the_outer_race(bearing):
    assert bearing.orders.bpfo == pytest.approx(bearing.n_elements * bearing.orders.ftf)


@pytest.mark.parametrize(
    ("geometry", "says"),
    [
        ((2, 5.0, 30.0, 0.0), "2 rolling elements"),
        ((8, -5.0, 30.0, 0.0), "element diameter is -5.0"),
        ((8, 5.0, float("nan"), 0.0), "pitch diameter is nan"),
        ((8, 30.0, 30.0, 0.0), "do not fit"),
        ((8, 5.0, 30.0, 90.0), "contact angle is 90.0"),
    ],
)
def test_a_bearing_that_cannot_be_built_is_refused(geometry, says):
    with pytest.raises(VibrationError, match=says):
        BearingGeometry(*geometry)


def test_the_examples_run():
    assert doctest.testmod(bearings).failed == 0
