import json
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from common.commands import PortalCommand, whole_number
from vibration.errors import VibrationError
from vibration.learning.groups import listing
from vibration.learning.models import MODELS
from vibration.learning.table_runs import TableRun, run_table
from vibration.learning.tables import FeatureTable, read_table
from vibration.learning.words import percent

LARGEST_SEED = 2**32 - 100  # what scikit-learn takes, with room for repeats and tries


class Command(PortalCommand):
    help = (
        "Evaluate a model on a table of features: its score on groups that it has not seen, and "
        "what a random split would say. Needs no database."
    )
    example = (
        "evaluate_table features.csv --label class --group specimen --model logistic\n"
        "evaluate_table features.csv.gz --label class --group specimen --where end=DE,FE "
        "--protocol leave-out:size --json"
    )
    refusals = (VibrationError, OSError)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="CSV, or CSV packed by gzip")
        parser.add_argument("--label", required=True, metavar="COLUMN", help="the class")
        parser.add_argument(
            "--group", required=True, metavar="COLUMN", help="the physical bearing or recording"
        )
        parser.add_argument(
            "--features",
            default="",
            metavar="FIRST:LAST|A,B",
            help="default: the portal's features, else all other columns of numbers",
        )
        parser.add_argument(
            "--where",
            type=condition,
            action="append",
            default=[],
            metavar="COLUMN=a,b",
            help="keep only rows with one of these values; may be repeated",
        )
        parser.add_argument("--model", choices=tuple(MODELS), default="forest")
        parser.add_argument(
            "--protocol", type=left_out, default="group", metavar="group|leave-out:COLUMN"
        )
        parser.add_argument("--seed", type=whole_number(0, LARGEST_SEED), default=0, metavar="S")
        parser.add_argument("--json", action="store_true", help="print the numbers as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        table = read_table(
            options["file"],
            label=options["label"],
            group=options["group"],
            features=options["features"],
            where=options["where"],
            leave_out=options["protocol"],
        )
        run = run_table(
            table,
            group=options["group"],
            leave_out=options["protocol"],
            model=options["model"],
            seed=options["seed"],
        )
        experiment = f"{options['model']} on {options['file'].name}"
        if options["json"]:
            numbers = run.as_json(experiment=experiment, groups=options["group"])
            self.stdout.write(json.dumps(numbers, indent=2, allow_nan=False))
        else:
            self.stdout.write(as_text(run, table, experiment, options["group"]))


def condition(text: str) -> tuple[str, frozenset[str]]:
    column, sign, values = text.partition("=")
    if not sign or not column.strip():
        raise ArgumentTypeError(f"“{text}” is not of the form COLUMN=a,b")
    return column.strip(), frozenset(value.strip() for value in values.split(","))


def left_out(text: str) -> str:
    """Read a protocol: empty for folds by group, else the column whose values are left out."""
    kind, _, column = text.partition(":")
    if text == "group":
        return ""
    if kind != "leave-out" or not column.strip():
        raise ArgumentTypeError(f"“{text}” is neither group nor leave-out:COLUMN")
    return column.strip()


def as_text(run: TableRun, table: FeatureTable, experiment: str, group: str) -> str:
    report = run.report
    lines = [
        f"{experiment}, {len(table.features)} features, {len(run.classes)} classes",
        f"n = {len(table.labels)} rows in {run.n_groups} groups of {group}; {run.protocol}",
        "",
        f"Score             {percent(report.scores.accuracy):>6} %{limits(report.interval)}",
        f"Random split      {percent(report.mirrored.accuracy):>6} %",
        f"Majority class    {percent(report.majority):>6} %",
        f"Balanced accuracy {percent(report.scores.balanced_accuracy):>6} %",
        f"Macro-F1          {percent(report.scores.macro_f1):>6} %",
    ]
    if len(report.scores.of_repeats) > 1:
        low, high = min(report.scores.of_repeats), max(report.scores.of_repeats)
        lines.append(f"Repeats           {percent(low):>6} to {percent(high)} %")
    if table.empty:
        lines.append(f"Left out, as they have no value: {listing(list(table.empty))}")
    said = f"{run.warning} {report.doubt}".strip()
    return "\n".join([*lines, "", said] if said else lines)


def limits(interval: tuple[float, float] | None) -> str:
    return f"  (95 %: {percent(interval[0])} to {percent(interval[1])} %)" if interval else ""
