import os
from pathlib import Path

import pytest
from django.urls import reverse

from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(settings, tmp_path) -> Path:
    settings.DOCS_SITE_DIR = tmp_path / "site"
    (settings.DOCS_SITE_DIR / "_static").mkdir(parents=True)
    (settings.DOCS_SITE_DIR / "index.html").write_text("<h1>Documentation µ</h1>")
    (settings.DOCS_SITE_DIR / "_static" / "portal.css").write_text("p {}")
    return settings.DOCS_SITE_DIR


@pytest.fixture
def reader(client):
    client.force_login(make_user("viewer"))
    return client


def test_a_built_site_is_served_by_its_files_names(reader, site):
    page, style = reader.get("/docs/"), reader.get("/docs/_static/portal.css")

    assert (page.status_code, page["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "Documentation µ" in page.content.decode()
    assert (style.content, style["Content-Type"]) == (b"p {}", "text/css; charset=utf-8")


def test_what_a_browser_has_already_is_not_sent_again(reader, site):
    etag = reader.get("/docs/")["ETag"]

    again = reader.get("/docs/", headers={"If-None-Match": etag})

    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("name", ["nothing.html", "../secret", "_static", "%00", "/etc/passwd"])
def test_only_files_of_the_site_are_served(reader, site, name):
    (site.parent / "secret").write_text("no")
    (site / "link.html").symlink_to(site.parent / "secret")

    assert reader.get(f"/docs/{name}").status_code == 404
    assert reader.get("/docs/link.html").status_code == 404


def test_a_site_that_is_built_again_is_read_again(reader, site):
    assert reader.get("/docs/new.html").status_code == 404

    (site / "new.html").write_text("new")
    os.utime(site, (1, 1))

    assert reader.get("/docs/new.html").status_code == 200


def test_a_file_that_goes_while_the_site_is_built_is_asked_for_again(reader, site):
    built = site.stat().st_mtime_ns
    (site / "_static" / "old.css").write_text("p {}")
    assert reader.get("/docs/").status_code == 200
    (site / "_static" / "old.css").unlink()
    os.utime(site, ns=(built, built))  # the folder itself looks as it did

    assert reader.get("/docs/_static/old.css").status_code == 404


def test_without_a_site_no_link_leads_there_and_a_sentence_says_why(reader, settings, tmp_path):
    settings.DOCS_SITE_DIR = tmp_path / "none"

    answer = reader.get("/docs/")

    assert answer.status_code == 404
    assert "make docs" in answer.content.decode()
    for address in (reverse("documentation"), reverse("search") + "?q=documentation"):
        assert 'href="/docs/"' not in reader.get(address).content.decode()


def test_with_a_site_documentation_and_palette_lead_there(reader, site):
    for address in (reverse("documentation"), reverse("search") + "?q=documentation"):
        assert 'href="/docs/"' in reader.get(address).content.decode()


def test_nobody_reads_it_without_a_log_in(client, site):
    answer = client.get("/docs/_static/portal.css")

    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")
