"""The command palette: what a person can jump to, and nothing that is not theirs to see."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from bearing_portal.frame.documentation import is_site_built
from common.roles import is_engineer
from datasets.selectors import datasets_visible
from signals.filters.matching import signals_matching
from signals.services.saved_views import saved_views_visible

SHOWN_PER_GROUP = 6


@dataclass(frozen=True)
class Hit:
    """One line: a link, or a button that chooses a theme or sends a form of the page."""

    title: str
    url: str
    icon: str
    note: str = ""
    theme: str = ""
    form: str = ""


def search_portal(user: Any, text: str) -> list[tuple[str, list[Hit]]]:
    words = text.strip()
    groups = [
        ("Pages and actions", [hit for hit in _places(user) if words.lower() in hit.title.lower()]),
        ("Datasets", _datasets(user, words)),
        ("Saved views", _saved_views(user, words)),
        ("Signals", _signals(user, words) if words else []),
    ]
    return [(name, hits) for name, hits in groups if hits]


def _places(user: Any) -> list[Hit]:
    places = [
        Hit("Home", reverse("home"), "house"),
        Hit("Datasets", reverse("datasets:list"), "database"),
        Hit("Data Explorer", reverse("explorer"), "columns-gap"),
        Hit("Signal Viewer", reverse("viewer"), "activity"),
        Hit("System Health", reverse("health:page"), "heart-pulse"),
        Hit("Profile", reverse("profile"), "person"),
        Hit("Settings", reverse("settings"), "sliders"),
        Hit("Change password", reverse("password_change"), "key"),
        Hit("Two-factor log-in", reverse("two-factor"), "key"),
        Hit("Licence", reverse("licence"), "info-circle"),
        Hit("Your uploads", reverse("uploads:list"), "file-earmark-binary"),
        Hit("Documentation", reverse("documentation"), "book"),
        Hit("Theme: as the system", "", "circle-half", "Action", theme="system"),
        Hit("Theme: light", "", "sun", "Action", theme="light"),
        Hit("Theme: dark", "", "moon", "Action", theme="dark"),
        Hit("Log out", "", "box-arrow-right", "Action", form="log-out"),
    ]
    dialog = reverse("uploads:list") + "?dialog=upload"
    places.insert(0, Hit("Upload a recording", dialog, "upload", "Action"))
    if is_engineer(user):
        url = reverse("datasets:list") + "?dialog=create"
        places.insert(0, Hit("Create a dataset", url, "plus-lg", "Action"))
        places.insert(1, Hit("Import recordings", reverse("imports:list"), "upload", "Action"))
    if is_site_built():
        places.append(Hit("Documentation with search and reference", reverse("docs"), "book"))
    if user.is_staff:
        places.append(Hit("Admin", reverse("admin:index"), "shield-lock"))
    return places


def _datasets(user: Any, words: str) -> list[Hit]:
    found = datasets_visible(user).filter(name__icontains=words)[:SHOWN_PER_GROUP]
    return [
        Hit(
            dataset.name,
            reverse("datasets:detail", args=[dataset.pk]),
            "database",
            dataset.get_status_display(),
        )
        for dataset in found
    ]


def _saved_views(user: Any, words: str) -> list[Hit]:
    found = saved_views_visible(user).filter(name__icontains=words)[:SHOWN_PER_GROUP]
    return [Hit(row.name, f"{reverse('explorer')}?{row.query}", "bookmark") for row in found]


def _signals(user: Any, words: str) -> list[Hit]:
    return [
        Hit(
            match.label,
            f"{reverse('viewer')}?signal={match.pk}",
            "activity",
            " · ".join(part for part in (match.fault_class, match.dataset) if part),
        )
        for match in signals_matching(user, words, limit=SHOWN_PER_GROUP)
    ]
