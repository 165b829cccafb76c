"""From an answered draft to a dataset, and to more of one."""

import pytest

from common.errors import Invalid, NotAllowed
from datasets.imports.paths import draft_folder
from datasets.imports.selectors import Stage, draft_get, stage_of
from datasets.imports.services.drafts import Offered, draft_create, draft_delete, files_offer
from datasets.imports.services.importing import import_start
from datasets.jobs import import_dataset
from datasets.models import ImportDraft
from datasets.services import dataset_delete
from monitoring.jobs.lifecycle import job_cancel_request
from tests.datasets.imports.drafting import CSV, patch, put, read, recording
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)


def answered(draft, files, name="Pump"):
    put(draft, files)
    read(draft)
    ImportDraft.objects.filter(pk=draft.pk).update(name=name)


def imported(draft):
    dataset = import_start(user=draft.owner, draft=draft)
    draft.refresh_from_db()
    import_dataset(str(draft.job_id))
    dataset.refresh_from_db()
    dataset.store.refresh_from_db()
    return dataset


def stage(draft):
    return stage_of(draft_get(draft.owner, draft.pk))


def test_a_draft_becomes_a_dataset_and_its_bytes_are_freed(draft):
    answered(draft, {"rig/a.csv": CSV.encode(), "bad.mat": b"no"})
    dataset = imported(draft)
    assert (dataset.status, dataset.store.n_signals, dataset.name) == ("ready", 1, "Pump")
    assert stage(draft) == Stage.IMPORTED
    assert not draft_folder(draft.owner_id, draft.pk).exists()
    assert dataset.store.recordings.get().name == "rig/a.csv"


def test_a_file_that_comes_late_is_refused_and_not_said_to_be_received(client, draft):
    answered(draft, {"a.csv": CSV.encode()})
    late = files_offer(user=draft.owner, draft=draft, files=[Offered("late.csv", 4)])[0]
    imported(draft)
    client.force_login(draft.owner)
    answer = patch(client, late, b"late")
    assert (answer.status_code, "begin another one" in answer.content.decode()) == (400, True)
    late.refresh_from_db()
    assert late.received_bytes == 0


def test_more_is_added_to_a_dataset_and_what_it_holds_is_named(draft):
    answered(draft, {"a.csv": CSV.encode()})
    dataset = imported(draft)
    more = draft_create(owner=draft.owner, dataset=dataset)
    longer = CSV + "0.600,0.1\n"
    put(more, {"again.csv": CSV.encode(), "b.csv": longer.encode()})
    files = read(more)
    assert files["again.csv"].reason == "It is in the dataset already, as a.csv."
    assert imported(more).store.n_signals == 2
    assert stage(more) == Stage.IMPORTED


def test_nobody_adds_to_what_is_not_his(draft):
    answered(draft, {"a.csv": CSV.encode()})
    dataset = imported(draft)
    with pytest.raises(NotAllowed):
        draft_create(owner=make_user("engineer"), dataset=dataset)


def test_an_open_file_holds_an_import_up(draft):
    answered(draft, {"a.csv": CSV.encode(), "open.npy": recording()})
    with pytest.raises(Invalid, match="still open"):
        import_start(user=draft.owner, draft=draft)


def test_a_cancelled_import_shows_nothing_and_its_draft_can_be_changed_again(draft):
    answered(draft, {"a.csv": CSV.encode()})
    dataset = import_start(user=draft.owner, draft=draft)
    draft.refresh_from_db()
    job_cancel_request(user=draft.owner, job=draft.job)
    import_dataset(str(draft.job_id))
    dataset.refresh_from_db()
    assert (dataset.status, dataset.store.n_signals) == ("cancelled", 0)
    assert stage(draft) == Stage.IMPORTING
    dataset_delete(user=draft.owner, dataset=dataset)
    assert stage(draft) == Stage.OPEN
    draft.refresh_from_db()
    assert imported(draft).status == "ready"


def test_a_draft_under_way_is_not_deleted_and_one_that_is_done_leaves_its_dataset(draft):
    answered(draft, {"a.csv": CSV.encode()})
    import_start(user=draft.owner, draft=draft)
    with pytest.raises(Invalid, match="under way"):
        draft_delete(user=draft.owner, draft=draft)
    draft.refresh_from_db()
    import_dataset(str(draft.job_id))
    draft_delete(user=draft.owner, draft=draft)
    assert not ImportDraft.objects.exists()
