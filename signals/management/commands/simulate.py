import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import numpy as np

from common.commands import PortalCommand, codes_or_none, positive_number, whole_number
from vibration.errors import VibrationError
from vibration.simulation import Record, simulate, single_class_recipe
from vibration.simulation.catalogue import CLASS_CODES, NOISE_CODES, SEVERITY_CODES
from vibration.store import whole_file


class Command(PortalCommand):
    help = (
        "Simulate one record: record INDEX of the recipe {that class, that level, no "
        "augmentation}. Needs no database."
    )
    example = "simulate --class oil_whirl --severity severe --seed 7 --json --out whirl.npy"
    refusals = (VibrationError, OSError)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--class",
            dest="class_code",
            required=True,
            metavar="CODE",
            help=f"one of {', '.join(CLASS_CODES)}",
        )
        parser.add_argument(
            "--severity", metavar="LEVEL", help=f"{', '.join(SEVERITY_CODES)}; default: dealt out"
        )
        parser.add_argument("--seed", type=whole_number(), default=0, metavar="S")
        parser.add_argument("--index", type=whole_number(), default=0, metavar="I")
        parser.add_argument(
            "--noise",
            type=codes_or_none,
            default=NOISE_CODES,
            metavar="a,b|none",
            help="noise layers; default: all",
        )
        parser.add_argument("--fs", type=positive_number, default=20_480.0, metavar="HZ")
        parser.add_argument("--duration", type=positive_number, default=5.0, metavar="S")
        parser.add_argument("--speed", type=positive_number, default=3_600.0, metavar="RPM")
        parser.add_argument("--json", action="store_true", help="print what was drawn as JSON")
        parser.add_argument("--out", type=Path, required=True, metavar="FILE.npy")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["out"].suffix != ".npy":
            raise VibrationError(f"{options['out'].name} must end in .npy.")
        recipe = single_class_recipe(
            options["class_code"],
            options["severity"],
            seed=options["seed"],
            noises=options["noise"],
            fs_hz=options["fs"],
            duration_s=options["duration"],
            shaft_hz=options["speed"] / 60,
        )
        record = simulate(recipe, options["index"])
        with whole_file(options["out"]) as partial, partial.open("wb") as file:
            np.save(file, record.samples)
        described = json.dumps(record.columns) if options["json"] else as_table(record)
        self.stdout.write(described)


def as_table(record: Record) -> str:
    width = max(map(len, record.columns))
    facts = {**record.columns, "fs_hz": record.fs_hz, "n_samples": len(record.samples)}
    return "\n".join(
        f"{name:<{width}}  {'–' if value is None else value}" for name, value in facts.items()
    )
