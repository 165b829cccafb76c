"""HTML that Dash need not own.

Each component of Dash listens to every change of the page's state, so that a panel of three hundred
elements slows down all others. What no callback changes piece by piece is one component here: its
tag is its own, its content is HTML. `static/js/markup.js` is the half of it in the browser.
"""

import re
from collections.abc import Callable
from typing import Any

from dash.development.base_component import Component
from django.utils.functional import lazy
from django.utils.html import escape

ELEMENTS = "dash_html_components"
EMPTY_TAGS = frozenset(("br", "hr", "img", "input"))
NAMES = {"className": "class", "htmlFor": "for"}
INNER_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


class Markup(Component):  # type: ignore[misc]
    """An element whose content is HTML, made of elements by `markup`."""

    _children_props: list[str] = []
    _base_nodes: list[str] = []
    _namespace = "portal_components"
    _type = "Markup"
    _prop_names = ["id", "tag", "html", "className", "hidden", "role", "tabIndex", "title", "type"]
    _prop_names += ["disabled", "open"]
    _valid_wildcard_attributes = ["data-", "aria-"]
    available_properties = _prop_names
    available_wildcard_properties = _valid_wildcard_attributes

    def __init__(self, id: str | None = None, tag: str = "div", **values: Any) -> None:
        given = values if id is None else {"id": id, **values}
        super().__init__(tag=tag, **given)


def fixed(element: Any) -> Markup:
    """Return an element of `dash.html` as one component, whose content no callback reaches."""
    values = _props(element)
    children = values.pop("children", None)
    # As late as Dash reads it: addresses are not known yet where a layout is declared.
    return Markup(tag=_tag(element), html=_markup_later(children), **values)


def markup(content: Any) -> str:
    """Return the HTML of elements of `dash.html`, of texts and of numbers; texts are escaped."""
    if content is None:
        return ""
    if isinstance(content, (list, tuple)):
        return "".join(map(markup, content))
    if not isinstance(content, Component):
        return str(escape(content))
    tag, values = _tag(content), _props(content)
    children = values.pop("children", None)
    start = f"<{tag}{''.join(_attribute(name, value) for name, value in values.items())}>"
    return start if tag in EMPTY_TAGS else f"{start}{markup(children)}</{tag}>"


_markup_later: Callable[[Any], Any] = lazy(markup, str)


def _tag(element: Any) -> str:
    if element._namespace != ELEMENTS:
        raise TypeError(f"{element._type} is not plain HTML: it has to stand in the layout itself.")
    return str(element._type).lower()


def _props(element: Any) -> dict[str, Any]:
    return dict(element.to_plotly_json()["props"])


def _attribute(name: str, value: Any) -> str:
    name = NAMES.get(name, name.lower())
    if value is None or value is False:
        return ""
    if value is True:
        return f" {name}"
    if isinstance(value, dict):
        rules = ((INNER_CAPITAL.sub("-", key).lower(), each) for key, each in value.items())
        value = ";".join(f"{key}:{each}" for key, each in rules)
    return f' {name}="{escape(value)}"'
