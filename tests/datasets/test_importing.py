from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
from django.conf import settings

from common.errors import Invalid, NotAllowed
from datasets.imports.plan import PlannedSpecimen
from datasets.models import Dataset
from datasets.services import (
    dataset_delete,
    dataset_import_add,
    dataset_import_create,
    dataset_import_run,
    dataset_purge,
    files_sweep,
    import_keeping,
    import_publishing,
)
from datasets.services.files import final_folder, import_folder
from datasets.services.import_plans import bytes_needed
from monitoring.models import SystemEvent
from signals.feature_groups import measured_groups
from signals.models import Recording, Signal
from signals.selectors import channels_of, signal_samples
from signals.services.bearings import bearing_of
from signals.waveforms.references import reference_get
from tests.datasets.importing import Here, imported, plan, planned, planned_of, samples
from tests.factories import make_bearing, make_catalogue, make_user
from vibration.features import FEATURE_NAMES, extract
from vibration.features.orders import order_features

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def catalogue(db):
    make_catalogue()


def test_samples_come_back_as_they_were_brought(tmp_path):
    owner = make_user("engineer")
    first, second = samples(2048, seed=1), samples(3000, seed=2)
    dataset = imported(
        planned(tmp_path / "a.npy", first),
        planned(tmp_path / "b.npy", np.vstack([second, -second])),
        owner=owner,
    )
    found = list(Signal.objects.filter(store=dataset.store).order_by("pk"))
    assert [s.label for s in found] == ["a", "b · channel 1", "b · channel 2"]
    for signal, expected in zip(found, (first, second, -second), strict=True):
        assert np.array_equal(signal_samples(owner, signal), expected)


def test_features_follow_each_recordings_own_rate_and_speed(tmp_path):
    x = samples(4096)
    dataset = imported(
        planned(tmp_path / "a.npy", x, fs_hz=8000.0, rpm=600.0),
        planned(tmp_path / "b.npy", x * 2, fs_hz=51_200.0, rpm=3000.0, unit="m/s²"),
    )
    for signal, (y, fs_hz, shaft_hz) in zip(
        Signal.objects.filter(store=dataset.store).order_by("pk"),
        ((x, 8000.0, 10.0), (x * 2, 51_200.0, 50.0)),
        strict=True,
    ):
        expected = extract(y, fs_hz, shaft_hz)
        stored = [getattr(signal, name) for name in FEATURE_NAMES]
        kept = [np.nan if value is None else value for value in stored]
        np.testing.assert_allclose(kept, expected, rtol=1e-6)
        assert (signal.fs_hz, signal.rpm) == (fs_hz, shaft_hz * 60)


def test_segments_overlap_as_told_and_the_rest_is_left(tmp_path):
    owner, x = make_user("engineer"), samples(5000)
    dataset = imported(
        planned(tmp_path / "a.npy", x), owner=owner, segment_samples=2000, overlap=0.5
    )
    found = list(Signal.objects.filter(store=dataset.store).order_by("row"))
    assert [(s.segment, s.label) for s in found] == [
        (1, "a #1"),
        (2, "a #2"),
        (3, "a #3"),
        (4, "a #4"),
    ]
    for number, signal in enumerate(found):
        start = 1000 * number
        assert np.array_equal(signal_samples(owner, signal), x[start : start + 2000])


def test_a_bad_file_is_named_and_the_good_ones_go_on(tmp_path):
    good = planned(tmp_path / "good.npy", samples())
    bad = tmp_path / "bad.npy"
    bad.write_bytes(b"\x93NUMPY damaged")
    wanted = plan(planned_of(bad), good)
    dataset = dataset_import_create(owner=make_user("engineer"), plan=wanted)
    outcome = dataset_import_run(run=Here(), dataset=dataset, plan=wanted)
    assert [each.name for each in outcome.left_out] == ["bad.npy"]
    assert "bad.npy" in outcome.left_out[0].reason
    assert (outcome.n_signals, Dataset.objects.get().status) == (1, "ready")


def test_when_no_file_is_good_nothing_is_shown(tmp_path):
    bad = tmp_path / "bad.npy"
    bad.write_bytes(b"\x93NUMPY damaged")
    wanted = plan(planned_of(bad))
    dataset = dataset_import_create(owner=make_user("engineer"), plan=wanted)
    with pytest.raises(Invalid, match=r"bad\.npy"):
        dataset_import_run(run=Here(), dataset=dataset, plan=wanted)
    assert Dataset.objects.get().status == "failed"
    assert not Signal.objects.exists()
    assert not final_folder(dataset.pk).path.exists()


