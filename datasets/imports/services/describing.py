"""What the dataset of a draft is to be: kept as it is typed."""

from typing import Any

from django.db import transaction

from datasets.imports.services.drafts import draft_lock
from datasets.models import ImportDraft


def draft_describe(*, draft: ImportDraft, said: dict[str, Any]) -> ImportDraft:
    """Keep name, description, licence, citation, and how records are cut; proven by its form."""
    with transaction.atomic():
        locked = draft_lock(draft)
        for name, value in said.items():
            setattr(locked, name, value)
        locked.full_clean(validate_constraints=False)
        locked.save(update_fields=list(said) or None)
    return locked
