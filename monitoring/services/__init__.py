"""Writes of jobs, notices and events."""

from monitoring.services.accounts import preferences_save, profile_save
from monitoring.services.events import event_record, events_remove_old
from monitoring.services.hints import hint_send, hint_send_on_commit
from monitoring.services.lifecycle import (
    JobCancelled,
    JobLost,
    job_cancel_request,
    job_complete,
    job_create,
    job_enqueue,
    job_fail,
    job_log,
    job_progress,
    job_retry,
    job_start,
    job_stop,
)
from monitoring.services.notices import notification_send, notifications_mark_read
from monitoring.services.reconcile import jobs_reconcile
from monitoring.services.sessions import (
    session_end,
    session_seen,
    sessions_end_others,
    sockets_recheck,
)

__all__ = [
    "JobCancelled",
    "JobLost",
    "event_record",
    "events_remove_old",
    "hint_send",
    "hint_send_on_commit",
    "job_cancel_request",
    "job_complete",
    "job_create",
    "job_enqueue",
    "job_fail",
    "job_log",
    "job_progress",
    "job_retry",
    "job_start",
    "job_stop",
    "jobs_reconcile",
    "notification_send",
    "notifications_mark_read",
    "preferences_save",
    "profile_save",
    "session_end",
    "session_seen",
    "sessions_end_others",
    "sockets_recheck",
]
