"""From a recipe to a dataset's files, streamed record by record over one or several processes."""

from vibration.generation.dataset import (
    GenerationCancelled,
    GenerationResult,
    copy_rows,
    generate,
    produce_rows,
    store_of,
)
from vibration.generation.estimates import Estimate, Pace, estimate, pace_of
from vibration.generation.pool import WorkerLostError
from vibration.generation.verification import (
    Difference,
    VerificationCancelled,
    verify_records,
)

__all__ = [
    "Difference",
    "Estimate",
    "GenerationCancelled",
    "GenerationResult",
    "Pace",
    "VerificationCancelled",
    "WorkerLostError",
    "copy_rows",
    "estimate",
    "generate",
    "pace_of",
    "produce_rows",
    "store_of",
    "verify_records",
]
