import pytest
from django.contrib.auth.models import AnonymousUser

from common.errors import Invalid, NotAllowed, NotFound
from signals.models import SavedView
from signals.services import saved_views
from signals.services.saved_views import (
    saved_view_change,
    saved_view_delete,
    saved_view_get,
    saved_view_save,
    saved_views_visible,
)
from tests.factories import make_catalogue, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    make_catalogue()
    return make_user("engineer")


def kept(user, name="Wear at full load", query="class=wear&load_min=90", **values):
    return saved_view_save(user=user, name=name, query=query, **values)


def test_a_view_is_kept_as_the_address_says(owner):
    view = kept(owner, query="?class=wear&load_min=90&tab=features")
    assert saved_view_get(owner, view.pk).query == "class=wear&load_min=90&tab=features"


def test_a_name_is_used_once_by_each_owner(owner):
    kept(owner)
    kept(make_user("viewer"))
    with pytest.raises(Invalid, match="of this name") as caught:
        kept(owner, name="  WEAR at full  load")
    assert SavedView.objects.filter(owner=owner).count() == 1
    assert caught.value.field_errors


@pytest.mark.parametrize("name", ["", " ", "x" * 81])
def test_a_name_has_a_length(name, owner):
    with pytest.raises(Invalid, match="1 to 80"):
        kept(owner, name=name)


@pytest.mark.parametrize("query", ["class=none_such", "rms_min=much", "x=" + 3000 * "y"])
def test_a_query_that_cannot_be_opened_is_not_kept(query, owner):
    with pytest.raises(Invalid):
        kept(owner, query=query)
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("role", ["engineer", "curator", "superuser"])
def test_some_roles_share_with_everybody(role, owner):
    view = kept(make_user(role), is_shared=True)
    assert saved_view_get(make_user("viewer"), view.pk) == view


@pytest.mark.parametrize("role", [None, "viewer"])
def test_others_keep_for_themselves_alone(role, owner):
    user = make_user(role)
    view = kept(user)
    with pytest.raises(NotAllowed):
        kept(user, name="Another", is_shared=True)
    with pytest.raises(NotAllowed):
        saved_view_change(user=user, view=view, name="n", query="", is_shared=True)
    saved_view_change(user=user, view=view, name="Renamed", query="", is_shared=False)
    assert saved_view_get(user, view.pk).name == "Renamed"


@pytest.mark.parametrize("role", [None, "viewer", "engineer", "curator"])
def test_a_strangers_view_does_not_exist(role, owner):
    view, stranger = kept(owner), make_user(role)
    with pytest.raises(NotFound):
        saved_view_get(stranger, view.pk)
    with pytest.raises(NotFound):
        saved_view_delete(user=stranger, view=view)
    assert not saved_views_visible(stranger).exists()


@pytest.mark.parametrize("role", ["viewer", "engineer", "curator"])
def test_a_shared_view_is_changed_by_its_owner_alone(role, owner):
    view, member = kept(owner, is_shared=True), make_user(role)
    with pytest.raises(NotAllowed):
        saved_view_delete(user=member, view=view)
    with pytest.raises(NotAllowed):
        saved_view_change(user=member, view=view, name="Mine", query="", is_shared=True)
    saved_view_delete(user=owner, view=view)
    assert not SavedView.objects.exists()


def test_nobody_logged_in_has_views(owner):
    kept(owner, is_shared=True)
    assert not saved_views_visible(AnonymousUser()).exists()
    with pytest.raises(NotAllowed):
        kept(AnonymousUser())


def test_there_is_an_end_to_how_many(owner, monkeypatch):
    monkeypatch.setattr(saved_views, "MOST_VIEWS", 1)
    kept(owner)
    with pytest.raises(Invalid, match="delete one first"):
        kept(owner, name="Another")
