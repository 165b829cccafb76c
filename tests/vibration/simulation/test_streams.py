import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from vibration.errors import VibrationError
from vibration.simulation import CLASS_CODES, RecordKey
from vibration.simulation.streams import Stream, gaussian


@given(
    st.builds(
        RecordKey,
        st.integers(0, 2**63 - 1),
        st.sampled_from(CLASS_CODES),
        st.integers(0, 10**6),
        st.booleans(),
    )
)
def test_a_seed_key_can_be_read_back(key):
    assert RecordKey.parse(str(key)) == key


@pytest.mark.parametrize(
    "text", ["", "1", "1/wear", "1/rust/2", "-1/wear/2", "1/wear/2/x", "1/wear/02"]
)
def test_what_is_no_seed_key_is_refused(text):
    with pytest.raises(VibrationError, match="not a seed key"):
        RecordKey.parse(text)


def test_a_stream_is_the_child_that_spawning_would_give(key):
    root = np.random.SeedSequence(3)
    of_class = root.spawn(CLASS_CODES.index("wear") + 1)[-1]
    child = of_class.spawn(6)[5].spawn(Stream.FAULT + 1)[-1]
    spawned = np.random.Generator(np.random.PCG64DXSM(child))
    assert spawned.random() == key.generator(Stream.FAULT).random()


def test_streams_are_independent(key):
    draws = [gaussian(key.generator(stream), 20_000) for stream in Stream]
    correlation = np.corrcoef(draws) - np.eye(len(draws))
    assert np.abs(correlation).max() < 0.04


def test_gaussian_numbers_are_gaussian(key):
    z = gaussian(key.generator(Stream.FLOOR), 200_001)
    assert z.dtype == np.float32
    assert z.size == 200_001
    assert stats.kstest(z, "norm").pvalue > 0.01
    assert stats.kurtosis(z) == pytest.approx(0.0, abs=0.05)


def test_gaussian_numbers_are_white(key):
    z = gaussian(key.generator(Stream.FLOOR), 100_000)
    pairs = [np.corrcoef(z[:-lag], z[lag:])[0, 1] for lag in (1, 2, 50_000)]
    assert np.abs(pairs).max() < 0.02
