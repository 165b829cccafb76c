from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from common.commands import PortalCommand, whole_number
from common.errors import Invalid
from common.text import counted
from datasets.management.owners import owner_named
from experiments.exports.onnx import SUFFIX, onnx_export
from experiments.selectors import experiment_get


class Command(PortalCommand):
    help = (
        "Write a ready experiment's model as ONNX, where it answers as the model does on all rows "
        "that it was trained on. Needs requirements/onnx.txt."
    )
    example = "export_onnx 3 forest.onnx"
    refusals = (OSError,)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("experiment", type=whole_number(1), metavar="ID")
        parser.add_argument("file", type=Path, metavar="FILE", help=f"ends in {SUFFIX}")
        parser.add_argument("--user", metavar="USERNAME", help="default: the first superuser")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        if file.suffix.lower() != SUFFIX:
            raise Invalid(f"The file's name ends in {SUFFIX}, such as model{SUFFIX}.")
        experiment = experiment_get(owner_named(options["user"]), options["experiment"])
        content = onnx_export(experiment)
        file.write_bytes(content)
        n = counted(experiment.result.n_signals, "training row")
        self.stdout.write(f"Wrote {file}: it answers as the model does on {n}.")
