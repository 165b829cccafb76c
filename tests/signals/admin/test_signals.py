import re

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from bearing_portal.operations.groups import groups_seed
from signals.models import Annotation, FaultClass, Severity, Signal, Tag
from signals.services.labels import Relabel, signals_relabel
from tests.factories import make_dataset, make_user

SIGNALS = "/admin/signals/signal/"


@pytest.fixture
def curator(client, db):
    groups_seed()
    curator = make_user("curator")
    client.force_login(curator)
    return curator


@pytest.fixture
def wear(curator):
    dataset = make_dataset(visibility="shared")
    return Signal.objects.filter(store=dataset.store, fault_class__code="wear")


def tag_on(signal, name):
    tag, _ = Tag.objects.get_or_create(name=name)
    signal.tags.add(tag)
    return tag


def ask(client, action, signals, **values):
    chosen = {"action": action, "_selected_action": [signal.pk for signal in signals]}
    return client.post(SIGNALS, chosen | values, follow=True)


def change(client, signal, **values):
    labels = {
        "fault_class": signal.fault_class_id or "",
        "severity": signal.severity_id or "",
    }
    form = labels | {
        **{f"initial-{name}": value for name, value in labels.items()},
        "annotations-TOTAL_FORMS": 0,
        "annotations-INITIAL_FORMS": 0,
    }
    return client.post(f"{SIGNALS}{signal.pk}/change/", form | values, follow=True)


def test_relabelling_asks_for_the_labels_first(client, wear):
    page = ask(client, "relabel", wear).content.decode()
    assert "2 selected" in page
    assert "Leave as it is" in page
    assert wear.count() == 2


APPLIED = {"apply": "yes", "reason": "heard again", "severity": "keep"}


def test_relabelling_in_bulk_makes_one_version(client, curator, wear):
    store = wear.first().store
    page = ask(client, "relabel", wear, **APPLIED, fault_class="imbalance")
    assert "2 signals changed" in page.content.decode()
    version = store.versions.first()
    assert (version.n_relabelled, version.author, version.reason) == (2, curator, "heard again")


def test_the_history_of_a_signal_tells_its_labels_with_who_and_why(client, wear):
    signal = wear.first()
    ask(client, "relabel", wear, **APPLIED, fault_class="imbalance")
    page = client.get(f"{SIGNALS}{signal.pk}/history/").content.decode()
    assert "Wear" in page
    assert "Imbalance" in page
    assert "heard again" in page


def test_a_relabel_is_undone_from_the_history(client, wear):
    signal = wear.first()
    ask(client, "relabel", wear, **APPLIED, fault_class="imbalance")
    version = signal.store.versions.first()
    undone = client.post(
        "/admin/signals/signal/version-undo/",
        {"undo": version.pk, "signal": signal.pk},
        follow=True,
    )
    assert "Undone for 2 signals" in undone.content.decode()
    assert wear.count() == 2


def test_relabelling_nothing_is_asked_again(client, wear):
    page = ask(client, "relabel", wear, apply="yes", fault_class="keep", severity="keep")
    assert "Choose a class, a severity, or both." in page.content.decode()


def test_a_refusal_is_said_on_the_list(client, wear):
    page = ask(client, "relabel", wear, **APPLIED | {"severity": "mild"}, fault_class="healthy")
    assert "no severity" in page.content.decode()
    assert wear.count() == 2


def test_everything_the_filter_shows_can_be_relabelled_at_once(client, wear):
    chosen = {"action": "relabel", "_selected_action": [wear.first().pk], "select_across": "1"}
    apply = APPLIED | {"fault_class": "imbalance"}
    client.post(f"{SIGNALS}?fault_class__id__exact={wear.first().fault_class_id}", chosen | apply)
    assert not wear.exists()


def test_tags_are_added_and_removed_in_bulk(client, wear):
    ask(client, "add_tag", wear, apply="yes", tag="odd")
    assert Tag.objects.get(name="odd").signals.count() == 2
    ask(client, "remove_tag", wear, apply="yes", tag="odd")
    assert not Tag.objects.exists()


def test_tagging_in_bulk_is_undone_from_its_message(client, wear):
    page = ask(client, "add_tag", wear, apply="yes", tag="odd").content.decode()
    token = re.search(r'name="undo" value="([^"]+)"', page)[1]
    undone = client.post("/admin/signals/signal/tagging-undo/", {"undo": token}, follow=True)
    assert "Undone for 2 signals" in undone.content.decode()
    assert not Tag.objects.exists()


def test_one_signal_is_relabelled_on_its_page_with_history(client, wear):
    signal = wear.first()
    imbalance = FaultClass.objects.get(code="imbalance").pk
    change(client, signal, fault_class=imbalance, reason="heard again")
    signal.refresh_from_db()
    assert signal.fault_class.code == "imbalance"
    assert signal.store.versions.first().reason == "heard again"


def test_a_label_is_not_changed_on_the_page_without_a_reason(client, wear):
    imbalance = FaultClass.objects.get(code="imbalance").pk
    page = change(client, wear.first(), fault_class=imbalance)
    assert "why the label is changed" in page.content.decode()
    assert wear.count() == 2


def test_a_tag_on_the_page_is_history_too(client, wear):
    tag = tag_on(wear.last(), "odd")
    change(client, wear.first(), tags=[tag.pk])
    assert tag.signals.count() == 2
    assert LogEntry.objects.get().get_change_message() == "Tag “odd” added."


def as_opened(client, signal):
    """Return what the page of a signal sends when nothing on it is touched."""
    html = client.get(f"{SIGNALS}{signal.pk}/change/").content.decode()
    tags = [str(pk) for pk in signal.tags.values_list("pk", flat=True)]
    seen = {"fault_class": signal.fault_class_id, "severity": signal.severity_id or ""}
    for name in ("fault_class", "severity", *(["tags"] if tags else [])):
        assert f'name="initial-{name}"' in html
    given = {f"initial-{name}": value for name, value in seen.items()}
    return given | {"initial-tags": tags, "tags": tags} | seen


