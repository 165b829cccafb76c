"""Datasets made of others: merged, divided."""

import numpy as np
import pytest

from common.errors import Invalid, NotAllowed
from datasets.jobs import compose
from datasets.models import Dataset
from datasets.services import dataset_delete, dataset_purge
from datasets.services.composing import dataset_divide, dataset_merge
from datasets.services.splits import split_create
from datasets.verification.checking import dataset_verify
from monitoring.models import SystemEvent
from signals.models import FaultClass, Signal, Tag
from signals.selectors import signal_samples
from signals.services.labels import Relabel, signals_relabel
from signals.services.notes import note_add
from signals.services.tags import signals_tag
from tests.datasets.importing import imported, planned, samples
from tests.factories import make_dataset, make_user

pytestmark = pytest.mark.django_db(transaction=True)
WHY = "One set for the paper"


@pytest.fixture
def curator():
    return make_user("curator")


def shared(**recipe):
    return make_dataset(visibility="shared", **recipe)


def merged(curator, *datasets, name="Together"):
    made = dataset_merge(user=curator, datasets=datasets, name=name, reason=WHY)
    compose(made.job_id)
    return Dataset.objects.select_related("store", "job").get(pk=made.pk)


def test_a_merged_dataset_holds_the_waveforms_labels_and_features_of_all(curator):
    one, other = shared(seed=1), shared(seed=2, duration_s=0.4)
    made = merged(curator, one, other)
    assert made.status == "ready"
    assert made.store.n_signals == one.store.n_signals + other.store.n_signals
    olds = Signal.objects.filter(store__in=[one.store, other.store]).order_by("store_id", "row")
    news = Signal.objects.filter(store=made.store).order_by("row")
    for old, new in zip(olds, news, strict=True):
        assert (new.fault_class, new.severity, new.rms) == (old.fault_class, old.severity, old.rms)
        assert np.array_equal(signal_samples(curator, new), signal_samples(curator, old))
    assert made.store.version == 1
    assert not dataset_verify(made).findings


def test_the_sources_stay_and_each_page_names_the_others(curator, client):
    one, other = shared(seed=1), shared(seed=2)
    made = merged(curator, one, other)
    client.force_login(curator)
    page = client.get(f"/datasets/{made.pk}/").content.decode()
    assert f"/datasets/{one.pk}/versions/1/" in page
    assert "Together" in client.get(f"/datasets/{one.pk}/").content.decode()
    said = SystemEvent.objects.filter(detail__contains=WHY).values_list("subject", flat=True)
    assert set(said) == {one.name, other.name, made.name}
    assert Signal.objects.filter(store=one.store).count() == one.store.n_signals


def test_a_merged_dataset_outlives_its_sources(curator):
    one, other = shared(seed=1), shared(seed=2)
    made = merged(curator, one, other)
    for dataset in (one, other):
        dataset_delete(user=dataset.store.owner, dataset=dataset)
        dataset_purge(user=dataset.store.owner, dataset=dataset)
    assert signal_samples(curator, made.store.signals.first()).size
    assert [str(row.name) for row in made.sources.all()] == [one.name, other.name]


def test_changed_labels_tags_and_notes_come_along(curator):
    one, other = shared(seed=1), shared(seed=2)
    signal = one.store.signals.order_by("row").first()
    chosen = Signal.objects.filter(pk=signal.pk)
    wear = FaultClass.objects.get(code="wear")
    signals_relabel(user=curator, signals=chosen, labels=Relabel(fault_class=wear), reason=WHY)
    signals_tag(user=curator, signals=chosen, name="look")
    note_add(user=curator, signal=signal, text="A click")
    made = merged(curator, one, other)
    new = made.store.signals.order_by("row").first()
    assert new.fault_class == wear
    assert [tag.name for tag in new.tags.all()] == ["look"]
    assert [note.text for note in new.annotations.all()] == ["A click"]
    assert Tag.objects.count() == 1
    assert made.sources.first().version == 2


def test_copies_point_at_what_they_were_made_of(curator):
    one, other = (shared(seed=seed, augmentation=True, per_class=10) for seed in (1, 2))
    made = merged(curator, one, other)
    rows = {row.row: row for row in made.store.signals.all()}
    copies = [row for row in rows.values() if row.augmented]
    assert copies
    for copy in copies:
        assert rows[copy.source_row].fault_class == copy.fault_class
        assert (copy.row < one.store.n_signals) == (copy.source_row < one.store.n_signals)


