"""What `make load` sends is what pages send."""

import pytest

from bearing_portal.dashboards.explorer.app import explorer_app
from bearing_portal.dashboards.viewer.app import viewer_app
from bench.people.browsing import OPENING, PANELS, calls_of
from tests.bearing_portal.dashboards.conftest import body_of


@pytest.mark.parametrize(
    ("app", "names"), [(explorer_app, PANELS), (viewer_app, (*OPENING, "show_map"))]
)
def test_each_call_is_one_of_the_apps(app, names):
    found = calls_of(app, names)
    assert found.keys() == set(names)
    for name, call in found.items():
        sent = body_of(name, {}, app=app._uid)
        assert call["outputs"] == sent["outputs"]
        assert call["changedPropIds"] == sent["changedPropIds"]
