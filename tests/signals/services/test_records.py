import numpy as np
import pytest

from signals.models import Signal, Tag
from signals.selectors import store_path
from signals.services import records
from signals.services.records import signals_delete, signals_insert
from tests.factories import make_dataset
from vibration.features import FEATURE_NAMES
from vibration.store import StoreReader

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset():
    return make_dataset(per_class=10, augmentation=True, classes=("healthy", "wear"))


@pytest.fixture
def reader(dataset):
    with StoreReader(store_path(dataset.store)) as reader:
        yield reader


def test_every_record_has_its_row(dataset, reader):
    rows = list(dataset.store.signals.order_by("row").values_list("row", flat=True))

    assert rows == list(range(reader.n)) == list(range(26))
    assert dataset.store.n_signals == 26


def test_features_are_those_of_the_file_and_null_where_undefined(dataset, reader):
    rows = np.array(
        dataset.store.signals.order_by("row").values_list(*FEATURE_NAMES), dtype=np.float64
    )

    np.testing.assert_array_equal(rows, reader.features().astype(np.float64))


def test_healthy_signals_have_no_severity(dataset):
    healthy = Signal.objects.filter(fault_class__code="healthy")

    assert not healthy.exclude(severity=None).exists()
    assert not healthy.exclude(severity_factor=None).exists()
    assert not Signal.objects.filter(fault_class__code="wear", severity=None).exists()


def test_a_copy_names_the_record_it_was_made_from(dataset):
    copies = Signal.objects.filter(augmented=True)

    assert copies.count() == 6
    for copy in copies:
        source = Signal.objects.get(store=copy.store, row=copy.source_row)
        assert (source.fault_class, source.augmented) == (copy.fault_class, False)
    assert not Signal.objects.filter(augmented=False, source_row__isnull=False).exists()


def test_labels_count_within_the_class(dataset):
    labels = Signal.objects.filter(fault_class__code="wear").order_by("row")

    assert [signal.label[-5:] for signal in labels][:3] == ["-0001", "-0002", "-0003"]
    assert len({signal.label for signal in labels}) == 13


def test_ranks_are_a_shuffled_order_of_each_class(dataset):
    for code in ("healthy", "wear"):
        ranks = list(
            Signal.objects.filter(fault_class__code=code)
            .order_by("row")
            .values_list("rank_in_class", flat=True)
        )
        assert sorted(ranks) == list(range(13))
        assert ranks != sorted(ranks)


def test_the_same_recipe_gives_the_same_ranks(dataset):
    twin = make_dataset(per_class=10, augmentation=True, classes=("healthy", "wear"))

    def ranks(of):
        return list(of.store.signals.order_by("row").values_list("rank_in_class", flat=True))

    assert ranks(twin) == ranks(dataset)


def test_counts_per_class_are_kept(dataset):
    counts = {c.fault_class.code: c.n_signals for c in dataset.class_counts.all()}

    assert counts == {"healthy": 13, "wear": 13}


@pytest.mark.parametrize("block", [1, 7, 26, 1000])
def test_rows_are_the_same_whatever_the_blocks(block, dataset, reader, monkeypatch):
    fields = [field.attname for field in Signal._meta.concrete_fields if field.name != "id"]
    before = list(dataset.store.signals.order_by("row").values_list(*fields))
    signals_delete(store=dataset.store)
    monkeypatch.setattr(records, "BLOCK_ROWS", block)
    signals_insert(store=dataset.store, reader=reader)
    assert list(dataset.store.signals.order_by("row").values_list(*fields)) == before


def test_no_more_than_a_block_of_the_file_is_read_at_once(dataset, reader, monkeypatch):
    asked = []

    def noted(read):
        def reading(*args):
            asked.append(args[-2:])
            return read(*args)

        return reading

    for name in ("index", "features", "column"):
        monkeypatch.setattr(reader, name, noted(getattr(reader, name)))
    monkeypatch.setattr(records, "BLOCK_ROWS", 10)
    signals_delete(store=dataset.store)
    signals_insert(store=dataset.store, reader=reader)
    assert {(0, 10), (10, 20), (20, 26)} <= set(asked)
    assert max(stop - start for start, stop in asked) == 10


def test_tags_go_with_the_last_signal_that_bears_them(dataset):
    dataset.store.signals.first().tags.add(Tag.objects.create(name="odd"))
    signals_delete(store=dataset.store)
    assert not Tag.objects.exists()
