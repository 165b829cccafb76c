import numpy as np
import pytest

from datasets.scope import explorer_scope
from signals.exploration.conditions import condition_of, quarters_of
from signals.feature_table import feature_table
from signals.filters.signal_filter import SignalFilter
from signals.models import Signal
from tests.factories import make_dataset, make_user


def test_quarters_hold_a_quarter_each_and_name_their_span():
    quarters = quarters_of(np.arange(1000.0, 3000.0, 10), "rpm")
    assert [int(quarter.rows.sum()) for quarter in quarters] == [50] * 4
    assert quarters[0].name == "1\u202f000–1\u202f490 rpm"


def test_every_known_value_is_in_one_quarter():
    values = np.r_[np.random.default_rng(1).normal(size=99), np.nan]
    inside = np.sum([quarter.rows for quarter in quarters_of(values, "load")], axis=0)
    assert inside.tolist() == [1] * 99 + [0]


def test_values_that_are_alike_make_fewer_quarters():
    assert len(quarters_of(np.full(40, 3600.0), "rpm")) == 1
    assert quarters_of(np.full(40, 50.0), "load")[0].name == "50 %"
    assert len(quarters_of(np.repeat([1.0, 2.0], 20), "load")) == 2


@pytest.mark.parametrize("values", [[], [np.nan] * 9, [1.0, 2.0, 3.0]])
def test_of_few_values_there_are_no_quarters(values):
    assert quarters_of(np.array(values), "temperature") == []


@pytest.mark.django_db
def test_conditions_come_in_the_order_of_the_table():
    dataset = make_dataset(per_class=4)
    owner = dataset.store.owner
    scope = explorer_scope(owner, SignalFilter(dataset=dataset.pk))
    table = feature_table(owner, scope)
    Signal.objects.filter(pk=table.pks[3]).update(rpm=None)
    rpm = condition_of(owner, scope, table, "rpm")
    assert np.isnan(rpm[3])
    assert rpm[5] == Signal.objects.get(pk=table.pks[5]).rpm
    with pytest.raises(ValueError, match="for the person"):
        condition_of(make_user("viewer"), scope, table, "rpm")
