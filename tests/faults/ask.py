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
        return create(*words) if verb == "create" else change(verb, *words)
    finally:
        connection.close()


if __name__ == "__main__":
    answers, sys.stdout = sys.stdout, sys.stderr  # the portal logs to its standard output
    django.setup()
    for line in sys.stdin:
        print(json.dumps(answer(*json.loads(line))), file=answers, flush=True)
