"""What people change about themselves."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from common.errors import Invalid
from monitoring.models import NoticeChoice, UserSettings


def profile_save(*, user: Any, first_name: str, last_name: str, email: str) -> None:
    """Change name and e-mail of `user`."""
    user.first_name, user.last_name, user.email = first_name, last_name, email
    try:
        user.full_clean(exclude=["password"])
    except ValidationError as error:
        raise Invalid("Check the marked fields.", field_errors=error.message_dict) from error
    user.save(update_fields=["first_name", "last_name", "email"])


@transaction.atomic
def preferences_save(
    *,
    user: Any,
    theme: str | None = None,
    page_size: int | None = None,
    time_zone: str | None = None,
    mains_hz: int | None = None,
    notices: Mapping[str, tuple[bool, bool]] | None = None,
) -> UserSettings:
    """Keep what is given; of notices, kind → (in the portal, by e-mail); mains of 0: the site's."""
    own, _ = UserSettings.objects.get_or_create(user=user)
    own.theme = own.theme if theme is None else theme
    own.page_size = own.page_size if page_size is None else page_size
    own.time_zone = own.time_zone if time_zone is None else time_zone
    own.mains_hz = own.mains_hz if mains_hz is None else mains_hz or None
    try:
        own.full_clean(validate_unique=False)
    except ValidationError as error:
        raise Invalid("Choose one of what is offered.") from error
    own.save()
    for kind, (in_portal, by_email) in (notices or {}).items():
        NoticeChoice.objects.update_or_create(
            user=user,
            kind=NoticeChoice.Kind(kind),
            defaults={"in_portal": in_portal, "by_email": by_email},
        )
    return own
