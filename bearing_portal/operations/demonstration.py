"""What a portal shows that is there to be looked at: a person with two datasets.

Only for a portal on a folder of its own. Everything in it is made as people make it.
"""

from common.roles import ENGINEER
from datasets.management.waiting import dataset_await
from datasets.services import dataset_create
from monitoring.accounts.people import person_create
from vibration.simulation import Recipe

PERSON = "keller"
DATASETS = {
    "Wear study": (
        "Worn and loose bearings against healthy ones.",
        Recipe(per_class=20, classes=("healthy", "wear", "clearance"), seed=7),
    ),
    "Short records": (
        "Every class, one second each.",
        Recipe(per_class=10, duration_s=1.0, seed=11, augmentation=False),
    ),
}


def demonstration_make(password: str) -> None:
    person = person_create(
        username=PERSON, password=password, role=ENGINEER, first_name="M.", last_name="Keller"
    )
    for name, (description, recipe) in DATASETS.items():
        dataset_await(
            dataset_create(
                owner=person,
                name=name,
                description=description,
                recipe=recipe,
                visibility="private",
            )
        )
