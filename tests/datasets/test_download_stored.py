"""The stored file as it travels: whole, in parts, asked about."""

import hashlib

import pytest
from django.urls import reverse

from monitoring.models import SystemEvent
from tests.factories import make_dataset, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return make_user("engineer")


@pytest.fixture
def dataset(owner, client):
    client.force_login(owner)
    return make_dataset(owner)


@pytest.fixture
def ask(client, dataset):
    def asked(**headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.get(reverse("datasets:download", args=[dataset.pk]), headers=named)

    return asked


def body(response):
    return b"".join(response.streaming_content)


def test_two_halves_are_the_whole(ask, dataset):
    whole = ask()
    content = body(whole)
    half = len(content) // 2
    first = ask(range=f"bytes=0-{half - 1}")
    second = ask(range=f"bytes={half}-", if_range=whole["ETag"])
    assert (first.status_code, second.status_code) == (206, 206)
    assert second["Content-Range"] == f"bytes {half}-{len(content) - 1}/{len(content)}"
    joined = body(first) + body(second)
    assert joined == content
    assert hashlib.sha256(joined).hexdigest() == dataset.store.sha256


def test_the_checksum_is_the_validator(ask, dataset):
    assert ask()["ETag"] == f'"{dataset.store.sha256}"'
    assert ask(if_none_match=f'"{dataset.store.sha256}"').status_code == 304


def test_a_part_beyond_the_end_is_refused_with_the_size(ask, dataset):
    response = ask(range="bytes=999999999999-")
    assert response.status_code == 416
    assert response["Content-Range"] == f"bytes */{dataset.store.size_bytes}"


def test_a_question_about_the_file_has_no_body(client, dataset):
    response = client.head(reverse("datasets:download", args=[dataset.pk]))
    assert response.content == b""
    assert int(response["Content-Length"]) == dataset.store.size_bytes
    assert response["Accept-Ranges"] == "bytes"
    assert not SystemEvent.objects.filter(kind="exported").exists()


def test_only_the_beginning_of_a_download_is_written_down(ask):
    ask()
    ask(range="bytes=10-")
    assert SystemEvent.objects.filter(kind="exported").count() == 1
