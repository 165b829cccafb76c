"""What anybody may write into a header is no mistake of the portal."""

import pytest
from django.urls import reverse

from tests.factories import make_dataset, make_user

pytestmark = pytest.mark.django_db

DIGITS = "9" * 5000
VALUES = (
    *("a\0b", "é" * 10, "x" * 8000, "-1", DIGITS, "1, 2, \0", "[" * 3000),
    *(f"bytes={DIGITS}-", f"bytes=-{DIGITS}", f"a;q={DIGITS}", "Bearer \0", 'W/"a'),
    *("multipart/form-data; boundary=", "application/json; charset=nope"),
    *("Thu, 99 Foo 99999 99:99:99 GMT", 'sessionid="\\000abcdefgh"', "portal-zone=%00"),
)
NAMES = (
    *("Accept", "Accept-Language", "Accept-Encoding", "User-Agent", "Referer", "Origin", "Cookie"),
    *("Range", "If-Range", "If-None-Match", "If-Match", "If-Modified-Since", "Authorization"),
    *("X-Request-ID", "X-Forwarded-For", "X-CSRFToken", "HX-Target", "HX-Current-URL"),
    *("Content-Type", "Upload-Offset", "Upload-Length", "Upload-Metadata", "Host"),
)


def refused(client, method, path):
    """Return the headers with which an address answers with a mistake of its own."""
    client.raise_request_exception = False
    found = []
    for name in NAMES:
        for value in VALUES:
            answer = getattr(client, method)(path, headers={name: value})
            answer.getvalue()  # a download goes on until it is read
            if answer.status_code >= 500:
                found.append((name, value[:40], answer.status_code))
    return found


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/accounts/login/"),
        ("post", "/accounts/login/"),
        ("get", "/"),
        ("get", "/api/v1/datasets"),
        ("post", "/api/v1/datasets"),
        ("get", "/static/img/favicon.svg"),
        ("get", "/docs/"),
    ],
)
def test_no_header_of_a_stranger_is_a_mistake(client, method, path):
    assert refused(client, method, path) == []


def test_no_header_with_a_download_is_a_mistake(client):
    owner = make_user("engineer")
    client.force_login(owner)
    path = reverse("datasets:download", args=[make_dataset(owner, per_class=1).pk])
    assert refused(client, "get", path) == []


def test_a_form_that_cannot_be_taken_apart_is_refused_in_a_sentence(client):
    answer = client.post(reverse("login"), data=b"x", content_type="multipart/form-data; boundary=")
    assert answer.status_code == 400
    assert "The browser sent something the portal cannot read." in answer.content.decode()
