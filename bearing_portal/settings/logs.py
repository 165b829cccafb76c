"""Log lines to stdout, for a person or a collector, and as JSON to a file for each process kind."""

import json
import logging
import sys
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from bearing_portal.settings.environment import Environment
from monitoring.logs.context import current_context
from monitoring.logs.redaction import REDACTED, is_secret_name, redact

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
FORMS = ("console", "json")
RECORD_FIELDS = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


class HumanLine(logging.Formatter):
    """One line for a person at a terminal, with the request it belongs to at its end."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname:<7} {name}: {message}", "%H:%M:%S", style="{")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        context = current_context()
        line = super().formatMessage(record)
        return f"{line} [{context['request_id']}]" if "request_id" in context else line

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record), known_secrets())


class JsonLine(logging.Formatter):
    """One JSON object; what the record was given as `extra` becomes fields of it."""

    def __init__(self, process: str = "command") -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "process": self._process,
            "pid": record.process,
            "logger": record.name,
            "message": record.getMessage(),
            **current_context(),
        }
        if record.exc_info:
            line["stack"] = self.formatException(record.exc_info)
        extra = {k: v for k, v in record.__dict__.items() if k not in RECORD_FIELDS}
        fields = {name: _clean(name, value) for name, value in {**extra, **line}.items()}
        return json.dumps(fields, ensure_ascii=False)


def _clean(name: str, value: Any) -> Any:
    if is_secret_name(name):
        return REDACTED
    if value is None or isinstance(value, bool | int | float):
        return value
    return redact(str(value), known_secrets())


@cache
def _secrets_of(key: str, urls: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    passwords = (urlsplit(url).password or "" for url in urls)
    found = {key, *others, *(word for text in passwords for word in (text, unquote(text)))}
    return tuple(sorted((text for text in found if text), key=len, reverse=True))


def known_secrets() -> tuple[str, ...]:
    """The portal's own secrets: whatever writes them, they are not in a log."""
    from django.conf import settings

    if not settings.configured:
        return ()
    databases = (entry.get("PASSWORD") or "" for entry in settings.DATABASES.values())
    others = (*databases, settings.EMAIL_HOST_PASSWORD)
    return _secrets_of(settings.SECRET_KEY, (settings.REDIS_URL,), others)


def process_kind(portal_process: str, arguments: list[str]) -> str:
    """Web, worker, reconciler or command: each kind has a file of its own."""
    if portal_process == "web":
        return "web"
    return {"rqworker": "worker", "reconcile": "reconciler"}.get("".join(arguments[1:2]), "command")


def logging_settings(
    env: Environment, folder: Path, *, form: str = "console", portal_process: str = "command"
) -> dict[str, Any]:
    """Django's LOGGING, as the LOG_ variables want it; `form` is the console's default."""
    level = env.choice("LOG_LEVEL", "INFO", LEVELS)
    kind = process_kind(portal_process, sys.argv)
    handlers: dict[str, Any] = {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": env.choice("LOG_FORMAT", form, FORMS),
        }
    }
    max_bytes = 1_000_000 * env.integer("LOG_FILE_MB", 10, lowest=1, highest=1000)
    kept = env.integer("LOG_FILES_KEPT", 5, lowest=1, highest=100)
    if env.boolean("LOG_TO_FILE", True):
        handlers["file"] = {
            "()": "monitoring.logs.files.SharedRotatingFile",
            "path": folder / f"{kind}.jsonl",
            "max_bytes": max_bytes,
            "kept": kept,
            "formatter": "json",
        }
    everywhere = list(handlers)
    syslog = env.datagrams("SYSLOG_ADDRESS")
    if syslog is not None:
        host, port = syslog
        handler = "monitoring.logs.security.syslog_handler"
        handlers["syslog"] = {"()": handler, "host": host, "port": port}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"console": {"()": HumanLine}, "json": {"()": JsonLine, "process": kind}},
        "handlers": handlers,
        "root": {"handlers": everywhere, "level": level},
        "loggers": {
            # Django adds its own handler otherwise, and says everything twice.
            "django": {"handlers": [], "level": level, "propagate": True},
            # The portal's own lines say it, with the incident and without the query.
            "django.request": {"handlers": [], "level": "CRITICAL", "propagate": True},
            "django.server": {"handlers": [], "level": level, "propagate": True},
            "rq.worker": {"handlers": [], "level": level, "propagate": True},
            "daphne": {"handlers": [], "level": "WARNING", "propagate": True},
            "portal.security": {
                "handlers": ["syslog"] if syslog else [],
                "level": "INFO",
                "propagate": True,
            },
            "axes": {"handlers": [], "level": "WARNING", "propagate": True},
        },
    }
