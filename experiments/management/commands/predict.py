import json
import math
from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from typing import Any

from common.commands import PortalCommand, positive_number, whole_number
from common.errors import Expected, Invalid
from datasets.management.owners import owner_named
from experiments.inference.prediction import (
    DISTANCE_WORDS,
    Prediction,
    answer_words,
    as_json,
    coverage_words,
    metadata_refusal,
)
from experiments.inference.predictor import Predictor, predictor_of
from experiments.inference.selectors import answer_for
from experiments.inference.subjects import Subject, channel_subject
from experiments.selectors import experiment_get
from signals.services.bearings import bearings_all
from signals.uploads.questions import unit_written
from vibration.errors import VibrationError
from vibration.formats import SUFFIXES, sandbox
from vibration.learning.words import percent
from vibration.machines.bearings import BearingOrders
from vibration.measure import rated_channel


class Command(PortalCommand):
    help = (
        "Ask a trained model about recordings: the set of classes, how far they lie from training, "
        "what decided. Refuses what is unlike training by rate, unit, length or speed."
    )
    example = (
        "predict bearing.mat --experiment 3\n"
        "predict a.npy b.npy --experiment 3 --fs 20480 --unit g --rpm 3600 --json"
    )
    refusals = (VibrationError, OSError)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "files", nargs="+", type=Path, metavar="FILE", help=f"{', '.join(SUFFIXES)}"
        )
        parser.add_argument("--experiment", type=whole_number(1), required=True, metavar="ID")
        parser.add_argument("--channel", metavar="NAME", help="default: the first of each file")
        parser.add_argument(
            "--fs", type=positive_number, metavar="HZ", help="where the file does not state it"
        )
        parser.add_argument("--rpm", type=positive_number, metavar="RPM", help="shaft speed")
        parser.add_argument("--unit", metavar="UNIT", help="where the file does not state it")
        parser.add_argument("--bearing", metavar="NAME", help="of the catalogue, for its orders")
        parser.add_argument("--user", metavar="USERNAME", help="default: the first superuser")
        parser.add_argument("--json", action="store_true", help="print the answers as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        user = owner_named(options["user"])
        predictor = predictor_of(experiment_get(user, options["experiment"]))
        orders = orders_named(options["bearing"])
        answers, refused = [], []
        for file in options["files"]:
            try:
                subject = subject_of(file, predictor, orders, options)
                answers.append(answer_for(user, predictor, subject).said)
            except (Expected, VibrationError, OSError) as error:
                if len(options["files"]) == 1:
                    raise
                refused.append(f"{file.name}: {error}")
        if options["json"]:
            said = [as_json(predictor, each) for each in answers]
            self.stdout.write(json.dumps(said, indent=2, allow_nan=False))
        elif answers:
            self.stdout.write("\n\n".join(as_text(predictor, each) for each in answers))
        if refused:
            raise Invalid("\n".join(refused))


def subject_of(
    file: Path, predictor: Predictor, orders: BearingOrders | None, options: dict[str, Any]
) -> Subject:
    reading = sandbox.read(file)
    channel = rated_channel(reading, options["channel"], options["fs"])
    if options["rpm"] is not None:
        channel = replace(channel, rpm=options["rpm"])
    unit = channel.unit or (unit_written(options["unit"]) if options["unit"] else "")
    if not unit:
        raise Invalid(f"The unit of {file.name} is not known; give it with --unit.")
    known = Subject(file.name, {}, channel.fs_hz or math.nan, int(channel.samples.size), unit)
    if sentence := metadata_refusal(predictor, known):
        raise Invalid(sentence)
    return channel_subject(channel, predictor.rows.names, name=file.name, unit=unit, orders=orders)


def orders_named(name: str | None) -> BearingOrders | None:
    if name is None:
        return None
    found = bearings_all().filter(name__iexact=name).first()
    if found is None:
        raise Invalid(f"There is no bearing “{name}” in the catalogue.")
    return found.orders


def as_text(predictor: Predictor, said: Prediction) -> str:
    lines = [f"{said.subject.name}: {answer_words(predictor, said)}", coverage_words(predictor), ""]
    width = max(map(len, predictor.class_names))
    rows = zip(predictor.class_names, said.probabilities, said.kept, strict=True)
    lines += [
        f"  {name:<{width}} {percent(float(p)):>6} %{'  in the set' if held else ''}"
        for name, p, held in rows
    ]
    lines += ["", DISTANCE_WORDS[said.familiarity].format(many=predictor.groups_are), ""]
    for each in said.reasons:
        value = "–" if each.value is None else f"{each.value:.4g}"
        lines.append(f"  {each.title:<28} {value:>12}  {100 * each.effect:+6.1f} points")
    near = ", ".join(f"{each.pk} ({each.code})" for each in said.neighbours)
    return "\n".join([*lines, "", f"Nearest training signals: {near or 'none to be seen'}"])
