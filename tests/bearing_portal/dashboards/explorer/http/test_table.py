import json
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from bearing_portal.dashboards.explorer.http import table
from bearing_portal.dashboards.explorer.panels.table import layout as section
from bearing_portal.dashboards.explorer.panels.table.columns import column_definitions
from common.roles import CURATOR
from signals.exploration.columns import AT_FIRST, COLUMNS
from signals.models import Signal, TableColumn, Tag
from signals.services.table_columns import columns_choose
from tests.factories import make_dataset, make_user
from vibration.features.groups import place_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset():
    return make_dataset(visibility="shared", per_class=3)


@pytest.fixture
def owner(client, dataset):
    return entered(client, dataset.store.owner)


def entered(client, user):
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def as_role(client, role):
    return entered(client, make_user(role))


def asked(dataset, **state):
    return {"filter": f"dataset={dataset.pk}", **state}


def rows(client, dataset, *, start=0, end=50, **state):
    given = asked(dataset, start=start, end=end, **state)
    return client.get(reverse("explorer-rows"), given).json()


def ids(dataset, **chosen):
    signals = Signal.objects.filter(store=dataset.store, **chosen).order_by("pk")
    return list(signals.values_list("pk", flat=True))


def grid(**filters):
    return json.dumps(filters)


WEAR = grid(**{"class": {"filterType": "text", "type": "equals", "filter": "Wear"}})


UNREADABLE = [
    {"sel": "ids:one"},
    {"sel": "everything"},
    {"sel": "lasso:gone:0,0;1,0;1,1"},
    {"sel": "kept:1000000"},
    {"grid": '{"rms": {"filterType": "number"'},
    {"grid": "[]"},
    {"grid": "1" * 5000},
    {"filter": "class=wear&" + "tag=a&" * 1000},
]


@pytest.mark.parametrize("state", UNREADABLE)
@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("explorer-table-tag", {"name": "odd", "do": "add"}),
        ("explorer-table-relabel", {"fault_class": "", "severity": ""}),
    ],
)
def test_a_choice_that_cannot_be_read_never_widens_what_is_done(name, more, state, client, dataset):
    as_role(client, "superuser")
    before = list(Signal.objects.order_by("pk").values_list("fault_class", "severity"))
    answer = client.post(reverse(name), asked(dataset) | state | more)
    assert answer.status_code in (400, 404)
    assert not Signal.tags.through.objects.exists()
    assert list(Signal.objects.order_by("pk").values_list("fault_class", "severity")) == before


# Single checked rows stand among all rows of the table: they are no selection of it.
@pytest.mark.parametrize("state", UNREADABLE[1:])
@pytest.mark.parametrize("name", ["explorer-rows", "explorer-ids", "explorer-table-compare"])
def test_a_choice_that_cannot_be_read_shows_no_other_rows(name, state, owner, dataset):
    given = asked(dataset, start=0, end=50) | state
    assert owner.get(reverse(name), given).status_code in (400, 404)


class TestRows:
    def test_say_why_there_are_none(self, owner, dataset):
        given = {"filter": f"dataset={dataset.pk}&rms_min=1000000", "start": 0, "end": 50}
        answer = owner.get(reverse("explorer-rows"), given).json()
        assert answer["total"] == 0
        assert answer["why"] == "No signal fits. Without the condition on RMS there are 9 signals."

    def test_come_in_blocks_with_how_many_there_are(self, owner, dataset):
        first, rest = (rows(owner, dataset, start=at, end=at + 5) for at in (0, 5))
        assert [row["id"] for row in first["rows"] + rest["rows"]] == ids(dataset)
        assert first["total"] == rest["total"] == 9

    def test_are_sorted_and_filtered_as_the_address_says(self, owner, dataset):
        found = rows(owner, dataset, sort="-rms", grid=WEAR)["rows"]
        levels = [row["rms"] for row in found]
        assert {row["class_code"] for row in found} == {"wear"}
        assert levels == sorted(levels, reverse=True)

    def test_are_those_of_a_selection(self, owner, dataset):
        found = rows(owner, dataset, sel="class:wear")
        assert [row["id"] for row in found["rows"]] == ids(dataset, fault_class__code="wear")
        assert found["total"] == 3

    def test_checked_ones_stand_among_all(self, owner, dataset):
        assert rows(owner, dataset, sel=f"ids:{ids(dataset)[0]}")["total"] == 9

    def test_hold_the_features_that_the_person_chose(self, owner, dataset):
        columns_choose(user=dataset.store.owner, codes=["skewness"])
        row = rows(owner, dataset)["rows"][0]
        assert row["skewness"] == Signal.objects.get(pk=row["id"]).skewness
        assert "kurtosis" not in row

    @pytest.mark.parametrize("role", [None, "viewer", "engineer", "curator"])
    def test_of_a_private_dataset_are_not_there_for_a_stranger(self, role, client):
        private = make_dataset()
        stranger = as_role(client, role)
        answer = stranger.get(reverse("explorer-rows"), asked(private, start=0, end=50))
        assert answer.status_code == 404
        mine = stranger.get(reverse("explorer-rows"), {"start": 0, "end": 50}).json()
        assert mine == {"rows": [], "total": 0, "why": "There are no signals yet."}

    def test_of_a_shared_dataset_are_there_for_a_member(self, client, dataset):
        assert rows(as_role(client, "viewer"), dataset)["total"] == 9

    @pytest.mark.parametrize(
        "given",
        [
            {"start": "a", "end": 50},
            {"start": 50, "end": 0},
            {"end": 50},
            {"start": 0, "end": 100_000},
            {"start": 0, "end": 5, "sort": "password"},
            {"start": 0, "end": 5, "sel": "lasso:1"},
            {"start": 0, "end": 5, "grid": '{"store__owner": {"type": "equals", "filter": 1}}'},
        ],
    )
    def test_that_cannot_be_meant_are_refused_in_words(self, given, owner):
        answer = owner.get(reverse("explorer-rows"), given, headers={"HX-Request": "true"})
        assert answer.status_code == 400
        assert answer.json()["sentence"]


