"""Plans of imports of small files that a test writes."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np

from datasets.imports.plan import ImportPlan, PlannedChannel, PlannedFile
from datasets.services import dataset_import_create, dataset_import_run
from tests.factories import make_user


class Here:
    """A run without a job."""

    job = None

    def __init__(self) -> None:
        self.steps: list[tuple[int, int]] = []
        self.lines: list[str] = []

    def progress(self, done: int, total: int) -> None:
        self.steps.append((done, total))

    def log(self, text: str, *, level: str = "info") -> None:
        self.lines.append(text)

    def cancelled(self) -> bool:
        return False

    def check(self) -> None:
        pass


def samples(n: int = 2048, *, seed: int = 0) -> Any:
    return np.random.default_rng(seed).standard_normal(n).astype(np.float32)


def planned(path: Path, content: Any, **facts: Any) -> PlannedFile:
    """Write samples as .npy, one row a channel, and plan to keep all of them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    values = np.atleast_2d(content)
    with path.open("wb") as file:
        np.save(file, values if len(values) > 1 else values[0])
    return planned_of(path, n_channels=len(values), **facts)


def planned_of(path: Path, *, n_channels: int = 1, **facts: Any) -> PlannedFile:
    own = {key: facts.pop(key) for key in ("fs_hz", "rpm", "unit") if key in facts}
    said: dict[str, Any] = {"fs_hz": 8000.0, "rpm": 600.0, "unit": "g"} | own
    channels = tuple(
        PlannedChannel(
            recording=0,
            channel=number,
            name=f"channel {number + 1}",
            fs_source="given by the person",
            **said,
        )
        for number in range(n_channels)
    )
    standard: dict[str, Any] = {
        "path": path,
        "name": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "0" * 64,
        "format": "npy",
        "channels": channels,
    }
    return PlannedFile(**(standard | facts))


def plan(*files: PlannedFile, **values: Any) -> ImportPlan:
    return ImportPlan(**({"name": "rig", "files": files} | values))


def imported(*files: PlannedFile, owner: Any = None, **values: Any) -> Any:
    """Import files into a new dataset, without a job."""
    wanted = plan(*files, **values)
    dataset = dataset_import_create(owner=owner or make_user("engineer"), plan=wanted)
    dataset_import_run(run=Here(), dataset=dataset, plan=wanted)
    dataset.refresh_from_db()
    dataset.store.refresh_from_db()
    return dataset
