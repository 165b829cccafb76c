"""What a person answers about the files of a draft, for one or many at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet

from common.errors import Invalid
from datasets.imports.selectors import Stage, draft_get, files_of, stage_of
from datasets.imports.services.drafts import draft_lock
from datasets.imports.services.proofs import PROOFS, rates_prove
from datasets.imports.services.windows import change_count, change_prove
from datasets.models import ImportChannel, ImportDraft, ImportFile, ImportSpecimen
from datasets.models.imports import LONGEST_WORD
from signals.models import Bearing, FaultClass, Severity
from signals.services.bearings import bearings_offered

FOLDER: Final = "folder"
NAME: Final = "name"
_WORDS: Final[tuple[str, ...]] = ("label", "specimen", "run")


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What is said of some files; None leaves a fact as it is.

    Attributes
    ----------
    specimen_from, run_from, label_from : str
        ``folder`` or ``name`` takes the word from the file's path.
    fault_size_mm : str
        With its unit, in mm where there is none.
    """

    fs_hz: float | None = None
    rpm: float | None = None
    unit: str | None = None
    fault_class: FaultClass | None = None
    severity: Severity | None = None
    specimen: str | None = None
    specimen_from: str = ""
    run: str | None = None
    run_from: str = ""
    pulses_per_turn: int | None = None
    fault_size_mm: str | None = None
    fault_location: str | None = None
    label_from: str = ""
    is_left_out: bool | None = None


def files_answer(
    *, user: Any, draft: ImportDraft, files: QuerySet[ImportFile], answers: Answers
) -> int:
    """Note what a person says of files; return of how many. All of it holds, or nothing.

    Raises
    ------
    Invalid
        By field, where an answer cannot be or contradicts what a file says.
    """
    said = _proven(answers)
    with transaction.atomic():
        answerable(user, draft)
        rows = list(files.filter(status=ImportFile.Status.READ).prefetch_related("channels__rates"))
        if not rows:
            raise Invalid("Choose at least one file that was read.")
        if answers.fs_hz is not None:
            rates_prove([(row, answers.fs_hz) for row in rows])
        for row in rows:
            for name, value in said.items():
                setattr(row, name, value)
            _named_by_path(row, answers)
        changed = dict.fromkeys((*said, *_WORDS))
        ImportFile.objects.bulk_update(rows, changed, 500)
    return len(rows)


def answers_forget(*, user: Any, draft: ImportDraft, files: QuerySet[ImportFile]) -> int:
    """Take back everything that was said of files."""
    with transaction.atomic():
        answerable(user, draft)
        pks = list(files.values_list("pk", flat=True))
        return ImportFile.objects.filter(pk__in=pks).update(
            fs_hz=None, rpm=None, unit="", fault_class=None, severity=None,
            specimen="", run="", is_left_out=False,
            pulses_per_turn=None, fault_size_mm=None, fault_location="",
        )  # fmt: skip


def labels_map(*, user: Any, draft: ImportDraft, classes: Mapping[str, FaultClass | None]) -> int:
    """Give every file with a label the class that the label means; return how many."""
    with transaction.atomic():
        answerable(user, draft)
        files = draft.files.filter(status=ImportFile.Status.READ)
        there = files.exclude(label="").order_by("label").values_list("label", flat=True)
        return sum(
            files.filter(label=label).update(fault_class=classes[label])
            for label in there.distinct()
            if label in classes
        )


def channels_choose(*, user: Any, draft: ImportDraft, file: ImportFile, kept: set[int]) -> None:
    """Keep these channels of a file, and no others."""
    with transaction.atomic():
        answerable(user, draft)
        channels = ImportChannel.objects.filter(file=file)
        without = channels.filter(pk__in=kept, fs_hz=None, waits_for_rate=False).first()
        if without is not None:
            raise Invalid(
                f"{without.name} has no sampling rate and another length than the channels that "
                "wait for one; it cannot be kept."
            )
        channels.filter(pk__in=kept).update(is_kept=True)
        channels.exclude(pk__in=kept).update(is_kept=False)


def channel_names_choose(
    *, user: Any, draft: ImportDraft, files: QuerySet[ImportFile], name: str, is_kept: bool
) -> int:
    """Keep, or leave out, the channels of one name in many files."""
    with transaction.atomic():
        answerable(user, draft)
        pks = list(files.values_list("pk", flat=True))
        channels = ImportChannel.objects.filter(file__in=pks, name=name)
        if is_kept:
            channels = channels.exclude(fs_hz=None, waits_for_rate=False)
        return channels.update(is_kept=is_kept)


def specimen_describe(
    *, user: Any, draft: ImportDraft, name: str, bearing: Bearing | None
) -> ImportSpecimen:
    """Say of which type a specimen is."""
    with transaction.atomic():
        answerable(user, draft)
        if not draft.files.filter(specimen=name).exclude(specimen="").exists():
            raise Invalid("No file of this import names this specimen.")
        if bearing is not None and not bearings_offered(user).filter(pk=bearing.pk).exists():
            raise Invalid("Choose a bearing type of the list.")
        specimen = ImportSpecimen.objects.filter(draft=draft, name=name).first()
        specimen = specimen or ImportSpecimen(draft=draft, name=name)
        specimen.bearing = bearing
        specimen.full_clean()
        specimen.save()
    return specimen


def answerable(user: Any, draft: ImportDraft) -> None:
    """Lock a draft that takes answers, and count the change.

    Raises
    ------
    Invalid
        Where it is being read or has become a dataset.
    ChangedElsewhere
        Where another window has changed it since.
    """
    locked = draft_lock(draft)
    stage = stage_of(draft_get(user, locked.pk))
    if stage == Stage.READING:
        raise Invalid("The files are being read. Wait until that ends, or cancel it.")
    if stage in (Stage.IMPORTING, Stage.IMPORTED):
        raise Invalid("This import has become a dataset; its answers stay as they are.")
    change_prove(draft, locked)
    change_count(draft, locked)


def _proven(answers: Answers) -> dict[str, Any]:
    """Return the answers that were given as they are kept."""
    said: dict[str, Any] = {}
    wrong: dict[str, list[str]] = {}
    for name, prove in PROOFS.items():
        value = getattr(answers, name, None)
        if value is None:
            continue
        try:
            said[name] = prove(value)
        except Invalid as error:
            wrong[name] = [error.sentence]
    if wrong:
        raise Invalid(next(iter(wrong.values()))[0], field_errors=wrong)
    for name in ("fault_class", "severity", "is_left_out"):
        value = getattr(answers, name)
        if value is not None:
            said[name] = value
    is_named = answers.specimen_from or answers.run_from or answers.label_from
    if not said and not is_named:
        raise Invalid("Answer at least one thing.")
    return said


def _named_by_path(row: ImportFile, answers: Answers) -> None:
    for name in _WORDS:
        source = getattr(answers, f"{name}_from")
        if source:
            setattr(row, name, word_of(row.path, source)[:LONGEST_WORD])


def word_of(path: str, source: str) -> str:
    """Return the folder or the name of a file, as a specimen, run or label is called after it."""
    pure = PurePosixPath(path)
    if source == FOLDER:
        return pure.parent.name
    if source == NAME:
        name = pure.name.removesuffix(".gz")
        return name.rpartition(".")[0] or name
    raise Invalid("Take it from the folder or from the name.")


def files_chosen(draft: ImportDraft, pks: Sequence[int] | None) -> QuerySet[ImportFile]:
    """Return the files meant: those of the numbers, all where there is none."""
    files = files_of(draft)
    return files if pks is None else files.filter(pk__in=pks)
