import json
import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.errors import NotFound
from datasets.selectors import dataset_get
from signals.exploration.overview import (
    count_known,
    overview,
    range_ends,
    tag_counts,
)
from signals.filters.cells import cells_of
from signals.filters.scope import scope_get
from signals.filters.signal_filter import SignalFilter
from signals.filters.values import Range
from signals.models import FaultClass, Severity, Signal, Tag
from signals.services.labels import Relabel, signals_relabel
from tests.factories import make_dataset, make_user
from tests.signals.index_rows import make_index

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset():
    return make_dataset(per_class=4)


def scope_of(dataset, user=None, **conditions):
    user = user or dataset.store.owner
    chosen = SignalFilter(dataset=dataset.pk, **conditions)
    return scope_get(user, chosen, store_of=lambda pk: dataset_get(user, pk).store_id)


def overview_of(dataset, **conditions):
    scope = scope_of(dataset, **conditions)
    return overview(scope.user, scope)


def test_each_class_has_its_count_and_levels(dataset):
    found = overview_of(dataset)
    assert [(row.code, row.n) for row in found.rows] == [
        ("healthy", 4),
        ("imbalance", 4),
        ("wear", 4),
    ]
    values = sorted(
        Signal.objects.filter(store=dataset.store, fault_class__code="wear").values_list(
            "rms", flat=True
        )
    )
    wear = found.rows[2]
    assert wear.mean_rms == pytest.approx(sum(values) / 4)
    assert wear.median_rms == pytest.approx((values[1] + values[2]) / 2)
    assert wear.dominant_hz is not None
    assert wear.n_sampled == 4


def test_counts_by_class_and_severity_add_up(dataset):
    found = overview_of(dataset)
    assert found.n == found.n_all == 12
    assert found.table["healthy"] == {"none": 4}
    assert sum(found.table["wear"].values()) == 4


def test_an_option_is_counted_under_the_other_filters_only(dataset):
    mild = Severity.objects.get(code="mild")
    n_mild = {
        code: Signal.objects.filter(severity=mild, fault_class__code=code).count()
        for code in ("healthy", "imbalance", "wear")
    }
    found = overview_of(dataset, classes=("wear",), severities=("mild",))
    assert found.n == n_mild["wear"]
    assert found.facets.classes == n_mild
    of_wear = Signal.objects.filter(fault_class__code="wear")
    held = Signal.objects.exclude(severity=None).values("severity")
    assert found.facets.severities == {"none": 0} | {
        severity.code: of_wear.filter(severity=severity).count()
        for severity in Severity.objects.filter(pk__in=held)
    }


def test_n_of_all_says_how_much_is_hidden(dataset):
    found = overview_of(dataset, per_class=1)
    assert (found.n, found.n_all) == (3, 12)


def test_no_option_of_the_dataset_vanishes_under_another_filter(dataset):
    found = overview_of(dataset, rms=Range(1e6, None)).facets
    assert found.classes == {"healthy": 0, "imbalance": 0, "wear": 0}
    assert found.severities == dict.fromkeys(overview_of(dataset).facets.severities, 0)
    assert found.most_in_class == 4


def tags_of(dataset, **conditions):
    scope = scope_of(dataset, **conditions)
    return tag_counts(scope.user, scope)


def test_tags_are_counted_beside_their_options_at_once(dataset):
    tag = Tag.objects.create(name="odd")
    assert tags_of(dataset) == {}
    tag.signals.add(*Signal.objects.filter(fault_class__code="wear"))
    assert tags_of(dataset) == {"odd": 4}
    assert tags_of(dataset, classes=("healthy",)) == {"odd": 0}
    assert tags_of(dataset, tags=("odd",), per_class=3) == {"odd": 3}
    assert overview_of(dataset, tags=("odd",)).n == 4


def test_tags_of_signals_that_one_may_not_see_are_not_offered(dataset):
    other = make_dataset(per_class=1)
    Tag.objects.create(name="secret").signals.add(*Signal.objects.filter(store=other.store))
    owner = dataset.store.owner
    scope = scope_get(owner, SignalFilter())
    assert tag_counts(owner, scope) == tags_of(dataset) == {}


def test_copies_are_counted_apart_and_left_out_where_asked():
    dataset = make_dataset(per_class=4, augmentation=True)
    copies = Signal.objects.filter(store=dataset.store, augmented=True)
    assert copies.exists()
    everything, originals = overview_of(dataset), overview_of(dataset, originals=True)
    assert everything.n == 12 + copies.count()
    assert originals.n == originals.facets.n_originals == 12
    assert originals.facets.n_copies == copies.count()
    assert everything.facets.has_copies
    assert not overview_of(dataset, rms=Range(1e6, None)).facets.n_copies


