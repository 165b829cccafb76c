"""Owner, members, a group's people, strangers and curators at every address of a dataset.

The addresses are read from the code: a new one that changes something is refused to all but the
owner, unless it is named here.
"""

import pytest
from django.contrib.auth.models import Group
from django.urls import get_resolver

from datasets.models import Dataset
from datasets.services import dataset_delete, dataset_member_set
from datasets.services.splits import split_create
from datasets.urls import urlpatterns
from tests.factories import make_dataset, make_user
from vibration.features.groups import FEATURE_GROUPS

pytestmark = pytest.mark.django_db

FOR_READERS = {
    "download-new",
    "download-cancel",
    "verify",
    "verify-cancel",
}  # what one asks for oneself
OF_THE_TRASH = {"restore", "purge"}
# No such recording, no such file, no such specimen.
OF_NOTHING_THERE = {"original", "built", "download-cancel", "specimen-type", "verify-cancel"}
FOR_LABELLERS = {"review-confirm", "review-relabel"}
FOR_ENGINEERS = {"split-new"}  # `test_views_splits.py`
OWNERS_TO_READ = {"edit", "delete", "member-names", "split-delete"}
GROUP = "Rig 2"


def addresses(dataset, signal):
    """Return each address about one dataset by its name, its arguments filled in."""
    found = {}
    for pattern in urlpatterns:
        path = str(pattern.pattern)
        if path.startswith("<int:pk>"):
            filled = {
                "pk": dataset.pk,
                "number": dataset.store.version,
                "split_pk": dataset.store.splits.get().pk,
            }
            for part, text in filled.items():
                path = path.replace(f"<int:{part}>", str(text))
            path = path.replace("<slug:code>", "npz")
            found[pattern.name] = "/datasets/" + _numbered(path, signal.pk)
    return found


def of_the_signal(signal):
    """Return each address of the viewer about one signal."""
    paths = (str(pattern.pattern) for pattern in _under(get_resolver().url_patterns, ""))
    return [f"/{_numbered(path, signal.pk)}" for path in paths if "<int:" in path]


def _under(patterns, prefix):
    for pattern in patterns:
        if not hasattr(pattern, "url_patterns"):
            if (pattern.name or "").startswith("viewer-"):
                yield pattern
        elif str(pattern.pattern) != "admin/":
            yield from _under(pattern.url_patterns, prefix)


def _numbered(path, number):
    parts = [str(number) if part.startswith("<int:") else part for part in path.split("/")]
    return "/".join("npy" if part.startswith("<") else part for part in parts)


@pytest.fixture
def dataset():
    made = make_dataset()
    split_create(user=made.store.owner, dataset=made, name="main", ratios=(0.5, 0.5), by="none")
    return made


@pytest.fixture
def signal(dataset):
    return dataset.store.signals.first()


def let_in(dataset, name, right):
    owner = dataset.store.owner
    dataset_member_set(user=owner, dataset=dataset, name=name, right=right)


def reader(dataset):
    person = make_user("engineer")
    let_in(dataset, person.username, "read")
    return person


def labeller(dataset):
    person = make_user("viewer")
    let_in(dataset, person.username, "label")
    return person


def one_of_the_group(dataset):
    person = make_user("viewer")
    person.groups.add(Group.objects.create(name=GROUP))
    let_in(dataset, GROUP, "read")
    return person


MEMBERS = [reader, labeller, one_of_the_group]
STRANGERS = ["viewer", "engineer", "curator"]


@pytest.mark.parametrize("role", STRANGERS)
def test_for_a_stranger_no_address_of_a_private_dataset_is_there(client, dataset, signal, role):
    client.force_login(make_user(role))
    for name, address in addresses(dataset, signal).items():
        statuses = {client.get(address).status_code, client.post(address).status_code}
        assert 404 in statuses, name
        assert statuses <= {404, 405}, name
    assert Dataset.objects.get().trashed_at is None


@pytest.mark.parametrize("member", MEMBERS)
def test_a_member_reads_at_every_address(client, dataset, signal, member):
    client.force_login(member(dataset))
    for name, address in addresses(dataset, signal).items():
        status = client.get(address).status_code
        if name in OF_THE_TRASH | OF_NOTHING_THERE:
            assert status in (404, 405), name
        elif name in FOR_ENGINEERS:
            assert status in (200, 403), name
        elif name in OWNERS_TO_READ:
            assert status == 403, name
        else:
            assert status in (200, 302, 405), name


@pytest.mark.parametrize("member", MEMBERS)
def test_a_member_changes_nothing_at_any_address(client, dataset, signal, member):
    client.force_login(member(dataset))
    for name, address in addresses(dataset, signal).items():
        if name not in FOR_READERS | FOR_ENGINEERS:
            sent = {"right": "read", "member": "x", "group": next(iter(FEATURE_GROUPS))}
            status = client.post(address, sent).status_code
            if member is labeller and name in FOR_LABELLERS:
                assert status in (200, 400), name
                continue
            missing = name in OF_THE_TRASH | OF_NOTHING_THERE
            assert status in ((404, 405) if missing else (403, 405)), name
    assert Dataset.objects.get().trashed_at is None


@pytest.mark.parametrize("act", ["let in", "left out", "trash"])
def test_the_viewers_addresses_follow(client, dataset, signal, act):
    person = make_user("viewer") if act == "left out" else reader(dataset)
    if act == "trash":
        dataset_delete(user=dataset.store.owner, dataset=dataset)
    client.force_login(person)
    statuses = {address: client.get(address).status_code for address in of_the_signal(signal)}
    assert statuses
    if act == "let in":
        assert set(statuses.values()) <= {200, 302, 405}, statuses
    else:
        assert set(statuses.values()) <= {404, 405}, statuses


def test_what_is_in_the_trash_is_at_no_address_but_the_trashs(client, dataset, signal):
    dataset_delete(user=dataset.store.owner, dataset=dataset)
    client.force_login(dataset.store.owner)
    for name, address in addresses(dataset, signal).items():
        statuses = {client.get(address).status_code}
        if name not in OF_THE_TRASH:
            statuses.add(client.post(address).status_code)
            assert statuses <= {404, 405}, name
        else:
            assert statuses <= {200, 405}, name
