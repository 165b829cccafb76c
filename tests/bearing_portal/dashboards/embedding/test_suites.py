import gzip
import re

import brotli
import pytest
from django.test import Client

from bearing_portal.dashboards.embedding.security import inline_hashes
from bearing_portal.dashboards.viewer.app import viewer_app
from tests.factories import make_user

SUITES = "/dash/app/viewer/_dash-component-suites"


@pytest.fixture
def scripts():
    markup = viewer_app.shared._generate_scripts_html()
    return re.findall(r'src="([^"]+)"', markup)


def test_every_script_of_the_page_is_served_and_may_be_kept_for_ever(scripts):
    for src in scripts:
        answer = Client().get(src)
        assert answer.status_code == 200, src
        assert "immutable" in answer["Cache-Control"], src


@pytest.mark.parametrize(
    ("encoding", "decode"), [("br", brotli.decompress), ("gzip", gzip.decompress), ("", bytes)]
)
def test_scripts_travel_compressed_as_the_browser_likes(encoding, decode):
    url = f"{SUITES}/dash/dcc/dash_core_components.js"
    answer = Client().get(url, headers={"Accept-Encoding": encoding})
    assert answer.get("Content-Encoding", "") == encoding
    assert b"function" in decode(answer.content)


def test_a_name_without_version_is_kept_briefly():
    answer = Client().get(f"{SUITES}/dash/dcc/dash_core_components.js")
    assert "immutable" not in answer["Cache-Control"]


@pytest.mark.parametrize(
    "path", ["dash/dash.py", "os/path.py", "dash/dcc/../dash.py", "plotly/package_data/datasets/x"]
)
def test_only_registered_files_are_served(path):
    assert Client().get(f"{SUITES}/{path}").status_code == 404


def test_only_the_pages_own_inline_script_is_allowed(client, db):
    client.force_login(make_user("viewer"))
    page = client.get("/signal-viewer/")
    hashes = inline_hashes(page.content.decode())
    assert len(hashes) == 1
    script_src = re.search(r"script-src ([^;]*)", page["Content-Security-Policy"])[1]
    assert script_src.split() == ["'self'", *hashes]


def test_data_and_linked_scripts_need_no_hash():
    markup = '<script src="a.js"></script><script type="application/json">{}</script>'
    assert inline_hashes(markup) == []


@pytest.fixture
def sources_of(client, db):
    client.force_login(make_user())

    def read(path):
        return re.findall(r'src="(/dash/[^"]+)"', client.get(path).content.decode())

    return read


def test_a_page_is_sent_the_libraries_of_its_own_app_alone(sources_of):
    assert not any("ag_grid" in src for src in sources_of("/signal-viewer/"))
    assert any("ag_grid" in src for src in sources_of("/data-explorer/"))


@pytest.mark.parametrize("path", ["/signal-viewer/", "/data-explorer/"])
def test_every_script_a_page_names_is_served(client, sources_of, path):
    for src in sources_of(path):
        assert client.get(src).status_code == 200, src
