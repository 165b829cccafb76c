"""The admin site's pages of signals; Django finds them by importing this."""

from signals.admin import signals, versions

__all__ = ["signals", "versions"]
