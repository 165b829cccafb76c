"""Datasets as a command line names them."""

from common.errors import Invalid, NotFound
from datasets.models import Dataset


def ready_dataset(name: str, *, to_be: str) -> Dataset:
    """Return the dataset of a name, in capitals or not, whose files are there."""
    dataset = (
        Dataset.objects.kept().select_related("store", "recipe").filter(name__iexact=name).first()
    )
    if dataset is None:
        raise NotFound(f"There is no dataset “{name}”.")
    if dataset.status != Dataset.Status.READY:
        raise Invalid(
            f"“{dataset.name}” is {dataset.get_status_display().lower()}; "
            f"only a ready dataset can be {to_be}."
        )
    return dataset
