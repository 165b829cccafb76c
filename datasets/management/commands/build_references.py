from argparse import ArgumentParser
from typing import Any

from django.db.models import QuerySet

from common.commands import PortalCommand
from common.errors import NotFound, Unavailable
from datasets.models import Dataset
from monitoring.management.progress import progress_bar
from signals.waveforms.references import reference_build, references_missing


class Command(PortalCommand):
    help = (
        "Compute the expected spectra that are missing: median and 10–90 % band of the power "
        "spectral density of each class of a dataset. Safe to repeat; the viewer makes a missing "
        "one by itself when it is first looked at."
    )
    example = 'build_references\nbuild_references "Sample dataset"'
    on_interrupt = "Interrupted; run build_references again to finish."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", nargs="?", help="name of a dataset; default: all ready ones")

    def handle(self, *args: Any, **options: Any) -> None:
        missing = [
            (dataset, fault_class_id)
            for dataset in ready_datasets(options["name"])
            for fault_class_id in references_missing(dataset.store)
        ]
        unreadable: dict[str, str] = {}
        with progress_bar("Expected spectra", total=len(missing), unit="class") as show:
            for done, (dataset, fault_class_id) in enumerate(missing, start=1):
                try:
                    reference_build(store=dataset.store, fault_class_id=fault_class_id)
                except Unavailable as error:
                    unreadable[dataset.name] = error.sentence
                show(done)
        n_whole = sum(dataset.name not in unreadable for dataset, _ in missing)
        self.stdout.write(f"{n_whole} expected spectra computed.")
        if unreadable:
            raise Unavailable(" ".join(f"“{name}”: {why}" for name, why in unreadable.items()))


def ready_datasets(name: str | None) -> QuerySet[Dataset]:
    ready = Dataset.objects.kept().filter(status=Dataset.Status.READY).select_related("store")
    if name is None:
        return ready
    ready = ready.filter(name__iexact=name)
    if not ready.exists():
        raise NotFound(f"There is no ready dataset “{name}”.")
    return ready
