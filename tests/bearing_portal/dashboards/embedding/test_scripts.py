import gzip
import json
import re
from concurrent.futures import ThreadPoolExecutor

import brotli
import plotly
import pytest
from django.conf import settings
from django.test import Client

from bearing_portal.dashboards.embedding.app import PortalDash
from bearing_portal.dashboards.figures.builder import TRACES, Draft
from bearing_portal.dashboards.viewer.app import viewer_app
from bearing_portal.dashboards.viewer.layout import page as viewer_layout
from tests.factories import make_user

CARTESIAN = settings.BASE_DIR / "static" / "vendor" / "plotly" / "plotly-cartesian.min.js"
PAGES = ("/signal-viewer/", "/data-explorer/?dataset=")


@pytest.fixture
def page_of(client, db):
    client.force_login(make_user())
    return lambda path: client.get(path).content.decode()


def version_of(text):
    return re.search(r"plotly\.js \(?.*?v(\d+\.\d+\.\d+)", text)[1]


def test_the_bundle_of_plotly_is_of_the_version_that_makes_the_figures():
    full = plotly.__path__[0] + "/package_data/plotly.min.js"
    with open(full, encoding="utf-8") as file:
        expected = version_of(file.read(300))
    assert version_of(CARTESIAN.read_text("utf-8")[:300]) == expected


def test_the_bundle_of_plotly_draws_every_trace_a_figure_may_have():
    in_bundle = set(re.findall(r'moduleType:"trace",name:"(\w+)"', CARTESIAN.read_text("utf-8")))
    assert in_bundle >= TRACES


def test_a_trace_that_the_bundle_cannot_draw_is_refused():
    with pytest.raises(ValueError, match="scatter3d"):
        Draft("light", "a").trace("scatter3d", x=[1])


def test_every_figure_of_a_page_is_a_draft_first():
    code = (settings.BASE_DIR / "bearing_portal").rglob("*.py")
    makers = {path.name for path in code if "go.Figure(" in path.read_text("utf-8")}
    assert makers == {"builder.py"}


@pytest.mark.parametrize("path", PAGES)
def test_a_page_names_the_small_bundle_of_plotly_and_no_other(page_of, path):
    named = re.findall(r'src="([^"]*plotly[^"]*)"', page_of(path))
    assert len(named) == 1
    assert "vendor/plotly/plotly-cartesian.min" in named[0]


@pytest.mark.parametrize("path", PAGES)
def test_every_script_of_dash_is_served_and_may_be_kept_for_ever(page_of, path):
    sources = re.findall(r'src="(/dash/[^"]+)"', page_of(path))
    assert sources
    for source in sources:
        answer = Client().get(source)
        assert answer.status_code == 200, source
        assert "immutable" in answer["Cache-Control"], source


def test_both_pages_share_what_every_app_needs(page_of):
    viewer, explorer = (set(re.findall(r'src="(/dash/[^"]+)"', page_of(path))) for path in PAGES)
    assert len(viewer) == 1
    assert viewer < explorer


@pytest.mark.parametrize(
    ("encoding", "decode"), [("br", brotli.decompress), ("gzip", gzip.decompress), ("", bytes)]
)
def test_scripts_travel_compressed_as_the_browser_likes(encoding, decode):
    url = viewer_app.page.bundles[0].url
    answer = Client().get(url, headers={"Accept-Encoding": encoding})
    assert answer.get("Content-Encoding", "") == encoding
    assert b"DashRenderer" in decode(answer.content)


@pytest.mark.parametrize("name", ["dash.0123456789abcdef", "nothing.0123456789abcdef"])
def test_only_scripts_of_this_version_are_served(name):
    assert Client().get(f"/dash/scripts/{name}.js").status_code == 404


@pytest.mark.parametrize("path", PAGES)
def test_no_script_stands_in_the_page_itself(page_of, client, path):
    scripts = re.findall(r"<script\b([^>]*)>", page_of(path))
    assert all("src=" in given or "application/json" in given for given in scripts)
    policy = client.get(path)["Content-Security-Policy"]
    assert re.search(r"script-src ([^;]*)", policy)[1].split() == ["'self'"]


def test_a_page_brings_what_dash_would_ask_for(page_of):
    held = r'<script type="application/json" id="{}">(.*?)</script>'
    page = page_of("/signal-viewer/")
    layout = json.loads(re.search(held.format("dash-layout"), page)[1])
    calls = json.loads(re.search(held.format("dash-dependencies"), page)[1])
    assert layout["props"]["className"] == "viewer-app"
    assert any("viewer-time.figure" in call["output"] for call in calls)


def test_an_app_is_built_once_however_many_ask_at_a_time(monkeypatch):
    app, built = PortalDash("often"), []
    app.layout = viewer_layout()
    build = app.as_dash_instance
    monkeypatch.setattr(app, "as_dash_instance", lambda: built.append(1) or build())
    with ThreadPoolExecutor(8) as pool:
        pages = list(pool.map(lambda _: app.page, range(32)))
    assert len(built) == 1
    assert all(page is pages[0] for page in pages)


def test_views_of_different_people_share_the_app_and_nothing_of_each_other(db):
    def seen(name):
        client = Client()
        client.force_login(people[name])
        return client.get("/signal-viewer/").content.decode()

    people = {name: make_user(username=name) for name in ("ann-k", "bob-k")}
    views = {name: seen(name) for name in people}
    held = re.compile(r'<script type="application/json" id="_?dash.*?</script>', re.DOTALL)
    assert held.findall(views["ann-k"]) == held.findall(views["bob-k"])
    for name, other in (("ann-k", "bob-k"), ("bob-k", "ann-k")):
        assert name in views[name]
        assert other not in views[name]
