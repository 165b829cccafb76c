import pytest
from dash import Input, Output, no_update
from dash._callback_context import context_value
from dash._utils import AttributeDict
from dash.exceptions import PreventUpdate
from django.db import OperationalError

from bearing_portal.dashboards.embedding.app import PortalDash
from bearing_portal.dashboards.embedding.guard import MESSAGE, guarded
from common.errors import NotAllowed


@pytest.fixture
def said():
    """What callbacks change beside their outputs."""
    context = AttributeDict(updated_props={})
    token = context_value.set(context)
    yield context.updated_props
    context_value.reset(token)


@pytest.fixture
def request_of(rf):
    request = rf.post("/")
    request.user = "somebody"
    return request


def failing_with(error):
    @guarded
    def fail(*, user):
        raise error

    return fail


def test_the_person_is_passed_on(request_of):
    @guarded
    def greet(name, *, user):
        return f"{name} {user}"

    assert greet("Hello", request=request_of) == "Hello somebody"


def test_an_expected_error_is_said_in_its_own_words(request_of, said):
    assert failing_with(NotAllowed("Ask a curator."))(request=request_of) is no_update
    assert said[MESSAGE]["data"] == {
        "level": "error",
        "title": "Not allowed",
        "text": "Ask a curator.",
    }


def test_an_unexpected_error_shows_an_incident_and_nothing_internal(request_of, said, caplog):
    failing_with(RuntimeError("secret path"))(request=request_of)
    text = said[MESSAGE]["data"]["text"]
    assert "secret path" not in text
    assert caplog.records[0].args[0] in text
    assert caplog.records[0].exc_info[1].args == ("secret path",)


def test_a_database_that_is_away_is_no_incident(request_of, said):
    failing_with(OperationalError("gone"))(request=request_of)
    assert "The database does not answer." in said[MESSAGE]["data"]["text"]
    assert "Incident" not in said[MESSAGE]["data"]["text"]


def test_no_update_passes_through(request_of):
    with pytest.raises(PreventUpdate):
        failing_with(PreventUpdate())(request=request_of)


def test_an_app_takes_only_guarded_callbacks():
    app = PortalDash("unguarded")
    with pytest.raises(TypeError, match="not guarded"):
        app.callback(Output("a", "b"), [Input("c", "d")])(lambda value: value)


@pytest.mark.parametrize("keyword", ["running", "on_error", "background"])
def test_an_app_refuses_what_would_silently_not_work(keyword):
    with pytest.raises(TypeError, match=keyword):
        PortalDash("refusing").callback(Output("a", "b"), [Input("c", "d")], **{keyword: True})


def test_an_app_refuses_dicts_of_inputs():
    with pytest.raises(TypeError, match="dict"):
        PortalDash("refusing").callback(Output("a", "b"), {"x": Input("c", "d")})


def test_a_panel_is_emptied_with_the_sentence_instead_of_a_toast(request_of, said):
    @guarded(instead=lambda asked, title, sentence: (asked, title, sentence))
    def refuse(asked, *, user):
        raise NotAllowed("Ask a curator.")

    assert refuse("1", request=request_of) == ("1", "Not allowed", "Ask a curator.")
    assert MESSAGE not in said