def test_recordings_and_specimens_come_along_and_one_recording_comes_once(curator, tmp_path):
    files = [
        planned(tmp_path / f"{n}.npy", samples(seed=n), specimen=f"B{n}", run="long")
        for n in (1, 2)
    ]
    one = imported(*files, visibility="shared", keep_originals=True)
    other = shared(seed=2)
    made = merged(curator, one, other)
    assert made.is_recorded
    assert made.store.recordings.count() == one.store.recordings.count()
    names = set(one.store.specimens.values_list("name", flat=True))
    assert set(made.store.specimens.values_list("name", flat=True)) == names
    assert not dataset_verify(made).findings
    again = dataset_merge(user=curator, datasets=[one, made], name="Twice", reason=WHY)
    compose(again.job_id)
    again.refresh_from_db()
    assert again.status == "failed"
    assert "twice" in again.job.error


def test_dividing_makes_a_dataset_of_each_class(curator):
    whole = shared()
    made = dataset_divide(user=curator, dataset=whole, by="class", reason=WHY)
    for each in made:
        compose(each.job_id)
    counts = [each.store.signals.values("fault_class").distinct().count() for each in made]
    assert set(counts) == {1}
    total = Signal.objects.filter(store__dataset__in=made).count()
    assert total == whole.store.n_signals


def test_dividing_by_specimen_finds_each_by_its_name(curator, tmp_path):
    names = ["B 1&2", "B3"]
    files = [
        planned(tmp_path / f"{n}.npy", samples(seed=n), specimen=name, run="long")
        for n, name in enumerate(names)
    ]
    whole = imported(*files, visibility="shared")
    made = dataset_divide(user=curator, dataset=whole, by="specimen", reason=WHY)
    for each in made:
        compose(each.job_id)
    found = [list(each.store.specimens.values_list("name", flat=True)) for each in made]
    assert found == [[name] for name in names]
    assert sum(each.store.signals.count() for each in made) == whole.store.signals.count()


def test_dividing_by_specimen_leaves_no_signal_behind(curator):
    with pytest.raises(Invalid, match="for want of a specimen"):
        dataset_divide(user=curator, dataset=shared(), by="specimen", reason=WHY)


def test_dividing_by_a_split_keeps_its_sides(curator):
    whole = shared(per_class=6)
    split = split_create(
        user=whole.store.owner, dataset=whole, name="fair", ratios=(0.5, 0.5), by="none"
    )
    made = dataset_divide(user=curator, dataset=whole, by="split", split=split, reason=WHY)
    for each in made:
        compose(each.job_id)
    sizes = [each.store.signals.count() for each in made]
    assert sizes == list(split.sides.order_by("position").values_list("n_signals", flat=True))


@pytest.mark.parametrize("role", ["viewer", "engineer"])
def test_others_than_curators_are_refused(role):
    with pytest.raises(NotAllowed):
        dataset_merge(
            user=make_user(role), datasets=[shared(), shared(seed=2)], name="x", reason=WHY
        )


def test_the_same_recipe_twice_is_refused(curator):
    with pytest.raises(Invalid, match="same recipe"):
        dataset_merge(user=curator, datasets=[shared(), shared()], name="x", reason=WHY)


def test_a_source_that_goes_meanwhile_fails_in_words(curator):
    one, other = shared(seed=1), shared(seed=2)
    made = dataset_merge(user=curator, datasets=[one, other], name="x", reason=WHY)
    dataset_delete(user=one.store.owner, dataset=one)
    compose(made.job_id)
    made.refresh_from_db()
    assert made.status == "failed"
    assert one.name in made.job.error


def test_the_admin_merges_no_dataset_with_itself(client):
    client.force_login(make_user("superuser"))
    chosen = {"action": "merge", "_selected_action": [shared().pk]}
    answer = client.post("/admin/datasets/dataset/", chosen, follow=True)
    assert "Choose two datasets or more to merge." in answer.content.decode()


def test_the_admin_asks_for_name_and_reason_and_starts_the_work(curator, client):
    from bearing_portal.operations.groups import groups_seed

    groups_seed()
    client.force_login(make_user("superuser"))
    one, other = shared(seed=1), shared(seed=2)
    chosen = {"action": "merge", "_selected_action": [one.pk, other.pk]}
    asked = client.post("/admin/datasets/dataset/", chosen)
    assert one.name in asked.content.decode()
    given = chosen | {"apply": "yes", "name": "Together", "reason": ""}
    assert "required" in client.post("/admin/datasets/dataset/", given).content.decode()
    client.post("/admin/datasets/dataset/", given | {"reason": WHY})
    made = Dataset.objects.get(name="Together")
    assert made.status == "queued"
    given = {"action": "divide", "_selected_action": [one.pk], "apply": "yes", "by": "class"}
    client.post("/admin/datasets/dataset/", given | {"reason": WHY})
    assert Dataset.objects.filter(name__startswith=one.name).count() > 2