def test_nobody_logged_in_asks_anything(client):
    for name in ("rows", "ids", "columns", "table-tag", "table-relabel", "table-compare"):
        assert client.get(reverse(f"explorer-{name}")).status_code == 302
    assert client.post(reverse("explorer-table-untag")).status_code == 302


def test_tags_of_private_signals_are_offered_to_nobody_else(client, dataset):
    private = make_dataset()
    private.store.signals.first().tags.add(Tag.objects.create(name="secret"))
    dataset.store.signals.first().tags.add(Tag.objects.create(name="known"))
    address = reverse("explorer-table-tag")
    page = as_role(client, "curator").get(address, asked(dataset)).content.decode()
    assert 'value="known"' in page
    assert "secret" not in page
    own = entered(client, private.store.owner).get(address, asked(private))
    assert "secret" in own.content.decode()


class TestAllIds:
    def test_are_those_of_the_table(self, owner, dataset):
        answer = owner.get(reverse("explorer-ids"), asked(dataset, grid=WEAR))
        assert answer.json() == {"ids": ids(dataset, fault_class__code="wear")}

    def test_are_refused_where_they_are_too_many(self, owner, dataset, monkeypatch):
        monkeypatch.setattr(table, "MOST_IDS", 8)
        answer = owner.get(reverse("explorer-ids"), asked(dataset), headers={"HX-Request": "true"})
        assert answer.status_code == 400
        assert "At most 8 rows" in answer.json()["sentence"]


class TestColumns:
    def test_are_offered_by_group_with_units(self, owner):
        page = owner.get(reverse("explorer-columns")).content.decode()
        assert page.count("<legend>") == 8
        own = [code for code in COLUMNS if place_of(code) is None]
        assert page.count('name="column"') == len(own)
        assert "Temperature (°C)" in page

    def test_chosen_are_kept_in_the_order_of_the_table(self, owner, dataset):
        answer = owner.post(reverse("explorer-columns"), {"column": ["tags", "skewness", "class"]})
        assert answer["HX-Trigger"] == "explorer:columns"
        kept = TableColumn.objects.filter(user=dataset.store.owner)
        assert [column.code for column in kept] == ["label", "class", "skewness", "tags"]

    def test_are_reset(self, owner, dataset):
        columns_choose(user=dataset.store.owner, codes=["skewness"])
        owner.post(reverse("explorer-columns"), {"reset": "1"})
        assert not TableColumn.objects.exists()

    def test_unknown_are_refused(self, owner):
        assert owner.post(reverse("explorer-columns"), {"column": ["pass"]}).status_code == 400

    def test_not_chosen_are_there_but_hidden(self, dataset):
        definitions = column_definitions(dataset.store.owner)
        shown = [column["colId"] for column in definitions if not column["hide"]]
        assert tuple(shown) == AT_FIRST
        assert {column["colId"] for column in definitions} == set(COLUMNS)

    def test_hold_no_code(self, dataset):
        written = json.dumps([column_definitions(dataset.store.owner), section.OPTIONS])
        assert '"function"' not in written
        assert "=>" not in written