def test_medians_under_a_narrow_filter_are_of_all_that_pass_it():
    make_dataset()
    owner = make_user("engineer")
    large = make_index(14_000, owner=owner)
    wear = Signal.objects.filter(store=large.store, fault_class__code="wear")
    late = wear.filter(rank_in_class__gte=1_000).values_list("pk", flat=True)[:11]
    early = wear.filter(rank_in_class=0).values_list("pk", flat=True)
    for place, pk in enumerate([*late, *early]):
        Signal.objects.filter(pk=pk).update(rms=1e3 + place)
    (row,) = overview_of(large, classes=("wear",), rms=Range(1e3, None)).rows
    assert (row.n, row.n_sampled, row.median_rms) == (12, 12, 1005.5)


def test_medians_of_many_signals_are_of_a_fair_sample_that_is_said():
    make_dataset()
    large = make_index(14_000, owner=make_user("engineer"))
    found = overview_of(large, rms=Range(0.0, 1.2))
    for row in found.rows:
        assert row.n_sampled == row.n or 800 <= row.n_sampled <= 1200


def test_a_relabel_is_seen_at_once(dataset):
    assert overview_of(dataset).rows[1].n == 4
    curator = make_user("superuser")
    labels = Relabel(fault_class=FaultClass.objects.get(code="wear"))
    wrong = Signal.objects.filter(store=dataset.store, fault_class__code="imbalance")
    signals_relabel(user=curator, signals=wrong, labels=labels, reason="heard again")
    assert [(row.code, row.n) for row in overview_of(dataset).rows] == [("healthy", 4), ("wear", 8)]


def test_it_is_computed_once_for_the_same_filter(dataset, django_assert_num_queries):
    first = overview_of(dataset, classes=("wear",))
    scope = scope_of(dataset, classes=("wear",))
    with django_assert_num_queries(0):
        assert overview(scope.user, scope) == first


def test_the_sliders_end_where_the_dataset_does(dataset):
    values = Signal.objects.filter(store=dataset.store).values_list("rms", flat=True)
    scope = scope_of(dataset, classes=("wear",))
    ends = range_ends(scope.user, scope)
    assert ends["rms"] == (min(values), max(values))
    assert set(ends) == {"rpm", "load", "rms"}


def test_without_a_dataset_it_is_all_that_the_person_may_see(dataset):
    make_dataset(per_class=2)
    owner = dataset.store.owner
    scope = scope_get(owner, SignalFilter())
    assert overview(owner, scope).n == 12


@pytest.mark.parametrize("role", [None, "viewer", "engineer", "curator"])
def test_a_stranger_finds_no_dataset(role, dataset):
    with pytest.raises(NotFound):
        scope_of(dataset, user=make_user(role))


def test_a_store_that_a_caller_names_wrongly_is_no_way_in(dataset):
    stranger = make_user("viewer")
    chosen = SignalFilter(dataset=dataset.pk)
    with pytest.raises(NotFound):
        scope_get(stranger, chosen, store_of=lambda pk: dataset.store_id)


def test_a_member_sees_a_shared_dataset_and_nobody_sees_all():
    shared = make_dataset(visibility="shared")
    scope = scope_of(shared, user=make_user("viewer"))
    assert overview(scope.user, scope).n == 6
    assert overview(AnonymousUser(), scope_get(AnonymousUser(), SignalFilter())).n == 0


def plan_of(signals):
    sql, values = signals.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", values)
        return json.dumps(cursor.fetchone()[0])


def test_each_filter_of_a_large_table_is_led_by_an_index():
    make_dataset()  # classes and severities
    owner = make_user("engineer")
    large = make_index(20_000, owner=owner)
    conditions = {
        "signal_counted": {"classes": ("wear",), "severities": ("mild",)},
        "signal_rms": {"rms": Range(0.0, 0.4)},
        "signal_rpm": {"rpm": Range(None, 3000)},
        "signal_load": {"load": Range(99.5, None)},
    }
    for index, parts in conditions.items():
        plan = plan_of(scope_of(large, user=owner, **parts).signals())
        assert index in plan, (index, plan)
        assert "Seq Scan" not in plan
    sample = scope_of(large, user=owner, classes=("wear",), per_class=20).signals()
    assert "signal_sample" in plan_of(sample)


def test_counting_needs_no_column_that_the_index_lacks(dataset):
    index = next(index for index in Signal._meta.indexes if index.name == "signal_counted")
    held = {*index.fields, *index.include}
    scope = scope_of(dataset, rms=Range(0.01, None), rpm=Range(1, None), per_class=3)
    with CaptureQueriesContext(connection) as captured:
        cells_of(scope)
    (query,) = captured.captured_queries
    named = set(re.findall(r'"signals_signal"\."(\w+?)(?:_id)?"', query["sql"]))
    assert named <= held


def test_the_table_does_not_count_what_the_overview_has(dataset, django_assert_num_queries):
    scope = scope_of(dataset)
    n = overview(scope.user, scope).n
    with django_assert_num_queries(0):
        assert count_known(scope) == n