def test_the_same_content_is_kept_once(tmp_path):
    x = samples()
    wanted = plan(planned(tmp_path / "a.npy", x), planned(tmp_path / "b.npy", x))
    dataset = dataset_import_create(owner=make_user("engineer"), plan=wanted)
    outcome = dataset_import_run(run=Here(), dataset=dataset, plan=wanted)
    assert [each.reason for each in outcome.left_out] == [
        "b.npy has the same content as a.npy; it is kept once."
    ]


def test_a_file_that_changed_since_is_refused(tmp_path):
    file = planned(tmp_path / "a.npy", samples(seed=1))
    planned(tmp_path / "a.npy", samples(seed=2))
    with pytest.raises(Invalid, match="has changed since it was looked at"):
        imported(file)


def test_an_import_that_was_killed_goes_on_where_it_was(tmp_path, monkeypatch):
    wanted = plan(*(planned(tmp_path / f"{n}.npy", samples(seed=n)) for n in range(3)))
    dataset = dataset_import_create(owner=make_user("engineer"), plan=wanted)
    keep, n_kept = import_keeping.keep_file, []

    def killed(*asked):
        if len(n_kept) == 2:
            raise KeyboardInterrupt
        n_kept.append(keep(*asked))

    monkeypatch.setattr(import_keeping, "keep_file", killed)
    with pytest.raises(KeyboardInterrupt):
        dataset_import_run(run=Here(), dataset=dataset, plan=wanted)
    assert not Signal.objects.exists()
    n_again = []
    monkeypatch.setattr(import_keeping, "keep_file", lambda *asked: n_again.append(keep(*asked)))
    outcome = dataset_import_run(run=Here(), dataset=dataset, plan=wanted)
    assert (len(n_again), outcome.n_signals) == (1, 3)
    assert not import_folder(dataset.pk).exists()


def test_one_that_is_killed_after_the_files_were_named_loses_nothing(tmp_path, monkeypatch):
    owner = make_user("engineer")
    x = samples()
    file = planned(tmp_path / "a.npy", x)
    wanted = plan(file)
    dataset = dataset_import_create(owner=owner, plan=wanted)
    insert = import_publishing.recordings_insert

    def killed(**_):
        raise KeyboardInterrupt

    monkeypatch.setattr(import_publishing, "recordings_insert", killed)
    with pytest.raises(KeyboardInterrupt):
        dataset_import_run(run=Here(), dataset=dataset, plan=wanted)
    monkeypatch.setattr(import_publishing, "recordings_insert", insert)
    dataset_import_run(run=Here(), dataset=dataset, plan=wanted)
    assert np.array_equal(signal_samples(owner, Signal.objects.get()), x)
    original = final_folder(dataset.pk).path / "originals" / file.sha256
    assert original.read_bytes() == file.path.read_bytes()


def test_many_files_are_kept_over_processes(tmp_path, monkeypatch):
    monkeypatch.setattr(import_keeping, "_HERE_BYTES", 0)
    owner = make_user("engineer")
    dataset = imported(
        *(planned(tmp_path / f"{n}.npy", samples(seed=n)) for n in range(4)), owner=owner
    )
    found = Signal.objects.filter(store=dataset.store).order_by("pk")
    assert [s.label for s in found] == ["0", "1", "2", "3"]
    assert np.array_equal(signal_samples(owner, found[3]), samples(seed=3))


def test_more_can_be_added_later(tmp_path):
    owner = make_user("engineer")
    dataset = imported(planned(tmp_path / "a.npy", samples(seed=1)), owner=owner)
    before = Signal.objects.get()
    more = plan(
        planned(tmp_path / "a.npy", samples(seed=1)), planned(tmp_path / "b.npy", samples(seed=2))
    )
    dataset_import_add(user=owner, dataset=dataset, plan=more)
    outcome = dataset_import_run(run=Here(), dataset=dataset, plan=more)
    assert outcome.left_out[0].reason == "a.npy is in the dataset already, as a.npy."
    found = Signal.objects.filter(store=dataset.store).order_by("row")
    assert found[0].pk == before.pk
    assert np.array_equal(signal_samples(owner, found[1]), samples(seed=2))
    dataset.refresh_from_db()
    dataset.store.refresh_from_db()
    assert (dataset.store.n_signals, dataset.store.version) == (2, 2)
    assert SystemEvent.objects.first().detail == "1 signal of 1 file added"


def test_labels_of_files_of_one_name_differ(tmp_path):
    owner = make_user("engineer")
    rows = np.vstack([samples(seed=1), samples(seed=2)])
    first = planned(tmp_path / "x" / "a.npy", rows)
    dataset = imported(first, owner=owner)
    more = plan(
        planned(tmp_path / "y" / "a.npy", -rows), planned(tmp_path / "z" / "a.npy", 2 * rows)
    )
    dataset_import_run(run=Here(), dataset=dataset, plan=more)
    stems = [s.label.partition(" · ")[0] for s in Signal.objects.order_by("pk")]
    assert stems == ["a", "a", "a (2)", "a (2)", "a (3)", "a (3)"]


