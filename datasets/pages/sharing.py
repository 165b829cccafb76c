"""What a dataset's page says about those who see it, and about what they did."""

from typing import Any, Final

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.paginator import Page, Paginator
from django.db.models import Q

from common.roles import may_manage
from datasets.models import Dataset
from monitoring.models import SystemEvent
from signals.models import SignalStore

EVENTS_EACH: Final = 10
MOST_NAMES: Final = 20
WORDS: Final = {
    "completed": "Made",
    "exported": "Downloaded",
    "shared": "Shared",
}


def members_shown(user: Any, dataset: Dataset) -> dict[str, Any]:
    """Return who was let in, and whether `user` may change that."""
    members = dataset.store.members.select_related("user", "group").order_by(
        "user__username", "group__name"
    )
    return {
        "members": list(members),
        "may_share": may_manage(user, dataset.store.owner_id),
        "is_shared_with_all": dataset.store.visibility == SignalStore.Visibility.SHARED,
    }


def names_matching(dataset: Dataset, text: str) -> list[tuple[str, str]]:
    """Return people and groups whose name holds `text`, with what they are, but not the owner."""
    words = text.strip()
    if not words or "\0" in words:
        return []
    named = Q(username__icontains=words) | Q(first_name__icontains=words)
    people = get_user_model().objects.filter(named | Q(last_name__icontains=words), is_active=True)
    people = people.exclude(pk=dataset.store.owner_id).order_by("username")[:MOST_NAMES]
    groups = Group.objects.filter(name__icontains=words).order_by("name")[:MOST_NAMES]
    found = [(person.username, person.get_full_name()) for person in people]
    return [*found, *((group.name, "group") for group in groups)][:MOST_NAMES]


def activity_listed(dataset: Dataset, page: str) -> Page[SystemEvent]:
    """Return a page of what happened to a dataset, the newest first; each event has `words`."""
    events = SystemEvent.objects.filter(about=SignalStore(pk=dataset.store_id).about)
    found = Paginator(events.select_related("actor").order_by("-pk"), EVENTS_EACH).get_page(page)
    for event in found.object_list:
        event.words = WORDS.get(event.kind, event.get_kind_display())
    return found
