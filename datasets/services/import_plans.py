"""Whether the plan of an import can be carried out, before anything of it is begun."""

from typing import Final

from common.errors import Invalid, Unavailable
from datasets.imports.plan import ImportPlan, PlannedFile
from datasets.services.files import space_prove
from signals.models import Bearing, FaultClass, Severity
from vibration.features import FEATURE_NAMES
from vibration.importing import Cutting

FEWEST_SEGMENT_SAMPLES: Final = 64
MOST_OVERLAP: Final = 0.95
MOST_FILES: Final = 20_000
_NAME: Final = 100
_SAMPLE_BYTES: Final = 4
_FEATURE_BYTES: Final = 8 * len(FEATURE_NAMES)
_COPIES: Final = 2


def plan_prove(plan: ImportPlan) -> None:
    """Refuse a plan that cannot be carried out."""
    if not plan.files:
        raise _refused("files", "There is no file to import.")
    if len(plan.files) > MOST_FILES:
        raise _refused("files", f"At most {MOST_FILES} files are imported at once.")
    length = plan.segment_samples
    if length is not None and length < FEWEST_SEGMENT_SAMPLES:
        raise _refused(
            "segment_samples", f"A segment has at least {FEWEST_SEGMENT_SAMPLES} samples."
        )
    if not 0 <= plan.overlap <= MOST_OVERLAP:
        raise _refused("overlap", f"Segments overlap by 0 to {100 * MOST_OVERLAP:.0f} %.")
    for model, what, field in (
        (FaultClass, "fault class", "label"),
        (Severity, "severity", "severity"),
    ):
        wanted = {getattr(each, field) for each in plan.files} - {""}
        known = set(model.objects.filter(code__in=wanted).values_list("code", flat=True))
        if unknown := wanted - known:
            raise _refused(field, f"There is no {what} “{min(unknown)[:40]}”.")
    names = {n for each in plan.files for n in (each.specimen, each.run)}
    if too_long := [name for name in names if len(name) > _NAME]:
        raise _refused("specimen", f"“{too_long[0][:40]}…” is longer than {_NAME} letters.")
    bearings = {each.bearing_id for each in plan.specimens if each.bearing_id is not None}
    if Bearing.objects.filter(pk__in=bearings).count() != len(bearings):
        raise _refused("specimens", "A bearing type is not in the catalogue any more.")
    try:
        size_bytes = bytes_needed(plan)
    except OSError as error:
        raise Unavailable(f"The files cannot be read ({error.strerror}).") from error
    space_prove(size_bytes)


def bytes_needed(plan: ImportPlan) -> int:
    """Return what an import adds to the disk: its samples as they are kept of each file and again
    as they are written together, and each original that stays, once.
    """
    cutting = Cutting(segment_samples=plan.segment_samples, overlap=plan.overlap)
    total = 0
    for each in plan.files:
        file_bytes = each.path.stat().st_size if each.path.is_file() else 0
        total += _COPIES * _sample_bytes(each, cutting, file_bytes)
        total += file_bytes if plan.keep_originals else 0
    return total


def _sample_bytes(file: PlannedFile, cutting: Cutting, file_bytes: int) -> int:
    if any(channel.n_samples is None for channel in file.channels):
        return file_bytes  # as large as the file, where nobody noted how long it is
    return sum(
        (_SAMPLE_BYTES * (cutting.segment_samples or n_samples) + _FEATURE_BYTES)
        * len(cutting.starts(n_samples))
        for channel in file.channels
        if (n_samples := channel.n_samples) is not None
    )


def _refused(field: str, sentence: str) -> Invalid:
    return Invalid(sentence, field_errors={field: [sentence]})
