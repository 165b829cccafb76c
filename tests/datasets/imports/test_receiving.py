"""Chunks by the tus protocol: what has come stays, what is wrong counts for nothing."""

import pytest
from django.urls import reverse

from datasets.imports.paths import draft_folder
from datasets.imports.services.drafts import Offered, files_offer
from datasets.imports.services.receiving import CHUNK_BYTES
from datasets.models import ImportFile
from tests.datasets.imports.drafting import patch, sha256_header
from tests.factories import make_user

pytestmark = pytest.mark.django_db
CONTENT = b"0123456789" * 10


@pytest.fixture
def row(draft, client):
    client.force_login(draft.owner)
    return files_offer(user=draft.owner, draft=draft, files=[Offered("a/b.csv", len(CONTENT))])[0]


def stored(row):
    return (draft_folder(row.draft.owner_id, row.draft_id) / row.stored).read_bytes()


def head(client, row):
    return client.head(reverse("imports:file", args=[row.pk]), headers={"Tus-Resumable": "1.0.0"})


def test_chunks_one_after_the_other_make_the_file(client, row):
    assert patch(client, row, CONTENT[:40]).headers["Upload-Offset"] == "40"
    assert patch(client, row, CONTENT[40:], 40).status_code == 204
    row.refresh_from_db()
    assert row.status == ImportFile.Status.RECEIVED
    assert stored(row) == CONTENT


def test_how_much_has_come_is_told(client, row):
    patch(client, row, CONTENT[:40])
    answer = head(client, row)
    assert (answer.headers["Upload-Offset"], answer.headers["Upload-Length"]) == ("40", "100")
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_chunk_that_comes_twice_is_a_conflict_and_changes_nothing(client, row):
    patch(client, row, CONTENT[:40])
    assert patch(client, row, CONTENT[:40]).status_code == 409
    assert stored(row) == CONTENT[:40]


def test_a_chunk_beyond_the_end_is_a_conflict(client, row):
    assert patch(client, row, CONTENT[50:], 50).status_code == 409


def test_a_chunk_with_another_checksum_counts_for_nothing(client, row):
    answer = patch(client, row, CONTENT[:40], **{"Upload-Checksum": sha256_header(b"other")})
    assert answer.status_code == 460
    assert head(client, row).headers["Upload-Offset"] == "0"
    again = patch(client, row, CONTENT[:40], **{"Upload-Checksum": sha256_header(CONTENT[:40])})
    assert again.status_code == 204
    assert stored(row) == CONTENT[:40]


def test_what_a_killed_process_wrote_last_is_written_over(client, row):
    patch(client, row, CONTENT[:40])
    with (draft_folder(row.draft.owner_id, row.draft_id) / row.stored).open("ab") as file:
        file.write(b"written, never committed")
    patch(client, row, CONTENT[40:], 40)
    assert stored(row) == CONTENT


def test_more_than_the_file_was_said_to_have_is_refused(client, row):
    assert patch(client, row, CONTENT + b"x").status_code == 400
    assert head(client, row).headers["Upload-Offset"] == "0"


def test_a_chunk_is_bounded(client, draft):
    client.force_login(draft.owner)
    large = files_offer(
        user=draft.owner, draft=draft, files=[Offered("large.bin", 2 * CHUNK_BYTES)]
    )[0]
    assert patch(client, large, b"x" * (CHUNK_BYTES + 1)).status_code == 400


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Tus-Resumable": "0.2.2"}, 412),
        ({"Upload-Offset": "-1"}, 400),
        ({"Upload-Offset": "²"}, 400),
        ({"Upload-Offset": "9" * 5000}, 400),
        ({"Upload-Checksum": "md5 AAAA"}, 400),
        ({"Upload-Checksum": "sha256 ***"}, 400),
    ],
)
def test_what_makes_no_sense_is_refused(client, row, headers, status):
    assert patch(client, row, CONTENT, **headers).status_code == status


def test_a_chunk_of_another_kind_is_refused(client, row):
    answer = client.patch(
        reverse("imports:file", args=[row.pk]),
        b"{}",
        content_type="application/json",
        headers={"Tus-Resumable": "1.0.0", "Upload-Offset": "0"},
    )
    assert answer.status_code == 415


def test_what_the_protocol_can_is_told(client, row):
    answer = client.options(reverse("imports:file", args=[row.pk]))
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert "checksum" in answer.headers["Tus-Extension"]


@pytest.mark.parametrize("role", ["engineer", "curator", "viewer", "superuser", None])
def test_for_a_stranger_the_file_does_not_exist(client, row, role):
    client.force_login(make_user(role))
    assert patch(client, row, CONTENT).status_code == 404
    assert head(client, row).status_code == 404
    row.refresh_from_db()
    assert row.received_bytes == 0


def test_whoever_is_not_logged_in_sends_nothing(client, row):
    client.logout()
    assert patch(client, row, CONTENT).status_code == 401


def test_a_file_is_taken_away(client, row):
    patch(client, row, CONTENT)
    answer = client.delete(
        reverse("imports:file", args=[row.pk]), headers={"Tus-Resumable": "1.0.0"}
    )
    assert answer.status_code == 204
    assert not ImportFile.objects.exists()


def test_the_bytes_lie_where_only_the_portal_enters(client, row):
    patch(client, row, CONTENT)
    folder = draft_folder(row.draft.owner_id, row.draft_id)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / row.stored).stat().st_mode & 0o777 == 0o600
