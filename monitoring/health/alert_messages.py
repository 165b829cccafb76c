"""An alert on its way: by e-mail, and to the web addresses of other systems."""

import json
import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from smtplib import SMTPException
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import send_mail

from monitoring.health.checks import Check

logger = logging.getLogger(__name__)

STEP_S, WHOLE_S = 10.0, 20.0
LONGEST_TEXT = 500


@dataclass(frozen=True)
class Alert:
    """Which checks stay red, and which are well again."""

    at: datetime
    red: tuple[Check, ...] = ()
    well: tuple[Check, ...] = ()
    is_test: bool = False

    def __bool__(self) -> bool:
        return bool(self.red or self.well or self.is_test)

    @property
    def title(self) -> str:
        if self.is_test:
            return "Test of the alerts"
        parts = [
            f"{', '.join(check.name for check in checks)} {what}"
            for checks, what in (
                (self.red, "fails" if len(self.red) == 1 else "fail"),
                (self.well, "is well again" if len(self.well) == 1 else "are well again"),
            )
            if checks
        ]
        return "; ".join(parts)

    @property
    def text(self) -> str:
        if self.is_test:
            return "Nothing is wrong: somebody tried whether alerts arrive."
        lines = [
            f"{check.name}: {check.detail}. {check.advice}".strip()[:LONGEST_TEXT]
            for check in self.red
        ]
        lines += [f"{check.name}: {check.detail}"[:LONGEST_TEXT] for check in self.well]
        return "\n".join(lines)


def alert_send(alert: Alert) -> list[str]:
    """Tell everybody who is to be told; return who took it. What failed is in the log."""
    logger.warning("Alert: %s", alert.title)
    took = []
    if settings.ALERT_EMAILS and _mailed(alert):
        took += settings.ALERT_EMAILS
    for url in settings.ALERT_WEBHOOKS:
        host = str(urlsplit(url).hostname)  # the rest of the address may be a secret
        try:
            status = _posted(url, _body(alert))
        except (OSError, HTTPException, ValueError) as error:
            logger.warning("No alert to the webhook at %s: %s", host, _reason(error, url))
            continue
        if 200 <= status < 300:
            took.append(host)
        else:
            logger.warning("No alert to the webhook at %s: it answered %d", host, status)
    return took


def _mailed(alert: Alert) -> bool:
    subject = f"Bearing Portal: {alert.title}"[:200]
    body = f"{alert.text}\n\n{settings.SITE_URL}/system-health/"
    try:
        send_mail(subject, body, None, settings.ALERT_EMAILS)
    except (SMTPException, OSError, ValueError) as error:
        logger.warning("No alert by e-mail: %s", error)
        return False
    return True


def _body(alert: Alert) -> bytes:
    """Return JSON for programs, with the one key `text` that chat systems show."""
    return json.dumps(
        {
            "text": f"Bearing Portal ({settings.SITE_URL}): {alert.title}\n{alert.text}",
            "portal": settings.SITE_URL,
            "at": alert.at.isoformat(),
            "test": alert.is_test,
            "red": [
                {"name": each.name, "detail": each.detail[:LONGEST_TEXT], "advice": each.advice}
                for each in alert.red
            ],
            "well": [each.name for each in alert.well],
        }
    ).encode()


def _posted(url: str, body: bytes) -> int:
    """Send, and return the status. A redirect is not followed, an answer's text not read."""
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(str(parts.hostname), parts.port, timeout=STEP_S)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"Content-Type": "application/json", "User-Agent": "bearing-portal"}
    try:
        connection.connect()
        with _ended_after(WHOLE_S, connection.sock):
            connection.request("POST", path, body, headers)
            return connection.getresponse().status
    finally:
        connection.close()


@contextmanager
def _ended_after(seconds: float, ended: socket.socket) -> Iterator[None]:
    """End a connection that goes on byte by byte: each step alone has a time-out already."""

    def end() -> None:
        try:
            ended.shutdown(socket.SHUT_RDWR)
        except OSError:
            logger.debug("The connection of a webhook had ended before its time was over")

    timer = threading.Timer(seconds, end)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _reason(error: Exception, url: str) -> str:
    path = urlsplit(url).path
    text = str(error) or type(error).__name__
    return text.replace(url, "…").replace(path, "…") if len(path) > 1 else text
