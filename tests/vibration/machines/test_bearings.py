"""Published orders of seven bearings, and what holds for every bearing."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vibration.errors import VibrationError
from vibration.machines.bearings import BearingGeometry, BearingOrders, bearing_lines

INCH_MM = 25.4
# name, n, d, D in mm, angle in degrees; published BPFO, BPFI, BSF, FTF
PUBLISHED = [
    ("SKF 6205-2RS", (9, 0.3126 * INCH_MM, 1.537 * INCH_MM), (3.5848, 5.4152, 2.3567, 0.3983)),
    ("SKF 6203-2RS", (8, 0.2656 * INCH_MM, 1.122 * INCH_MM), (3.0531, 4.9469, 1.9938, 0.3816)),
    ("NICE", (8, 0.235 * INCH_MM, 1.245 * INCH_MM), (3.2450, 4.7550, 2.5546, 0.4056)),
    (
        "Rexnord ZA-2115",
        (16, 0.331 * INCH_MM, 2.815 * INCH_MM, 15.17),
        (7.0921, 8.9079, 4.1975, 0.4433),
    ),
    ("NSK of PRONOSTIA", (13, 3.5, 25.6), (5.6113, 7.3887, 3.5888, 0.4316)),
    ("LDK UER204", (8, 7.92, 34.55), (3.0831, 4.9169, 2.0666, 0.3854)),
    ("6203 of Paderborn", (8, 6.75, 28.55), (3.0543, 4.9457, 1.9966, 0.3818)),
]
ORDERS = BearingGeometry(9, 7.94, 39.04).orders

GEOMETRIES = st.builds(
    lambda n, pitch_mm, ratio, angle: BearingGeometry(n, ratio * pitch_mm, pitch_mm, angle),
    st.integers(3, 60),
    st.floats(1, 5000),
    st.floats(0.01, 0.9),
    st.floats(0, 60),
)


@pytest.mark.parametrize(("geometry", "orders"), [row[1:] for row in PUBLISHED])
def test_orders_are_the_published_ones(geometry, orders):
    got = BearingGeometry(*geometry).orders
    assert (got.bpfo, got.bpfi, got.bsf, got.ftf) == pytest.approx(orders, abs=6e-5)


@given(GEOMETRIES)
def test_each_element_passes_one_race_or_the_other(geometry):
    orders = geometry.orders
    assert orders.bpfo + orders.bpfi == pytest.approx(geometry.n_elements)


@given(GEOMETRIES)
def test_the_cage_carries_all_elements_over_the_outer_race(geometry):
    assert geometry.orders.ftf * geometry.n_elements == pytest.approx(geometry.orders.bpfo)


@given(GEOMETRIES, st.floats(0.1, 10))
def test_only_the_ratio_of_the_diameters_counts(geometry, scale):
    scaled = BearingGeometry(
        geometry.n_elements,
        geometry.element_diameter_mm * scale,
        geometry.pitch_diameter_mm * scale,
        geometry.contact_angle_deg,
    )
    assert scaled.orders.bsf == pytest.approx(geometry.orders.bsf)


@pytest.mark.parametrize(
    ("geometry", "words"),
    [
        ((2, 5.0, 30.0), "3 elements or more"),
        ((8.0, 5.0, 30.0), "3 elements or more"),
        ((8, 0.0, 30.0), "element diameter"),
        ((8, 5.0, math.nan), "pitch diameter"),
        ((8, 30.0, 30.0), "does not fit"),
        ((8, 5.0, 30.0, 90.0), "contact angle"),
    ],
)
def test_a_bearing_that_cannot_be_built_is_refused(geometry, words):
    with pytest.raises(VibrationError, match=words):
        BearingGeometry(*geometry)


def test_an_order_of_zero_is_refused():
    with pytest.raises(VibrationError, match="order FTF"):
        BearingOrders(3.0, 5.0, 2.0, 0.0)


def test_lines_come_by_name_and_harmonic():
    lines = bearing_lines(ORDERS, 30.0, harmonics=2)
    expected = [(name, h) for name in ("BPFO", "BPFI", "BSF", "FTF") for h in (1, 2)]
    assert [(line.name, line.harmonic) for line in lines] == expected


def test_a_line_stands_at_its_order_times_the_speed():
    for line in bearing_lines(ORDERS, 29.95, sidebands=True):
        assert line.f_hz == pytest.approx(line.order * 29.95)


def test_inner_race_lines_carry_the_shaft_and_ball_lines_the_cage():
    lines = bearing_lines(ORDERS, 30.0, harmonics=2, sidebands=True)
    base = {(line.name, line.harmonic): line.order for line in lines if not line.sideband}
    distances = {
        (line.name, line.sideband): round(line.order - base[line.name, line.harmonic], 6)
        for line in lines
        if line.sideband
    }
    cage = round(ORDERS.ftf, 6)
    assert distances == {
        ("BPFI", "−1X"): -1.0,
        ("BPFI", "+1X"): 1.0,
        ("BSF", "−FTF"): -cage,
        ("BSF", "+FTF"): cage,
    }


def test_a_sideband_below_zero_is_left_out():
    lines = bearing_lines(BearingOrders(3.0, 0.8, 2.0, 0.4), 10.0, harmonics=1, sidebands=True)
    assert [line.sideband for line in lines if line.name == "BPFI"] == ["", "+1X"]


@pytest.mark.parametrize(
    ("shaft_hz", "harmonics", "words"),
    [(0.0, 3, "shaft speed"), (math.inf, 3, "shaft speed"), (30.0, 0, "harmonics")],
)
def test_lines_without_a_speed_or_a_harmonic_are_refused(shaft_hz, harmonics, words):
    with pytest.raises(VibrationError, match=words):
        bearing_lines(ORDERS, shaft_hz, harmonics=harmonics)
