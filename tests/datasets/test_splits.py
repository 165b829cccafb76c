import pytest

from common.errors import Invalid, NotAllowed, NotFound
from datasets.scope import explorer_scope
from datasets.services.splits import split_create, split_delete
from datasets.versioning.splits import split_get, split_members, split_report, splits_of
from signals.filters.signal_filter import SignalFilter
from signals.models import FaultClass, Recording, Run, Signal, Specimen, SplitMember
from signals.services.labels import Relabel, signals_relabel
from tests.factories import make_dataset, make_user

pytestmark = pytest.mark.django_db

HALVES = (0.5, 0.5)


@pytest.fixture
def dataset():
    return make_dataset(per_class=10, augmentation=True, classes=("healthy", "wear"))


@pytest.fixture
def owner(dataset):
    return dataset.store.owner


def recorded(dataset, n_specimens=8, *, with_run=False):
    """Make a generated dataset look like one that was brought in: a specimen a class and four."""
    store = dataset.store
    type(dataset).objects.filter(pk=dataset.pk).update(origin="recorded")
    dataset.origin = "recorded"
    for number, code in enumerate(["healthy", "wear"]):
        signals = Signal.objects.filter(store=store, fault_class__code=code).order_by("row")
        for place, signal in enumerate(signals):
            name = f"{code} {place % (n_specimens // 2)}"
            specimen, _ = Specimen.objects.get_or_create(store=store, name=name)
            run = Run.objects.get_or_create(specimen=specimen, name="run")[0] if with_run else None
            recording = Recording.objects.create(
                store=store,
                name=f"{number}-{place}.csv",
                sha256=f"{number}-{place}",
                size_bytes=1,
                format="csv",
                specimen=specimen,
                run=run,
            )
            Signal.objects.filter(pk=signal.pk).update(recording=recording, source_row=None)
    return dataset


def made(dataset, owner, **values):
    standard = {"name": "main", "ratios": HALVES, "by": "none"}
    return split_create(user=owner, dataset=dataset, **(standard | values))


def test_every_signal_lies_on_one_side(dataset, owner):
    split = made(dataset, owner)
    pks, sides = split_members(split)
    assert set(pks.tolist()) == set(dataset.store.signals.values_list("pk", flat=True))
    assert [side.n_signals for side in split.sides.all()] == [
        (sides == 0).sum(),
        (sides == 1).sum(),
    ]


def test_a_copy_lies_where_its_original_does(dataset, owner):
    split = made(dataset, owner)
    side = dict(zip(*(part.tolist() for part in split_members(split)), strict=True))
    originals = {row.row: row.pk for row in dataset.store.signals.filter(augmented=False)}
    for copy in dataset.store.signals.filter(augmented=True):
        assert side[copy.pk] == side[originals[copy.source_row]]


@pytest.mark.parametrize("by", ["specimen", "run"])
def test_nothing_of_one_specimen_lies_on_two_sides(dataset, owner, by):
    split = made(recorded(dataset, with_run=True), owner, by=by)
    rows = SplitMember.objects.filter(split=split).values_list(
        "signal__recording__specimen", "side"
    )
    found = set(rows)
    assert len(found) == 8
    assert len({specimen for specimen, _ in found}) == 8


def test_the_same_seed_gives_the_same_sides_and_another_others(dataset, owner):
    first, again, other = (
        split_members(made(dataset, owner, name=name, seed=seed))[1].tolist()
        for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )
    assert first == again != other


def test_a_random_split_of_recorded_data_is_warned_of(dataset, owner):
    split = made(recorded(dataset), owner)
    assert "Split by specimen" in split_report(dataset, split).warnings[0]


def test_a_random_split_of_simulated_data_is_not(dataset, owner):
    assert split_report(dataset, made(dataset, owner)).warnings == []


def test_a_class_that_lies_on_one_side_alone_is_named(dataset, owner):
    recorded(dataset)
    lone = Specimen.objects.get(store=dataset.store, name="wear 0")
    wear = Recording.objects.filter(specimen__name__startswith="wear")
    wear.update(specimen=lone)
    report = split_report(dataset, made(dataset, owner, by="specimen"))
    assert report.warnings[0].startswith("Wear lies on train alone") or report.warnings[
        0
    ].startswith("Wear lies on test alone")


