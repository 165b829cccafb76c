"""What is kept of the files of an import: channels cut, measured and written, file by file."""

from vibration.importing.plan import PlannedChannel, PlannedFile

__all__ = ["PlannedChannel", "PlannedFile"]
