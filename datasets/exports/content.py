"""What decides a built file beside the labels, whose version it is kept with: told in few letters.

Tags come and go without a new version of the store, the words of a dataset are corrected, a view
keeps other signals under its old number, a split gets its name again.
"""

from typing import Any

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import CharField, F, QuerySet, TextField, Value
from django.db.models.functions import MD5, Cast, Concat

from datasets.models import Dataset, Download
from signals.feature_groups import measured_groups
from signals.filters.scope import Scope, digest
from signals.models import Signal


def contents_of(dataset: Dataset, scope: Scope, query: str) -> dict[str, str]:
    """Return by the code of each format what tells its file's content from another.

    Parameters
    ----------
    scope : Scope
        The part that is meant.
    query : str
        Which part that is, as `datasets.scope.part_query` writes it; empty for all of it.
    """
    part = digest(dataset.name, _ids(scope) if query else "", _key(scope.split))
    archive = digest(
        part,
        *(dataset.description, dataset.licence, dataset.citation),
        *_author(dataset),
        _tags(dataset),
        _key(scope.split_shown()),
        measured_groups(scope.user, dataset.store).stamp,
    )
    whole = {form.value: part for form in Download.Format}
    return whole | {Download.Format.ARCHIVE.value: archive}


def _ids(scope: Scope) -> str:
    return _digest(scope.signals(), Cast("pk", TextField()), "pk")


def _tags(dataset: Dataset) -> str:
    """Of all signals: to find those of a part first would take longer than a needless archive."""
    links = Signal.tags.through.objects.filter(signal__store=dataset.store_id)
    each = Concat(Cast("signal_id", TextField()), Value(" "), F("tag__name"))
    return _digest(links, each, "signal_id", "tag_id")


def _digest(rows: QuerySet[Any], each: Any, *order: str) -> str:
    """Return a digest of a text of each row: the database reads many rows quicker than it sends."""
    texts = StringAgg(each, Value("\n"), order_by=order, output_field=TextField())
    found = rows.order_by().aggregate(found=MD5(texts, output_field=CharField()))["found"]
    return str(found or "")


def _author(dataset: Dataset) -> tuple[str, ...]:
    owner = dataset.store.owner
    return (owner.get_full_name(), owner.get_username()) if owner else ()


def _key(row: Any) -> str:
    return str(row.pk) if row else ""
