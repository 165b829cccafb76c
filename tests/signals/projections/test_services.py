from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from django.core.cache import cache
from django.utils import timezone

from common.errors import Invalid, NotFound
from datasets.scope import explorer_scope
from datasets.services import dataset_delete, dataset_purge
from monitoring.jobs.lifecycle import job_cancel_request
from monitoring.models import Job
from signals import jobs
from signals.feature_groups import FAMILIES, names_of_sets
from signals.feature_table import feature_table
from signals.filters.signal_filter import SignalFilter
from signals.models import Projection, Signal, Tag
from signals.projections.files import points_file
from signals.projections.selectors import projection_find, projection_get, projection_points
from signals.projections.services import (
    KEPT,
    projection_at_once,
    projection_request,
    projection_seen,
    projections_sweep,
)
from signals.services.feature_groups import store_features_measure, store_features_measured
from signals.services.labels import Relabel, signals_relabel
from tests.factories import make_dataset, make_user
from vibration.statistics.projection import Method, ProjectionParameters, project

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def dataset():
    cache.clear()
    return make_dataset(per_class=4, visibility="shared")


@pytest.fixture
def owner(dataset):
    return dataset.store.owner


def requested(
    dataset, user=None, method=Method.PCA, parameters=None, features=FAMILIES, **conditions
):
    user = user or dataset.store.owner
    scope = explorer_scope(user, SignalFilter(dataset=dataset.pk, **conditions))
    parameters = parameters or ProjectionParameters(perplexity=3, n_neighbours=4)
    return projection_request(
        user=user, scope=scope, method=method, parameters=parameters, features=features
    )


def computed(dataset, **asked):
    row = requested(dataset, **asked)
    jobs.project(str(row.job_id))
    return Projection.objects.select_related("job").get(pk=row.pk)


@pytest.mark.parametrize("method", list(Method))
def test_a_worker_computes_what_was_asked(method, dataset, owner):
    row = computed(dataset, method=method)
    assert (row.is_done, row.job.status, row.n_points) == (True, "completed", 12)
    found = projection_points(owner, row.key)
    assert found.points.shape == (12, 2)
    assert set(found.pks) == set(Signal.objects.values_list("pk", flat=True))
    assert bool(found.shares) == (method is Method.PCA)


def test_until_then_there_are_no_points(dataset, owner):
    row = requested(dataset)
    assert row.job.status == "queued"
    assert projection_points(owner, row.key) is None


def test_the_same_question_is_answered_once_for_all(dataset):
    member = make_user("viewer")
    row = computed(dataset)
    again = requested(dataset, user=member)
    assert (again.pk, again.is_done) == (row.pk, True)
    assert Job.objects.filter(kind="project-features").count() == 1
    assert projection_points(member, row.key) is not None


def test_one_that_is_under_way_is_not_started_again(dataset):
    first, second = requested(dataset), requested(dataset, user=make_user("viewer"))
    assert first.job_id == second.job_id


def test_each_method_parameter_and_filter_is_another_question(dataset):
    rows = [
        requested(dataset),
        requested(dataset, method=Method.TSNE),
        requested(dataset, method=Method.TSNE, parameters=ProjectionParameters(perplexity=2.5)),
        requested(dataset, method=Method.UMAP_LIKE),
        requested(dataset, classes=("wear", "healthy", "imbalance")),
    ]
    assert len({row.key for row in rows}) == 5


def test_a_parameter_of_another_method_is_no_other_question(dataset):
    assert (
        requested(dataset).pk
        == requested(dataset, parameters=ProjectionParameters(perplexity=2, seed=9)).pk
    )


def test_a_relabel_makes_another_question(dataset):
    row = computed(dataset)
    some = Signal.objects.filter(fault_class__code="wear")[:1]
    signals_relabel(
        user=make_user("superuser"),
        signals=some,
        labels=Relabel(fault_class=None),
        reason="heard again",
    )
    assert requested(dataset).key != row.key


def test_a_tag_more_makes_another_question_where_the_filter_is_of_that_tag(dataset):
    tag = Tag.objects.create(name="odd")
    tag.signals.add(*Signal.objects.order_by("pk")[:10])
    first, plain = requested(dataset, tags=("odd",)), requested(dataset)
    tag.signals.add(Signal.objects.order_by("pk").last())
    assert requested(dataset, tags=("odd",)).key != first.key
    assert requested(dataset).key == plain.key


def test_a_tag_that_moves_makes_another_question_though_its_ids_add_up_to_the_same(dataset):
    pks = list(
        Signal.objects.filter(store=dataset.store).order_by("pk").values_list("pk", flat=True)
    )
    tag = Tag.objects.create(name="odd")
    more = pks[4:]
    tag.signals.set([pks[0], pks[3], *more])
    first = requested(dataset, tags=("odd",))
    tag.signals.set([pks[1], pks[2], *more])
    assert requested(dataset, tags=("odd",)).key != first.key


