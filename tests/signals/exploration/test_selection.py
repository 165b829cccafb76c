import numpy as np
import pytest

from common.errors import Invalid, NotFound
from datasets.selectors import dataset_get
from signals.exploration.overview import overview
from signals.exploration.selection import inside, narrowed
from signals.exploration.table import TableQuery, table_page, within_columns
from signals.filters.scope import scope_get
from signals.filters.signal_filter import SignalFilter
from signals.models import Signal, Tag
from tests.factories import make_dataset, make_user

SQUARE = np.array([[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 2.0]])


@pytest.fixture
def scope(db):
    dataset = make_dataset(per_class=4)
    user = dataset.store.owner
    chosen = SignalFilter(dataset=dataset.pk)
    return scope_get(user, chosen, store_of=lambda pk: dataset_get(user, pk).store_id)


def chosen(scope, text):
    return set(narrowed(scope.user, scope, text).signals().values_list("pk", flat=True))


def test_points_inside_a_square_are_found():
    points = np.array([[1.0, 1.0], [3.0, 1.0], [-1.0, 1.0], [1.0, 2.5], [0.1, 1.9]])
    assert inside(points, SQUARE).tolist() == [True, False, False, False, True]


def test_the_way_round_does_not_matter():
    points = np.random.default_rng(1).uniform(-1, 3, (500, 2))
    assert (inside(points, SQUARE) == inside(points, SQUARE[::-1])).all()


def test_a_notch_in_the_outline_is_outside():
    notched = np.array([[0, 0], [4, 0], [4, 4], [2, 1], [0, 4.0]])
    assert inside(np.array([[2.0, 2.0], [2.0, 0.5]]), notched).tolist() == [False, True]


def test_ids_select_those_signals_of_the_scope(scope):
    first, second = scope.signals().order_by("pk")[:2]
    elsewhere = make_dataset().store.signals.first()
    assert chosen(scope, f"ids:{first.pk},{second.pk},{elsewhere.pk}") == {first.pk, second.pk}


def test_a_class_and_a_severity_select_their_signals(scope):
    worn = Signal.objects.filter(store=scope.store, fault_class__code="wear")
    assert chosen(scope, "class:wear") == set(worn.values_list("pk", flat=True))
    code = worn.first().severity.code
    severe = worn.filter(severity__code=code)
    assert chosen(scope, f"class:wear/{code}") == set(severe.values_list("pk", flat=True))


def test_none_is_the_severity_of_signals_without_one(scope):
    healthy = Signal.objects.filter(store=scope.store, fault_class__code="healthy")
    assert chosen(scope, "class:healthy/none") == set(healthy.values_list("pk", flat=True))


def test_a_range_holds_both_its_ends(scope):
    values = sorted(scope.signals().values_list("rms", flat=True))
    assert len(chosen(scope, f"range:rms:{values[2]!r},{values[5]!r}")) == 4


def test_a_range_may_be_of_one_class(scope):
    assert len(chosen(scope, "range:rms:0,1e9:wear")) == 4


def test_a_narrowed_scope_has_results_of_its_own(scope):
    assert overview(scope.user, scope).n == 12
    assert overview(scope.user, narrowed(scope.user, scope, "class:wear")).n == 4
    assert overview(scope.user, scope).n == 12


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ids:",
        "ids:1;2",
        "ids:-1",
        "class:",
        "class:a b",
        "range:rms:1",
        "range:nothing:1,2",
        "range:rms:1,nan",
        "lasso:key:1,2;3,4",
        "lasso:key:1,2;3,4;a,b",
        "everything:1",
    ],
)
def test_what_cannot_be_read_is_refused(scope, text):
    with pytest.raises(Invalid):
        narrowed(scope.user, scope, text)


def test_too_many_ids_are_refused_with_the_way_out(scope):
    with pytest.raises(Invalid, match="narrow the filter"):
        narrowed(scope.user, scope, "ids:" + ",".join(["1"] * 501))


def test_a_lasso_on_a_projection_that_is_gone_is_said(scope):
    with pytest.raises(NotFound):
        narrowed(scope.user, scope, "lasso:gone:0,0;1,0;1,1")


def test_a_scope_of_another_person_shows_nothing_more(scope):
    stranger = make_user("viewer")
    own = scope_get(stranger, SignalFilter())
    pk = scope.signals().first().pk
    assert not narrowed(stranger, own, f"ids:{pk}").signals().exists()


def test_what_hangs_on_tags_is_counted_anew_each_time(scope):
    odd = Tag.objects.create(name="odd")
    first, second = scope.signals().order_by("pk")[:2]
    model = {"tags": {"type": "equals", "filter": "odd"}}

    def n_tagged():
        return table_page(scope.user, within_columns(scope, model), TableQuery()).total

    first.tags.add(odd)
    assert n_tagged() == 1
    second.tags.add(odd)
    assert n_tagged() == 2


def test_what_hangs_on_tags_within_a_selection_is_not_kept_either(scope):
    model = {"tags": {"type": "equals", "filter": "odd"}}
    tagged = within_columns(narrowed(scope.user, scope, "class:wear"), model)
    assert tagged.key("count") is None
    numbers = {"rms": {"type": "greaterThan", "filter": 0}}
    assert within_columns(tagged, numbers).key("count") is None
    assert within_columns(scope, numbers).key("count") is not None
