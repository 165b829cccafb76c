import pytest

from bearing_portal.dashboards.embedding.scripts import FOR_EVER
from tests.factories import make_user

pytestmark = pytest.mark.django_db
PRIVATE = "private, no-store"


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/datasets/",
        "/data-explorer/columns/",
        "/signal-viewer/find/?q=x",
        "/accounts/profile/",
    ],
)
def test_nobody_keeps_what_needs_a_log_in(client, address):
    assert client.get(address)["Cache-Control"] == PRIVATE
    client.force_login(make_user())
    assert client.get(address)["Cache-Control"] == PRIVATE


def test_what_is_not_there_is_not_kept_either(client):
    client.force_login(make_user())
    assert client.get("/datasets/999999/")["Cache-Control"] == PRIVATE


def test_scripts_of_dash_say_themselves_how_long_they_last(client):
    client.force_login(make_user())
    page = client.get("/signal-viewer/").content.decode()
    address = next(part for part in page.split('"') if part.startswith("/dash/scripts/"))
    assert client.get(address)["Cache-Control"] == FOR_EVER
