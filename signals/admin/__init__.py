"""The admin site's pages of signals; Django finds them by importing this."""

from signals.admin import catalogue, notes, signals, versions

__all__ = ["catalogue", "notes", "signals", "versions"]
