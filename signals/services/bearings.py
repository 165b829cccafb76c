"""Which bearing a signal was measured in: who reads it, who says so."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from common.errors import Invalid, NotAllowed, NotFound
from common.roles import is_curator, is_engineer, may_manage
from common.text.names import name_clean, text_clean
from signals.models import Bearing, Signal, SignalStore, Specimen
from signals.seeds.bearings import BEARINGS
from signals.selectors import stores_visible
from signals.services.feature_rows import order_features_forget, specimen_orders_forget
from signals.services.history import history_write


def bearings_all() -> QuerySet[Bearing]:
    """Return the whole catalogue, which everybody may read, without what is only proposed."""
    return Bearing.objects.filter(is_proposed=False)


def bearings_offered(user: Any) -> QuerySet[Bearing]:
    """Return the types that `user` may choose for a specimen: the catalogue, and own proposals.

    Curators are offered the proposals of all.
    """
    if is_curator(user):
        return Bearing.objects.all()
    return Bearing.objects.filter(Q(is_proposed=False) | Q(proposed_by=user.pk))


def bearing_add(
    *,
    user: Any,
    name: str,
    n_elements: int,
    element_diameter_mm: float,
    pitch_diameter_mm: float,
    contact_angle_deg: float = 0.0,
    manufacturer: str = "",
    source: str,
) -> Bearing:
    """Add a type to the catalogue; that of an engineer is a proposal until a curator accepts it.

    Raises
    ------
    NotAllowed
        Where `user` is neither curator nor engineer.
    Invalid
        By field: where the name is taken, or no bearing can be built from the numbers.
    """
    if not (is_curator(user) or is_engineer(user)):
        raise NotAllowed("Bearing types are added by curators and proposed by engineers.")
    is_proposed = not is_curator(user)
    row = Bearing(
        name=name_clean(name, what="A bearing's name", longest=80),
        manufacturer=text_clean(
            manufacturer, what="A manufacturer", longest=80, field="manufacturer"
        ),
        n_elements=n_elements,
        element_diameter_mm=element_diameter_mm,
        pitch_diameter_mm=pitch_diameter_mm,
        contact_angle_deg=contact_angle_deg,
        source=text_clean(source, what="A source", longest=500, field="source"),
        is_proposed=is_proposed,
        proposed_by=user if is_proposed else None,
    )
    try:
        row.full_clean()
        with transaction.atomic():
            row.save()
    except ValidationError as error:
        fields = {"" if k == "__all__" else k: list(v) for k, v in error.message_dict.items()}
        raise Invalid(next(iter(fields.values()))[0], field_errors=fields) from error
    except IntegrityError as error:
        sentence = "There is a bearing of this name already."
        raise Invalid(sentence, field_errors={"name": [sentence]}) from error
    history_write(user=user, entries=[(row, "Proposed." if is_proposed else "Added.")])
    return row


@transaction.atomic
def bearing_accept(*, user: Any, bearing: Bearing) -> None:
    """Take a proposed type into the catalogue."""
    if not is_curator(user):
        raise NotAllowed("Proposed bearing types are accepted by curators.")
    Bearing.objects.filter(pk=bearing.pk).update(is_proposed=False)
    bearing.is_proposed = False
    history_write(user=user, entries=[(bearing, "Accepted.")])


def bearing_get(user: Any, pk: int) -> Bearing:
    """Return one bearing that `user` is offered."""
    bearing = bearings_offered(user).filter(pk=pk).first()
    if bearing is None:
        raise NotFound("There is no such bearing.")
    return bearing


def bearing_of(signal: Signal) -> Bearing | None:
    """Return the bearing of a signal: its own, else that of its specimen, else of its store."""
    specimen = signal.recording.specimen if signal.recording else None
    return signal.bearing or (specimen.bearing if specimen else None) or signal.store.bearing


def bearing_shown(user: Any, signal: Signal, pk: int | None) -> Bearing | None:
    """Return the bearing chosen to be looked at beside a signal, without a choice its own.

    Its own is shown to all who see the signal, though it were only proposed.
    """
    own = bearing_of(signal)
    if not pk or (own is not None and own.pk == pk):
        return own
    return bearing_get(user, pk)


def may_attach(user: Any, store: SignalStore) -> bool:
    """Tell whether `user`, who sees the store, may say in which bearing it was measured."""
    return may_manage(user, store.owner_id) or is_curator(user)


@transaction.atomic
def bearing_attach(
    *,
    user: Any,
    bearing: Bearing | None,
    signal: Signal | None = None,
    store: SignalStore | None = None,
) -> bool:
    """Say in which bearing one signal, or a whole store, was measured; None takes it away.

    The store keeps its version: nothing that its results are made of depends on the bearing but
    the bearing orders, which are forgotten.

    Returns
    -------
    bool
        Whether this changed anything.
    """
    given = signal or store
    if given is None or (signal and store):
        raise TypeError("bearing_attach needs a signal or a store.")
    row = _locked_or_refuse(user, given)
    before = row.bearing
    if before == bearing:
        return False
    row.bearing = bearing
    row.full_clean(validate_unique=False)
    row.save(update_fields=["bearing"])
    given.bearing = bearing
    order_features_forget(
        store=row.store if isinstance(row, Signal) else row,
        signal=row if isinstance(row, Signal) else None,
    )
    history_write(user=user, entries=[(row, f"Bearing: {before or '–'} → {bearing or '–'}.")])
    return True


@transaction.atomic
def specimen_bearing_choose(*, user: Any, specimen: Specimen, bearing: Bearing | None) -> bool:
    """Say of which type a specimen is, None where that is unknown, and forget its bearing orders.

    Returns
    -------
    bool
        Whether this changed anything.

    Raises
    ------
    NotFound
        Where `user` does not see the specimen.
    NotAllowed
        Where `user` neither owns its dataset nor curates.
    Invalid
        For a type that `user` is not offered.
    """
    rows = Specimen.objects.filter(pk=specimen.pk, store__in=stores_visible(user))
    row = rows.select_for_update(of=["self"]).select_related("store").first()
    if row is None:
        raise NotFound("There is no such specimen.")
    if not may_attach(user, row.store):
        raise NotAllowed("A specimen's type is chosen by the owner of the dataset or a curator.")
    if bearing is not None and not bearings_offered(user).filter(pk=bearing.pk).exists():
        raise Invalid("Choose a bearing type of the list.")
    before = row.bearing
    if before == bearing:
        return False
    row.bearing = specimen.bearing = bearing
    row.full_clean(validate_unique=False)
    row.save(update_fields=["bearing"])
    specimen_orders_forget(specimen=row)
    history_write(user=user, entries=[(row, f"Bearing type: {before or '–'} → {bearing or '–'}.")])
    return True


def bearings_seed() -> int:
    """Write the bearings that are missing; return how many."""
    known = {name.casefold() for name in Bearing.objects.values_list("name", flat=True)}
    missing = [spec.row() for spec in BEARINGS if spec.name.casefold() not in known]
    for row in missing:
        row.full_clean()
        row.save()
    return len(missing)


def _locked_or_refuse(user: Any, given: Signal | SignalStore) -> Signal | SignalStore:
    row: Signal | SignalStore | None
    visible = stores_visible(user)
    if isinstance(given, Signal):
        signals = Signal.objects.filter(pk=given.pk, store__in=visible).select_related("store")
        row = signals.select_for_update(of=["self"]).first()
    else:
        row = visible.filter(pk=given.pk).select_for_update().first()
    if row is None:
        raise NotFound(f"There is no such {given._meta.verbose_name}.")
    if not may_attach(user, row.store if isinstance(row, Signal) else row):
        raise NotAllowed("The bearing is chosen by the owner of the signals or a curator.")
    return row
