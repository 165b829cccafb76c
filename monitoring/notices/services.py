"""Notices to one person, where they are wanted: in the portal, by e-mail."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from monitoring.models import NoticeChoice, Notification
from monitoring.notices.hints import hint_send_on_commit, user_group
from monitoring.notices.mail import mail_enqueue

_KINDS = {
    Notification.Level.SUCCESS: NoticeChoice.Kind.READY,
    Notification.Level.ERROR: NoticeChoice.Kind.FAILED,
}


def notification_send(
    *, user: Any, title: str, text: str = "", url: str = "", level: str = "info"
) -> Notification | None:
    """Tell `user` in the ways chosen; None where no such notice is wanted in the portal."""
    kind = _KINDS.get(Notification.Level(level), NoticeChoice.Kind.NEWS)
    choice = NoticeChoice.objects.filter(user=user, kind=kind).first() or NoticeChoice(kind=kind)
    if choice.by_email:
        mail = partial(mail_enqueue, user_id=user.pk, title=title, text=text, url=url)
        transaction.on_commit(mail, robust=True)
    if not choice.in_portal:
        return None
    notice = Notification(user=user, title=title[:120], text=text[:300], url=url, level=level)
    notice.full_clean()
    notice.save()
    hint_send_on_commit(groups=[user_group(user.pk)], type="notification", id=notice.pk)
    return notice


def notifications_mark_read(*, user: Any, ids: Iterable[int] | None = None) -> int:
    """Mark `user`'s notices read, all or those named; return how many were unread."""
    unread = Notification.objects.filter(user=user, read_at__isnull=True)
    if ids is not None:
        unread = unread.filter(pk__in=list(ids))
    n_read = unread.update(read_at=timezone.now())
    if n_read:
        hint_send_on_commit(groups=[user_group(user.pk)], type="notification", id="")
    return n_read
