from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from common.commands import PortalCommand, whole_number
from common.errors import Invalid
from datasets.management.owners import owner_named
from experiments.exports.mlflow import NAME, mlflow_push, mlflow_run, mlflow_zip
from experiments.selectors import experiment_get


class Command(PortalCommand):
    help = (
        "Hand a ready experiment to MLflow: to a tracking server, or as a zip of the run's "
        "directory. Needs nothing of MLflow."
    )
    example = "mlflow_push 3 --to http://127.0.0.1:5000\nmlflow_push 3 --zip run.zip"
    refusals = (OSError,)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("experiment", type=whole_number(1), metavar="ID")
        parser.add_argument("--to", metavar="URI", help="of a tracking server")
        parser.add_argument("--zip", type=Path, metavar="FILE", help="write the run's directory")
        parser.add_argument("--name", default=NAME, help="of the experiment there")
        parser.add_argument("--user", metavar="USERNAME", help="default: the first superuser")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["to"] and not options["zip"]:
            raise Invalid("Say where: --to a server, or --zip a file.")
        run = mlflow_run(experiment_get(owner_named(options["user"]), options["experiment"]))
        if options["zip"]:
            mlflow_zip(run, options["zip"])
            self.stdout.write(f"Wrote {options['zip']}.")
        if options["to"]:
            run_id = mlflow_push(run, options["to"], experiment_name=options["name"])
            self.stdout.write(f"Logged “{run.name}” as run {run_id}.")
