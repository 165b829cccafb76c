"""Writes of signals."""

from signals.services.questions import UNKNOWN, Questions
from signals.services.receiving import limit_mb, size_prove
from signals.services.records import cached_results_forget, signals_delete, signals_insert
from signals.services.uploads import (
    upload_create,
    upload_delete,
    uploads_prune,
    uploads_sweep,
)

__all__ = [
    "UNKNOWN",
    "Questions",
    "cached_results_forget",
    "limit_mb",
    "signals_delete",
    "signals_insert",
    "size_prove",
    "upload_create",
    "upload_delete",
    "uploads_prune",
    "uploads_sweep",
]
