"""One draft open in several windows: none writes over what another has changed unseen.

A draft that a view hands to a service carries the revision that its window has shown. Requests of
one window may overtake each other; those of another are refused until it has seen the change.
"""

from common.errors import Invalid
from datasets.models import ImportDraft


class ChangedElsewhere(Invalid):
    """Another window has changed the draft since this one has shown it."""

    def __init__(self) -> None:
        super().__init__(
            "This import was changed in another window or tab, and nothing was written over. "
            "Reload the page to see what it says now, then answer again."
        )


def draft_seen(draft: ImportDraft, *, window: str, revision: int) -> ImportDraft:
    """Return the draft as a window has shown it."""
    if draft.changed_in != window:
        draft.revision = revision
    draft.window = window
    return draft


def change_prove(seen: ImportDraft, locked: ImportDraft) -> None:
    """Refuse a change by who has not seen the last one of another window."""
    if locked.revision > seen.revision and locked.changed_in != (seen.window or None):
        raise ChangedElsewhere


def change_count(seen: ImportDraft, locked: ImportDraft) -> None:
    """Note that the locked draft changes, by the window of the one that was seen."""
    seen.revision = locked.revision = locked.revision + 1
    locked.changed_in = seen.window
    locked.save(update_fields=["revision", "changed_in"])
