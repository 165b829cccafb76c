"""The numbers of a comparison of two datasets: ``results/transfer-<id>.json``, whole or not."""

import json
import re
from typing import Any, Final

from common.errors import Unavailable
from common.storage import Stored, stored
from experiments.models import TransferRun

RESULTS: Final = "results"
_NAME: Final = re.compile(r"transfer-(\d{1,18})\.json")


def report_file(run_id: int) -> Stored:
    """Return where the numbers of a run are kept."""
    return stored(RESULTS, f"transfer-{run_id}.json")


def report_write(run_id: int, found: dict[str, Any]) -> None:
    """Keep the numbers of a run."""
    report_file(run_id).put_bytes(json.dumps(found, allow_nan=False).encode())


def report_read(run: TransferRun) -> dict[str, Any]:
    """Return the numbers of a run that is ready."""
    try:
        found: dict[str, Any] = json.loads(report_file(run.pk).read_bytes())
    except (OSError, ValueError) as error:
        raise Unavailable("The numbers of this comparison are missing: make it again.") from error
    return found


def transfers_sweep() -> None:
    """Remove the files of runs that went with their dataset."""
    found = {
        int(match[1]): name for name in stored(RESULTS).names() if (match := _NAME.fullmatch(name))
    }
    known = set(TransferRun.objects.filter(pk__in=found).values_list("pk", flat=True))
    for pk, name in found.items():
        if pk not in known:
            stored(RESULTS, name).discard()
