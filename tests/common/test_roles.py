import pytest
from django.contrib.auth.models import AnonymousUser

from common.roles import is_curator, is_engineer, may_manage
from tests.factories import make_user

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