def test_tags_that_change_before_it_runs_end_it_with_a_sentence(dataset):
    tag = Tag.objects.create(name="odd")
    pks = list(Signal.objects.filter(store=dataset.store).values_list("pk", flat=True))
    tag.signals.set(pks)
    row = requested(dataset, tags=("odd",))
    tag.signals.remove(pks[0])
    jobs.project(str(row.job_id))
    job = Job.objects.get(pk=row.job_id)
    assert (job.status, job.error[:19]) == ("failed", "Tags of this filter")


def test_a_cancelled_one_can_be_asked_for_again(dataset, owner):
    row = requested(dataset)
    job_cancel_request(user=owner, job=row.job)
    again = requested(dataset)
    assert again.pk == row.pk
    assert again.job_id != row.job_id
    assert again.job.status == "queued"


def test_one_whose_file_went_away_is_computed_again(dataset, owner):
    row = computed(dataset)
    points_file(row.key).discard()
    assert projection_points(owner, row.key) is None
    again = requested(dataset)
    assert (again.pk, again.is_done, again.job.status) == (row.pk, False, "queued")


def test_a_damaged_file_is_no_crash(dataset, owner):
    row = computed(dataset)
    points_file(row.key).put_bytes(b"PK\x03\x04broken")
    assert projection_points(owner, row.key) is None


def test_labels_that_change_before_it_runs_end_it_with_a_sentence(dataset):
    row = requested(dataset)
    some = Signal.objects.filter(fault_class__code="wear")[:1]
    signals_relabel(
        user=make_user("superuser"),
        signals=some,
        labels=Relabel(fault_class=None),
        reason="heard again",
    )
    jobs.project(str(row.job_id))
    job = Job.objects.get(pk=row.job_id)
    assert (job.status, job.error[:10]) == ("failed", "The labels")
    assert not points_file(row.key).exists()


@pytest.mark.parametrize(
    ("method", "parameters", "says"),
    [
        (Method.TSNE, {"perplexity": 30.0}, "perplexity of 2 to 3 "),
        (Method.UMAP_LIKE, {"n_neighbours": 12}, "needs 2 to 11 neighbours for 12"),
        (Method.UMAP_LIKE, {"n_neighbours": 4, "metric": "odd"}, "no metric"),
    ],
)
def test_what_cannot_be_is_refused_before_a_job_is_made(method, parameters, says, dataset):
    with pytest.raises(Invalid, match=says):
        requested(dataset, method=method, parameters=ProjectionParameters(**parameters))
    assert not Projection.objects.exists()


def test_a_projection_is_of_one_dataset(dataset, owner):
    scope = explorer_scope(owner, SignalFilter())
    with pytest.raises(Invalid, match="one dataset"):
        projection_request(
            user=owner, scope=scope, method=Method.PCA, parameters=ProjectionParameters()
        )


@pytest.mark.parametrize("role", [None, "viewer", "engineer", "curator"])
def test_a_strangers_projection_does_not_exist(role):
    private = make_dataset(per_class=4)
    row, stranger = computed(private), make_user(role)
    with pytest.raises(NotFound):
        projection_get(stranger, row.key)
    with pytest.raises(NotFound):
        projection_points(stranger, row.key)


def test_it_goes_with_its_dataset_and_the_sweep_takes_the_file(dataset, owner):
    row = computed(dataset)
    dataset_delete(user=owner, dataset=dataset)
    dataset_purge(user=owner, dataset=dataset)
    projections_sweep()
    assert not Projection.objects.exists()
    assert not points_file(row.key).exists()


def test_the_sweep_takes_what_nobody_looked_at_and_leaves_the_rest(dataset):
    old, fresh, waiting = (
        computed(dataset),
        computed(dataset, method=Method.UMAP_LIKE),
        requested(dataset, method=Method.TSNE),
    )
    long_ago = timezone.now() - KEPT - timedelta(hours=1)
    Projection.objects.filter(pk__in=[old.pk, waiting.pk]).update(used_at=long_ago)
    projections_sweep()
    assert set(Projection.objects.values_list("pk", flat=True)) == {fresh.pk, waiting.pk}
    assert not points_file(old.key).exists()
    assert points_file(fresh.key).exists()


def test_what_was_left_out_is_said(dataset, owner):
    Signal.objects.update(bispectrum_peak=None)
    found = projection_points(owner, computed(dataset).key)
    assert found.n_signals == len(found.pks) == 12
    assert np.isfinite(found.points).all()
    assert "signals, the same share" not in found.note()


