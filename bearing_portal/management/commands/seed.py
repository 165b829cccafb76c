from argparse import ArgumentParser, BooleanOptionalAction
from typing import Any

from bearing_portal.frame.design.tokens import TOKENS
from bearing_portal.operations.groups import groups_seed
from bearing_portal.operations.sample import sample_seed
from common.commands import PortalCommand
from signals.seeds.classes import catalogue_seed


class Command(PortalCommand):
    help = (
        "Write what every portal starts with: fault classes, severities, noise sources, bearings, "
        "groups and a sample dataset. Only what is missing is written, so it is safe to repeat."
    )
    example = "seed\nseed --no-sample"
    on_interrupt = "Interrupted; run seed again to finish."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--sample",
            action=BooleanOptionalAction,
            help="make the sample dataset: by default unless it was deleted, always, or never",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        written = catalogue_seed(
            looks=[*TOKENS["faultClass"], *TOKENS["rollingClass"]],
            severity_looks=TOKENS["severity"],
        ) | {"groups": groups_seed()}
        self.stdout.write(", ".join(f"{n} {what}" for what, n in written.items()) + " written.")
        if options["sample"] is not False:
            outcome = sample_seed(again=bool(options["sample"]), say=self.say)
            self.stdout.write(f"The sample dataset {outcome}.")

    def say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()