def tagged(client, dataset, *, do="add", name="odd", **state):
    given = asked(dataset, name=name, do=do, **state)
    return client.post(reverse("explorer-table-tag"), given)


def said(answer):
    return json.loads(answer["HX-Trigger"])["explorer:said"]


class TestTag:
    def test_dialog_says_how_many(self, owner, dataset):
        page = owner.get(reverse("explorer-table-tag"), asked(dataset, grid=WEAR))
        assert "Tag 3 signals" in page.content.decode()

    @pytest.mark.parametrize(
        ("state", "n"),
        [({}, 9), ({"sel": "class:wear"}, 3), ({"grid": WEAR}, 3)],
    )
    def test_goes_to_the_selected_else_to_all_rows(self, state, n, owner, dataset):
        assert said(tagged(owner, dataset, **state))["title"] == f"{n} signals tagged “odd”"
        assert Tag.objects.get().signals.count() == n

    def test_goes_to_the_checked_whatever_the_columns_filter(self, owner, dataset):
        pk = ids(dataset, fault_class__code="healthy")[0]
        tagged(owner, dataset, sel=f"ids:{pk}", grid=WEAR)
        assert list(Tag.objects.get().signals.values_list("pk", flat=True)) == [pk]

    def test_is_undone_for_those_that_changed_alone(self, owner, dataset):
        before = Tag.objects.create(name="odd")
        before.signals.add(ids(dataset)[0])
        undo = said(tagged(owner, dataset))["undo"]
        owner.post(reverse("explorer-table-untag"), {"undo": undo})
        assert list(before.signals.values_list("pk", flat=True)) == ids(dataset)[:1]

    def test_taken_away_is_given_back(self, owner, dataset):
        tagged(owner, dataset, sel="class:wear")
        undo = said(tagged(owner, dataset, do="remove"))["undo"]
        assert not Tag.objects.exists()
        owner.post(reverse("explorer-table-untag"), {"undo": undo})
        assert Tag.objects.get().signals.count() == 3

    def test_is_undone_once_and_by_its_person(self, client, owner, dataset):
        undo = {"undo": said(tagged(owner, dataset))["undo"]}
        curator = as_role(client, "curator")
        assert curator.post(reverse("explorer-table-untag"), undo).status_code == 404
        owner = entered(client, dataset.store.owner)
        assert owner.post(reverse("explorer-table-untag"), undo).status_code == 204
        assert owner.post(reverse("explorer-table-untag"), undo).status_code == 404

    def test_without_a_name_is_asked_again(self, owner, dataset):
        answer = tagged(owner, dataset, name=" ")
        assert answer.status_code == 422
        assert "A tag has 1 to 40 letters." in answer.content.decode()

    @pytest.mark.parametrize("role", [None, "viewer", "engineer"])
    def test_of_others_is_refused_in_the_dialog(self, role, client, dataset):
        answer = tagged(as_role(client, role), dataset)
        assert answer.status_code == 422
        assert "owner, by members who may label" in answer.content.decode()
        assert not Tag.objects.exists()

    def test_of_a_private_dataset_does_not_exist_for_a_stranger(self, client):
        assert tagged(as_role(client, "engineer"), make_dataset()).status_code == 404


class TestRelabel:
    def post(self, client, dataset, **labels):
        standard = {"fault_class": "keep", "severity": "keep", "action": "relabel"}
        labels = standard | {"reason": "heard again"} | labels
        return client.post(
            reverse("explorer-table-relabel"), asked(dataset, sel="class:wear", **labels)
        )

    def test_changes_the_selected(self, client, dataset):
        answer = self.post(as_role(client, CURATOR), dataset, fault_class="imbalance")
        assert said(answer)["title"] == "3 signals relabelled"
        assert ids(dataset, fault_class__code="wear") == []

    def test_asks_for_a_label(self, client, dataset):
        answer = self.post(as_role(client, CURATOR), dataset)
        assert answer.status_code == 422
        assert "Choose a class, a severity, or both." in answer.content.decode()

    def test_refuses_in_words_what_cannot_be(self, client, dataset):
        curator = as_role(client, CURATOR)
        answer = self.post(curator, dataset, fault_class="healthy", severity="mild")
        assert answer.status_code == 422
        assert "has no severity" in answer.content.decode()

    def test_asks_why(self, client, dataset):
        answer = self.post(as_role(client, CURATOR), dataset, fault_class="imbalance", reason="")
        assert answer.status_code == 422
        assert "why the labels are changed" in answer.content.decode()

    def test_is_undone_as_a_new_version(self, client, dataset):
        curator = as_role(client, CURATOR)
        done = said(self.post(curator, dataset, fault_class="imbalance"))
        answer = curator.post(f"/data-explorer/{done['undoAt']}", {"undo": done["undo"]})
        assert said(answer)["title"] == "Undone for 3 signals"
        assert len(ids(dataset, fault_class__code="wear")) == 3

    def test_of_an_old_version_is_refused(self, client, dataset):
        curator = as_role(client, CURATOR)
        self.post(curator, dataset, fault_class="imbalance")
        state = asked(dataset, sel="class:wear", fault_class="healthy", severity="keep")
        state["filter"] += "&version=1"
        answer = curator.post(reverse("explorer-table-relabel"), state)
        assert answer.status_code == 400
        assert "stays as it was" in answer.content.decode()

    @pytest.mark.parametrize("role", [None, "viewer", "engineer"])
    def test_is_for_owners_and_curators(self, role, client, dataset):
        assert self.post(as_role(client, role), dataset, fault_class="imbalance").status_code == 403
        assert len(ids(dataset, fault_class__code="wear")) == 3

    def test_is_done_by_the_owner(self, owner, dataset):
        answer = self.post(owner, dataset, fault_class="imbalance")
        assert said(answer)["title"] == "3 signals relabelled"