def test_classes_of_one_specimen_each_are_refused(dataset, owner):
    with pytest.raises(Invalid, match="Each class comes from one specimen"):
        made(recorded(dataset, n_specimens=2), owner, by="specimen")


def test_fewer_specimens_than_sides_are_refused(dataset, owner):
    with pytest.raises(Invalid, match="2 specimens for 3 sides"):
        made(recorded(dataset, n_specimens=2), owner, by="specimen", ratios=(0.7, 0.15, 0.15))


def test_what_has_no_specimens_is_not_split_by_them(dataset, owner):
    with pytest.raises(Invalid, match="No signal of this dataset belongs to a specimen"):
        made(dataset, owner, by="specimen")


def test_a_report_tells_signals_groups_and_classes_of_each_side(dataset, owner):
    report = split_report(dataset, made(dataset, owner, ratios=(0.7, 0.3)))
    assert [each.side.name for each in report.sides] == ["train", "test"]
    for (row, counts), code in zip(report.classes, ("healthy", "wear"), strict=True):
        assert (row.code, sum(counts)) == (code, 13)
    assert sum(each.share for each in report.sides) == pytest.approx(1)
    assert sum(each.side.n_groups for each in report.sides) == 20


def test_a_split_belongs_to_its_version(dataset, owner):
    wear = Signal.objects.filter(store=dataset.store, fault_class__code="wear")
    healthy = FaultClass.objects.get(code="healthy")
    signals_relabel(
        user=owner, signals=wear[:5], labels=Relabel(fault_class=healthy), reason="heard again"
    )
    dataset.store.refresh_from_db()
    report = split_report(dataset, made(dataset, owner, version=1))
    assert [(row.code, sum(counts)) for row, counts in report.classes] == [
        ("healthy", 13),
        ("wear", 13),
    ]


def test_a_name_is_taken_in_any_case_of_letters(dataset, owner):
    made(dataset, owner)
    with pytest.raises(Invalid, match="Choose another"):
        made(dataset, owner, name="MAIN")


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("by", "moon"), ("seed", -1), ("ratios", (1.0,)), ("ratios", (0.5, 0.6))],
)
def test_what_is_refused_is_said_at_its_field(dataset, owner, field, value):
    with pytest.raises(Invalid) as refused:
        made(dataset, owner, **{field: value})
    assert field in refused.value.field_errors


def test_a_filter_of_a_side_holds_its_signals(dataset, owner):
    split = made(dataset, owner)
    chosen = SignalFilter(dataset=dataset.pk, split="main", sides=("test",))
    found = explorer_scope(owner, chosen).signals().values_list("pk", flat=True)
    pks, sides = split_members(split)
    assert set(found) == set(pks[sides == 1].tolist())


def test_signals_that_a_split_does_not_know_are_on_no_side(dataset, owner):
    made(dataset, owner)
    late = dataset.store.signals.first()
    SplitMember.objects.filter(signal=late).delete()
    chosen = SignalFilter(dataset=dataset.pk, split="main", sides=("none",))
    assert list(explorer_scope(owner, chosen).signals()) == [late]


def test_a_side_that_is_none_is_refused_in_words(dataset, owner):
    made(dataset, owner)
    chosen = SignalFilter(dataset=dataset.pk, split="main", sides=("exam",))
    with pytest.raises(Invalid, match="no side “exam”"):
        explorer_scope(owner, chosen).signals()


def test_owners_and_engineers_who_see_a_dataset_split_it():
    dataset = make_dataset(visibility="shared")
    assert made(dataset, make_user("engineer")).name == "main"
    with pytest.raises(NotAllowed):
        made(dataset, make_user("viewer"), name="other")


def test_strangers_neither_see_nor_make_splits(dataset, owner):
    split, stranger = made(dataset, owner), make_user("engineer")
    assert not splits_of(stranger, dataset).exists()
    with pytest.raises(NotFound):
        split_get(stranger, dataset, split.pk)
    with pytest.raises(NotFound):
        made(dataset, stranger, name="other")


def test_a_split_is_deleted_by_the_owner_or_who_made_it():
    dataset = make_dataset(visibility="shared")
    maker = make_user("engineer")
    split = made(dataset, maker)
    with pytest.raises(NotAllowed):
        split_delete(user=make_user("engineer"), dataset=dataset, split=split)
    split_delete(user=maker, dataset=dataset, split=split)
    assert not SplitMember.objects.exists()
