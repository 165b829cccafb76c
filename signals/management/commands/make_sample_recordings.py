from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from common.commands import PortalCommand, whole_number
from vibration.errors import VibrationError
from vibration.formats.examples import write_examples


class Command(PortalCommand):
    help = (
        "Write a small recording of our own in every layout, and three short runs to failure "
        "with a known onset. Needs no database."
    )
    example = "make_sample_recordings samples --seed 1"
    refusals = (VibrationError, OSError)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="made where it is missing")
        parser.add_argument("--seed", type=whole_number(), default=0, metavar="S")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        written = write_examples(folder, seed=options["seed"])
        self.stdout.write(f"{len(written)} recordings in {folder}")