def test_what_a_killed_import_left_is_swept_once_its_dataset_is_gone(tmp_path):
    wanted = plan(planned(tmp_path / "a.npy", samples()))
    dataset = dataset_import_create(owner=make_user("engineer"), plan=wanted)
    kept = import_folder(dataset.pk)
    gone = import_folder(dataset.pk + 1000)
    for folder in (kept, gone):
        folder.mkdir(parents=True)
    files_sweep()
    assert (kept.exists(), gone.exists()) == (True, False)


def test_only_the_owner_adds(tmp_path):
    dataset = imported(planned(tmp_path / "a.npy", samples()), visibility="shared")
    more = plan(planned(tmp_path / "b.npy", samples(seed=2)))
    with pytest.raises(NotAllowed):
        dataset_import_add(user=make_user("engineer"), dataset=dataset, plan=more)


def test_a_viewer_imports_nothing(tmp_path):
    with pytest.raises(NotAllowed):
        dataset_import_create(
            owner=make_user("viewer"), plan=plan(planned(tmp_path / "a.npy", samples()))
        )


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"files": ()}, "files"),
        ({"segment_samples": 10}, "segment_samples"),
        ({"segment_samples": 100, "overlap": 1.0}, "overlap"),
        ({"name": ""}, "name"),
        ({"specimens": (PlannedSpecimen(name="B1", bearing_id=999_999),)}, "specimens"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_at_its_field(tmp_path, values, field):
    file = planned(tmp_path / "a.npy", samples())
    with pytest.raises(Invalid) as refused:
        dataset_import_create(
            owner=make_user("engineer"), plan=plan(**({"files": (file,)} | values))
        )
    assert list(refused.value.field_errors) == [field]


def test_recordings_of_a_run_are_numbered_by_time(tmp_path):
    files = [
        planned(
            tmp_path / f"{name}.npy",
            samples(seed=hour),
            specimen="Bearing 1",
            run="to failure",
            recorded_at=datetime(2024, 5, 1, hour),
        )
        for name, hour in (("c", 1), ("a", 2), ("b", 3))
    ]
    bearing = make_bearing()
    imported(*files, specimens=(PlannedSpecimen(name="Bearing 1", bearing_id=bearing.pk),))
    rows = Recording.objects.order_by("position").values_list("name", "position")
    assert list(rows) == [("c.npy", 1), ("a.npy", 2), ("b.npy", 3)]
    recording = Recording.objects.select_related("run__specimen").first()
    assert str(recording.run) == "Bearing 1 · to failure"
    assert bearing_of(recording.signals.first()) == bearing


def test_channels_and_segments_belong_to_their_recording(tmp_path):
    owner = make_user("engineer")
    x = np.vstack([samples(4096, seed=1), samples(4096, seed=2)])
    imported(planned(tmp_path / "a.npy", x), owner=owner, segment_samples=2048)
    recording = Recording.objects.get()
    assert recording.signals.count() == 4
    second = Signal.objects.get(channel="channel 1", segment=2)
    assert [s.channel for s in channels_of(owner, second)] == ["channel 1", "channel 2"]


def test_a_signals_class_has_an_expected_spectrum_of_its_own_shape(tmp_path):
    owner = make_user("engineer")
    imported(
        *(planned(tmp_path / f"{n}.npy", samples(seed=n), label="healthy") for n in range(3)),
        planned(tmp_path / "long.npy", samples(5000), label="healthy"),
        owner=owner,
    )
    assert reference_get(owner, Signal.objects.get(label="1")) is not None
    assert reference_get(owner, Signal.objects.get(label="long")) is None


def test_the_dataset_counts_its_classes(tmp_path):
    dataset = imported(
        planned(tmp_path / "a.npy", samples(seed=1), label="healthy"),
        planned(tmp_path / "b.npy", samples(seed=2)),
    )
    counts = dataset.class_counts.values_list("fault_class__code", "n_signals")
    assert (list(counts), dataset.store.n_signals) == ([("healthy", 1)], 2)


def test_originals_are_kept_where_wanted(tmp_path):
    file = planned(tmp_path / "a.npy", samples())
    with_it, without = imported(file), imported(file, name="other", keep_originals=False)
    assert (final_folder(with_it.pk).path / "originals" / file.sha256).is_file()
    assert (final_folder(without.pk) / "originals").names() == []


def test_a_deleted_dataset_leaves_nothing(tmp_path, django_capture_on_commit_callbacks):
    owner = make_user("engineer")
    dataset = imported(planned(tmp_path / "a.npy", samples(), specimen="S", run="R"), owner=owner)
    with django_capture_on_commit_callbacks(execute=True):
        dataset_delete(user=owner, dataset=dataset)
        dataset_purge(user=owner, dataset=dataset)
    assert not Recording.objects.exists()
    assert not list((settings.STORAGE_DIR / "datasets").glob(f"{dataset.pk}*"))


def test_what_speed_geometry_and_unit_allow_is_measured_at_the_end(tmp_path):
    owner = make_user("engineer")
    bearing = make_bearing()
    x = samples(24_000)
    dataset = imported(
        planned(tmp_path / "a.npy", x, fs_hz=12_000.0, rpm=1800.0, specimen="one"),
        planned(tmp_path / "b.npy", 2 * x, fs_hz=12_000.0, rpm=None, specimen="one"),
        owner=owner,
        specimens=(PlannedSpecimen(name="one", bearing_id=bearing.pk),),
    )
    known, unknown = (s.feature_groups for s in Signal.objects.filter(store=dataset.store))
    wanted = order_features(x, 12_000.0, 30.0, bearing.orders)
    np.testing.assert_allclose(np.array(known.get(group="bearing_orders").values, float), wanted)
    assert set(unknown.get(group="bearing_orders").values) == {None}
    assert unknown.get(group="severity").values[0] > 0
    assert {g.code for g in measured_groups(owner, dataset.store).groups} == {
        "bearing_orders",
        "severity",
    }


def tacho_plan(tmp_path, **facts):
    """Plan a vibration and, beside it, a tacho that runs up from 10 to 20 turns a second."""
    t_s = np.arange(16_000) / 8000.0
    turns = 10 * t_s + 2.5 * t_s**2
    tacho = (turns * 4 % 1 < 0.5).astype(np.float32)  # four pulses a turn
    file = planned(tmp_path / "a.npy", np.vstack([samples(16_000), tacho]), rpm=None)
    one, two = file.channels
    two = replace(two, name="tacho", is_vibration=False, is_tacho=True)
    return replace(file, channels=(one, two), **facts)


def test_a_tacho_tells_the_speed_of_each_segment_once_its_pulses_are_known(tmp_path):
    facts = {"pulses_per_turn": 4, "pulses_source": "given by the person"}
    dataset = imported(tacho_plan(tmp_path, **facts), segment_samples=8000)
    signals = Signal.objects.filter(store=dataset.store, channel="channel 1").order_by("segment")
    assert [s.rpm for s in signals] == pytest.approx([60 * 12.5, 60 * 17.5], rel=0.005)
    row = dataset.store.recordings.get()
    assert (row.pulses_per_turn, row.pulses_source) == (4, "given by the person")
    assert row.rpm_source == "the tacho tacho"


def test_without_pulses_a_speed_stays_unknown(tmp_path):
    dataset = imported(tacho_plan(tmp_path))
    assert set(Signal.objects.filter(store=dataset.store).values_list("rpm", flat=True)) == {None}
    assert dataset.store.recordings.get().rpm_source == ""


def test_a_stated_speed_is_not_replaced_by_the_tacho(tmp_path):
    file = tacho_plan(tmp_path, pulses_per_turn=4)
    stated = tuple(replace(each, rpm=900.0) for each in file.channels)
    dataset = imported(replace(file, channels=stated))
    assert Signal.objects.get(store=dataset.store, channel="channel 1").rpm == 900.0


def test_fault_size_and_location_stand_with_the_recording(tmp_path):
    facts = {"fault_size_mm": 0.1778, "fault_location": "6:00", "fault_source": "side-car"}
    row = imported(planned(tmp_path / "a.npy", samples(), **facts)).store.recordings.get()
    assert (row.fault_size_mm, row.fault_location, row.fault_source) == (0.1778, "6:00", "side-car")


@pytest.mark.parametrize(("keep", "originals"), [(True, 1), (False, 0)])
def test_the_disk_is_asked_for_the_samples_twice_and_each_original_once(tmp_path, keep, originals):
    file = planned(tmp_path / "a.npy", samples(10_000))
    one = replace(file.channels[0], n_samples=10_000)
    wanted = plan(replace(file, channels=(one,)), keep_originals=keep)
    kept = 4 * 10_000 + 8 * len(FEATURE_NAMES)  # on the way, and in its place
    assert bytes_needed(wanted) == 2 * kept + originals * file.path.stat().st_size


def test_overlap_makes_more_to_be_kept(tmp_path):
    file = planned(tmp_path / "a.npy", samples(10_000))
    one = replace(file.channels[0], n_samples=10_000)
    cut = plan(
        replace(file, channels=(one,)), keep_originals=False, segment_samples=1000, overlap=0.5
    )
    assert bytes_needed(cut) == 2 * 19 * (4 * 1000 + 8 * len(FEATURE_NAMES))
