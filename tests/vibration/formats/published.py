"""Where the published files and the reported cases lie: used where they are, skipped where not."""

import os
from pathlib import Path

DATA = Path(os.environ.get("SHARED_DATA_DIR") or Path(__file__).parents[4] / "shared" / "data")
CASES = DATA / "cases"
RECORDINGS = Path(os.environ.get("RECORDINGS_DIR") or DATA / "recordings")
