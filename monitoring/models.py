import uuid
from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from monitoring.accounts.models import (
    ApiToken,
    NoticeChoice,
    SignOnIdentity,
    UserSession,
    UserSettings,
)

__all__ = [
    "ApiToken",
    "HealthSample",
    "Job",
    "JobLogLine",
    "NoticeChoice",
    "Notification",
    "SignOnIdentity",
    "SystemEvent",
    "UserSession",
    "UserSettings",
]


class Job(models.Model):
    """One background job. The row is the truth; queue and sockets only carry it."""

    class Status(models.TextChoices):
        QUEUED = "queued", "Queued"
        RUNNING = "running", "Running"
        COMPLETED = "completed", "Completed"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    ACTIVE = (Status.QUEUED, Status.RUNNING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.SlugField(max_length=40, help_text="What it does, for example generate-dataset.")
    title = models.CharField(max_length=200)
    url = models.CharField(max_length=200, blank=True, help_text="Page of the thing worked on.")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="jobs"
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(default=0)
    attempt = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=2)
    cancel_requested = models.BooleanField(default=False)
    error = models.CharField(max_length=500, blank=True, help_text="One sentence for the person.")
    incident_id = models.CharField(
        max_length=32, blank=True, help_text="Finds the stack in the log."
    )
    request_id = models.CharField(
        max_length=64, blank=True, help_text="Request that made it; finds its lines in the log."
    )
    host = models.CharField(
        max_length=120, blank=True, help_text="Machine and process namespace of the work horse."
    )
    pid = models.PositiveIntegerField(null=True, blank=True, help_text="Work horse's process id.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    queued_at = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "id"]
        indexes = [
            models.Index(fields=["owner", "-created_at"], name="job_owner_newest"),
            models.Index(
                fields=["status", "heartbeat_at"],
                name="job_active_heartbeat",
                condition=Q(status__in=["queued", "running"]),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="job_status_known",
                condition=Q(status__in=["queued", "running", "completed", "failed", "cancelled"]),
            ),
            models.CheckConstraint(
                name="job_progress_within_total",
                condition=Q(progress_done__lte=F("progress_total")),
            ),
            models.CheckConstraint(
                name="job_finished_has_time",
                condition=Q(status__in=["queued", "running"]) | Q(finished_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_active(self) -> bool:
        return self.status in self.ACTIVE


class JobLogLine(models.Model):
    class Level(models.TextChoices):
        INFO = "info", "Info"
        WARNING = "warning", "Warning"
        ERROR = "error", "Error"

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="log_lines")
    at = models.DateTimeField(default=timezone.now)
    level = models.CharField(max_length=10, choices=Level, default=Level.INFO)
    text = models.CharField(max_length=500)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text


class AppendOnlyError(TypeError):
    """Somebody tried to change the past."""


class AppendOnly(models.QuerySet["SystemEvent"]):
    def update(self, **values: Any) -> NoReturn:
        raise AppendOnlyError("Events are never changed.")

    def bulk_update(self, *args: Any, **values: Any) -> NoReturn:
        raise AppendOnlyError("Events are never changed.")

    def delete(self) -> NoReturn:
        raise AppendOnlyError("Events are removed by `events_remove_old` only.")


class SystemEvent(models.Model):
    """Who did what. Append-only: rows are written once and only retention removes them.

    A trigger in PostgreSQL holds this too; it lets through that the actor goes.
    """

    class Kind(models.TextChoices):
        LOGIN = "login", "Logged in"
        LOGIN_FAILED = "login-failed", "Log-in failed"
        LOGOUT = "logout", "Logged out"
        LOCKED = "locked", "Log-in paused"
        ACCESS = "access", "Access changed"
        CREATED = "created", "Created"
        COMPLETED = "completed", "Completed"
        DELETED = "deleted", "Deleted"
        RESTORED = "restored", "Restored"
        REMOVED = "removed", "Removed for good"
        EXPORTED = "exported", "Exported"
        SHARED = "shared", "Sharing changed"
        EDITED = "edited", "Edited"
        RELABELLED = "relabelled", "Relabelled"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    at = models.DateTimeField(default=timezone.now, db_index=True, editable=False)
    kind = models.CharField(max_length=20, choices=Kind)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="system_events",
    )
    subject = models.CharField(max_length=200, help_text="Name of the thing, kept when it is gone.")
    detail = models.CharField(max_length=500, blank=True)
    about = models.CharField(
        max_length=40, blank=True, default="", db_default="", help_text="Key of the thing."
    )

    objects = AppendOnly.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["kind", "-at"], name="event_kind_newest"),
            models.Index(
                fields=["about", "-id"], name="event_about_newest", condition=~Q(about="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.subject}"

    def save(self, *args: Any, **values: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError("Events are never changed.")
        super().save(*args, **values)

    def delete(self, *args: Any, **values: Any) -> NoReturn:
        raise AppendOnlyError("Events are removed by `events_remove_old` only.")


class Notification(models.Model):
    class Level(models.TextChoices):
        INFO = "info", "Info"
        SUCCESS = "success", "Success"
        WARNING = "warning", "Warning"
        ERROR = "error", "Error"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications"
    )
    level = models.CharField(max_length=10, choices=Level, default=Level.INFO)
    title = models.CharField(max_length=120)
    text = models.CharField(max_length=300, blank=True)
    url = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["user", "-id"], name="notice_unread", condition=Q(read_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.title


class HealthSample(models.Model):
    """The machine and its services at one minute; what could not be read is null."""

    at = models.DateTimeField(primary_key=True, help_text="Begin of the minute.")
    cpu_percent = models.FloatField(null=True, blank=True)
    memory_percent = models.FloatField(null=True, blank=True)
    disk_percent = models.FloatField(null=True, blank=True)
    gpu_percent = models.FloatField(null=True, blank=True)
    gpu_memory_percent = models.FloatField(null=True, blank=True)
    jobs_running = models.PositiveIntegerField(null=True, blank=True)
    jobs_waiting = models.PositiveIntegerField(null=True, blank=True)
    longest_wait_s = models.FloatField(null=True, blank=True)
    workers = models.PositiveIntegerField(null=True, blank=True)
    database_connections = models.PositiveIntegerField(null=True, blank=True)
    database_bytes = models.PositiveBigIntegerField(null=True, blank=True)
    valkey_bytes = models.PositiveBigIntegerField(null=True, blank=True)
    valkey_evicted = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="Since Valkey's start."
    )

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
