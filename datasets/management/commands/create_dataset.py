from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from common.commands import PortalCommand, codes, codes_or_none, positive_number, whole_number
from common.errors import Invalid
from common.text import counted, size
from datasets.management.owners import owner_named
from datasets.management.waiting import dataset_await
from datasets.models import Dataset
from datasets.services import dataset_create, recipe_build, recipe_read
from vibration.simulation import Recipe


class Command(PortalCommand):
    help = "Create a dataset from a recipe. A worker generates it; --wait stays until it is ready."
    example = (
        'create_dataset "Whirl study" --per-class 50 --seed 7 --classes healthy,oil_whirl --wait\n'
        'create_dataset "Whirl study again" --recipe whirl.yaml'
    )
    on_interrupt = "No longer waiting; a worker goes on with the dataset."

    def add_arguments(self, parser: ArgumentParser) -> None:
        standard = Recipe()
        parser.add_argument("name", help="its name, which no other dataset has")
        parser.add_argument(
            "--recipe",
            type=Path,
            metavar="FILE",
            help="a recipe as YAML, such as a dataset's page gives; no other option of it is read",
        )
        parser.add_argument("--per-class", type=whole_number(1, 100_000), default=100, metavar="N")
        parser.add_argument("--seed", type=whole_number(), default=0, metavar="S")
        parser.add_argument("--classes", type=codes, default=standard.classes, metavar="a,b")
        parser.add_argument("--severities", type=codes, default=standard.severities, metavar="a,b")
        parser.add_argument(
            "--noise", type=codes_or_none, default=standard.noises, metavar="a,b|none"
        )
        parser.add_argument("--no-augmentation", action="store_true", help="no augmented copies")
        parser.add_argument("--fs", type=positive_number, default=20_480.0, metavar="HZ")
        parser.add_argument("--duration", type=positive_number, default=5.0, metavar="S")
        parser.add_argument("--speed", type=positive_number, default=3_600.0, metavar="RPM")
        parser.add_argument("--owner", metavar="USERNAME", help="default: the first superuser")
        parser.add_argument("--shared", action="store_true", help="everybody may see it")
        parser.add_argument("--wait", action="store_true", help="stay until it is ready")

    def handle(self, *args: Any, **options: Any) -> None:
        dataset = dataset_create(
            owner=owner_named(options["owner"]),
            name=options["name"],
            recipe=recipe_from_file(options["recipe"])
            if options["recipe"]
            else recipe_from(options),
            visibility="shared" if options["shared"] else "private",
        )
        if options["wait"]:
            dataset = dataset_await(dataset)
        self.stdout.write(described(dataset))


def recipe_from_file(path: Path) -> Recipe:
    try:
        return recipe_read(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise Invalid(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise Invalid(f"{path} is no text; name a file of YAML.") from error


def recipe_from(options: dict[str, Any]) -> Recipe:
    return recipe_build(
        seed=options["seed"],
        per_class=options["per_class"],
        classes=options["classes"],
        severities=options["severities"],
        noises=options["noise"],
        augmentation=not options["no_augmentation"],
        fs_hz=options["fs"],
        duration_s=options["duration"],
        shaft_hz=options["speed"] / 60,
    )


def described(dataset: Dataset) -> str:
    title = f"Dataset “{dataset.name}” (id {dataset.pk})"
    if dataset.status != Dataset.Status.READY:
        return f"{title} is queued: {counted(dataset.n_planned, 'signal')} planned."
    n_signals = counted(dataset.store.n_signals, "signal")
    return f"{title} is ready: {n_signals}, {size(dataset.store.size_bytes)}."
