"""The stored counts of a dataset follow the labels of its signals."""

from django.db.models import Count

from datasets.models import ClassCount, Dataset
from signals.models import Signal


def class_counts_refresh(store_ids: set[int]) -> None:
    """Count the signals per class of these stores again; call it inside a transaction."""
    for dataset in Dataset.objects.filter(store__in=store_ids).select_for_update(of=["self"]):
        counts = (
            Signal.objects.filter(store=dataset.store_id, fault_class__isnull=False)
            .order_by()
            .values_list("fault_class")
            .annotate(n_signals=Count("pk"))
        )
        dataset.class_counts.all().delete()
        ClassCount.objects.bulk_create(
            ClassCount(dataset=dataset, fault_class_id=pk, n_signals=n) for pk, n in counts
        )
