"""The health check of the image, asked of a real web process."""

from urllib.parse import urlsplit

from tests.bearing_portal.operations.test_deployment import alive


def test_the_probe_passes_where_the_portal_answers(portal):
    assert alive(urlsplit(portal.url).port) == 0


def test_the_probe_fails_where_the_portal_does_not_answer_to_its_name(portal):
    assert alive(urlsplit(portal.url).port, hosts="elsewhere.example.org") == 1
