"""Projections of a filter's features: asked for once, computed by a worker, shared by all."""

from collections.abc import Collection
from datetime import timedelta
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.http import QueryDict
from django.utils import timezone
from threadpoolctl import threadpool_limits

from common.database import retried
from common.errors import Expected, Invalid, Unavailable
from monitoring.jobs.lifecycle import JobLost, job_complete, job_create, job_enqueue
from monitoring.jobs.pulse import JobRun
from monitoring.models import Job
from signals.errors import told_as
from signals.feature_groups import FAMILIES, names_of_sets
from signals.feature_table import MOST_ROWS, feature_table
from signals.filters.scope import Scope, scope_of_store
from signals.filters.signal_filter import SignalFilter
from signals.kinds import PROJECT
from signals.models import Projection
from signals.projections.files import points_file, points_files, points_keep
from signals.projections.keys import projection_key, query_of, sets_of, sets_text, version_number
from vibration.statistics.projection import (
    Method,
    ProjectionCancelled,
    ProjectionParameters,
    project,
    prove_parameters,
)

KEPT: Final = timedelta(days=14)  # after somebody last looked
_LONGEST_ADDRESS: Final = Job._meta.get_field("url").max_length or 0
_KEYS_OF_PAGE: Final = {"n_neighbours": "neighbours"}


def projection_request(
    *,
    user: Any,
    scope: Scope,
    method: Method,
    parameters: ProjectionParameters,
    features: Collection[str] = FAMILIES,
) -> Projection:
    """Return the projection of a scope, asking a worker for it unless it is there or under way.

    Parameters
    ----------
    features
        Codes of `signals.feature_groups.SETS`: families of the 36, and groups beside them.

    Raises
    ------
    Invalid
        Where the scope names no dataset, or its signals cannot be projected like this.
    """
    if scope.user != user:
        raise ValueError("A scope is for the person it was made for.")
    if scope.store is None:
        raise Invalid("Choose one dataset; a projection is of one.")
    with told_as():
        prove_parameters(method, parameters, min(scope.signals().count(), MOST_ROWS))
    row = _row_of(scope, method, parameters, features)
    with transaction.atomic():
        row = Projection.objects.select_for_update(of=("self",)).get(pk=row.pk)
        row.used_at = timezone.now()
        row.is_done = row.is_done and points_file(row.key).is_file()
        under_way = row.job is not None and row.job.is_active
        if not row.is_done and not under_way:
            title = f"{row.get_method_display()} of the features"
            row.job = job_create(owner=user, kind=PROJECT, title=title, url=_page_of(scope, row))
            job_enqueue(row.job)
        row.save(update_fields=["used_at", "is_done", "job"])
    return row


def projection_at_once(
    *, user: Any, scope: Scope, features: Collection[str] = FAMILIES
) -> Projection:
    """Return the PCA of a scope, computed here unless it is there: it takes no longer than a job
    takes to begin.

    Raises
    ------
    Invalid
        Where the scope names no dataset, or has too few signals.
    """
    if scope.user != user:
        raise ValueError("A scope is for the person it was made for.")
    row = _row_of(scope, Method.PCA, ProjectionParameters(), features)
    if row.is_done and points_file(row.key).is_file():
        projection_seen(row)
        return row
    table = feature_table(user, scope, features=names_of_sets(features))
    with told_as(), threadpool_limits(1):
        found = project(table.values, Method.PCA)
    points_keep(row.key, table, found)
    row.is_done, row.n_points, row.n_signals = True, len(table.pks), table.n_signals
    row.used_at = timezone.now()
    row.save(update_fields=["is_done", "n_points", "n_signals", "used_at"])
    return row


def projection_seen(row: Projection) -> None:
    """Note that somebody looked; to the day, for a note is a write."""
    old = timezone.now() - timedelta(days=1)
    Projection.objects.filter(pk=row.pk, used_at__lt=old).update(used_at=timezone.now())


