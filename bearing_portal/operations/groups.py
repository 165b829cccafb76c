"""What each role may do in the admin site. Elsewhere `common.roles` decides."""

from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import Q

from common.roles import CURATOR, ENGINEER, VIEWER
from monitoring.accounts.people import group_grant

SEEN = {
    "signals": (
        "faultclass",
        "severity",
        "noisesource",
        "bearing",
        "tag",
        "signalstore",
        "signal",
        "specimen",
        "run",
        "recording",
    ),
    "datasets": ("dataset", "recipe"),
}
CURATED = {
    "signals": (
        "change_faultclass",
        "change_severity",
        "change_noisesource",
        "add_bearing",
        "change_bearing",
        "delete_bearing",
        "change_signal",
        "add_annotation",
        "change_tag",
        "delete_tag",
        "view_annotation",
        "change_annotation",
    )
}


@transaction.atomic
def groups_seed() -> int:
    """Give each role's group what it may do at least; what an administrator added stays."""
    seen = {app: tuple(f"view_{model}" for model in models) for app, models in SEEN.items()}
    curated = {app: (*codes, *CURATED.get(app, ())) for app, codes in seen.items()}
    wanted = {VIEWER: seen, ENGINEER: seen, CURATOR: curated}
    return sum(_group_seed(name, codenames) for name, codenames in wanted.items())


def _group_seed(name: str, codenames: dict[str, tuple[str, ...]]) -> int:
    chosen = Q(pk__in=[])
    for app_label, names in codenames.items():
        chosen |= Q(content_type__app_label=app_label, codename__in=names)
    return int(group_grant(name=name, permissions=Permission.objects.filter(chosen)))
