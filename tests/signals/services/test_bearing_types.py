"""Types are added to the catalogue by curators, and proposed by engineers."""

import pytest

from common.errors import Invalid, NotAllowed, NotFound
from signals.models import Bearing
from signals.services.bearings import (
    bearing_accept,
    bearing_add,
    bearing_attach,
    bearing_get,
    bearing_shown,
    bearings_all,
    bearings_offered,
)
from tests.factories import make_dataset, make_user

pytestmark = pytest.mark.django_db
TYPE = {
    "name": "ZZ-1",
    "n_elements": 9,
    "element_diameter_mm": 7.94,
    "pitch_diameter_mm": 39.04,
    "source": "its catalogue",
}


def test_what_a_curator_adds_is_in_the_catalogue():
    bearing = bearing_add(user=make_user("curator"), **TYPE)
    assert bearing in bearings_all()


def test_what_an_engineer_adds_is_a_proposal_that_the_others_do_not_see():
    engineer = make_user("engineer")
    bearing = bearing_add(user=engineer, **TYPE)
    assert bearing in bearings_offered(engineer)
    assert bearing not in bearings_offered(make_user("engineer"))
    assert bearing not in bearings_all()


def test_a_proposal_is_found_by_who_made_it_and_by_curators_alone():
    engineer = make_user("engineer")
    bearing = bearing_add(user=engineer, **TYPE)
    for user in (engineer, make_user("curator")):
        assert bearing_get(user, bearing.pk) == bearing
    with pytest.raises(NotFound):
        bearing_get(make_user("engineer"), bearing.pk)


def test_a_proposal_that_is_attached_is_shown_to_who_sees_the_signal():
    dataset = make_dataset(visibility="shared")
    owner, viewer = dataset.store.owner, make_user("viewer")
    bearing = bearing_add(user=owner, **TYPE)
    bearing_attach(user=owner, store=dataset.store, bearing=bearing)
    signal = dataset.store.signals.first()
    assert bearing_shown(viewer, signal, None) == bearing
    assert bearing_shown(viewer, signal, bearing.pk) == bearing


def test_a_curator_accepts_a_proposal():
    bearing = bearing_add(user=make_user("engineer"), **TYPE)
    with pytest.raises(NotAllowed):
        bearing_accept(user=make_user("engineer"), bearing=bearing)
    curator = make_user("curator")
    assert bearing in bearings_offered(curator)
    bearing_accept(user=curator, bearing=bearing)
    assert bearing in bearings_all()


def test_a_viewer_adds_none():
    with pytest.raises(NotAllowed):
        bearing_add(user=make_user("viewer"), **TYPE)


@pytest.mark.parametrize(
    ("values", "field"),
    [({"name": ""}, "name"), ({"pitch_diameter_mm": 1.0}, "pitch_diameter_mm")],
)
def test_what_cannot_be_built_is_refused(values, field):
    with pytest.raises(Invalid) as refused:
        bearing_add(user=make_user("curator"), **(TYPE | values))
    assert not Bearing.objects.exists()
    assert set(refused.value.field_errors) & {field, ""}
