import json

import pytest
from django.urls import reverse

from datasets.scope import explorer_scope
from signals.filters.signal_filter import SignalFilter
from signals.models import SavedView
from signals.projections.services import projection_at_once
from signals.services.saved_views import saved_view_save
from tests.factories import make_dataset, make_user

PAGES = ["explorer", "explorer-filters", "explorer-line", "explorer-views", "explorer-view-new"]


@pytest.fixture
def page(client, owner):
    """Return the text of a page as the owner, or another person, reads it."""

    def read(name, user=owner, status=200, **query):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        answer = client.get(reverse(name), query)
        assert answer.status_code == status
        return answer.content.decode()

    return read


@pytest.mark.parametrize("name", PAGES)
def test_an_anonymous_visitor_is_sent_to_log_in(client, db, name):
    assert client.get(reverse(name)).status_code == 302


def test_an_address_without_anything_opens_the_newest_dataset(client, owner, dataset):
    newer = make_dataset(owner)
    client.force_login(owner)
    assert client.get(reverse("explorer")).url == f"{reverse('explorer')}?dataset={newer.pk}"


def test_without_a_dataset_the_page_says_so(page):
    assert "There are no signals yet." in page("explorer")


def test_counts_stand_beside_the_options(page, dataset):
    form = page("explorer-filters", dataset=dataset.pk)
    assert form.count('<span class="filter-n">4</span>') >= 3


def test_each_condition_is_a_chip_that_drops_it(page, dataset):
    query = {"dataset": dataset.pk, "class": "wear", "rms_max": "5"}
    line = page("explorer-line", **query)
    assert f'data-filter-query="dataset={dataset.pk}&amp;class=wear"' in line
    assert f'data-filter-query="dataset={dataset.pk}&amp;rms_max=5"' in line


def test_an_empty_filter_says_which_condition_empties_it(page, dataset):
    line = page("explorer-line", dataset=dataset.pk, rms_min="1e6")
    assert "Without the condition on RMS there are 12 signals." in line
    assert "Drop the condition on RMS" in line


def test_a_selection_is_counted_in_the_line(page, dataset):
    line = page("explorer-line", dataset=dataset.pk, sel="class:wear")
    assert "<strong>4</strong> of 12 selected" in line


@pytest.mark.parametrize("sel", ["lasso:gone:0,0;1,0;1,1", "ids:one", "nonsense"])
def test_a_selection_that_is_lost_is_dropped_alone_with_a_sentence(page, dataset, sel):
    text = page("explorer", **{"dataset": dataset.pk, "class": "wear", "sel": sel})
    assert "data-sel-dropped" in text
    assert "The selection was dropped." in text
    assert "<strong>4</strong> of 12 signals" in text
    assert "explorer-trouble" not in text


def test_options_without_a_signal_stay_and_count_none(page, dataset):
    form = page("explorer-filters", dataset=dataset.pk, rms_min="1e6")
    for code in ("healthy", "imbalance", "wear"):
        assert f'value="{code}"' in form
    assert form.count('<span class="filter-n">0</span>') >= 3
    assert 'name="per_class"' in form


def test_originals_only_is_offered_with_its_count_and_shown_as_a_chip(page, owner, dataset):
    assert 'name="originals"' not in page("explorer-filters", dataset=dataset.pk)
    augmented = make_dataset(owner, per_class=4, augmentation=True)
    form = page("explorer-filters", dataset=augmented.pk)
    assert "Originals only" in form
    assert '<span class="filter-n">12</span>' in form
    line = page("explorer-line", dataset=augmented.pk, originals="1")
    assert "Copies <strong>left out</strong>" in line
    assert "<strong>12</strong> of" in line


def lasso_around_all(owner, dataset):
    scope = explorer_scope(owner, SignalFilter(dataset=dataset.pk))
    row = projection_at_once(user=owner, scope=scope)
    return row, f"lasso:{row.key}:-1000,-1000;1000,-1000;1000,1000;-1000,1000"


def test_a_view_with_a_lasso_still_opens_its_signals_once_the_projection_is_gone(
    page, owner, dataset
):
    row, lasso = lasso_around_all(owner, dataset)
    view = saved_view_save(user=owner, name="Around all", query=f"dataset={dataset.pk}&sel={lasso}")
    assert f"sel={lasso}" in page("explorer-views")
    row.delete()
    kept = f"kept:{view.pk}"
    assert f"dataset={dataset.pk}&amp;sel={kept}" in page("explorer-views")
    line = page("explorer-line", dataset=dataset.pk, sel=kept)
    assert "<strong>12</strong> of 12 selected" in line
    again = saved_view_save(user=owner, name="Again", query=f"dataset={dataset.pk}&sel={kept}")
    assert again.selected.count() == 12


