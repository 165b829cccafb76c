from pathlib import Path

import pytest
from django.urls import reverse

from bearing_portal.frame.documentation import contents, documentation_page
from common.errors import NotFound
from tests.factories import make_user

DOCS = Path(__file__).resolve().parents[3] / "docs"


def test_every_page_of_the_folder_is_listed_and_rendered():
    names = [name for name, _ in contents()]
    assert sorted(names) == sorted(path.stem for path in DOCS.glob("*.md"))
    for name in names:
        assert documentation_page(name).html.strip()


def test_a_link_between_files_leads_to_the_page():
    html = documentation_page("architecture").html
    assert f'href="{reverse("documentation-page", args=["monitoring"])}"' in html
    assert ".md" not in "".join(part for part in html.split("href=")[1:] if part.startswith('"m'))


def test_pictures_are_left_to_the_built_site():
    assert "<img" not in documentation_page("tutorial").html


def test_a_drawing_is_left_to_it_too_and_said_in_words():
    html = documentation_page("architecture").html
    assert "Drawn in the documentation’s site: Which room imports which" in html
    assert "flowchart" not in html
    assert "sequenceDiagram" not in html


@pytest.mark.parametrize("name", ["nothing", "..", "README", "../README", "", "a" * 5000])
def test_only_files_of_the_documentation_are_pages(name):
    with pytest.raises(NotFound):
        documentation_page(name)


@pytest.mark.django_db
def test_the_frame_leads_to_it(client):
    client.force_login(make_user("viewer"))
    page = client.get(reverse("documentation"))
    assert page.status_code == 200
    assert f'href="{reverse("documentation")}"' in page.content.decode()


@pytest.mark.django_db
def test_a_page_that_is_not_there_is_404(client):
    client.force_login(make_user("viewer"))
    assert client.get(reverse("documentation-page", args=["nothing"])).status_code == 404


@pytest.mark.django_db
def test_the_log_in_page_has_a_heading_and_says_how_to_get_an_account(client):
    page = client.get(reverse("login")).content.decode()
    assert "<h1" in page
    assert "An administrator of this portal makes accounts" in page


@pytest.mark.django_db
@pytest.mark.parametrize("words", ["theme", "log out", "documentation"])
def test_the_palette_knows_actions_too(client, words):
    client.force_login(make_user("viewer"))
    page = client.get(reverse("search"), {"q": words}).content.decode()
    assert words in page.lower()
    assert "Nothing found" not in page
