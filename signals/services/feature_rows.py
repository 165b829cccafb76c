"""What is kept of groups of features is forgotten where what it was measured with changes."""

from signals.models import Signal, SignalFeatures, SignalStore, StoreFeatures


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
