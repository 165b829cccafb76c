"""An import at the command line, in this process."""

from dataclasses import dataclass, replace
from typing import Any

from common.text import counted, size
from datasets.imports.labels import class_meant
from datasets.imports.outcome import ImportOutcome
from datasets.imports.plan import ImportPlan
from datasets.management.owners import owner_named
from datasets.models import Dataset
from datasets.selectors import datasets_visible
from datasets.services import dataset_import_add, dataset_import_create, dataset_import_run
from monitoring.management.progress import progress_bar
from signals.models import FaultClass


@dataclass(frozen=True)
class Said:
    """What came of an import, and the sentences for a person."""

    outcome: ImportOutcome
    sentences: tuple[str, ...]


class HereRun:
    """A run without a job: its progress goes to a bar."""

    job = None

    def __init__(self, show: Any) -> None:
        self._show = show

    def progress(self, done: int, total: int) -> None:
        del total
        self._show(done)

    def log(self, text: str, *, level: str = "info") -> None:
        """Say nothing: what a person should know stands in the outcome."""

    def cancelled(self) -> bool:
        return False

    def check(self) -> None:
        """Go on: Ctrl-C ends it."""


def import_here(plan: ImportPlan, username: str | None) -> Said:
    """Make the dataset of a plan, or add to the one of its name, or go on with it."""
    owner = owner_named(username)
    plan, unknown = _labelled(plan)
    dataset = datasets_visible(owner).filter(name__iexact=plan.name).first()
    if dataset is None:
        dataset = dataset_import_create(owner=owner, plan=plan)
    elif dataset.status == Dataset.Status.READY or not _is_ours(dataset):
        dataset_import_add(user=owner, dataset=dataset, plan=plan)
    with progress_bar("Importing", total=len(plan.files), unit="file") as show:
        outcome = dataset_import_run(run=HereRun(show), dataset=dataset, plan=plan)
    dataset = Dataset.objects.select_related("store").get(pk=dataset.pk)
    sentences = [
        f"Dataset “{dataset.name}” (id {dataset.pk}): {counted(outcome.n_signals, 'signal')} of "
        f"{counted(len(outcome.files) - len(outcome.left_out), 'file')}, "
        f"{size(dataset.store.size_bytes)}."
    ]
    sentences += [
        f"“{label}” is no class of the portal; its signals have none." for label in unknown
    ]
    sentences += [note for each in outcome.files for note in each.notes]
    return Said(outcome, tuple(sentences))


def _is_ours(dataset: Dataset) -> bool:
    """Tell whether a killed command left it, rather than a job works on it."""
    return dataset.is_recorded and dataset.job is None


def _labelled(plan: ImportPlan) -> tuple[ImportPlan, list[str]]:
    classes = list(FaultClass.objects.all())
    meant = {each.label: class_meant(each.label, classes) for each in plan.files}
    files = tuple(replace(each, label=meant[each.label]) for each in plan.files)
    return replace(plan, files=files), sorted(k for k, code in meant.items() if k and not code)