def test_a_class_changed_on_the_page_leaves_a_severity_that_another_one_gave_meanwhile(
    client, curator, wear
):
    signal, severe = wear.first(), Severity.objects.get(code="severe")
    opened = as_opened(client, signal)
    labels = Relabel(severity=severe)
    signals_relabel(user=curator, signals=wear, labels=labels, reason="louder")
    imbalance = FaultClass.objects.get(code="imbalance").pk
    change(client, signal, **opened | {"fault_class": imbalance, "reason": "heard again"})
    signal.refresh_from_db()
    assert (signal.fault_class.code, signal.severity.code) == ("imbalance", "severe")


def test_tags_changed_on_the_page_leave_those_that_another_one_gave_meanwhile(client, wear):
    signal, new = wear.first(), tag_on(wear.last(), "new")
    gone = tag_on(signal, "gone")
    opened = as_opened(client, signal)
    tag_on(signal, "theirs")
    change(client, signal, **opened | {"tags": [new.pk]})
    assert set(signal.tags.values_list("name", flat=True)) == {"new", "theirs"}
    assert not gone.signals.filter(pk=signal.pk).exists()


def test_a_healthy_signal_with_a_severity_is_refused_beside_the_field(client, wear):
    healthy = FaultClass.objects.get(code="healthy").pk
    severity = Severity.objects.first().pk
    page = change(client, wear.first(), fault_class=healthy, severity=severity)
    assert "A healthy signal has no severity" in page.content.decode()


def test_an_annotation_belongs_to_who_writes_it(client, curator, wear):
    change(
        client,
        wear.first(),
        **{"annotations-TOTAL_FORMS": 1, "annotations-0-text": "rubs at 0.3 s"},
    )
    assert Annotation.objects.get().author == curator


def test_a_private_signal_of_another_does_not_exist(client, curator):
    signal = Signal.objects.filter(store=make_dataset().store).first()
    assert client.get(f"{SIGNALS}{signal.pk}/change/").status_code == 302
    assert signal.label not in client.get(SIGNALS).content.decode()


def test_signals_are_neither_added_nor_deleted_here(client, wear):
    client.force_login(make_user("superuser"))
    assert client.get(f"{SIGNALS}add/").status_code == 403
    assert client.post(f"{SIGNALS}{wear.first().pk}/delete/").status_code == 403


def test_a_deleted_tag_stays_on_private_signals_of_others(client, wear):
    private = Signal.objects.filter(store=make_dataset().store).first()
    tag = tag_on(private, "odd")
    wear.first().tags.add(tag)
    client.post(reverse("admin:signals_tag_delete", args=[tag.pk]), {"post": "yes"})
    assert list(tag.signals.all()) == [private]


def test_a_renamed_tag_keeps_its_name_on_private_signals_of_others(client, wear):
    private = Signal.objects.filter(store=make_dataset().store).first()
    tag = tag_on(private, "odd")
    wear.first().tags.add(tag)
    client.post(reverse("admin:signals_tag_change", args=[tag.pk]), {"name": "Strange"})
    assert [tag.name for tag in private.tags.all()] == ["odd"]
    assert [tag.name for tag in wear.first().tags.all()] == ["Strange"]


def test_a_tag_of_private_signals_of_others_is_nowhere_in_the_admin(client, wear):
    tag = tag_on(Signal.objects.filter(store=make_dataset().store).first(), "hidden-word")
    autocomplete = "/admin/autocomplete/?app_label=signals&model_name=signal&field_name=tags"
    for address in (
        "/admin/signals/tag/",
        "/admin/signals/tag/?q=hidden",
        SIGNALS,
        f"{SIGNALS}{wear.first().pk}/change/",
        f"{autocomplete}&term=hidden",
    ):
        assert "hidden-word" not in client.get(address).content.decode()
    assert client.get(reverse("admin:signals_tag_change", args=[tag.pk])).status_code == 302
    change(client, wear.first(), tags=[tag.pk])
    assert not wear.first().tags.exists()


def test_the_name_of_a_tag_nobody_here_sees_is_free(client, wear):
    tag_on(Signal.objects.filter(store=make_dataset().store).first(), "secret")
    own = tag_on(wear.first(), "odd")
    address = reverse("admin:signals_tag_change", args=[own.pk])
    page = client.post(address, {"name": "secret"}, follow=True)
    assert "already exists" not in page.content.decode()
    assert [tag.name for tag in wear.first().tags.all()] == ["secret"]


def test_classes_are_ordered_by_moving_them(client, wear):
    second = FaultClass.objects.all()[1]
    client.post("/admin/signals/faultclass/", {"action": "move_up", "_selected_action": second.pk})
    assert FaultClass.objects.first() == second


@pytest.mark.parametrize(
    ("field", "value"), [("dash", "wavy"), ("symbol", "heart"), ("colour", "red")]
)
def test_a_look_that_cannot_be_drawn_is_refused(client, wear, field, value):
    row = FaultClass.objects.get(code="wear")
    form = {"name": row.name, "short_name": "W", "family": "journal", "signature": ""}
    look = {"colour": "#000000", "symbol": "cross", "dash": "dot", field: value}
    client.post(f"/admin/signals/faultclass/{row.pk}/change/", form | look)
    row.refresh_from_db()
    assert row.short_name != "W"


def test_a_class_is_shown_in_its_colour(client, wear):
    page = client.get("/admin/signals/faultclass/").content.decode()
    assert 'background:#336699"></span>' in page
