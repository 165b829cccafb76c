"""What is kept of the files of an import: channels cut, measured and written, file by file."""

from vibration.importing.keep import Cutting, keep_file, kept_name
from vibration.importing.kept import Block, KeptFile, Part
from vibration.importing.plan import PlannedChannel, PlannedFile
from vibration.importing.pool import keep_in_processes
from vibration.importing.shards import Entry, Shape, ShardFacts, shape_of, write_shards

__all__ = [
    "Block",
    "Cutting",
    "Entry",
    "KeptFile",
    "Part",
    "PlannedChannel",
    "PlannedFile",
    "Shape",
    "ShardFacts",
    "keep_file",
    "keep_in_processes",
    "kept_name",
    "shape_of",
    "write_shards",
]
