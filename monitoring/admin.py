from datetime import timedelta
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from common.admin import WrittenBySystem, act_on_each
from monitoring.accounts import admin as account_admin  # noqa: F401  (registers its pages)
from monitoring.events import events_remove_old
from monitoring.jobs.lifecycle import job_cancel_request, job_retry
from monitoring.models import (
    HealthSample,
    Job,
    JobLogLine,
    Notification,
    SystemEvent,
)
from monitoring.notices.services import notifications_mark_read
from monitoring.selectors import jobs_visible

RETENTION = timedelta(days=90)
LOG_LINES_SHOWN = 100


@admin.register(Job)
class JobAdmin(WrittenBySystem):
    """Jobs are cancelled and retried here, never edited; an ended one may be deleted."""

    list_display = (
        "title",
        "kind",
        "status",
        "progress",
        "owner",
        "attempts",
        "created_at",
        "took",
    )
    list_filter = ("status", "kind", "created_at")
    search_fields = ("title", "owner__username", "error", "incident_id")
    date_hierarchy = "created_at"
    list_select_related = ("owner",)
    show_full_result_count = False
    actions = ("cancel", "retry")
    fieldsets = (
        (None, {"fields": ("title", "kind", "owner", "url", "status", "progress", "error")}),
        ("Attempts", {"fields": ("attempt", "max_attempts", "cancel_requested", "host", "pid")}),
        (
            "Times",
            {"fields": ("created_at", "queued_at", "started_at", "heartbeat_at", "finished_at")},
        ),
        ("Log", {"fields": ("incident_id", "log")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        return jobs_visible(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser) and (obj is None or not obj.is_active)

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    @admin.display(description="progress")
    def progress(self, job: Job) -> str:
        return f"{job.progress_done} of {job.progress_total}" if job.progress_total else "–"

    @admin.display(description="attempts")
    def attempts(self, job: Job) -> str:
        return f"{job.attempt} of {job.max_attempts}"

    @admin.display(description="took")
    def took(self, job: Job) -> str:
        if job.started_at is None or job.finished_at is None:
            return "–"
        return f"{(job.finished_at - job.started_at).total_seconds():.1f} s"

    @admin.display(description=f"last {LOG_LINES_SHOWN} lines")
    def log(self, job: Job) -> SafeString | str:
        newest = reversed(job.log_lines.order_by("-id")[:LOG_LINES_SHOWN])
        lines = ((f"{line.at:%H:%M:%S}", line.level, line.text) for line in newest)
        return format_html_join("", "<div>{} {} {}</div>", lines) or "–"

    @admin.action(description="Cancel the selected jobs", permissions=["operate"])
    def cancel(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        act = partial(_cancel, request.user)
        act_on_each(self, request, jobs, act, done="asked to stop")

    @admin.action(description="Try the selected jobs again", permissions=["operate"])
    def retry(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        act_on_each(self, request, jobs, partial(_retry, request.user), done="queued again")


def _cancel(user: Any, job: Job) -> None:
    job_cancel_request(user=user, job=job)


def _retry(user: Any, job: Job) -> None:
    job_retry(user=user, job=job)


@admin.register(JobLogLine)
class JobLogLineAdmin(WrittenBySystem):
    """The log of all jobs, to search in; lines go with their job."""

    list_display = ("at", "level", "text", "job")
    list_filter = ("level", "job__kind", "at")
    search_fields = ("text", "job__title")
    date_hierarchy = "at"
    list_select_related = ("job",)
    show_full_result_count = False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Asked when a job is deleted; by themselves lines are not deleted.
        return bool(request.user.is_superuser)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}


@admin.register(SystemEvent)
class SystemEventAdmin(WrittenBySystem):
    """Append-only. Only retention removes events, and only old ones."""

    list_display = ("at", "kind", "actor", "subject", "detail")
    list_filter = ("kind", "at")
    search_fields = ("subject", "detail", "actor__username")
    date_hierarchy = "at"
    list_select_related = ("actor",)
    show_full_result_count = False
    actions = ("remove_old",)

    def has_retain_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    @admin.action(
        description=f"Remove those of the selected events older than {RETENTION.days} days",
        permissions=["retain"],
    )
    def remove_old(self, request: HttpRequest, events: QuerySet[SystemEvent]) -> None:
        ids = list(events.values_list("pk", flat=True))
        n_removed = events_remove_old(before=timezone.now() - RETENTION, ids=ids)
        self.message_user(
            request,
            f"{n_removed} removed; events are kept for {RETENTION.days} days.",
            messages.SUCCESS,
        )


@admin.register(Notification)
class NotificationAdmin(WrittenBySystem):
    list_display = ("created_at", "user", "level", "title", "is_read")
    list_filter = ("level", ("read_at", admin.EmptyFieldListFilter), "created_at")
    search_fields = ("title", "text", "user__username")
    date_hierarchy = "created_at"
    list_select_related = ("user",)
    show_full_result_count = False
    actions = ("mark_read",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    @admin.display(description="read", boolean=True)
    def is_read(self, notice: Notification) -> bool:
        return notice.read_at is not None

    @admin.action(description="Mark the selected notices read", permissions=["delete"])
    def mark_read(self, request: HttpRequest, notices: QuerySet[Notification]) -> None:
        ids_of: dict[Any, list[int]] = {}
        for notice in notices:
            ids_of.setdefault(notice.user, []).append(notice.pk)
        n_read = sum(notifications_mark_read(user=user, ids=ids) for user, ids in ids_of.items())
        self.message_user(request, f"{n_read} marked read.", messages.SUCCESS)


@admin.register(HealthSample)
class HealthSampleAdmin(WrittenBySystem):
    """One row a minute; retention removes them."""

    list_display = (
        "at",
        "cpu_percent",
        "memory_percent",
        "disk_percent",
        "gpu_percent",
        "jobs_running",
        "jobs_waiting",
        "workers",
        "database_connections",
    )
    list_filter = ("at",)
    date_hierarchy = "at"
    show_full_result_count = False
