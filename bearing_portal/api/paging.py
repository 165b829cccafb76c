"""Pages of a list by key: none is skipped or told twice while others add and remove."""

from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from ninja import Field, Schema

MOST = 1000
M = TypeVar("M", bound=Model)


class Page(Schema):
    """Where a page begins and how long it is."""

    after: int = Field(0, ge=0, lt=2**63, description="The `next` of the page before.")
    limit: int = Field(100, ge=1, le=MOST, description="At most so many.")

    def of(self, rows: QuerySet[M]) -> tuple[list[M], int | None]:
        """Return the rows of this page by rising id, and the key of the next; None at the end."""
        found = list(rows.order_by("pk").filter(pk__gt=self.after)[: self.limit + 1])
        is_last = len(found) <= self.limit
        found = found[: self.limit]
        return found, None if is_last else found[-1].pk


def tagged(*parts: Any) -> str:
    """Return an ETag of what decides an answer."""
    return '"' + "-".join(str(part) for part in parts) + '"'
