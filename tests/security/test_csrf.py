"""A form that another site sends is refused at every address."""

import re

import pytest
from django.test import Client

from tests.factories import make_user
from tests.security.walk import routes, shown

pytestmark = pytest.mark.django_db
# Programs send a token that no other site has; a browser's session is asked for the CSRF token too.
OF_THE_INTERFACE = "/api/v1/"


def test_no_address_takes_a_form_without_its_token():
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    browser.force_login(make_user("superuser"))
    taken = {}
    for route in routes():
        path = re.sub("<[^>]+>", "1", shown(route))
        status = browser.post(path, {"x": "1"}).status_code
        expected = {403, 404, 405} if route.startswith(OF_THE_INTERFACE) else {403}
        if status not in expected:
            taken[route] = status
    assert taken == {}
