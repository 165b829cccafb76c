import pytest


@pytest.fixture(scope="package")
def house(tmp_path_factory):
    """Return a portal of our own for all fault tests."""
    from tests.faults.portal import Portal

    portal = Portal(tmp_path_factory.mktemp("house"))
    yield portal
    portal.close()


@pytest.fixture
def portal(house):
    """Return the portal without datasets of earlier tests."""
    yield house
    house.ask("reset")