class TestRemove:
    def post(self, client, dataset, **given):
        state = asked(dataset, sel="class:wear", **({"reason": "clipped"} | given))
        return client.post(reverse("explorer-table-remove"), state)

    def test_takes_the_selected_out_until_it_is_undone(self, owner, dataset):
        done = said(self.post(owner, dataset))
        assert done["title"] == "3 signals removed"
        assert ids(dataset, fault_class__code="wear") == []
        owner.post(f"/data-explorer/{done['undoAt']}", {"undo": done["undo"]})
        assert len(ids(dataset, fault_class__code="wear")) == 3

    def test_asks_why(self, owner, dataset):
        assert self.post(owner, dataset, reason="").status_code == 422

    @pytest.mark.parametrize("role", [None, "viewer", "engineer", CURATOR])
    def test_is_for_the_owner(self, role, client, dataset):
        assert self.post(as_role(client, role), dataset).status_code == 403
        assert len(ids(dataset, fault_class__code="wear")) == 3

    @pytest.mark.parametrize("role", [None, "engineer"])
    def test_is_undone_by_nobody_else(self, role, owner, client, dataset):
        done = said(self.post(owner, dataset))
        undo = reverse("explorer-version-undo")
        assert as_role(client, role).post(undo, {"undo": done["undo"]}).status_code == 403


class TestCompare:
    def test_of_few_opens_the_viewer_in_the_filter(self, owner, dataset):
        state = asked(dataset, sel="class:wear", sort="-rms")
        state["filter"] += "&class=wear&class=healthy"
        url = owner.get(reverse("explorer-table-compare"), state)["HX-Redirect"]
        query = parse_qs(urlsplit(url).query)
        wear = Signal.objects.filter(store=dataset.store, fault_class__code="wear")
        first, *others = wear.order_by("-rms").values_list("pk", flat=True)
        assert query["signal"] == [str(first)]
        assert query["compare"] == [",".join(map(str, others))]
        assert query["class"] == ["wear", "healthy"]

    def test_of_many_says_which_come(self, owner, dataset):
        page = owner.get(reverse("explorer-table-compare"), asked(dataset)).content.decode()
        assert "Compare the first 8 of 9 signals" in page
        last = Signal.objects.get(pk=ids(dataset)[-1])
        assert last.label not in page

    def test_of_nothing_is_refused(self, owner, dataset):
        state = asked(dataset, grid=grid(rms={"type": "lessThan", "filter": -1}))
        assert owner.get(reverse("explorer-table-compare"), state).status_code == 400


class TestExport:
    def lines(self, client, dataset, **state):
        answer = client.get(
            reverse("explorer-export", args=["csv"]), {"dataset": dataset.pk, **state}
        )
        return b"".join(answer.streaming_content).decode().splitlines()[1:]

    @pytest.mark.parametrize(
        ("state", "n"), [({}, 9), ({"sel": "class:wear"}, 3), ({"grid": WEAR}, 3)]
    )
    def test_holds_the_selected_else_all_rows(self, state, n, owner, dataset):
        assert len(self.lines(owner, dataset, **state)) == n

    def test_refuses_column_filters_it_cannot_read(self, owner, dataset):
        url = reverse("explorer-export", args=["csv"])
        assert owner.get(url, {"dataset": dataset.pk, "grid": "[1"}).status_code == 400
