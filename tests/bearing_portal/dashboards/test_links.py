"""How one page leads to another."""

from urllib.parse import urlsplit

import pytest
from django.http import QueryDict

from bearing_portal.dashboards.links import viewer_url
from bearing_portal.dashboards.viewer.state import ViewerState


def opened(url):
    return ViewerState.read(QueryDict(urlsplit(url).query))


def test_the_first_signal_is_opened_and_the_others_compared_with_it():
    view = opened(viewer_url([3, 5, 4], QueryDict()))
    assert view.signals == (3, 5, 4)


@pytest.mark.parametrize("query", ["class=wear&class=healthy&rpm_min=1500", "tag=new%2C+odd", ""])
def test_the_viewer_keeps_to_the_filter_one_comes_from(query):
    view = opened(viewer_url([3], QueryDict(query)))
    assert view.filter_query == QueryDict(query)
