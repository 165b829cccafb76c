"""The kinds of job of this room, by the code of their rows."""

from typing import Final

GENERATE: Final = "generate-dataset"
PART: Final = "generate-part"
READ: Final = "read-import"
IMPORT: Final = "import-dataset"
BUILD: Final = "build-download"
VERIFY: Final = "verify-dataset"
COMPOSE: Final = "compose-dataset"
IMPORT_PART: Final = "import-part"
PARTS: Final = {PART: "datasets.jobs.generate_part", IMPORT_PART: "datasets.jobs.import_part"}
