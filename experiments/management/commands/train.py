import json
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.http import QueryDict

from common.commands import PortalCommand, codes, whole_number
from common.errors import Invalid, NotFound
from datasets.management.owners import owner_named
from datasets.models import Dataset
from datasets.selectors import datasets_visible
from experiments.management.waiting import experiment_await
from experiments.models import Experiment
from experiments.services.requests import experiment_request
from experiments.training.feature_sets import OWN
from experiments.training.planning import HIGHEST_SEED, Planned, Wish
from experiments.training.rows import CONDITIONS
from signals.filters.signal_filter import SignalFilter
from vibration.learning.models import MODELS
from vibration.learning.plans import GROUP, LEAVE_OUT, SPLIT
from vibration.learning.search import MOST_TRIES
from vibration.learning.words import percent


class Command(PortalCommand):
    help = (
        "Train a model on the features of a dataset, and test it on what it has not seen. A worker "
        "does it; --wait stays until it is done."
    )
    example = (
        'train "Sample dataset" --model logistic --wait --json\n'
        'train "CWRU, 2 s" --features orders --top-k 10 --protocol leave-out:load --wait'
    )
    on_interrupt = "No longer waiting; a worker goes on with the training."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="of the dataset, in capitals or not")
        parser.add_argument("--model", choices=tuple(MODELS), default="forest")
        parser.add_argument(
            "--features",
            type=codes,
            default=OWN,
            metavar="a,b",
            help=f"groups of features: {', '.join(OWN)}, bearing_orders (orders), severity; "
            "default: the first five",
        )
        parser.add_argument(
            "--filter",
            default="",
            metavar="QUERY",
            help="of the explorer's address, such as class=healthy&originals=1",
        )
        parser.add_argument("--top-k", type=whole_number(1, 1000), metavar="K")
        parser.add_argument(
            "--parameter",
            type=parameter,
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="of the model; may be repeated",
        )
        parser.add_argument("--search", type=whole_number(0, MOST_TRIES), default=0, metavar="N")
        parser.add_argument(
            "--protocol",
            type=protocol,
            default=(GROUP, ""),
            metavar="group|leave-out:CONDITION|split:NAME",
            help=f"conditions: {', '.join(CONDITIONS)}; a split of the dataset by its name",
        )
        parser.add_argument("--seed", type=whole_number(0, HIGHEST_SEED), default=0, metavar="S")
        parser.add_argument("--title", default="", metavar="TEXT", help="name of the experiment")
        parser.add_argument("--owner", metavar="USERNAME", help="default: the first superuser")
        parser.add_argument("--wait", action="store_true", help="stay until it is trained")
        parser.add_argument(
            "--json", action="store_true", help="print the numbers as JSON; waits for them"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        owner = owner_named(options["owner"])
        kind, held_out = options["protocol"]
        names = [name for name, _ in options["parameter"]]
        if twice := [name for name in names if names.count(name) > 1]:
            raise Invalid(f"Parameter {twice[0]} is given twice: give it once.")
        wish = Wish(
            chosen=SignalFilter.from_query(QueryDict(options["filter"])),
            features=options["features"],
            model=options["model"],
            parameters=dict(options["parameter"]),
            top_k=options["top_k"],
            n_tries=options["search"],
            seed=options["seed"],
            protocol=kind,
            held_out=held_out,
        )
        experiment, planned = experiment_request(
            owner=owner,
            dataset=dataset_named(owner, options["name"]),
            wish=wish,
            name=options["title"],
        )
        if options["json"]:
            numbers = as_json(experiment_await(experiment))
            self.stdout.write(json.dumps(numbers, indent=2, allow_nan=False))
        elif options["wait"]:
            self.stdout.write(as_text(experiment_await(experiment)))
        else:
            self.stdout.write(queued(experiment, planned))


def dataset_named(owner: Any, name: str) -> Dataset:
    found = datasets_visible(owner).filter(name__iexact=name).first()
    if found is None:
        raise NotFound(f"There is no dataset “{name}”.")
    return found


def parameter(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    try:
        return name.strip(), float(value)
    except ValueError as error:
        raise ArgumentTypeError(f"“{text}” is not of the form NAME=VALUE") from error


def protocol(text: str) -> tuple[str, str]:
    kind, _, condition = text.partition(":")
    if text == GROUP:
        return GROUP, ""
    if kind == LEAVE_OUT and condition in CONDITIONS:
        return LEAVE_OUT, condition
    if kind == SPLIT and condition.strip():
        return SPLIT, condition.strip()
    raise ArgumentTypeError(
        f"“{text}” is neither group nor split:NAME nor leave-out:CONDITION, one of "
        f"{', '.join(CONDITIONS)}"
    )


def as_json(experiment: Experiment) -> dict[str, Any]:
    result = experiment.result
    return {
        "experiment": experiment.pk,
        "protocol": result.protocol,
        "groups": result.groups_are,
        "n_signals": result.n_signals,
        "n_groups": result.n_groups,
        "score": result.score,
        "interval": limits(result.low, result.high),
        "random_score": result.random_score,
        "majority": result.majority,
        "gap": result.gap,
        "gap_interval": limits(result.gap_low, result.gap_high),
        "warning": result.warning,
        "seconds": round(result.seconds, 3),
    }


def limits(low: float | None, high: float | None) -> list[float] | None:
    return None if low is None or high is None else [low, high]


def as_text(experiment: Experiment) -> str:
    result = experiment.result
    interval = ""
    if result.low is not None and result.high is not None:
        interval = f"  (95 %: {percent(result.low)} to {percent(result.high)} %)"
    lines = [
        f"Experiment “{experiment.name}” (id {experiment.pk})",
        f"n = {result.n_signals} signals of {result.n_groups} {result.groups_are}; "
        f"{result.protocol}",
        "",
        f"Score             {percent(result.score):>6} %{interval}",
        f"Random split      {percent(result.random_score):>6} %",
        f"Majority class    {percent(result.majority):>6} %",
        f"Balanced accuracy {percent(result.balanced_accuracy):>6} %",
        f"Macro-F1          {percent(result.macro_f1):>6} %",
    ]
    return "\n".join([*lines, "", result.warning] if result.warning else lines)


def queued(experiment: Experiment, planned: Planned) -> str:
    lines = [
        f"Experiment “{experiment.name}” (id {experiment.pk}) is queued: "
        f"{len(planned.rows.pks)} signals, {planned.plan.words}.",
        *planned.notes,
    ]
    return "\n".join(lines)
