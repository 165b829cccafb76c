"""Which records of which stored file a scope means, and what the rows say of them by now."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from common.errors import Invalid
from common.storage import Stored
from datasets.models import Dataset
from datasets.selectors import dataset_files
from signals.filters.scope import Scope
from vibration.exports.parts import Part

_COLUMNS: Final = {
    "id": "pk",
    "row": "row",
    "label": "label",
    "class": "fault_class__code",
    "severity": "severity__code",
}
_OF_RECORDED: Final = {
    "channel": "channel",
    "specimen": "recording__specimen__name",
    "run": "recording__run__name",
    "position": "recording__position",
    "recording": "recording__name",
    "segment": "segment",
}
_NUMBERS: Final = frozenset({"position", "segment"})
_WHOLE: Final = frozenset({"id", "row"})


@dataclass(frozen=True, eq=False)
class FilePart:
    """A stored file, its name in an archive, and the part of it that is meant.

    `is_whole` tells whether that is every record; `n_bytes` is the size of their waveforms.
    """

    name: str
    file: Stored
    part: Part
    n_bytes: int
    is_whole: bool


def file_parts(dataset: Dataset, scope: Scope) -> list[FilePart]:
    """Return the parts of a dataset's files that a scope means, those with any.

    Class and severity are those of the rows: labels may have changed since the file was written.

    Raises
    ------
    Invalid
        Where the scope holds no signal.
    """
    fields = _COLUMNS | (_OF_RECORDED if dataset.is_recorded else {})
    rows = list(scope.signals().order_by("row").values_list("n_samples", *fields.values()))
    if not rows:
        raise Invalid("No signal is in this choice; there is nothing to download.")
    n_samples, *found = zip(*rows, strict=True)
    columns = {name: _array(name, values) for name, values in zip(fields, found, strict=True)}
    lengths = np.array(n_samples, np.int64)
    whence = {"dataset": dataset.name, "filter": scope.filter.describe(scope.unit_words())}
    if dataset.recipe is not None:
        whence["recipe_fingerprint"] = dataset.recipe.fingerprint
    parts = []
    for (name, file), (first, stop) in zip(dataset_files(dataset), _spans(dataset), strict=True):
        inside = (columns["row"] >= first) & (columns["row"] < stop)
        if inside.any():
            own = {key: values[inside] for key, values in columns.items()}
            part = Part(columns["row"][inside] - first, own, whence)
            n_bytes = 4 * int(lengths[inside].sum())
            parts.append(FilePart(name, file, part, n_bytes, len(part.rows) == stop - first))
    return parts


def _spans(dataset: Dataset) -> list[tuple[int, int]]:
    """Return the rows of each file: from the first up to, not including, the last."""
    store = dataset.store
    if not store.n_shards:
        return [(0, dataset.n_planned)]  # of the file, whatever was removed from the dataset since
    known = store.shards.order_by("number").values_list("first_row", "n_rows")
    return [(first, first + n) for first, n in known]


def _array(name: str, values: Any) -> np.ndarray[Any, Any]:
    if name in _WHOLE:
        return np.array(values, np.int64)
    if name in _NUMBERS:
        return np.array([np.nan if value is None else value for value in values], np.float64)
    return np.array([value or "" for value in values], np.str_)
