"""Lines of one bearing share one slip."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vibration.machines.bearings import BearingGeometry, bearing_lines
from vibration.machines.slip import judge_lines
from vibration.spectra.welch import amplitude_spectrum

FS_HZ, SHAFT_HZ = 8000.0, 25.0
ORDERS = BearingGeometry(8, 5.969, 31.623).orders
LINES = bearing_lines(ORDERS, SHAFT_HZ)
T_S = np.arange(10 * int(FS_HZ)) / FS_HZ
NOISE = 0.01 * np.random.default_rng(3).standard_normal(T_S.size)


def judged(*tones_hz, lines=LINES, shaft_hz=None):
    x = NOISE + sum(np.sin(2 * np.pi * f * T_S) for f in tones_hz)
    return judge_lines(*amplitude_spectrum(x, FS_HZ), lines, shaft_hz=shaft_hz)


def verdicts(judgement):
    return {
        f"{one.found.line.harmonic}{one.found.line.name}": one.verdict for one in judgement.lines
    }


BPFO_HZ, BPFI_HZ, FTF_HZ = (SHAFT_HZ * order for order in (ORDERS.bpfo, ORDERS.bpfi, ORDERS.ftf))


@settings(max_examples=15, deadline=None)
@given(slip=st.floats(-0.017, 0.017))
def test_the_slip_of_the_lines_is_fitted(slip):
    found = judged(*(k * BPFO_HZ * (1 + slip) for k in (1, 2, 3)))
    assert found.slip == pytest.approx(slip, abs=2e-4)
    assert found.n_found == 3


def test_a_line_that_slips_otherwise_is_doubtful():
    found = judged(0.99 * BPFO_HZ, 2 * 0.99 * BPFO_HZ, 1.012 * BPFI_HZ)
    assert verdicts(found)["1BPFO"] == "found"
    assert verdicts(found)["1BPFI"] == "doubtful"
    assert found.n_found == 2


def test_a_harmonic_alone_is_doubtful():
    assert verdicts(judged(BPFO_HZ, 3 * FTF_HZ))["3FTF"] == "doubtful"


def test_two_harmonics_are_a_family():
    found = verdicts(judged(2 * BPFI_HZ, 3 * BPFI_HZ))
    assert (found["2BPFI"], found["3BPFI"]) == ("found", "found")


def test_a_line_on_a_harmonic_of_the_shaft_is_doubtful():
    lines = bearing_lines(BearingGeometry(8, 5.0, 20.0).orders, SHAFT_HZ, harmonics=1)  # BPFO = 3X
    found = judged(3 * SHAFT_HZ, lines=lines, shaft_hz=SHAFT_HZ)
    assert [one.why for one in found.lines if one.verdict == "doubtful"] == ["on 3X of the shaft"]


def test_nothing_has_no_slip():
    found = judged()
    assert found.n_found == 0
    assert np.isnan(found.slip)
    assert found.n_by_chance == 0


def test_chance_grows_with_the_lines_that_belong_to_nothing():
    comb = np.arange(5, 400, 2.0)
    assert judged(*comb).n_by_chance > 2 > judged(BPFO_HZ).n_by_chance
