"""What the page offers to take away of a dataset, or of the part of it that a filter means."""

from dataclasses import dataclass
from typing import Any, Final

from django.http import QueryDict
from django.urls import reverse

from common.errors import Invalid
from common.http.downloads import file_name
from common.text import counted
from datasets.exports.content import contents_of
from datasets.exports.parts import file_parts
from datasets.exports.snippets import Snippet, snippet
from datasets.models import Dataset, Download
from datasets.scope import part_query, queried_scope, scope_of_part
from datasets.selectors import dataset_files
from datasets.services.downloads import download_find, format_prove
from signals.filters.scope import Scope

MOST_ASKED: Final = Download._meta.get_field("query").max_length or 0

_SAID = {
    Download.Format.HDF5: "waveforms, features and index",
    Download.Format.NPZ: "the same as NumPy arrays",
    Download.Format.MAT: "the same as MATLAB variables",
    Download.Format.ARCHIVE: "to publish: card, data, index, recipe, citation, checksums",
}


@dataclass(frozen=True, kw_only=True)
class Offer:
    """One format.

    Attributes
    ----------
    code, title, said : str
        Its code, its name, what is in it.
    href : str
        Where it can be had at once; empty where it must be built first.
    size_bytes : int
        0 where nobody knows.
    sha256 : str
    download : Download or None
        What this person asked for: built, or under way.
    why_not : str
        Why it cannot be had; empty where it can.
    opened : Snippet
        How it is opened.
    """

    code: str
    title: str
    said: str
    href: str = ""
    size_bytes: int = 0
    sha256: str = ""
    download: Download | None = None
    why_not: str = ""
    opened: Snippet


def offers(user: Any, dataset: Dataset, query: str) -> dict[str, Any]:
    """Return what the template of the downloads shows.

    Parameters
    ----------
    query : str
        Which part, as `datasets.scope.part_query` writes it; empty for all of it.
    """
    scope = scope_of_part(user, dataset.pk, query)
    n_signals = scope.signals().count() if query else dataset.store.n_signals
    context: dict[str, Any] = {
        "part": query,
        "part_said": _part_words(scope, QueryDict(query)) if query else "",
        "n_part": n_signals,
        "offers": [],
        "is_building": False,
    }
    if not n_signals:
        return context
    contents = contents_of(dataset, scope, query)
    found = [_built(user, dataset, query, form, contents[form]) for form in Download.Format]
    if not query:
        found[0] = _stored(dataset) or found[0]
    asked = f"dataset={dataset.pk}" + (f"&{query}" if query else "")
    context["offers"] = [*found[:3], *_tables(f"{dataset.name} signals", asked), *found[3:]]
    context["is_building"] = any(
        offer.download and offer.download.job and offer.download.job.is_active for offer in found
    )
    return context


def offers_across(user: Any, query: QueryDict) -> dict[str, Any]:
    """Return what is offered of signals of several datasets: their table, for no file holds all."""
    scope = queried_scope(user, query)
    n_signals = scope.signals().count()
    part = part_query(query, MOST_ASKED)
    return {
        "part": part,
        "part_said": _part_words(scope, query),
        "n_part": n_signals,
        "offers": _tables("Signals", part) if n_signals else [],
        "is_building": False,
    }


def _part_words(scope: Scope, query: QueryDict) -> str:
    more = {"sel": "the rows selected", "grid": "the rows that pass the column filters"}
    said = [scope.filter.describe(scope.unit_words())]
    return ", ".join([*said, *(words for key, words in more.items() if query.get(key))])


def _stored(dataset: Dataset) -> Offer | None:
    """Return the stored file as it is; None where there are several."""
    files = dataset_files(dataset)
    if len(files) > 1:
        return None
    return Offer(
        code="hdf5",
        title="HDF5",
        said=f"{_SAID[Download.Format.HDF5]}, as it was written{_changed_since(dataset)}",
        href=reverse("datasets:download", args=[dataset.pk]),
        size_bytes=dataset.store.size_bytes,
        sha256=dataset.store.sha256,
        opened=snippet("hdf5", file_name(dataset.name, ".h5")),
    )


def _changed_since(dataset: Dataset) -> str:
    """Say what the stored file does not know of."""
    n_removed = dataset.n_planned - dataset.store.n_signals
    if n_removed > 0:
        return f", with {counted(n_removed, 'signal')} removed since"
    return ", before labels were changed" if dataset.store.version > 1 else ""


def _built(user: Any, dataset: Dataset, query: str, form: Download.Format, content: str) -> Offer:
    row = download_find(user, dataset, form, query, content)
    is_ready = row is not None and row.is_ready
    name = row.filename if row is not None and is_ready else _usual_name(dataset, form)
    opened = snippet(form.value, name)
    return Offer(
        code=form.value,
        title=form.label,
        said=_SAID[form],
        href=reverse("datasets:built", args=[dataset.pk, row.pk]) if row and is_ready else "",
        size_bytes=row.size_bytes if row else 0,
        sha256=row.sha256 if row else "",
        download=row,
        why_not="" if is_ready else _why_not(user, dataset, query, form),
        opened=opened,
    )


def _usual_name(dataset: Dataset, form: Download.Format) -> str:
    suffix = {"hdf5": ".h5", "npz": ".npz", "mat": ".mat", "archive": ".zip"}[form.value]
    return file_name(dataset.name, suffix)


def _why_not(user: Any, dataset: Dataset, query: str, form: Download.Format) -> str:
    if form != Download.Format.MAT or dataset.store.size_bytes < 2**30:
        return ""
    try:
        format_prove(form, file_parts(dataset, scope_of_part(user, dataset.pk, query)))
    except Invalid as error:
        return error.sentence
    return ""


def _tables(name: str, query: str) -> list[Offer]:
    return [
        Offer(
            code=code,
            title=title,
            said="index and features, a row a signal",
            href=reverse("explorer-export", args=[code]) + (f"?{query}" if query else ""),
            opened=snippet(code, file_name(name, f".{code}")),
        )
        for code, title in (("parquet", "Parquet"), ("csv", "CSV"))
    ]
