"""What was deleted waits in the trash: unseen, unharmed, its name free."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.utils import timezone

from common.errors import Invalid, NotAllowed, NotFound
from datasets.models import Dataset
from datasets.selectors import dataset_trashed_get, datasets_trashed, datasets_visible
from datasets.services import dataset_delete, dataset_purge, dataset_restore, files_sweep
from datasets.services.files import final_folder
from datasets.services.trash import trash_prune
from monitoring.models import SystemEvent
from signals.models import Signal
from signals.selectors import cache_key, signal_samples, signals_visible, stores_visible
from tests.factories import make_dataset, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset():
    return make_dataset(name="Rig", visibility="shared")


def delete(dataset):
    return dataset_delete(user=dataset.store.owner, dataset=dataset)


def restore(dataset):
    return dataset_restore(user=dataset.store.owner, dataset=dataset)


def test_it_is_seen_nowhere_by_nobody(dataset):
    signal = dataset.store.signals.first()
    delete(dataset)
    for user in (dataset.store.owner, make_user("curator"), make_user("superuser")):
        assert not datasets_visible(user).exists()
        assert not stores_visible(user).exists()
        assert not signals_visible(user).exists()
        with pytest.raises(NotFound):
            signal_samples(user, signal)


def test_rows_and_files_stay_and_the_sweep_spares_them(dataset):
    delete(dataset)
    files_sweep()
    assert Signal.objects.count() == 6
    assert (final_folder(dataset.pk) / "signals.h5").is_file()


def test_restored_it_is_as_it_was(dataset):
    delete(dataset)
    restored = restore(dataset)
    assert restored.name == "Rig"
    assert datasets_visible(make_user("viewer")).get() == dataset
    assert signals_visible(dataset.store.owner).count() == 6


def test_its_cached_results_go_at_once(dataset, django_capture_on_commit_callbacks):
    key = cache_key("psd", dataset.store, "a")
    cache.set(key, 1)
    with django_capture_on_commit_callbacks(execute=True):
        delete(dataset)
    assert cache.get(key) is None


def test_its_name_is_free_and_it_comes_back_under_another(dataset):
    delete(dataset)
    again = make_dataset(name="rig")
    assert restore(dataset).name == "Rig 2"
    again.refresh_from_db()
    assert again.name == "rig"


def test_two_of_one_name_wait_in_the_trash(dataset):
    delete(dataset)
    second = make_dataset(dataset.store.owner, name="Rig")
    delete(second)
    assert datasets_trashed(dataset.store.owner).count() == 2


def test_the_trash_is_its_owners_and_the_superusers(dataset):
    delete(dataset)
    for user in (dataset.store.owner, make_user("superuser")):
        assert dataset_trashed_get(user, dataset.pk) == dataset
    for user in (make_user("curator"), AnonymousUser()):
        with pytest.raises(NotFound):
            dataset_trashed_get(user, dataset.pk)


@pytest.mark.parametrize("act", [dataset_delete, dataset_restore, dataset_purge])
def test_only_its_owner_acts(act, dataset):
    delete(dataset)
    with pytest.raises(NotAllowed):
        act(user=make_user("curator"), dataset=dataset)


def test_what_is_not_in_the_trash_is_neither_restored_nor_purged(dataset):
    for act in (dataset_restore, dataset_purge):
        with pytest.raises(Invalid, match="in the trash"):
            act(user=dataset.store.owner, dataset=dataset)


def test_deleted_twice_it_is_written_down_once(dataset):
    assert delete(dataset)
    assert delete(dataset)
    assert SystemEvent.objects.filter(kind="deleted").count() == 1


def test_purging_says_what_it_frees(dataset):
    delete(dataset)
    freed_bytes = dataset_purge(user=dataset.store.owner, dataset=dataset)
    assert freed_bytes == dataset.store.size_bytes > 0


def test_what_has_waited_its_time_is_removed_by_the_system(dataset, settings):
    recent = make_dataset()
    for each in (dataset, recent):
        delete(each)
    now = timezone.now()
    long_ago = now - timedelta(days=settings.TRASH_DAYS, minutes=1)
    Dataset.objects.filter(pk=dataset.pk).update(trashed_at=long_ago)
    assert trash_prune(now=now) == 1
    assert list(Dataset.objects.all()) == [recent]
    assert SystemEvent.objects.get(kind="removed").actor is None
