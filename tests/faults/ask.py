"""What a portal's web process would do, in a process of its own: a line of JSON in, one out."""

import json
import sys
from typing import Any

import django


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


def draft(name: str, n_files: int, n_samples: int) -> int:
    """Send files for an import, as a browser would, and have them read."""
    import io

    import numpy as np

    from datasets.imports.services.drafts import Offered, draft_create, files_offer
    from datasets.imports.services.reading import reading_start
    from datasets.imports.services.receiving import CHUNK_BYTES, chunk_receive

    owner = owner_of_all()
    made = draft_create(owner=owner)
    rng = np.random.default_rng(0)
    for number in range(n_files):
        written = io.BytesIO()
        np.save(written, rng.standard_normal(n_samples, dtype=np.float32))
        content = written.getvalue()
        (row,) = files_offer(
            user=owner, draft=made, files=[Offered(f"{name}/{number}.npy", len(content))]
        )
        row.draft = made
        for offset in range(0, len(content), CHUNK_BYTES):
            part = content[offset : offset + CHUNK_BYTES]
            chunk_receive(
                file=row, offset=offset, n_bytes=len(part), stream=io.BytesIO(part), checksum=None
            )
    reading_start(user=owner, draft=made)
    return made.pk


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


def session() -> str:
    """Log the owner in and return the cookie of the session."""
    from django.test import Client

    client = Client()
    client.force_login(owner_of_all())
    return client.cookies["sessionid"].value


def reset() -> None:
    from datasets.models import Dataset

    for pk in list(Dataset.objects.values_list("pk", flat=True)):
        change("delete", pk)
    for pk in list(Dataset.objects.values_list("pk", flat=True)):
        change("purge", pk)


def answer(verb: str, *words: Any) -> Any:
    from django.db import connection

    try:
        if verb in ("reset", "session"):
            return {"reset": reset, "session": session}[verb]()
        if verb in ("draft", "draft_import"):
            return {"draft": draft, "draft_import": draft_import}[verb](*words)
        return create(*words) if verb == "create" else change(verb, *words)
    finally:
        connection.close()


if __name__ == "__main__":
    answers, sys.stdout = sys.stdout, sys.stderr  # the portal logs to its standard output
    django.setup()
    for line in sys.stdin:
        print(json.dumps(answer(*json.loads(line))), file=answers, flush=True)
