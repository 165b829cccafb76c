"""Repairs that let dash 4.4.1 run under django-plotly-dash 2.5.1. Loaded before any app.

What is replaced, and why:

``PseudoFlask.secret_key``
    dash signs an id for each page with the server's key; the stand-in server has none, and every
    page with an app failed. The key is derived from Django's, so that all processes agree.
``dash._callback.register_callback``
    django-plotly-dash replaces dash's own with one from dash 2: it neither strips the suffix of
    ``allow_duplicate`` outputs from the answer nor sends what ``set_props`` changed. The one below
    does both. A callback gets the Django request as the keyword ``request``.
``WrappedDash.dispatch_with_args``
    The original writes the callback's inputs into the process-wide ``dash.callback_context``, where
    another person's callback read them. The one below never touches it: ``dash.ctx`` and
    ``set_props`` work through ``context_value``, set for one call and reset when it ends.

``tests/e2e/test_dash_compat.py`` holds these promises in a browser, for each new version.
"""

from functools import wraps
from typing import Any

from dash import Output, _callback, _validate
from dash._callback import NoUpdate, insert_callback
from dash._callback_context import context_value
from dash._grouping import flatten_grouping, grouping_len, make_grouping_by_index
from dash._utils import (
    AttributeDict,
    clean_property_name,
    inputs_to_dict,
    inputs_to_vals,
    stringify_id,
    to_json,
)
from dash.dependencies import handle_grouped_callback_args
from dash.exceptions import PreventUpdate
from django.utils.crypto import salted_hmac
from django.utils.functional import classproperty
from django_plotly_dash.dash_wrapper import PseudoFlask, WrappedDash


class MalformedCallError(ValueError):
    """The body of a callback request does not fit the app it is sent to."""


def register_callback(
    callback_list: list[Any],
    callback_map: dict[str, Any],
    config_prevent_initial_callbacks: bool,
    *args: Any,
    **kwargs: Any,
) -> Any:
    """Register a callback; the keywords django-plotly-dash cannot carry out are not read."""
    output, inputs, state, indices, prevent_initial = handle_grouped_callback_args(args, kwargs)
    single = isinstance(output, Output)
    callback_id = insert_callback(
        callback_list,
        callback_map,
        config_prevent_initial_callbacks,
        output if single else flatten_grouping(output),
        make_grouping_by_index(output, list(range(grouping_len(output)))),
        inputs,
        state,
        indices,
        prevent_initial,
    )

    def wrap(function: Any) -> Any:
        @wraps(function)
        def answer(*values: Any, outputs_list: Any, request: Any) -> str:
            returned = function(*values, request=request)
            specs = [outputs_list] if single else outputs_list
            return _answer([returned] if single else returned, specs, callback_id)

        callback_map[callback_id]["callback"] = answer
        return function

    return wrap


def dispatch_with_args(self: Any, body: dict[str, Any], arg_map: dict[str, Any]) -> str:
    """Call the callback that a request names, in a context of its own."""
    callback, values, outputs, context = _read_call(self.callback_map, body)
    token = context_value.set(context)
    try:
        return str(callback(*values, outputs_list=outputs, request=arg_map["request"]))
    finally:
        context_value.reset(token)


def _read_call(
    callback_map: dict[str, Any], body: dict[str, Any]
) -> tuple[Any, list[Any], Any, AttributeDict]:
    try:
        entry = callback_map[body["output"]]
        inputs, states = body.get("inputs", []), body.get("state", [])
        if len(inputs) != len(entry["inputs"]) or len(states) != len(entry["state"]):
            raise MalformedCallError("The number of inputs is not that of the callback.")
        outputs = body["outputs"]
        _validate.validate_output_spec(entry["output"], outputs, Output)
        return entry["callback"], inputs_to_vals(inputs + states), outputs, _context(body)
    except MalformedCallError:
        raise
    except Exception as error:  # whatever shape the sender made up, it is the sender's mistake
        raise MalformedCallError("The request does not fit the app.") from error


def _context(body: dict[str, Any]) -> AttributeDict:
    inputs = inputs_to_dict(body.get("inputs", []))
    return AttributeDict(
        inputs_list=body.get("inputs", []),
        states_list=body.get("state", []),
        outputs_list=body["outputs"],
        input_values=inputs,
        state_values=inputs_to_dict(body.get("state", [])),
        triggered_inputs=[
            {"prop_id": prop, "value": inputs.get(prop)} for prop in body.get("changedPropIds", [])
        ],
        updated_props={},
    )


def _answer(returned: Any, specs: list[Any], callback_id: str) -> str:
    changed: dict[str, dict[str, Any]] = {}
    if not isinstance(returned, NoUpdate):
        values = list(returned)
        _validate.validate_multi_return(specs, values, callback_id)
        for spec, value in _pairs(specs, values):
            if not isinstance(value, NoUpdate):
                props = changed.setdefault(stringify_id(spec["id"]), {})
                props[clean_property_name(spec["property"])] = value
    answer: dict[str, Any] = {"multi": True, "response": changed}
    if beside := dict(context_value.get().updated_props):
        answer["sideUpdate"] = beside
    if not changed and not beside:
        raise PreventUpdate
    return str(to_json(answer))


def _pairs(specs: list[Any], values: list[Any]) -> list[tuple[dict[str, Any], Any]]:
    pairs: list[tuple[dict[str, Any], Any]] = []
    for spec, value in zip(specs, values, strict=True):
        matches_many = isinstance(spec, list)
        pairs += zip(spec, value, strict=True) if matches_many else [(spec, value)]
    return pairs


def _secret_key(_: type) -> str:
    return salted_hmac("bearing_portal.dashboards", "dash page id").hexdigest()


PseudoFlask.secret_key = classproperty(_secret_key)
_callback.register_callback = register_callback
WrappedDash.dispatch_with_args = dispatch_with_args
