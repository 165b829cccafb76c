"""An import at the command line, in this process."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from common.errors import Invalid
from common.text import counted, size
from datasets.imports.labels import class_meant
from datasets.imports.outcome import ImportOutcome
from datasets.imports.plan import ImportPlan, PlannedSpecimen
from datasets.management.owners import owner_named
from datasets.models import Dataset
from datasets.selectors import datasets_visible
from datasets.services import dataset_import_add, dataset_import_create, dataset_import_run
from datasets.services.creation import name_and_description
from monitoring.management.progress import progress_bar
from signals.models import Bearing, FaultClass, Severity
from signals.services.bearings import bearings_offered


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


def names_prove(name: str, username: str | None) -> None:
    """Refuse an owner or a name of a dataset before anything is read."""
    owner = owner_named(username)
    if not datasets_visible(owner).filter(name__iexact=name).exists():
        name_and_description(name, "")


def import_here(
    plan: ImportPlan, username: str | None, types: Iterable[tuple[str | None, str]] = ()
) -> Said:
    """Make the dataset of a plan, or add to the one of its name, or go on with it; `types` are
    specimens and the names of their bearing types.
    """
    owner = owner_named(username)
    plan = replace(plan, specimens=_typed(owner, types))
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
        f"“{word}” is no {what} of the portal; its signals have none." for word, what in unknown
    ]
    sentences += [note for each in outcome.files for note in each.notes]
    return Said(outcome, tuple(sentences))


def _is_ours(dataset: Dataset) -> bool:
    """Tell whether a killed command left it, rather than a job works on it."""
    return dataset.is_recorded and dataset.job is None


def _typed(owner: Any, types: Iterable[tuple[str | None, str]]) -> tuple[PlannedSpecimen, ...]:
    catalogue = {row.name.casefold(): row for row in bearings_offered(owner)}
    found: dict[str, Bearing] = {}
    for specimen, name in sorted(types, key=str):
        if not specimen:
            raise Invalid(f"{name} is a bearing type without a specimen to be of it.")
        bearing = catalogue.get(name.casefold())
        if bearing is None:
            raise Invalid(f"There is no bearing type “{name[:40]}” in the catalogue.")
        if found.setdefault(specimen, bearing) != bearing:
            raise Invalid(
                f"{specimen} is said to be a {found[specimen]} and a {bearing}; one specimen has "
                "one type."
            )
    return tuple(PlannedSpecimen(name=name, bearing_id=row.pk) for name, row in found.items())


def _labelled(plan: ImportPlan) -> tuple[ImportPlan, list[tuple[str, str]]]:
    """Return the plan with codes in the place of words, and the words that mean none."""
    classes = list(FaultClass.objects.all())
    meant = {each.label: class_meant(each.label, classes) for each in plan.files}
    severities = {
        str(word).casefold(): row.code
        for row in Severity.objects.all()
        for word in (row.code, row.name)
    }
    hard = {each.severity: severities.get(each.severity.casefold(), "") for each in plan.files}
    files = tuple(
        replace(each, label=meant[each.label], severity=hard[each.severity]) for each in plan.files
    )
    unknown = [(word, "class") for word, code in sorted(meant.items()) if word and not code]
    unknown += [(word, "severity") for word, code in sorted(hard.items()) if word and not code]
    return replace(plan, files=files), unknown
