import pytest

from signals.exploration.why_empty import culprits, empty_sentence, why_empty
from signals.filters.values import Range
from signals.models import Signal
from tests.factories import make_dataset
from tests.signals.exploration.test_overview import scope_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset():
    return make_dataset(per_class=4)


def test_the_switch_for_originals_may_be_what_empties_a_filter():
    dataset = make_dataset(per_class=4, augmentation=True)
    Signal.objects.filter(store=dataset.store, augmented=True).update(rms=1e6)
    scope = scope_of(dataset, rms=Range(1e5, None), originals=True)
    assert {"originals", "rms"} <= {culprit.part for culprit in culprits(scope.user, scope)}


def test_the_condition_that_empties_a_filter_is_named(dataset):
    scope = scope_of(dataset, classes=("wear",), rms=Range(1e6, None))
    found = culprits(scope.user, scope)
    assert [(culprit.part, culprit.n) for culprit in found] == [("rms", 4)]
    assert "condition on RMS there are 4 signals" in empty_sentence(found)


def test_two_conditions_that_each_empty_it_are_said_to_be_no_single_one(dataset):
    scope = scope_of(dataset, text="none such", rms=Range(1e6, None))
    assert culprits(scope.user, scope) == []
    assert "no single condition" in empty_sentence([])


def test_a_filter_that_holds_signals_needs_no_reason(dataset):
    scope = scope_of(dataset, classes=("wear",))
    assert why_empty(scope.user, scope) == ""
