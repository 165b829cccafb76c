import json
import re

import plotly.graph_objects as go
import pytest

from tests.bearing_portal.dashboards.conftest import body_of

URL = "/dash/app/explorer/_dash-update-component"


@pytest.fixture
def dataset(owner):
    from tests.factories import make_dataset

    return make_dataset(owner, per_class=4)


@pytest.fixture
def ask(client, owner):
    """Ask a callback of the explorer as its owner, or as another person; return what it answers."""

    def send(name, user=owner, **texts):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        body = json.dumps(body_of(name, texts, app="explorer"))
        answer = client.post(URL, body, content_type="application/json")
        assert answer.status_code == 200, answer.content
        return json.loads(answer.content)

    return send


@pytest.fixture
def figure_of(ask):
    """Return a panel's figure, put through Plotly's own checks."""

    def send(name, component, **texts):
        answer = ask(name, **texts)
        assert "sideUpdate" not in answer, answer["sideUpdate"]
        return go.Figure(answer["response"][component]["figure"])

    return send


@pytest.fixture
def said(ask):
    """Return every text of a panel that was refused: it says why in its place, without a toast."""

    def send(name, **texts):
        answer = ask(name, **texts)
        assert "sideUpdate" not in answer, answer["sideUpdate"]
        return list(_texts(answer["response"]))

    return send


def _texts(part):
    if isinstance(part, str):
        yield re.sub("<[^>]*>", "", part)
    elif isinstance(part, dict | list):
        for each in part.values() if isinstance(part, dict) else part:
            yield from _texts(each)