def projection_compute(*, run: JobRun) -> None:
    """Compute the projection of the run's job and keep its points."""
    row = retried(partial(_row_of_run, run))
    chosen = SignalFilter.from_query(QueryDict(row.query))
    scope = retried(partial(scope_of_store, run.job.owner, chosen, row.store))
    names = names_of_sets(sets_of(row))
    table = retried(partial(feature_table, run.job.owner, scope, features=names))
    _still_current_or_refuse(row, scope)
    try:
        # for small products threads cost more than they give
        with threadpool_limits(1), told_as(Expected):
            found = project(
                table.values,
                Method(row.method),
                _parameters_of(row),
                progress=run.progress,
                cancelled=run.cancelled,
            )
    except ProjectionCancelled:
        run.check()
        raise
    points_keep(row.key, table, found)
    retried(partial(_show, run, row.pk, len(table.pks), table.n_signals))


def projections_sweep() -> None:
    """Remove what nobody can ask for any more, or has for two weeks, and files without a row."""
    of_past = ~Q(store_version=F("store__version")) & ~Q(query__contains="version=")
    old = Q(used_at__lt=timezone.now() - KEPT) | of_past
    idle = ~Q(job__status__in=Job.ACTIVE) | Q(job=None)
    Projection.objects.filter(old, idle).delete()
    files = points_files()  # listed before the rows are read
    known = set(Projection.objects.filter(key__in=files).values_list("key", flat=True))
    for key in files.keys() - known:
        files[key].discard()


def _row_of(
    scope: Scope, method: Method, parameters: ProjectionParameters, features: Collection[str]
) -> Projection:
    key = projection_key(scope, method, parameters, features)
    found = Projection.objects.filter(key=key).first()
    if found is not None or scope.store is None:
        return found or Projection()
    row = Projection(
        store=scope.store,
        store_version=version_number(scope),
        query=query_of(scope),
        method=method.value,
        features=sets_text(features),
        key=key,
        **parameters.used_by(method),
    )
    row.full_clean(validate_unique=False)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:  # somebody asked for the same at the same time
        return Projection.objects.get(key=key)
    return row


def _page_of(scope: Scope, row: Projection) -> str:
    """Return the address that shows a projection; a filter too long for it is left out."""
    used = _parameters_of(row).used_by(Method(row.method))
    own = {
        _KEYS_OF_PAGE.get(name, name): f"{value:g}" if isinstance(value, float) else value
        for name, value in used.items()
    }
    asked = urlencode(
        {"method": row.method, **own, "projection": row.key}
        | ({"on": row.features} if row.features else {})
    )
    for query in (scope.filter.to_query(), urlencode({"dataset": scope.filter.dataset})):
        address = f"/data-explorer/?{query}&{asked}"
        if len(address) <= _LONGEST_ADDRESS:
            return address
    return ""


def _row_of_run(run: JobRun) -> Projection:
    row = Projection.objects.select_related("store").filter(job=run.job).first()
    if row is None:
        raise JobLost
    return row


def _parameters_of(row: Projection) -> ProjectionParameters:
    return ProjectionParameters(
        perplexity=row.perplexity,
        n_neighbours=row.n_neighbours,
        min_dist=row.min_dist,
        metric=row.metric,
        seed=row.seed,
    )


def _still_current_or_refuse(row: Projection, scope: Scope) -> None:
    row.store.refresh_from_db(fields=["version"])
    if scope.version is None and row.store.version != row.store_version:
        raise Unavailable("The labels of this dataset changed meanwhile; compute it again.")
    if projection_key(scope, Method(row.method), _parameters_of(row), sets_of(row)) != row.key:
        raise Unavailable(
            "Tags of this filter, or its features, changed meanwhile; compute it again."
        )


@transaction.atomic
def _show(run: JobRun, pk: int, n_points: int, n_signals: int) -> None:
    if Projection.objects.filter(
        pk=pk, is_done=True, job=run.job, job__status=Job.Status.COMPLETED
    ).exists():
        return  # the commit arrived, only its answer was lost
    job_complete(run.job)
    Projection.objects.filter(pk=pk).update(is_done=True, n_points=n_points, n_signals=n_signals)
