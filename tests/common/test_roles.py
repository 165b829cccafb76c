import pytest
from django.contrib.auth.models import AnonymousUser

from common.roles import is_curator, is_engineer, may_manage
from datasets.selectors import datasets_visible
from monitoring.selectors import jobs_visible
from signals.selectors import signals_visible, stores_visible, tags_visible, uploads_visible
from signals.services.saved_views import saved_views_visible
from tests.factories import make_dataset, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("role", "engineer", "curator"),
    [
        (None, False, False),
        ("viewer", False, False),
        ("engineer", True, False),
        ("curator", False, True),
        ("superuser", True, True),
    ],
)
def test_a_role_is_its_group_and_a_superuser_has_all(role, engineer, curator):
    user = make_user(role)

    assert (is_engineer(user), is_curator(user)) == (engineer, curator)


def test_nobody_logged_in_has_no_role():
    assert not is_engineer(AnonymousUser())
    assert not may_manage(AnonymousUser(), 1)


def test_a_deactivated_user_has_no_role():
    user = make_user("superuser", is_active=False)

    assert not is_engineer(user)
    assert not may_manage(user, user.pk)


SELECTORS = (
    datasets_visible,
    jobs_visible,
    saved_views_visible,
    signals_visible,
    stores_visible,
    tags_visible,
    uploads_visible,
)


def test_a_person_without_a_group_sees_what_a_viewer_sees():
    shared, private = make_dataset(visibility="shared"), make_dataset()
    for user in (make_user(None), make_user("viewer"), make_user("engineer")):
        assert list(datasets_visible(user)) == [shared]
        assert private.store not in stores_visible(user)


@pytest.mark.parametrize("selector", SELECTORS)
def test_nobody_and_a_deactivated_account_see_nothing(selector):
    dataset = make_dataset(visibility="shared")
    owner = dataset.store.owner
    owner.is_active = False
    assert not selector(AnonymousUser()).exists()
    assert not selector(owner).exists()
    assert not selector(make_user("superuser", is_active=False)).exists()
