import json
from argparse import ArgumentParser
from typing import Any

from common.commands import PortalCommand, codes, whole_number
from common.text import number
from datasets.management.owners import owner_named
from experiments.management.commands.train import dataset_named
from experiments.training.feature_sets import OWN
from experiments.training.planning import HIGHEST_SEED
from experiments.transfer.computing import Asked, sim_to_real
from vibration.learning.models import MODELS
from vibration.learning.words import percent

SHOWN = 10


class Command(PortalCommand):
    help = (
        "Compare two datasets, such as a simulated and a real one: which features move, and what a "
        "model that was trained on the one is worth on the other."
    )
    example = (
        'sim_to_real "Sample dataset" "CWRU, 2 s"\n'
        'sim_to_real "Sample dataset" Rig --model logistic --json'
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("first", help="name of a dataset")
        parser.add_argument("second", help="name of another")
        parser.add_argument("--model", choices=tuple(MODELS), default="forest")
        parser.add_argument("--features", type=codes, default=OWN, metavar="a,b")
        parser.add_argument("--seed", type=whole_number(0, HIGHEST_SEED), default=0, metavar="S")
        parser.add_argument("--user", metavar="USERNAME", help="default: the first superuser")
        parser.add_argument("--json", action="store_true", help="print all numbers as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        user = owner_named(options["user"])
        asked = Asked(
            first=dataset_named(user, options["first"]),
            second=dataset_named(user, options["second"]),
            model=options["model"],
            features=options["features"],
            seed=options["seed"],
        )
        found = sim_to_real(user, asked)
        if options["json"]:
            self.stdout.write(json.dumps(found, indent=2, allow_nan=False))
        else:
            self.stdout.write(as_text(found))


def as_text(found: dict[str, Any]) -> str:
    lines = [
        f"{side['name']}: {side['n_signals']} signals of {side['n_groups']} {side['groups']}"
        for side in (found["first"], found["second"])
    ]
    lines += ["", *found["notes"]]
    for said in found["transfer"]:
        interval = ""
        if said["interval"]:
            low, high = map(percent, said["interval"])
            interval = f" (95 %: {low} to {high} %)"
        lines += [
            "",
            f"Trained on {said['from']}, tested on {said['to']}: {percent(said['score'])} %"
            f"{interval} of {said['n_signals']} signals; majority {percent(said['majority'])} %",
            *filter(None, [said["warning"]]),
        ]
    lines += ["", "Features that move most (energy distance, in standard deviations)"]
    for shift in found["shifts"][:SHOWN]:
        distance = "–" if shift["distance"] is None else number(shift["distance"], 3)
        lines.append(f"  {shift['title']:<32} {distance:>8}")
    return "\n".join(lines)
