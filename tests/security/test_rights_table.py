"""Every address, callback and socket answers everybody as the tables of `docs/security.md` say.

What is not in a table fails, and so does what a table says beyond what is there.
"""

import logging
import re
from pathlib import Path

import pytest
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse

from bearing_portal.frame import errors
from monitoring.notices.routing import websocket_urlpatterns
from tests.security.walk import ADMIN_ROLES, TOKENS, Walk
from tests.security.world import ROLES, make_world

pytestmark = pytest.mark.django_db
PATIENCE_S = 60  # a busy machine is no failure
PAGE = Path(__file__).parents[2] / "docs" / "security.md"
ROW = re.compile(r"^\| `([^`]+)` \| (.+) \|$", re.MULTILINE)


@pytest.fixture(scope="module")
def world(keep, tmp_path_factory):
    return keep(make_world, tmp_path_factory.mktemp("files"))


@pytest.fixture
def walk(world, settings, tmp_path, monkeypatch):
    # More than a thousand refusals, of which the status counts: their page is looked at elsewhere.
    refused = lambda _request, _template, _context, status: HttpResponse(status=status)  # noqa: E731
    monkeypatch.setattr(errors, "render", refused)
    settings.DOCS_SITE_DIR = tmp_path / "site"
    settings.DOCS_SITE_DIR.mkdir()
    for name in ("index.html", "page.html"):
        (settings.DOCS_SITE_DIR / name).write_text("<h1>Documentation</h1>")
    logging.disable(logging.WARNING)
    yield Walk(world)
    logging.disable(logging.NOTSET)


def table(title):
    """Return address → words of the columns, of the table under a heading."""
    part = PAGE.read_text().partition(f"### {title}\n")[2].partition("\n#")[0]
    return {address: tuple(words.split(" | ")) for address, words in ROW.findall(part)}


def compared(title, found, roles):
    """Say each row that differs as it should be, ready to be looked at and put in."""
    said = table(title)
    told = {address: tuple(words[role] for role in roles) for address, words in found}
    wrong = [
        f"| `{address}` | {' | '.join(words)} |"
        for address, words in told.items()
        if said.get(address) != words
    ]
    gone = sorted(said.keys() - told.keys())
    assert not wrong, f"{title}: the table lacks, or says otherwise:\n" + "\n".join(wrong)
    assert not gone, f"{title}: in the table and not in the portal: {gone}"


def test_pages_and_downloads_answer_as_the_table_says(walk):
    compared("Pages", walk.pages(), ROLES)


def test_tokens_may_no_more_than_the_table_says(walk):
    compared("Tokens", walk.tokens(), TOKENS)


def test_callbacks_answer_as_the_table_says(walk):
    compared("Callbacks", walk.callbacks(), ROLES)


def test_the_admin_site_answers_as_the_table_says(walk):
    compared("Admin site", walk.admin_pages(), ADMIN_ROLES)


async def opened(person, route):
    page = WebsocketCommunicator(URLRouter(websocket_urlpatterns), f"/{route}")
    page.scope["user"] = person
    is_open, _ = await page.connect(PATIENCE_S)
    closed = is_open and not await page.receive_nothing(timeout=0.3)
    await page.disconnect()
    return "yes" if is_open and not closed else "no"


@pytest.mark.django_db(transaction=True)
async def test_sockets_open_as_the_table_says():
    class Person:
        is_authenticated = is_active = True
        is_superuser = False
        pk = 1

    routes = [str(route.pattern) for route in websocket_urlpatterns]
    found = []
    for route in routes:
        words = {
            role: await opened(
                AnonymousUser() if role == "anonymous" else Person(), route or "ws/x/"
            )
            for role in ROLES
        }
        found.append((f"WS /{route}", words))
    compared("Sockets", found, ROLES)