def test_what_a_strangers_view_kept_selects_nothing(page, owner, dataset):
    _, lasso = lasso_around_all(owner, dataset)
    view = saved_view_save(user=owner, name="Mine", query=f"dataset={dataset.pk}&sel={lasso}")
    stranger = make_user("viewer")
    line = page("explorer-line", user=stranger, sel=f"kept:{view.pk}")
    assert "The view that kept it is not there any more" in line
    view.is_shared = True
    view.save()
    line = page("explorer-line", user=stranger, sel=f"kept:{view.pk}")
    assert "<strong>0</strong> of 0 selected" in line  # the signals themselves stay unseen


def test_a_filter_that_cannot_be_read_is_said_and_the_page_stands(page, dataset):
    text = page("explorer", dataset="soon")
    assert "The dataset in the address is no number." in text
    assert 'id="explorer-filters"' in text


def test_the_form_refuses_a_stranger_who_names_the_dataset(page, dataset):
    page("explorer-filters", user=make_user("viewer"), status=404, dataset=dataset.pk)


def test_a_stranger_is_not_offered_a_private_dataset(page, dataset):
    assert dataset.name not in page("explorer", user=make_user("viewer"))


def test_a_range_that_crosses_is_refused(page, dataset):
    page("explorer-filters", status=400, rpm_min=10, rpm_max=5)


def test_handles_stand_where_the_address_says(page, dataset):
    form = page("explorer-filters", dataset=dataset.pk, rms_min="0.05")
    assert 'name="rms_min" value="0.05"' in form


def test_a_view_is_kept_and_listed(client, owner, page, dataset):
    client.force_login(owner)
    query = {"name": "Wear", "query": "class=wear&sort=rms"}
    answer = client.post(reverse("explorer-view-new"), query)
    assert json.loads(answer["HX-Trigger"])["explorer:said"]["title"] == "“Wear” is saved"
    assert "?class=wear&amp;sort=rms" in page("explorer-views")


def test_a_name_that_is_taken_is_said_in_the_dialog(client, owner, dataset):
    saved_view_save(user=owner, name="Wear", query="")
    client.force_login(owner)
    answer = client.post(reverse("explorer-view-new"), {"name": "wear", "query": "class=wear"})
    assert answer.status_code == 422
    assert "You have a view of this name." in answer.content.decode()


def test_a_view_gets_another_name_and_keeps_its_content(client, owner, dataset):
    view = saved_view_save(user=owner, name="Wear", query="class=wear")
    client.force_login(owner)
    address = reverse("explorer-view", args=[view.pk])
    client.post(address, {"name": "Worn", "query": "class=healthy"})
    view.refresh_from_db()
    assert (view.name, view.query) == ("Worn", "class=wear")
    client.post(address, {"name": "Worn", "query": "class=healthy", "replace": "on"})
    view.refresh_from_db()
    assert view.query == "class=healthy"


def test_a_view_is_deleted_by_its_owner_alone(client, owner):
    view = saved_view_save(user=owner, name="Wear", query="", is_shared=True)
    address = reverse("explorer-view", args=[view.pk])
    client.force_login(make_user("viewer"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(address, {"delete": "1"}).status_code == 403
    client.force_login(owner)
    assert "Nobody can open it any more." in client.get(f"{address}?delete").content.decode()
    assert SavedView.objects.exists()
    assert client.post(address, {"delete": "1"}).status_code == 204
    assert not SavedView.objects.exists()


def test_a_private_view_does_not_exist_for_others(client, owner, page):
    view = saved_view_save(user=owner, name="Mine", query="")
    stranger = make_user("viewer")
    assert "Mine" not in page("explorer-views", user=stranger)
    assert client.get(reverse("explorer-view", args=[view.pk])).status_code == 404


def test_a_shared_view_is_listed_for_others_with_its_owner(owner, page, dataset):
    saved_view_save(user=owner, name="Ours", query="class=wear", is_shared=True)
    menu = page("explorer-views", user=make_user("viewer"))
    assert "Ours" in menu
    assert owner.username in menu


def test_a_viewer_is_not_offered_to_share(page):
    assert 'name="shared"' not in page("explorer-view-new", user=make_user("viewer"))
