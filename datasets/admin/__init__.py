"""The admin site's pages of datasets; Django finds them by importing this."""

from datasets.admin import datasets, imports, work

__all__ = ["datasets", "imports", "work"]
