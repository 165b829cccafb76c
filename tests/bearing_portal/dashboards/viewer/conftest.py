import html
import json

import numpy as np
import plotly.graph_objects as go
import pytest

from tests.bearing_portal.dashboards.conftest import body_of


@pytest.fixture
def ask(client, owner):
    """Ask a callback of the viewer as its owner; return what it answers, by component."""
    client.force_login(owner)

    def send(name, signal=None, **texts):
        asked = {} if signal is None else {"signal": str(getattr(signal, "pk", signal))}
        body = json.dumps(body_of(name, asked | texts))
        url = "/dash/app/viewer/_dash-update-component"
        answer = client.post(url, body, content_type="application/json")
        assert answer.status_code == 200, answer.content
        return json.loads(answer.content)

    return send


@pytest.fixture
def figure_of(ask):
    """Return a panel's figure, put through Plotly's own checks."""

    def send(name, signal, **texts):
        answer = ask(name, signal, **texts)
        assert "sideUpdate" not in answer, answer["sideUpdate"]
        found = next(props["figure"] for props in answer["response"].values() if "figure" in props)
        return go.Figure(found)

    return send


@pytest.fixture
def said(ask):
    """Return the sentence a callback says in place of an answer: in its empty panel, or a toast."""

    def send(name, signal, **texts):
        answer = ask(name, signal, **texts)
        return refusal_in(answer) or answer["sideUpdate"]["portal-message"]["data"]["text"]

    return send


def refusal_in(answer):
    """Return what an emptied panel says, in one line; nothing where it is drawn."""
    figures = [props["figure"] for props in answer["response"].values() if "figure" in props]
    if not figures or figures[0]["data"]:
        return ""
    (said,) = figures[0]["layout"]["annotations"]
    return html.unescape(said["text"].replace("<br>", " "))


def numbers(values):
    """Return an array of a figure that came as JSON, where it may be base64."""
    if isinstance(values, dict):
        import base64

        array = np.frombuffer(base64.b64decode(values["bdata"]), np.dtype(values["dtype"]))
        shape = values.get("shape")
        return array.reshape([int(n) for n in shape.split(",")]) if shape else array
    return np.asarray(values)
