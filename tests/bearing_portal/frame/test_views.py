import re
from pathlib import Path

import pytest
from django.urls import reverse

from tests.factories import make_dataset, make_user

TEMPLATES = Path(__file__).resolve().parents[3] / "templates"
PAGES = ["home", "search", "datasets:list", "password_change", "notifications:list"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", PAGES)
def test_a_stranger_is_sent_to_the_log_in_page(client, name):
    url = reverse(name)
    assert client.get(url).url == f"{reverse('login')}?next={url}"


@pytest.mark.django_db
@pytest.mark.parametrize("header", [{"HX-Request": "true"}, {"Sec-Fetch-Dest": "empty"}])
def test_a_script_whose_session_expired_hears_401(client, header):
    assert client.get(reverse("datasets:list"), headers=header).status_code == 401


@pytest.mark.django_db
def test_home_guides_an_empty_portal_through_three_steps(client):
    client.force_login(make_user("engineer"))
    page = client.get(reverse("home")).content.decode()
    assert page.count('class="step"') == 3
    assert "Total signals" not in page


@pytest.mark.django_db
def test_home_counts_what_the_person_may_see(client):
    make_dataset(visibility="shared", per_class=3)
    make_dataset()
    client.force_login(make_user("viewer"))
    context = client.get(reverse("home")).context
    assert context["counts"]["signals"] == 9
    assert context["n_datasets"] == 1


@pytest.mark.django_db
def test_home_offers_no_foreign_dataset_for_the_distribution(client):
    shared, private = make_dataset(visibility="shared"), make_dataset()
    client.force_login(make_user("viewer"))
    page = client.get(reverse("home"), {"dataset": private.pk})
    assert page.context["distribution"] == shared


@pytest.mark.django_db
def test_home_needs_as_many_queries_for_three_datasets_as_for_one(
    client, django_assert_max_num_queries
):
    owner = make_user("engineer")
    make_dataset(owner)
    client.force_login(owner)
    client.get(reverse("home"))
    with django_assert_max_num_queries(40) as first:
        client.get(reverse("home"))
    make_dataset(owner)
    make_dataset(owner)
    with django_assert_max_num_queries(len(first)):
        client.get(reverse("home"))


@pytest.mark.django_db
def test_the_palette_offers_create_to_engineers_only(client):
    answers = []
    for role in ("engineer", "viewer"):
        client.force_login(make_user(role))
        answers.append("Create a dataset" in client.get(reverse("search")).content.decode())
    assert answers == [True, False]


@pytest.mark.django_db
def test_the_palette_finds_no_foreign_dataset(client):
    make_dataset(name="Hidden whirl")
    client.force_login(make_user("engineer"))
    assert "Hidden whirl" not in client.get(reverse("search"), {"q": "whirl"}).content.decode()


@pytest.mark.django_db
def test_the_palette_leads_to_a_signal_by_its_label(client):
    dataset = make_dataset()
    signal = dataset.store.signals.first()
    client.force_login(dataset.store.owner)
    page = client.get(reverse("search"), {"q": signal.label}).content.decode()
    assert f"{reverse('viewer')}?signal={signal.pk}" in page


@pytest.mark.django_db
def test_only_staff_are_shown_the_admin(client):
    shown = []
    for role in ("viewer", "curator"):
        client.force_login(make_user(role))
        shown.append(reverse("admin:index") in client.get(reverse("home")).content.decode())
    assert shown == [False, True]


@pytest.mark.django_db
def test_logging_out_needs_a_post(client):
    client.force_login(make_user())
    assert client.get(reverse("logout")).status_code == 405
    assert client.post(reverse("logout")).url == reverse("login")


@pytest.mark.django_db
def test_the_password_can_be_changed(client):
    user = make_user()
    client.force_login(user)
    new = "a-long-new-one-71"
    values = {"old_password": "secret", "new_password1": new, "new_password2": new}
    assert client.post(reverse("password_change"), values).status_code == 302
    user.refresh_from_db()
    assert user.check_password(new)


@pytest.mark.django_db
def test_the_licence_page_holds_every_licence_shipped(client):
    page = client.get(reverse("licence")).content.decode()
    for name in ("Bearing Portal", "bootstrap", "htmx", "inter", "jetbrains-mono"):
        assert f"<h2>{name}</h2>" in page


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_templates_hold_no_script_and_no_other_host(path):
    text = path.read_text("utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"\son[a-z]+=|hx-on|javascript:", text)
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", text)
    assert not re.search(r"\sstyle=", text)


@pytest.mark.django_db
def test_the_icon_is_found_where_browsers_look_beside_a_picture(client):
    answer = client.get("/favicon.ico", follow=True)
    assert answer["Content-Type"] == "image/svg+xml"
