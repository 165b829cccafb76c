import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from common.commands import FAILED, PortalCommand
from common.text import counted
from datasets.management.named import ready_dataset
from datasets.verification.checking import dataset_verify
from monitoring.management.progress import progress_bar
from vibration.errors import VibrationError


class Command(PortalCommand):
    help = (
        "Compare a dataset with what it was made of: simulated records are made again from the "
        "recipe, recorded files by their checksums."
    )
    example = 'verify_dataset "Sample dataset"\nverify_dataset "Sample dataset" --sample 50 --json'
    refusals = (VibrationError, OSError)
    on_interrupt = "Interrupted; nothing was changed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="name of the dataset")
        parser.add_argument(
            "--sample", type=int, metavar="N", help="check N records or files, drawn anew"
        )
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        found = ready_dataset(options["name"], to_be="verified")
        total = min(options["sample"] or found.store.n_signals, found.store.n_signals)
        with progress_bar(found.name, total=total, unit=" records") as show:
            result = dataset_verify(
                found, sample=options["sample"], step=lambda done, total: show(done)
            )
        if options["json"]:
            self.stdout.write(
                json.dumps(
                    {
                        "dataset": found.name,
                        "checked": result.n_checked,
                        "unit": result.unit,
                        "findings": [str(each) for each in result.findings],
                    }
                )
            )
        else:
            for each in result.findings:
                self.stdout.write(str(each))
        checked = counted(result.n_checked, result.unit)
        if result.findings:
            raise CommandError(
                f"{found.name} is not as it was made: {counted(len(result.findings), 'difference')}"
                f" in {checked}.",
                returncode=FAILED,
            )
        if not options["json"]:
            self.stdout.write(f"{found.name}: {checked} checked, all as they were made.")
