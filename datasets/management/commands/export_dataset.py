import os
import threading
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from glob import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZIP_STORED, ZipFile

from common.commands import PortalCommand
from common.errors import Invalid
from common.text import counted, size
from datasets.management.named import ready_dataset
from datasets.models import Dataset
from datasets.selectors import dataset_files
from datasets.services.events import dataset_event
from monitoring.management.progress import progress_bar
from monitoring.models import SystemEvent
from vibration.errors import VibrationError
from vibration.exports.dataset import EXPORTS, SUFFIXES
from vibration.store import whole_file

LOOK_EVERY_S = 0.2


class Command(PortalCommand):
    help = "Write a ready dataset to a file for other programs."
    example = 'export_dataset "Sample dataset" --format npz --out sample.npz'
    refusals = (VibrationError, OSError)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="name of the dataset")
        parser.add_argument("--format", required=True, choices=tuple(EXPORTS))
        parser.add_argument("--out", type=Path, required=True, metavar="PATH")
        parser.add_argument("--force", action="store_true", help="replace a file that exists")

    def handle(self, *args: Any, **options: Any) -> None:
        dataset = ready_dataset(options["name"], to_be="exported")
        out = checked_target(options["out"], force=options["force"])
        total = dataset.store.size_bytes
        with progress_bar(out.name, total=total, unit="B") as show, watched(out, show):
            write(dataset, options["format"], out)
        said = f"{options['format']}, from the command line"
        dataset_event(dataset, SystemEvent.Kind.EXPORTED, None, said)
        n_bytes = out.stat().st_size
        self.stdout.write(
            f"Wrote {out}: {counted(dataset.store.n_signals, 'signal')}, {size(n_bytes)}."
        )


def write(dataset: Dataset, form: str, out: Path) -> None:
    """Write a dataset's file; of one that holds several files a zip archive of their exports."""
    files = dataset_files(dataset)
    if len(files) == 1:
        with files[0][1].parent.local() as folder:
            EXPORTS[form](folder, out)
        return
    with whole_file(out) as partial, ZipFile(partial, "w", ZIP_STORED) as archive:
        for name, file in files:
            with (
                TemporaryDirectory(dir=out.parent, prefix=".export-") as beside,
                file.parent.local() as folder,
            ):
                part = Path(beside) / Path(name).with_suffix(SUFFIXES[form]).name
                EXPORTS[form](folder, part)
                archive.write(part, part.name)


def checked_target(out: Path, *, force: bool) -> Path:
    if out.is_dir():
        raise Invalid(f"{out} is a folder; name a file in it.")
    if not out.parent.is_dir():
        raise Invalid(f"The folder {out.parent} does not exist.")
    if out.exists() and not force:
        raise Invalid(f"{out} exists; add --force to replace it.")
    return out


@contextmanager
def watched(out: Path, show: Callable[[int], None]) -> Iterator[None]:
    """Show how the file grows while the block writes it under a passing name beside `out`."""
    done = threading.Event()
    passing_names = f"{escape(out.name)}.partial-{os.getpid()}-*"

    def watch() -> None:
        while not done.wait(LOOK_EVERY_S):
            show(sum(map(size_bytes, out.parent.glob(passing_names))))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def size_bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # it has its final name by now
        return 0
