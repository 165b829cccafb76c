import numpy as np
import pytest
from django.core.cache import cache

from signals.exploration.distributions import distribution_of
from tests.factories import make_dataset

pytestmark = pytest.mark.django_db


@pytest.fixture
def signals():
    return make_dataset(per_class=9).store.signals.filter(fault_class__code="wear")


def test_the_middle_one_of_a_class_lies_at_its_half(signals):
    middle = signals.order_by("rms")[4]
    place = distribution_of(middle).place("rms", middle.rms)
    assert place.in_class == pytest.approx(50, abs=1)


def test_lowest_and_highest_lie_at_the_ends(signals):
    low, high = signals.order_by("rms").first(), signals.order_by("rms").last()
    distribution = distribution_of(low)
    assert distribution.place("rms", low.rms).in_class == pytest.approx(0, abs=1)
    assert distribution.place("rms", high.rms).in_class == pytest.approx(100, abs=1)


def test_quartiles_of_the_class_are_in_order(signals):
    place = distribution_of(signals[0]).place("kurtosis", signals[0].kurtosis)
    assert 0 <= place.quartiles[0] <= place.quartiles[1] <= 100


def test_what_is_kept_is_what_was_computed(signals):
    cache.clear()
    fresh, kept = distribution_of(signals[0]), distribution_of(signals[0])
    assert np.array_equal(fresh.of_class, kept.of_class, equal_nan=True)
    assert (kept.n_class, kept.n_all) == (9, 27)


def test_an_undefined_feature_has_no_place(signals):
    assert distribution_of(signals[0]).place("rms", None) is None


def test_too_few_records_say_nothing():
    assert distribution_of(make_dataset(per_class=2).store.signals.first()) is None
