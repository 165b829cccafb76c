import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vibration.decimation import bucket_size, min_max
from vibration.errors import VibrationError

SAMPLES = arrays(np.float32, st.integers(1, 500), elements=st.floats(-1e3, 1e3, width=32))
BUCKETS = st.integers(1, 120)


@given(SAMPLES, BUCKETS)
def test_every_bucket_keeps_its_exact_extremes(x, n_buckets):
    positions, values = min_max(x, n_buckets)
    size = bucket_size(x.size, n_buckets)
    for start in range(0, x.size, size):
        inside = values[(positions >= start) & (positions < start + size)]
        run = x[start : start + size]
        assert (inside.min(), inside.max()) == (run.min(), run.max())


@given(SAMPLES, BUCKETS)
def test_it_keeps_samples_in_order_and_no_more_than_two_a_bucket(x, n_buckets):
    positions, values = min_max(x, n_buckets)
    assert (np.diff(positions) > 0).all()
    assert np.array_equal(x[positions], values)
    assert positions.size <= 2 * n_buckets


@given(SAMPLES)
def test_a_short_record_is_kept_whole(x):
    _, values = min_max(x, max(1, x.size))
    assert values is x


def test_one_spike_in_a_long_record_survives():
    x = np.zeros(1_000_003, dtype=np.float32)
    x[777_777] = 9.0
    positions, values = min_max(x, 800)
    assert values.max() == 9.0
    assert 777_777 in positions


def test_no_buckets_are_refused():
    with pytest.raises(VibrationError, match="at least 1"):
        min_max(np.zeros(4), 0)
