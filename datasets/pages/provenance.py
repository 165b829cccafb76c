"""Of which datasets one was put together, and which were made of it."""

from typing import Any

from datasets.models import Dataset
from datasets.selectors import datasets_visible


def provenance(user: Any, dataset: Dataset) -> dict[str, Any]:
    """Return the sources of a dataset and the datasets it went into; of those what may be seen."""
    sources = list(dataset.sources.order_by("position"))
    visible = datasets_visible(user)
    seen = set(visible.filter(became__dataset=dataset).values_list("pk", flat=True))
    for row in sources:
        row.may_see = row.source_id in seen  # type: ignore[attr-defined]
    became = visible.filter(sources__source=dataset).order_by("name").distinct()
    return {"sources": sources, "became": list(became)}