def test_one_of_a_thing_is_said_as_one(dataset, owner):
    found = projection_points(owner, computed(dataset).key)
    one = replace(found, n_filled=1, n_rows_filled=1, n_idle=1).note()
    assert "1 missing value in 1 signal was set to the median of its feature." in one
    assert "1 feature does not vary and was left out." in one
    many = replace(found, n_filled=1200, n_rows_filled=600, n_idle=2).note()
    assert (
        "1\u202f200 missing values in 600 signals were set to the median of their feature." in many
    )
    assert "2 features do not vary and were left out." in many


def test_a_pca_is_there_at_once_and_kept(dataset, owner):
    scope = explorer_scope(owner, SignalFilter(dataset=dataset.pk))
    row = projection_at_once(user=owner, scope=scope)
    assert (row.is_done, row.job, row.n_points, row.n_signals) == (True, None, 12, 12)
    found = projection_points(owner, row.key)
    assert len(found.shares) == 2
    written = points_file(row.key).changed_s()
    assert projection_at_once(user=owner, scope=scope).pk == row.pk
    assert points_file(row.key).changed_s() == written


def test_at_once_and_by_a_worker_are_the_same(dataset, owner):
    scope = explorer_scope(owner, SignalFilter(dataset=dataset.pk))
    at_once = projection_points(owner, projection_at_once(user=owner, scope=scope).key)
    Projection.objects.all().delete()
    by_worker = projection_points(owner, computed(dataset).key)
    assert np.array_equal(at_once.points, by_worker.points)


def test_too_few_signals_are_refused_at_once_too(dataset, owner):
    scope = explorer_scope(owner, SignalFilter(dataset=dataset.pk, classes=("wear",)))
    with pytest.raises(Invalid, match="at least 10"):
        projection_at_once(user=owner, scope=scope)


def test_what_was_asked_for_is_found_again(dataset, owner):
    scope = explorer_scope(owner, SignalFilter(dataset=dataset.pk))
    parameters = ProjectionParameters(perplexity=3)
    assert projection_find(owner, scope, Method.TSNE, parameters) is None
    row = requested(dataset, method=Method.TSNE)
    assert projection_find(owner, scope, Method.TSNE, parameters) == row
    assert projection_find(owner, scope, Method.UMAP_LIKE, parameters) is None


def test_the_jobs_link_shows_the_same(dataset):
    row = requested(dataset, method=Method.TSNE, classes=("wear", "healthy", "imbalance"))
    asked = parse_qs(urlsplit(row.job.url).query)
    assert asked["class"] == ["wear", "healthy", "imbalance"]
    assert asked["dataset"] == [str(dataset.pk)]
    assert (asked["method"], asked["perplexity"]) == (["tsne"], ["3"])
    assert asked["projection"] == [row.key]


def test_a_filter_that_is_too_long_for_a_link_is_left_out_of_it(dataset):
    Tag.objects.bulk_create(Tag(name=f"a rather long tag {n}") for n in range(8))
    for tag in Tag.objects.all():
        tag.signals.add(*Signal.objects.all())
    tags = tuple(Tag.objects.values_list("name", flat=True))
    row = requested(dataset, method=Method.TSNE, tags=tags)
    assert row.job.url.startswith(f"/data-explorer/?dataset={dataset.pk}&method=tsne")


def test_who_looks_keeps_it(dataset, owner):
    row = computed(dataset)
    long_ago = timezone.now() - KEPT - timedelta(hours=1)
    Projection.objects.filter(pk=row.pk).update(used_at=long_ago)
    projection_seen(row)
    projections_sweep()
    assert Projection.objects.filter(pk=row.pk).exists()


def test_a_projection_is_of_the_chosen_families(dataset, owner):
    plain, own = computed(dataset), computed(dataset, features=("time",))
    assert plain.features == ""
    assert own.features == "time"
    assert plain.key != own.key
    scope = explorer_scope(owner, SignalFilter(dataset=dataset.pk))
    names = names_of_sets(("time",))
    expected = project(feature_table(owner, scope, features=names).values, Method.PCA)
    np.testing.assert_allclose(projection_points(owner, own.key).points, expected.points)


def test_all_families_are_the_projection_that_names_none(dataset):
    assert requested(dataset, features=FAMILIES[::-1]).key == requested(dataset).key


def test_a_group_that_was_not_measured_cannot_be_projected(dataset):
    with pytest.raises(Invalid, match="Bearing orders: not measured of these signals"):
        requested(dataset, features=("bearing_orders",))


@pytest.mark.parametrize("features", [(), ("nothing",)])
def test_a_projection_of_no_known_features_is_refused(dataset, features):
    with pytest.raises(Invalid, match="group of features"):
        requested(dataset, features=features)


def test_a_projection_of_a_group_is_another_once_it_is_measured_again(dataset, owner):
    dataset.store.signals.update(unit="g")
    keys = set()
    for _ in range(2):
        store_features_measure(store=dataset.store, group="severity")
        store_features_measured(store=dataset.store, group="severity", n_known=1)
        keys.add(requested(dataset, features=("time", "severity")).key)
    assert len(keys) == 2
