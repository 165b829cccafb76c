"""What is kept of groups of features is forgotten where what it was measured with changes."""

import uuid

from signals.models import Signal, SignalFeatures, SignalStore, Specimen, StoreFeatures


def order_features_forget(*, store: SignalStore, signal: Signal | None = None) -> None:
    """Remove bearing orders that were measured with another bearing; call it in a transaction."""
    # First: a job that is measuring waits for this row, and finds that it is not asked any more.
    StoreFeatures.objects.filter(store=store.pk, group="bearing_orders").update(
        stamp=None, job=None
    )
    rows = SignalFeatures.objects.filter(group="bearing_orders", signal__store=store.pk)
    if signal is None:
        rows.filter(signal__bearing=None).delete()
    else:
        rows.filter(signal=signal.pk).delete()


def specimen_orders_forget(*, specimen: Specimen) -> bool:
    """Remove the bearing orders of one specimen; call it in a transaction.

    Those of the others stay, under another stamp; what measures at the moment finds that it is not
    asked any more.

    Returns
    -------
    bool
        Whether the orders of its store were there, or being measured.
    """
    kept = StoreFeatures.objects.filter(store=specimen.store_id, group="bearing_orders")
    row = kept.select_for_update().first()
    rows = SignalFeatures.objects.filter(
        group="bearing_orders",
        signal__bearing=None,
        signal__recording__specimen=specimen.pk,
    )
    rows.delete()
    if row is None:
        return False
    were_asked = row.stamp is not None or row.job_id is not None
    known = SignalFeatures.objects.filter(group="bearing_orders", signal__store=specimen.store_id)
    row.n_known = known.count()
    row.stamp = uuid.uuid4() if row.stamp is not None else None
    row.job = None
    row.save(update_fields=["n_known", "stamp", "job"])
    return were_asked
