"""What the dataset of a draft is to be: kept as it is typed."""

from typing import Any

from django.db import transaction

from common.errors import Invalid
from datasets.imports.selectors import Stage, draft_get, stage_of
from datasets.imports.services.drafts import draft_lock
from datasets.imports.services.windows import change_count, change_prove
from datasets.models import ImportDraft


def draft_describe(*, draft: ImportDraft, said: dict[str, Any]) -> ImportDraft:
    """Keep name, description, licence, citation, and how records are cut; proven by its form.

    Raises
    ------
    Invalid
        Where it has become a dataset: what was confirmed stays.
    ChangedElsewhere
        Where another window has changed the draft since.
    """
    with transaction.atomic():
        locked = draft_lock(draft)
        if stage_of(draft_get(locked.owner, locked.pk)) in (Stage.IMPORTING, Stage.IMPORTED):
            raise Invalid("This import has become a dataset; it stays as it was confirmed.")
        change_prove(draft, locked)
        if any(getattr(locked, name) != value for name, value in said.items()):
            change_count(draft, locked)
        for name, value in said.items():
            setattr(locked, name, value)
        locked.full_clean(validate_constraints=False)
        locked.save(update_fields=list(said) or None)
    return locked
