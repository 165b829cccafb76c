import json

import dash
import pytest
from dash import Input, Output, ctx, html, set_props
from dash._callback_context import context_value

from bearing_portal.dashboards.embedding.app import PortalDash
from bearing_portal.dashboards.embedding.guard import guarded


@pytest.fixture
def app():
    app = PortalDash("compat-probe")
    app.layout = html.Div(id="out")

    @app.callback(Output("out", "children"), [Input("in", "value")])
    @guarded
    def plain(value, *, user):
        set_props("beside", {"children": f"beside {value}"})
        return f"{ctx.triggered_id} {value}"

    @app.callback(
        Output("out", "children", allow_duplicate=True),
        [Input("other", "value")],
        prevent_initial_call=True,
    )
    @guarded
    def duplicate(value, *, user):
        return value

    return app


@pytest.fixture
def dispatch(app, rf):
    request = rf.post("/")
    request.user = None

    def send(prop, value):
        output = next(
            name for name in app.shared.callback_map if ("@" in name) == (prop == "other")
        )
        body = {
            "output": output,
            "outputs": {"id": "out", "property": output.partition(".")[2]},
            "inputs": [{"id": prop, "property": "value", "value": value}],
            "changedPropIds": [f"{prop}.value"],
        }
        return json.loads(app.shared.dispatch_with_args(body, {"request": request}))

    return send


def test_context_names_what_triggered(dispatch):
    assert dispatch("in", 3)["response"]["out"]["children"] == "in 3"


def test_set_props_reaches_the_browser(dispatch):
    assert dispatch("in", 3)["sideUpdate"] == {"beside": {"children": "beside 3"}}


def test_a_duplicate_output_answers_under_its_plain_name(dispatch):
    assert dispatch("other", 4)["response"] == {"out": {"children": 4}}


def test_the_context_ends_with_the_call(dispatch):
    before = context_value.get()
    dispatch("in", 3)
    assert context_value.get() is before


def test_the_process_wide_context_is_left_alone(dispatch):
    before = dash.callback_context
    dispatch("in", 3)
    assert dash.callback_context is before


def test_one_instance_serves_all_requests(app):
    assert app.shared is app.shared
