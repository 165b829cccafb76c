import json
from argparse import ArgumentParser
from typing import Any

from common.commands import PortalCommand
from common.text import counted
from datasets.management.named import ready_dataset
from datasets.management.owners import owner_named
from datasets.services.splits import split_create
from datasets.versioning.splits import SplitReport, split_report
from signals.models import Split
from vibration.errors import VibrationError
from vibration.learning.sides import read_ratios


class Command(PortalCommand):
    help = (
        "Split a dataset so that nothing of one specimen, run or recording lies on two sides, "
        "stratified by class, the same each time for the same seed."
    )
    example = (
        'split_dataset "Sample dataset" --ratios 70:15:15 --by none --name main\n'
        "split_dataset CWRU --ratios 70:30 --by specimen --seed 1 --name held-out --json"
    )
    refusals = (VibrationError,)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", help="name of the dataset")
        parser.add_argument("--name", required=True, help="of the split")
        parser.add_argument("--ratios", default="70:15:15", metavar="A:B:C")
        parser.add_argument("--by", default="specimen", choices=Split.By.values)
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument(
            "--of-version", type=int, metavar="N", help="by default the current one"
        )
        parser.add_argument("--owner", metavar="USER", help="by default the first superuser")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        dataset = ready_dataset(options["dataset"], to_be="split")
        split = split_create(
            user=owner_named(options["owner"]),
            dataset=dataset,
            name=options["name"],
            ratios=read_ratios(options["ratios"]),
            by=options["by"],
            seed=options["seed"],
            version=options["of_version"],
        )
        report = split_report(dataset, split)
        if options["json"]:
            self.stdout.write(json.dumps(told(dataset.name, report)))
            return
        self.stdout.write(f"Split “{split}” of {dataset.name}, version {split.version.number}:")
        for each in report.sides:
            signals = counted(each.side.n_signals, "signal")
            groups = f"{report.groups.lower()}: {each.side.n_groups}"
            self.stdout.write(f"  {each.side.name}: {signals} ({each.given}), {groups}")
        for warning in report.warnings:
            self.stdout.write(warning)


def told(dataset: str, report: SplitReport) -> dict[str, Any]:
    """Return the report as a program reads it."""
    split = report.split
    return {
        "dataset": dataset,
        "split": split.name,
        "version": split.version.number,
        "by": split.by,
        "seed": split.seed,
        "sides": [
            {
                "name": each.side.name,
                "ratio": each.side.ratio,
                "signals": each.side.n_signals,
                "groups": each.side.n_groups,
                "classes": {row.code if row else "none": n for row, n in each.classes},
                "severities": {row.code if row else "none": n for row, n in each.severities},
            }
            for each in report.sides
        ],
        "warnings": report.warnings,
    }
