"""Rows that a condition names."""

import numpy as np
import pytest

from common.database import among
from signals.models import Signal
from tests.factories import make_dataset, make_user


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [list, tuple, set, np.array], ids=lambda kind: kind.__name__)
def test_many_ids_find_their_rows_whatever_holds_them(kind):
    store = make_dataset(make_user("engineer")).store
    wanted = list(store.signals.order_by("pk").values_list("pk", flat=True))[1:4]
    found = Signal.objects.filter(pk__in=among(kind([*wanted, wanted[0], 2**62])))
    assert sorted(found.values_list("pk", flat=True)) == wanted


@pytest.mark.django_db
def test_no_ids_find_no_row():
    make_dataset(make_user("engineer"))
    assert not Signal.objects.filter(pk__in=among([])).exists()


@pytest.mark.django_db
def test_ids_are_one_parameter_however_many_they_are(django_assert_num_queries):
    query = Signal.objects.filter(pk__in=among(range(70_000)))
    assert len(query.query.sql_with_params()[1]) == 1
    with django_assert_num_queries(1):
        assert not query.exists()
