import pytest


@pytest.fixture(autouse=True)
def catalogue(db):
    from tests.factories import make_catalogue

    make_catalogue()


@pytest.fixture
def owner(db):
    from tests.factories import make_user

    return make_user("engineer")


@pytest.fixture
def draft(owner):
    from datasets.imports.services.drafts import draft_create

    return draft_create(owner=owner)
