import pytest

from bearing_portal.operations.groups import groups_seed
from datasets.services.files import final_folder
from monitoring.models import Job
from tests.factories import make_bearing, make_dataset, make_user

DATASETS = "/admin/datasets/dataset/"
INLINES = ("class_counts", "sources", "parts")
NO_ROWS = {f"{name}-{kind}_FORMS": 0 for name in INLINES for kind in ("TOTAL", "INITIAL")}


@pytest.fixture
def superuser(client, db):
    groups_seed()
    superuser = make_user("superuser")
    client.force_login(superuser)
    return superuser


def act(client, action, dataset):
    chosen = {"action": action, "_selected_action": [dataset.pk]}
    return client.post(DATASETS, chosen, follow=True).content.decode()


def test_sharing_goes_through_the_service(client, superuser):
    dataset = make_dataset()
    act(client, "share", dataset)
    dataset.store.refresh_from_db()
    assert dataset.store.visibility == "shared"
    act(client, "unshare", dataset)
    dataset.store.refresh_from_db()
    assert dataset.store.visibility == "private"


def test_a_queued_dataset_is_cancelled_and_tried_again(client, superuser):
    dataset = make_dataset(ready=False)
    act(client, "cancel", dataset)
    dataset.refresh_from_db()
    assert dataset.status == "cancelled"
    act(client, "retry", dataset)
    dataset.refresh_from_db()
    assert dataset.status == "queued"


def test_why_an_action_is_refused_stands_on_the_list(client, superuser):
    assert "Only a failed or cancelled job" in act(client, "retry", make_dataset())


def test_deleting_puts_a_dataset_into_the_trash_with_its_files(
    client, superuser, django_capture_on_commit_callbacks
):
    dataset = make_dataset()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{DATASETS}{dataset.pk}/delete/", {"post": "yes"})
    dataset.refresh_from_db()
    assert dataset.trashed_at is not None
    assert final_folder(dataset.pk).exists()


def test_deleting_in_bulk_goes_through_the_service(client, superuser):
    dataset = make_dataset()
    chosen = {"action": "delete_selected", "_selected_action": [dataset.pk], "post": "yes"}
    client.post(DATASETS, chosen)
    dataset.store.refresh_from_db()
    assert dataset.store.is_trashed


def test_a_curator_sees_shared_datasets_and_changes_none(client, superuser):
    shared, private = make_dataset(visibility="shared"), make_dataset()
    client.force_login(make_user("curator"))
    page = client.get(DATASETS).content.decode()
    assert shared.name in page
    assert private.name not in page
    act(client, "unshare", shared)
    shared.store.refresh_from_db()
    assert shared.store.visibility == "shared"
    assert client.post(f"{DATASETS}{shared.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_recipe_is_shown_with_its_fingerprint_and_never_edited(client, superuser):
    dataset = make_dataset()
    url = f"/admin/datasets/recipe/{dataset.recipe.pk}/change/"
    assert dataset.recipe.fingerprint in client.get(url).content.decode()
    assert client.post(url, {"seed": 9}).status_code == 403


def test_a_superuser_renames_a_dataset(client, superuser):
    dataset = make_dataset()
    form = {"name": "Renamed", "description": ""} | NO_ROWS
    client.post(f"{DATASETS}{dataset.pk}/change/", form, follow=True)
    dataset.refresh_from_db()
    assert dataset.name == "Renamed"
    assert Job.objects.exists()


def test_the_bearing_is_chosen_on_the_page_of_the_dataset(client, superuser):
    dataset, bearing = make_dataset(), make_bearing(name="6205 C3")
    form = {"name": dataset.name, "description": "", "bearing": bearing.pk} | NO_ROWS
    client.post(f"{DATASETS}{dataset.pk}/change/", form)
    dataset.store.refresh_from_db()
    assert dataset.store.bearing == bearing


def test_a_curator_reads_there_which_bearing_it_is(client, superuser):
    dataset = make_dataset(visibility="shared")
    dataset.store.bearing = make_bearing(name="6205 C3")
    dataset.store.save()
    client.force_login(make_user("curator"))
    assert "6205 C3" in client.get(f"{DATASETS}{dataset.pk}/change/").content.decode()
