import pytest
from django.contrib.auth.models import AnonymousUser

from common.errors import Invalid, NotAllowed, NotFound
from datasets.selectors import dataset_get, dataset_signals, datasets_visible
from datasets.services import dataset_cancel, dataset_delete, dataset_retry, dataset_share
from monitoring.models import SystemEvent
from signals.selectors import signal_get, signal_samples, signals_visible, stores_visible
from tests.factories import make_dataset, make_user

pytestmark = pytest.mark.django_db

WRITES = [
    dataset_cancel,
    dataset_delete,
    dataset_retry,
    lambda **who: dataset_share(visibility="shared", **who),
]


def may_see(user, dataset):
    return datasets_visible(user).filter(pk=dataset.pk).exists()


@pytest.mark.parametrize("role", [None, "viewer", "engineer", "curator"])
def test_a_stranger_sees_no_private_dataset(role):
    dataset, stranger = make_dataset(), make_user(role)

    assert not may_see(stranger, dataset)
    assert not signals_visible(stranger).exists()
    assert not stores_visible(stranger).exists()
    assert not dataset_signals(stranger, dataset).exists()


def test_what_a_stranger_asks_for_does_not_exist_for_him():
    dataset, stranger = make_dataset(), make_user("engineer")
    signal = dataset.store.signals.first()

    with pytest.raises(NotFound):
        dataset_get(stranger, dataset.pk)
    with pytest.raises(NotFound):
        signal_get(stranger, signal.pk)
    with pytest.raises(NotFound):
        signal_samples(stranger, signal)


def test_a_member_reads_a_shared_dataset():
    dataset, member = make_dataset(visibility="shared"), make_user("viewer")
    signal = dataset_signals(member, dataset).first()

    assert dataset_get(member, dataset.pk) == dataset
    assert signal_samples(member, signal_get(member, signal.pk)).shape == (1024,)


@pytest.mark.parametrize("role", ["owner", "superuser"])
def test_owner_and_superuser_see_a_private_dataset(role):
    dataset = make_dataset()
    user = dataset.store.owner if role == "owner" else make_user("superuser")

    assert may_see(user, dataset)
    assert signals_visible(user).count() == dataset.n_planned


def test_nobody_logged_in_sees_nothing_even_shared():
    dataset = make_dataset(visibility="shared")

    assert not may_see(AnonymousUser(), dataset)
    assert not signals_visible(AnonymousUser()).exists()


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("role", ["viewer", "engineer", "curator"])
def test_nobody_but_the_owner_changes_a_shared_dataset(write, role):
    dataset = make_dataset(ready=False, visibility="shared")

    with pytest.raises(NotAllowed):
        write(user=make_user(role), dataset=dataset)

    dataset.refresh_from_db()
    assert dataset.status == "queued"


def test_a_superuser_deletes_what_others_own():
    dataset = make_dataset()
    superuser = make_user("superuser")

    dataset_delete(user=superuser, dataset=dataset)

    assert not may_see(superuser, dataset)


def test_sharing_and_taking_it_back_decide_who_sees():
    dataset, member = make_dataset(), make_user("viewer")
    owner = dataset.store.owner

    dataset_share(user=owner, dataset=dataset, visibility="shared")
    assert may_see(member, dataset)

    dataset_share(user=owner, dataset=dataset, visibility="private")
    assert not may_see(member, dataset)
    assert SystemEvent.objects.filter(kind=SystemEvent.Kind.SHARED).count() == 2


def test_an_unknown_visibility_is_refused():
    dataset = make_dataset(ready=False)

    with pytest.raises(Invalid, match="private or shared"):
        dataset_share(user=dataset.store.owner, dataset=dataset, visibility="public")


def test_a_deactivated_owner_changes_nothing():
    dataset = make_dataset(ready=False)
    owner = dataset.store.owner
    owner.is_active = False

    with pytest.raises(NotAllowed):
        dataset_delete(user=owner, dataset=dataset)
