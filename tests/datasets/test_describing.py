import json
from html.parser import HTMLParser

import pytest
from django.urls import reverse

from datasets.models import Dataset
from datasets.pages.losses import dataset_losses
from monitoring.models import SystemEvent
from signals.models import Annotation, Tag
from tests.factories import make_dataset, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return make_user("engineer")


@pytest.fixture
def dataset(owner):
    return make_dataset(owner, name="Whirl study", visibility="shared")


def edit(client, dataset, **values):
    sent = {"name": "Whirl study", "description": "", "licence": "", "citation": ""} | values
    return client.post(reverse("datasets:edit", args=[dataset.pk]), sent)


def test_the_owner_renames_and_describes_and_the_pages_hear_of_it(client, owner, dataset):
    client.force_login(owner)
    answer = edit(client, dataset, name="  Oil   whirl ", description="Rig 2, August.")
    assert "datasets:changed" in json.loads(answer["HX-Trigger"])
    dataset.refresh_from_db()
    assert (dataset.name, dataset.description) == ("Oil whirl", "Rig 2, August.")
    assert SystemEvent.objects.get(kind="edited").detail == "was Whirl study, description"


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("curator", 403), (None, 403)])
def test_others_may_not(client, dataset, role, status):
    client.force_login(make_user(role))
    assert edit(client, dataset, name="Mine").status_code == status
    assert Dataset.objects.get().name == "Whirl study"


def test_a_private_dataset_of_somebody_else_is_not_there(client, owner):
    private = make_dataset(owner, name="Private")
    client.force_login(make_user("engineer"))
    assert edit(client, private, name="Mine").status_code == 404


def test_a_taken_name_is_refused_with_a_free_one(client, owner, dataset):
    make_dataset(owner, name="Taken")
    client.force_login(owner)
    answer = edit(client, dataset, name="TAKEN")
    assert answer.status_code == 422
    assert "is free" in answer.content.decode()


def test_an_empty_name_is_refused_beside_its_field(client, owner, dataset):
    client.force_login(owner)
    answer = edit(client, dataset, name="   ")
    assert answer.status_code == 422
    assert "Enter a name." in answer.content.decode()


def test_deleting_names_what_nothing_can_make_again(client, owner, dataset):
    first, second = dataset.store.signals.order_by("row")[:2]
    first.tags.add(Tag.objects.create(name="loose"))
    second.tags.add(Tag.objects.create(name="noisy"))
    Annotation.objects.create(signal=first, author=owner, text="A knock at 2 s.")
    assert dataset_losses(owner, dataset) == ["the tags of 2 signals", "1 note"]
    client.force_login(owner)
    page = client.get(reverse("datasets:delete", args=[dataset.pk])).content.decode()
    assert "Nothing can make these again: the tags of 2 signals and 1 note." in page


def test_nothing_is_named_where_nothing_was_added(owner, dataset):
    assert dataset_losses(owner, dataset) == []


def test_licence_and_citation_are_said_too(client, owner, dataset):
    client.force_login(owner)
    edit(client, dataset, licence="CC BY 4.0", citation="Kern, 2026.")
    page = client.get(reverse("datasets:detail", args=[dataset.pk])).content.decode()
    assert "CC BY 4.0" in page
    assert "Kern, 2026." in page


def test_one_that_is_too_long_is_refused_beside_its_field_and_what_was_typed_stays(
    client, owner, dataset
):
    client.force_login(owner)
    answer = edit(client, dataset, licence="x" * 201, description="kept")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'id="errors-licence"' in page
    assert "at most 200" in page
    assert "kept" in page


def test_saved_unchanged_nothing_is_written_down(client, owner, dataset):
    client.force_login(owner)
    edit(client, dataset)
    assert not SystemEvent.objects.filter(kind="edited").exists()


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](https://example.org/seen.png)",
        "<a href='https://example.org' onclick='alert(1)'>x</a>",
        '[x](https://example.org/"onmouseover=alert(1))',
        "<style>*{display:none}</style><form action=/accounts/logout/>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
    ],
)
def test_no_description_brings_anything_that_acts(client, owner, dataset, text):
    client.force_login(owner)
    edit(client, dataset, description=text)
    page = client.get(reverse("datasets:detail", args=[dataset.pk])).content.decode()
    shown = Description.of(page)
    assert shown.tags <= {"div", "p", "a"}
    assert shown.attributes <= {"class", "href", "title", "rel"}
    assert all(link.startswith("https://example.org") for link in shown.links)


class Description(HTMLParser):
    """The tags and attributes within the description of a page."""

    def __init__(self):
        super().__init__()
        self.tags, self.attributes, self.links, self.depth = set(), set(), [], 0

    @classmethod
    def of(cls, page):
        found = cls()
        found.feed(page)
        assert found.tags, "no description on the page"
        return found

    def handle_starttag(self, tag, attrs):
        if self.depth or ("class", "prose is-description") in attrs:
            self.depth += tag not in ("br", "hr", "img", "input")
            self.tags.add(tag)
            self.attributes |= {name for name, _ in attrs}
            self.links += [value for name, value in attrs if name == "href"]

    def handle_endtag(self, tag):
        self.depth -= bool(self.depth)


def test_markdown_is_shown_with_headings_below_the_pages_own(client, owner, dataset):
    client.force_login(owner)
    edit(client, dataset, description="# Rig\n\n- a\n    - b\n\n**bold** [x](https://example.org)")
    page = client.get(reverse("datasets:detail", args=[dataset.pk])).content.decode()
    for part in (
        "<h3>Rig</h3>",
        "<li>b</li>",
        "<strong>bold</strong>",
        'rel="noopener noreferrer nofollow"',
    ):
        assert part in page
