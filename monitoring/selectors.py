"""Reads of jobs and notices; the user comes first and sees only their own."""

from importlib import import_module
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from common.errors import NotFound
from common.roles import visible_to
from monitoring.models import ApiToken, Job, NoticeChoice, Notification, UserSession, UserSettings


def jobs_visible(user: Any) -> QuerySet[Job]:
    """Return the jobs `user` may see; none is shared."""
    return visible_to(user, Job.objects.select_related("owner"))


def job_get(user: Any, job_id: UUID | str) -> Job:
    """Return one job that `user` may see."""
    try:
        job = jobs_visible(user).filter(pk=UUID(str(job_id))).first()
    except ValueError:
        job = None
    if job is None:
        raise NotFound("There is no such job.")
    return job


def notifications_for(user: Any) -> QuerySet[Notification]:
    """Return the notices sent to `user`, newest first."""
    if not user.is_authenticated:
        return Notification.objects.none()
    return Notification.objects.filter(user=user)


def unread_count(user: Any) -> int:
    """Return how many notices `user` has not read."""
    return notifications_for(user).filter(read_at__isnull=True).count()


def settings_of(user: Any) -> UserSettings:
    """Return how `user` wants the portal; without a choice as it is for everybody."""
    if not user.is_authenticated:
        return UserSettings()
    # Kept at the account for this request: frame and page both ask.
    if not hasattr(user, "_portal_settings"):
        own = UserSettings.objects.filter(user=user).first()
        user._portal_settings = own or UserSettings(user=user)
    kept: UserSettings = user._portal_settings
    return kept


def notice_choices(user: Any) -> list[NoticeChoice]:
    """Return where `user` wants notices, one choice for each kind."""
    chosen = {choice.kind: choice for choice in NoticeChoice.objects.filter(user=user)}
    return [
        chosen.get(kind.value) or NoticeChoice(user=user, kind=kind) for kind in NoticeChoice.Kind
    ]


def sessions_of(user: Any) -> QuerySet[UserSession]:
    """Return where `user` is logged in, the latest seen first."""
    alive = Session.objects.filter(
        session_key=OuterRef("session_key"), expire_date__gt=timezone.now()
    )
    return UserSession.objects.filter(Exists(alive), user=user)


def session_is_of(user: Any, session_key: str) -> bool:
    """Tell whether this session still logs `user` in."""
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    return bool(get_user(request).pk == user.pk)


def tokens_of(user: Any) -> QuerySet[ApiToken]:
    """Return the tokens of `user` that were not taken back, the newest first."""
    return ApiToken.objects.filter(user=user, revoked_at=None)
