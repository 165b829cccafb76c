"""What a portal's web process would do, in a process of its own: a line of JSON in, one out."""

import json
import sys
from contextlib import suppress
from typing import Any

import django

from common.errors import Invalid


def owner_of_all() -> Any:
    from django.contrib.auth import get_user_model

    from tests.factories import make_user

    asker = get_user_model().objects.filter(username="asker").first()
    return asker or make_user("superuser", username="asker")


def create(name: str, per_class: int) -> int:
    from datasets.services import dataset_create
    from tests.factories import make_catalogue
    from vibration.simulation import Recipe

    make_catalogue()
    recipe = Recipe(per_class=per_class, augmentation=False)
    return dataset_create(owner=owner_of_all(), name=name, recipe=recipe).pk


def change(verb: str, pk: int) -> None:
    from datasets import services
    from datasets.models import Dataset

    service = getattr(services, f"dataset_{verb}")
    service(user=owner_of_all(), dataset=Dataset.objects.get(pk=pk))


def draft(name: str, n_files: int, n_samples: int, dataset: int | None = None) -> int:
    """Send files for an import, as a browser would, and have them read."""
    import io

    from datasets.imports.services.receiving import CHUNK_BYTES, chunk_receive

    made, rows = _offered(name, [file_of(n, n_samples) for n in range(n_files)], dataset)
    for number, row in enumerate(rows):
        content = file_of(number, n_samples)
        row.draft = made
        for offset in range(0, len(content), CHUNK_BYTES):
            part = content[offset : offset + CHUNK_BYTES]
            chunk_receive(
                file=row, offset=offset, n_bytes=len(part), stream=io.BytesIO(part), checksum=None
            )
    return draft_read(made.pk)


def file_of(seed: int, n_samples: int) -> bytes:
    """Return a recording: the same for the same number."""
    import io

    import numpy as np

    written = io.BytesIO()
    np.save(written, np.random.default_rng(seed).standard_normal(n_samples, dtype=np.float32))
    return written.getvalue()


def draft_offer(
    name: str, n_files: int, n_samples: int, dataset: int | None, first: int
) -> tuple[int, list[int]]:
    """Offer files for an import, or for more of a dataset; return the draft and its files."""
    contents = [file_of(first + n, n_samples) for n in range(n_files)]
    made, rows = _offered(name, contents, dataset)
    return made.pk, [row.pk for row in rows]


def draft_read(pk: int) -> int:
    from datasets.imports.services.reading import reading_start
    from datasets.models import ImportDraft

    reading_start(user=owner_of_all(), draft=ImportDraft.objects.get(pk=pk))
    return pk


def _offered(name: str, contents: list[bytes], dataset: int | None) -> Any:
    from datasets.imports.services.drafts import Offered, draft_create, files_offer
    from datasets.models import Dataset

    owner = owner_of_all()
    more = Dataset.objects.select_related("store").get(pk=dataset) if dataset else None
    made = draft_create(owner=owner, dataset=more)
    files = [Offered(f"{name}/{n}.npy", len(each)) for n, each in enumerate(contents)]
    return made, files_offer(user=owner, draft=made, files=files)


def draft_import(pk: int, name: str) -> int:
    from datasets.imports.services.answering import Answers, files_answer
    from datasets.imports.services.describing import draft_describe
    from datasets.imports.services.importing import import_start
    from datasets.models import ImportDraft

    owner = owner_of_all()
    made = ImportDraft.objects.get(pk=pk)
    files_answer(user=owner, draft=made, files=made.files.all(), answers=Answers(fs_hz=20_000.0))
    made = draft_describe(draft=made, said={"name": name})
    return import_start(user=owner, draft=made).pk


def train(n_trees: int) -> int:
    """Ask for a forest on a small dataset of its own; more trees take longer."""
    from experiments.services.requests import experiment_request
    from experiments.training.planning import Wish
    from tests.factories import make_dataset

    owner = owner_of_all()
    wish = Wish(features=("time",), parameters={"n_estimators": n_trees})
    dataset = make_dataset(owner, per_class=5)
    return experiment_request(owner=owner, dataset=dataset, wish=wish)[0].pk


def job_lines(experiment: int) -> list[str]:
    from monitoring.models import JobLogLine

    lines = JobLogLine.objects.filter(job__experiments=experiment)
    return list(lines.values_list("text", flat=True))


def session() -> str:
    """Log the owner in and return the cookie of the session."""
    return str(_logged_in().cookies["sessionid"].value)


def page(address: str) -> tuple[int, str]:
    answer = _logged_in().get(address)
    return answer.status_code, answer.content.decode()


def press(address: str) -> int:
    return int(_logged_in().post(address).status_code)


def _logged_in() -> Any:
    from django.test import Client

    client = Client()
    client.force_login(owner_of_all())
    return client


def reset() -> None:
    from datasets.models import Dataset
    from monitoring.jobs.lifecycle import job_cancel_request
    from monitoring.models import Job

    for job in Job.objects.filter(status__in=Job.ACTIVE, kind="model-insight"):
        with suppress(Invalid):  # it has ended
            job_cancel_request(user=owner_of_all(), job=job)
    for pk in list(Dataset.objects.values_list("pk", flat=True)):
        change("delete", pk)
    for pk in list(Dataset.objects.values_list("pk", flat=True)):
        change("purge", pk)


def answer(verb: str, *words: Any) -> Any:
    from django.db import connection

    try:
        if verb in ("reset", "session"):
            return {"reset": reset, "session": session}[verb]()
        verbs = (draft, draft_import, draft_offer, draft_read, train, job_lines, page, press)
        known = {each.__name__: each for each in verbs}
        if verb in known:
            return known[verb](*words)
        return create(*words) if verb == "create" else change(verb, *words)
    finally:
        connection.close()


if __name__ == "__main__":
    answers, sys.stdout = sys.stdout, sys.stderr  # the portal logs to its standard output
    django.setup()
    for line in sys.stdin:
        print(json.dumps(answer(*json.loads(line))), file=answers, flush=True)
