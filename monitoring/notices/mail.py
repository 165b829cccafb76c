"""Notices by e-mail. The worker sends them, so that no page and no job waits for a mail server."""

import logging
from smtplib import SMTPException

import django_rq
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import send_mail
from redis.exceptions import RedisError
from rq import Retry

from monitoring.jobs.kinds import Queue
from monitoring.logs.context import current_request_id, log_context

logger = logging.getLogger(__name__)

_TIMEOUT_S = 60
_FOOT = (
    "You get this because you asked for it in the settings of Bearing Portal:\n"
    "{site}/accounts/settings/"
)


def mail_enqueue(*, user_id: int, title: str, text: str, url: str) -> bool:
    """Hand one e-mail to the worker; without a queue there is none, and the log says so."""
    if not settings.EMAIL_ENABLED:
        return False
    try:
        django_rq.get_queue(Queue.SHORT, commit_mode="auto").enqueue(
            mail_send,
            kwargs={
                "user_id": user_id,
                "title": title,
                "text": text,
                "url": url,
                "request_id": current_request_id(),
            },
            job_timeout=_TIMEOUT_S,
            result_ttl=0,
            retry=Retry(max=2),
            description="E-mail of a notice",
        )
    except (RedisError, OSError) as error:
        logger.warning("No e-mail to person %d, the queue is away: %s", user_id, error)
        return False
    return True


def mail_send(*, user_id: int, title: str, text: str, url: str, request_id: str = "") -> bool:
    """Send one e-mail in the worker; a refusal is logged, and a lost connection tried again."""
    person = get_user_model().objects.filter(pk=user_id, is_active=True).exclude(email="").first()
    if person is None:
        return False
    site = settings.SITE_URL.rstrip("/")
    link = f"{site}{url}" if url.startswith("/") else ""
    parts = (text, link, _FOOT.format(site=site))
    body = "\n\n".join(part for part in parts if part)
    with log_context(request_id=request_id):
        try:
            send_mail(f"Bearing Portal: {title}"[:200], body, None, [person.email])
        except (SMTPException, OSError, ValueError) as error:
            logger.warning("No e-mail to person %d: %s", user_id, error)
            raise
    return True
