"""A large recipe in parts: into how many it is cut, and how one is made and taken."""

from collections.abc import Callable

from datasets.kinds import PART
from datasets.models import GenerationPart
from datasets.selectors import recipe_of
from datasets.services.files import n_workers
from datasets.services.parts import part_folder, part_made, parts_fitting
from monitoring.jobs.pulse import JobRun
from vibration.generation import copy_rows, estimate, produce_rows, store_of
from vibration.simulation import Recipe
from vibration.store import SIGNALS_FILE, StoreReader, StoreWriter


def parts_wanted(recipe: Recipe, n_listening: int) -> int:
    """Return into how many parts a recipe is cut; 1 where one worker is as quick."""
    foreseen = estimate(recipe)
    return parts_fitting(
        work_s=foreseen.work_s,
        size_bytes=foreseen.size_bytes,
        most=recipe.n_records,
        n_listening=n_listening,
    )


class GenerationWork:
    """The rows of a recipe on their way into one file."""

    kind = PART

    def __init__(self, recipe: Recipe, writer: StoreWriter) -> None:
        self._recipe, self._writer = recipe, writer
        self.n_rows = recipe.n_records

    def cuts(self, n_listening: int) -> list[int]:
        """Return where parts begin and end."""
        n_parts = parts_wanted(self._recipe, n_listening)
        return [round(number * self.n_rows / n_parts) for number in range(n_parts + 1)]

    def make(
        self,
        part: GenerationPart,
        progress: Callable[[int, int], None],
        cancelled: Callable[[], bool],
    ) -> None:
        """Make a part right where it belongs."""
        produce_rows(
            self._recipe,
            self._writer,
            part.rows,
            workers=n_workers(),
            progress=progress,
            cancelled=cancelled,
        )

    def take(self, part: GenerationPart) -> bool:
        """Copy a part into the dataset's file; False where it is not in the storage."""
        folder = part_folder(part)
        if not (folder / SIGNALS_FILE).is_file():
            return False
        with folder.local() as path, StoreReader(path) as reader:
            copy_rows(reader, self._writer, part.first_row)
        return True


def part_generate(*, run: JobRun) -> None:
    """Make the part of the run's job and leave it in the storage."""
    with part_made(run) as (part, folder):
        recipe = recipe_of(part.dataset)
        with store_of(recipe, folder, part.n_rows) as writer:
            produce_rows(
                recipe,
                writer,
                part.rows,
                first=part.first_row,
                workers=n_workers(),
                progress=run.progress,
                cancelled=run.cancelled,
            )
