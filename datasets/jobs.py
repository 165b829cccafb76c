"""What the queue calls."""

import time
from collections.abc import Callable
from typing import Final

from datasets.imports.services.importing import import_part_run, import_run
from datasets.imports.services.reading import reading_run
from datasets.services import dataset_generate
from datasets.services.composition import dataset_compose
from datasets.services.downloads import download_build
from datasets.services.generation_parts import part_generate
from datasets.services.parts import part_next
from datasets.services.verifying import verification_work
from monitoring.jobs.entry import job_entry
from monitoring.jobs.pulse import JobRun

_IN_ONE_PROCESS_S: Final = 120.0


@job_entry
def generate(run: JobRun) -> None:
    dataset_generate(run=run)


@job_entry
def _part(run: JobRun) -> None:
    part_generate(run=run)


def generate_part(job_id: str) -> None:
    """Make a part, and others after it."""
    _one_after_the_other(_part, job_id)


@job_entry
def _files(run: JobRun) -> None:
    import_part_run(run=run)


def import_part(job_id: str) -> None:
    """Keep the files of a part, and those of others after it."""
    _one_after_the_other(_files, job_id)


def _one_after_the_other(part: Callable[[str], None], job_id: str) -> None:
    """Do a part; while nobody else waits, others of the same work after it: a fresh process
    imports the science anew, and one is not allowed to go on for ever.
    """
    until_s = time.monotonic() + _IN_ONE_PROCESS_S
    while job_id:
        part(job_id)
        job_id = part_next(job_id) if time.monotonic() < until_s else ""


@job_entry
def read_import(run: JobRun) -> None:
    reading_run(run=run)


@job_entry
def import_dataset(run: JobRun) -> None:
    import_run(run=run)


@job_entry
def build_download(run: JobRun) -> None:
    download_build(run=run)


@job_entry
def verify(run: JobRun) -> None:
    verification_work(run=run)


@job_entry
def compose(run: JobRun) -> None:
    dataset_compose(run=run)
