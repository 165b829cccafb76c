"""No text that a person can store is ever code to a browser, whoever looks at it, on no page."""

import csv
import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any, NamedTuple

import pytest
from django.db import transaction

from tests.security import hostile, requests
from tests.security.walk import Walk, _closed, callbacks, routes
from tests.security.world import World, make_world

pytestmark = pytest.mark.django_db
SHOWN_NOWHERE = {"monitoring.SystemEvent.about"}  # the key by which a thing's events are found
LOOKERS = ("owner", "reads", "superuser")
CODE = ("javascript:", "vbscript:", "data:")
FOLLOWED = ("href", "xlink:href", "action", "formaction", "hx-get", "hx-post", "hx-push-url")
RUNS = re.compile(r"on|hx-on")
# What a browser keeps as a file, or shows as text only.
AS_TEXT = (
    *("text/plain", "text/javascript", "application/json", "application/problem+json"),
    *("application/octet-stream", "application/vnd.apache.arrow.stream"),
)


class Reading(HTMLParser):
    """What a browser would make of a page: the hostile elements, attributes and links in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.markup: list[str] = []
        self.links: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if "x5s" in tag:
            self.markup.append(self.get_starttag_text() or tag)
        for name, said in attrs:
            value = said or ""
            if "x5s" in name or (RUNS.match(name) and "x5s" in value):
                self.markup.append(self.get_starttag_text() or name)
            if name in ("hx-vals", "hx-headers") and not _is_json(value):
                self.markup.append(value)
            address = re.sub(r"[\0- ]", "", value).lower()
            if name in FOLLOWED and address.startswith(CODE):
                self.links.append(self.get_starttag_text() or name)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


@pytest.fixture(scope="module")
def world(keep, tmp_path_factory):
    return keep(hostile.completed, keep(make_world, tmp_path_factory.mktemp("files")))


@contextmanager
def quietly() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def walk(world):
    with quietly():
        yield Walk(world)


class Found(NamedTuple):
    """What was wrong with the answers, and the fields of which they showed nothing."""

    markup: list[str]
    links: list[str]
    unseen: set[str]


def answers(walk: Walk, *roles: str) -> Iterator[tuple[str, Any, str]]:
    """Yield what each person is answered at each address, with the body as text."""
    for route in routes():
        path = requests.filled(walk.world, route)
        for role in roles:
            yield f"{role} {route}", *got(walk, role, path, route)
    for path in admin_paths():
        yield f"superuser {path}", *got(walk, "superuser", path, path)


def admin_paths() -> Iterator[str]:
    from django.contrib import admin

    for model in admin.site._registry:
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        yield base
        for row in model._default_manager.order_by("pk")[:2]:
            yield from (f"{base}{row.pk}/{page}/" for page in ("change", "delete", "history"))


def got(walk: Walk, role: str, path: str, route: str) -> tuple[Any, str]:
    client, given = walk.browsers[role], requests.given_at(walk.world, "GET", route)
    with transaction.atomic():
        answer = client.generic("GET", path, **given)
        parts = answer.streaming_content if answer.streaming else [answer.content]
        body = b"".join(parts).decode("utf-8", "replace")
        transaction.set_rollback(True)
    _closed(answer)
    return answer, body


def called(walk: Walk) -> Iterator[tuple[str, Any, str]]:
    """Yield what the owner is answered by each callback, about either dataset."""
    for dataset in (walk.world.simulated, walk.world.recorded):
        signal = dataset.store.signals.order_by("pk")[0]
        for ident, output, entry in callbacks():
            answer = walk.called("owner", ident, output, entry, signal.pk, dataset.pk)
            yield f"{ident} {entry['callback'].__name__}", answer, answer.content.decode()


def wrong_with(answer: Any, body: str) -> tuple[list[str], list[str]]:
    """Return what is code in an answer, or not marked as none, and which links would run."""
    kind = answer.headers.get("Content-Type", "").partition(";")[0]
    found, read = [], []
    if answer.status_code >= 500 and answer.status_code != 503:
        found.append(f"status {answer.status_code}")
    if answer.headers.get("X-Content-Type-Options") != "nosniff":
        found.append("no nosniff")
    is_kept = answer.headers.get("Content-Disposition", "").startswith("attachment")
    if kind == "text/html":
        read = [Reading(body)]
        found += ["{{7*7}} was counted out"] if "49%s" in body else []
    elif kind == "application/json" and answer.status_code == 200:
        read = [Reading(text) for text in texts_of(body)]
    elif kind and not is_kept and kind not in AS_TEXT:
        found.append(f"{kind} without a disposition")
    found += [each for one in read for each in one.markup]
    return found, [each for one in read for each in one.links]


def texts_of(body: str) -> Iterator[str]:
    """Yield the HTML, and what Plotly reads as its own markup, in an answer to a script."""
    yield from _texts(json.loads(body), "", in_figure=False)


def _texts(value: Any, key: str, *, in_figure: bool) -> Iterator[str]:
    if isinstance(value, dict):
        in_figure = in_figure or {"data", "layout"} <= value.keys()
        for name, each in value.items():
            if name != "meta":  # what the page's scripts are told
                yield from _texts(each, name, in_figure=in_figure)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each, key, in_figure=in_figure)
    elif isinstance(value, str) and (in_figure or key in ("html", "href")):
        yield value if key != "href" else f'<a href="{value}">'


@pytest.fixture(scope="module")
def found(keep, world):
    """Everything that anybody is answered, read once for all that is asked of it."""
    return keep(_found, world)


@transaction.atomic
def _found(world: World) -> Found:
    marks, seen, markup, links = hostile.filled("code"), set(), [], []
    with quietly():
        walk = Walk(world)
        for where, answer, body in (*answers(walk, *LOOKERS), *called(walk)):
            seen |= set(hostile.FOUND.findall(body))
            for kind, told in zip((markup, links), wrong_with(answer, body), strict=True):
                kind += [f"{where}: {each}" for each in told]
    transaction.set_rollback(True)
    unseen = {field for mark, field in marks.items() if mark not in seen}
    return Found(sorted(set(markup)), sorted(set(links)), unseen)


def test_no_markup_is_read_as_a_page_s_own(found):
    assert not found.markup, "\n".join(found.markup)


def test_every_text_was_seen_somewhere(found):
    assert found.unseen == SHOWN_NOWHERE


def test_no_text_becomes_a_link_that_runs(found):
    assert not found.links, "\n".join(found.links)


def test_no_cell_of_a_table_is_a_formula(walk):
    hostile.filled("formula")
    kept = 0
    for where, _, body in answers_as_csv(walk):
        cells = [cell for row in csv.reader(body.lstrip("\ufeff").splitlines()) for cell in row]
        kept += sum("x5s" in cell for cell in cells)
        assert not [cell for cell in cells if cell.startswith("=")], where
    assert kept


def answers_as_csv(walk: Walk) -> Iterator[tuple[str, Any, str]]:
    for route in routes():
        path = requests.filled(walk.world, route)
        if "csv" in path:
            yield route, *got(walk, "owner", path, route)
