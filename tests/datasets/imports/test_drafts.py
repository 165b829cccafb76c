"""Drafts come, are given files, and go."""

from collections import namedtuple
from datetime import timedelta

import pytest
from django.utils import timezone

from common.errors import Invalid, NotAllowed, NotFound, Unavailable
from datasets.imports.paths import draft_folder, path_clean, stored_name
from datasets.imports.selectors import draft_get, drafts_of
from datasets.imports.services import drafts
from datasets.imports.services.drafts import (
    KEPT,
    Offered,
    draft_create,
    draft_delete,
    drafts_prune,
    drafts_sweep,
    files_offer,
    offer,
)
from datasets.models import ImportDraft, ImportFile
from tests.datasets.imports.drafting import put, recording
from tests.factories import make_user

pytestmark = pytest.mark.django_db
Disk = namedtuple("Disk", "free")


def offered(draft, *files):
    return files_offer(user=draft.owner, draft=draft, files=[Offered(*each) for each in files])


@pytest.mark.parametrize("role", [None, "viewer"])
def test_only_engineers_import(role):
    with pytest.raises(NotAllowed, match="engineer role"):
        draft_create(owner=make_user(role))


@pytest.mark.parametrize("role", ["engineer", "curator", "superuser"])
def test_a_draft_is_its_owners_alone(draft, role):
    stranger = make_user(role)
    assert not drafts_of(stranger).exists()
    with pytest.raises(NotFound):
        draft_get(stranger, draft.pk)
    with pytest.raises(NotFound):
        draft_delete(user=stranger, draft=draft)


def test_who_is_no_engineer_any_more_sees_no_draft(draft):
    draft.owner.groups.clear()
    assert not drafts_of(draft.owner).exists()


def test_a_file_chosen_again_goes_on(draft):
    first = offered(draft, ("a/b.csv", 10))[0]
    assert offered(draft, ("a/b.csv", 10), ("a/c.csv", 5))[0].pk == first.pk
    assert draft.files.count() == 2


def test_a_file_chosen_again_without_its_folder_goes_on(draft):
    first = offered(draft, ("a/b.csv", 10))[0]
    assert offered(draft, ("b.csv", 10))[0].pk == first.pk


def test_an_unfinished_file_of_another_size_is_replaced(draft):
    first = offered(draft, ("b.csv", 10))[0]
    assert offered(draft, ("b.csv", 11))[0].pk != first.pk
    assert draft.files.count() == 1


def test_a_whole_file_is_not_replaced_in_silence(draft):
    put(draft, {"b.npy": recording()})
    with pytest.raises(Invalid, match="another content"):
        offered(draft, ("b.npy", 10))


def test_a_batch_has_a_largest_size(draft, settings):
    settings.IMPORT_MAX_BYTES = 1000
    offered(draft, ("a", 600))
    with pytest.raises(Invalid, match="more than the 1 kB that an import holds"):
        offered(draft, ("b", 500))
    assert draft.files.count() == 1


def test_a_person_has_a_quota(draft, settings):
    settings.IMPORT_MAX_BYTES, settings.IMPORT_QUOTA_BYTES = 1000, 1500
    offered(draft, ("a", 900))
    with pytest.raises(Invalid, match="one person may have"):
        offered(draft_create(owner=draft.owner), ("a", 900))


def test_what_the_disk_cannot_hold_is_refused_before_it_is_sent(draft, monkeypatch):
    monkeypatch.setattr(drafts.shutil, "disk_usage", lambda _: Disk(drafts._MARGIN_BYTES + 10))
    with pytest.raises(Unavailable, match="are free"):
        offered(draft, ("a", 900))


def test_a_person_has_so_many_drafts(owner, monkeypatch):
    monkeypatch.setattr(drafts, "MOST_DRAFTS", 2)
    draft_create(owner=owner)
    draft_create(owner=owner)
    with pytest.raises(Invalid, match="as many as one person may"):
        draft_create(owner=owner)


def test_a_draft_holds_so_many_files(draft, monkeypatch):
    monkeypatch.setattr(drafts, "MOST_FILES", 2)
    with pytest.raises(Invalid, match="at most 2"):
        offered(draft, *((f"{n}", 1) for n in range(3)))


def test_an_expired_draft_goes_with_its_bytes(draft, django_capture_on_commit_callbacks):
    put(draft, {"b.npy": recording()})
    folder = draft_folder(draft.owner_id, draft.pk)
    assert drafts_prune(now=timezone.now() + KEPT - timedelta(minutes=1)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert drafts_prune(now=timezone.now() + KEPT + timedelta(minutes=1)) == 1
    assert not ImportDraft.objects.exists()
    assert not ImportFile.objects.exists()
    assert not folder.exists()


def test_folders_without_a_draft_are_swept_once_they_are_old(draft, monkeypatch):
    kept = draft_folder(draft.owner_id, draft.pk)
    orphan = kept.with_name("999999")
    orphan.mkdir()
    drafts_sweep()
    assert orphan.exists()
    monkeypatch.setattr(drafts, "_ORPHAN_AFTER_S", -1.0)
    drafts_sweep()
    assert kept.exists()
    assert not orphan.exists()


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("a/b.csv", "a/b.csv"),
        ("../../etc/passwd", "etc/passwd"),
        ("/abs/x.mat", "abs/x.mat"),
        ("C:\\data\\x.mat", "C:/data/x.mat"),
        ("a//./b", "a/b"),
        ("x\0.csv", "x⟨U+0000⟩.csv"),
        ("\u202egnp.csv", "⟨U+202E⟩gnp.csv"),
    ],
)
def test_names_are_made_safe(said, kept):
    assert path_clean(said) == kept


@pytest.mark.parametrize("said", ["", "..", "/", None, 5, "x" * 500, "a/" * 30 + "b"])
def test_names_that_cannot_be_are_refused(said):
    with pytest.raises(Invalid):
        path_clean(said)


@pytest.mark.parametrize("path", ["x.mat", "x.../../y", "x.a/b", "x.csv;rm", "x." + "y" * 99])
def test_bytes_lie_under_a_word_of_the_portals_own(path):
    word = stored_name(path)
    assert word[:32].isalnum()
    assert "/" not in word
    assert len(word) < 60


@pytest.mark.parametrize(
    "files",
    [
        *(["x"], [{}], [{"path": "a"}], [{"path": "a", "size": True}]),
        *([{"path": "a", "size": -1}], [{"path": "a", "size": 10**400}]),
    ],
)
def test_a_list_that_makes_no_sense_is_refused(files):
    with pytest.raises(Invalid):
        offer(files)
