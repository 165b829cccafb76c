import json
import re

import pytest
from django.urls import reverse

from monitoring.jobs.lifecycle import job_fail, job_start
from monitoring.models import Job
from signals import jobs
from signals.exploration.conditions import CONDITIONS
from signals.models import Projection, Signal
from tests.bearing_portal.dashboards.conftest import body_of
from tests.bearing_portal.dashboards.explorer.conftest import URL
from tests.bearing_portal.dashboards.viewer.conftest import numbers
from tests.factories import make_dataset, make_user

TSNE = {"method": "tsne", "perplexity": "3"}


@pytest.fixture
def texts(dataset):
    return {"filter": f"dataset={dataset.pk}"}


@pytest.fixture
def shown(ask, texts):
    """Return what the panel shows: figure, meta, note, facts, and whether Compute is off."""

    def send(**more):
        answer = ask("show_projection", **texts | more)
        assert "sideUpdate" not in answer, answer["sideUpdate"]
        parts = answer["response"]
        return {
            "figure": parts["explorer-projection"]["figure"],
            "meta": parts["explorer-projection-meta"]["children"],
            "note": parts["explorer-projection-note"]["children"],
            "facts": parts["explorer-projected"]["data"],
            "off": parts["explorer-compute"]["disabled"],
            "legend": parts["explorer-projection-legend"]["html"],
        }

    return send


@pytest.fixture
def compute(client, owner, texts):
    """Press Compute; return the answer."""

    def press(user=owner, **more):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        body = json.dumps(body_of("compute_projection", 1, texts | more, app="explorer"))
        return json.loads(client.post(URL, body, content_type="application/json").content)

    return press


def computed(compute, **more):
    """Press Compute and do the worker's part; return the projection's key."""
    key = compute(**more)["response"]["explorer-asked-for"]["data"]["key"]
    jobs.project(str(Projection.objects.get(key=key).job_id))
    return key


def n_points(figure):
    return sum(numbers(trace["x"]).size for trace in figure["data"])


@pytest.mark.django_db
def test_a_pca_is_there_without_asking(shown):
    found = shown()
    assert n_points(found["figure"]) == 12
    assert found["meta"].startswith("PCA · n = 12")
    assert (found["note"], found["off"]) == ("", True)
    assert "% of the variance" in found["figure"]["layout"]["xaxis"]["title"]["text"]


@pytest.mark.django_db
def test_what_was_filled_in_and_left_out_is_said(shown):
    meta = shown()["meta"]  # records of 0.25 s lack some features
    assert re.search(r" · \d+ missing values set to the median", meta)
    assert meta.endswith(" · 1 feature without variation left out")


@pytest.mark.django_db
def test_its_trustworthiness_stands_beside_it(shown):
    assert re.search(r" · trustworthiness 0\.\d\d · ", shown()["meta"])


@pytest.mark.django_db(transaction=True)
def test_a_small_perplexity_is_cautioned_against(shown, compute):
    computed(compute, **TSNE)
    assert shown(**TSNE)["note"].startswith("Small perplexity")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("colour", "title"),
    [("rms", "RMS (g)"), ("rpm", "Speed (rpm)"), ("temperature", "Temperature (°C)")],
)
def test_points_are_coloured_by_a_feature_or_a_condition(shown, colour, title):
    figure = shown(colour=colour)["figure"]
    bars = [t for t in figure["data"] if t["marker"].get("showscale")]
    assert [t["marker"]["colorbar"]["title"]["text"] for t in bars] == [title]
    assert n_points(figure) == 12
    field = CONDITIONS[colour][0] if colour in CONDITIONS else colour
    known = dict(Signal.objects.values_list("pk", field))
    for trace in figure["data"]:
        pks, shades = numbers(trace["customdata"]), numbers(trace["marker"]["color"])
        for pk, shade in zip(pks.tolist(), shades.tolist(), strict=True):
            assert shade == pytest.approx(known[pk], rel=1e-5)


@pytest.mark.django_db
def test_points_without_a_value_keep_the_colour_of_their_class(shown):
    Signal.objects.update(temperature_c=None)
    figure = shown(colour="temperature")["figure"]
    assert n_points(figure) == 12
    assert all(isinstance(t["marker"]["color"], str) for t in figure["data"])


@pytest.mark.django_db
def test_what_is_not_computed_yet_is_said(shown):
    found = shown(**TSNE)
    assert found["note"] == "t-SNE of these signals is not computed yet: press Compute."
    assert (found["figure"]["data"], found["off"]) == ([], False)


@pytest.mark.django_db(transaction=True)
def test_compute_then_the_result_is_shown_and_named(shown, compute):
    key = computed(compute, **TSNE)
    found = shown(**TSNE)
    assert found["facts"]["shown"] == found["figure"]["layout"]["meta"]["key"] == key
    assert found["meta"].startswith("t-SNE · perplexity 3 · euclidean · n = 12")
    assert found["figure"]["layout"]["xaxis"]["title"]["text"] == "t-SNE 1"


@pytest.mark.django_db(transaction=True)
def test_while_a_worker_is_at_it_the_page_is_told(shown, compute):
    key = compute(**TSNE)["response"]["explorer-asked-for"]["data"]["key"]
    found = shown(**TSNE)
    assert (found["facts"]["working"], found["off"]) == (key, True)
    assert found["note"] == "t-SNE is being computed."


@pytest.mark.django_db(transaction=True)
def test_the_method_shown_is_the_method_run(shown, compute):
    key = computed(compute, **TSNE)
    found = shown(method="umap", projection=key)
    assert found["meta"].startswith("t-SNE")
    assert found["figure"]["layout"]["xaxis"]["title"]["text"] == "t-SNE 1"
    assert found["note"].startswith("Shown: t-SNE · perplexity 3 · euclidean. UMAP-like of these")


@pytest.mark.django_db(transaction=True)
def test_of_another_filter_it_says_so(shown, compute, dataset):
    key = computed(compute, **TSNE)
    narrower = f"dataset={dataset.pk}&class=wear&class=healthy"
    found = shown(**TSNE, projection=key, filter=narrower)
    assert "of another filter (all classes" in found["note"]
    assert n_points(found["figure"]) == 12


@pytest.mark.django_db(transaction=True)
def test_of_another_dataset_it_says_so(shown, compute, owner):
    key = computed(compute, **TSNE)
    other = make_dataset(owner, per_class=4)
    found = shown(**TSNE, projection=key, filter=f"dataset={other.pk}")
    assert "of another dataset" in found["note"]


@pytest.mark.django_db(transaction=True)
def test_a_failure_is_said_in_its_words(shown, compute):
    compute(**TSNE)
    job = job_start(Job.objects.get(kind="project-features").pk)
    job_fail(job, "The memory does not suffice.")
    found = shown(**TSNE)
    assert found["note"] == "The memory does not suffice."
    assert not found["off"]


@pytest.mark.django_db(transaction=True)
def test_a_cancelled_one_says_so_and_can_be_computed(shown, compute, client):
    key = compute(**TSNE)["response"]["explorer-asked-for"]["data"]["key"]
    assert client.post(reverse("explorer-projection-cancel", args=[key])).status_code == 204
    found = shown(**TSNE)
    assert found["note"] == "t-SNE was cancelled; nothing was kept."
    assert not found["off"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("filter_text", "words"),
    [("", "Choose one dataset"), ("class=wear", "at least 10 signals")],
)
def test_what_cannot_be_projected_is_said_in_the_panel(shown, dataset, filter_text, words):
    asked = f"dataset={dataset.pk}&{filter_text}" if filter_text else ""
    found = shown(filter=asked)
    assert words in found["note"]
    assert found["figure"]["data"] == []


@pytest.mark.django_db
def test_parameters_that_cannot_be_are_refused_in_words(compute):
    answer = compute(method="tsne", perplexity="900")
    assert "perplexity of 2 to 3 " in answer["sideUpdate"]["portal-message"]["data"]["text"]
    assert not Job.objects.filter(kind="project-features").exists()


@pytest.mark.django_db
def test_the_area_drawn_is_shown_and_its_signals_stand_out(shown):
    key = shown()["facts"]["shown"]
    found = shown(sel=f"lasso:{key}:-99,-99;99,-99;99,99;-99,99")
    assert found["figure"]["layout"]["shapes"][0]["path"].startswith("M -99,-99 L 99,-99")
    assert sum(len(trace["selectedpoints"]) for trace in found["figure"]["data"]) == 12


@pytest.mark.django_db
def test_an_area_of_another_projection_is_not_drawn(shown, compute):
    key = shown()["facts"]["shown"]
    found = shown(sel="class:wear")
    assert found["figure"]["layout"]["shapes"] == []
    inside = {trace["name"]: len(trace["selectedpoints"]) for trace in found["figure"]["data"]}
    assert inside == {"Healthy": 0, "Imbalance": 0, "Wear": 4}
    assert found["facts"]["shown"] == key


@pytest.mark.django_db
def test_the_legend_selects_a_class(shown):
    assert 'data-select="class:wear"' in shown()["legend"]


@pytest.mark.django_db(transaction=True)
def test_a_strangers_projection_is_neither_shown_nor_asked_for(ask, compute, texts, client):
    key = computed(compute, **TSNE)
    stranger = make_user("engineer")
    answer = ask("show_projection", user=stranger, **texts | TSNE)
    assert answer["response"]["explorer-projection-note"]["children"] == "There is no such dataset."
    assert answer["response"]["explorer-projection"]["figure"]["data"] == []
    own = make_dataset(stranger, per_class=4)
    answer = ask(
        "show_projection", user=stranger, filter=f"dataset={own.pk}", projection=key, **TSNE
    )
    assert answer["response"]["explorer-projection"]["figure"]["data"] == []
    assert compute(user=stranger, **TSNE)["response"] == {}
    for name, call in (
        ("explorer-projection", client.get),
        ("explorer-projection-cancel", client.post),
    ):
        assert call(reverse(name, args=[key])).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_member_watches_but_only_who_asked_may_cancel(compute, dataset, client):
    dataset.store.visibility = "shared"
    dataset.store.save()
    key = compute(**TSNE)["response"]["explorer-asked-for"]["data"]["key"]
    state, cancel = (reverse(f"explorer-projection{part}", args=[key]) for part in ("", "-cancel"))
    assert "Cancel" in client.get(state).content.decode()
    client.force_login(make_user("viewer"), backend="django.contrib.auth.backends.ModelBackend")
    words = client.get(state).content.decode()
    assert "waits for a free worker" in words
    assert "Cancel" not in words
    assert client.post(cancel).status_code == 403
    assert Job.objects.get(kind="project-features").is_active


@pytest.mark.django_db(transaction=True)
def test_the_state_of_a_finished_one_asks_for_no_more(compute, client):
    key = computed(compute, **TSNE)
    words = client.get(reverse("explorer-projection", args=[key])).content.decode()
    assert "data-live-poll" not in words
    assert 'data-status="completed"' in words
