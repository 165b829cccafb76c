"""HTML that Dash need not own.

Each component of Dash listens to every change of the page's state, so that a panel of three hundred
elements slows down all others. What no callback changes piece by piece is one component here: its
tag is its own, its content is HTML. `static/js/markup.js` is the half of it in the browser.
"""

import re
from collections.abc import Callable
from html import escape
from typing import Any

from dash.development.base_component import Component
from django.utils.functional import lazy

from bearing_portal.dashboards.embedding.html import Element

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
    """Return the HTML of elements, of texts and of numbers; texts are escaped."""
    parts: list[str] = []
    _write(content, parts.append)
    return "".join(parts)


def _write(content: Any, write: Callable[[str], None]) -> None:
    if content is None:
        return
    if isinstance(content, (list, tuple)):
        for each in content:
            _write(each, write)
        return
    if isinstance(content, Element):
        tag, values, children = content.tag, content.values, content.children
    elif isinstance(content, Component):
        tag, values = _tag(content), _props(content)
        children = values.pop("children", None)
    else:
        write(escape(str(content)))
        return
    write(f"<{tag}")
    for name, value in values.items():
        if value is not None and value is not False:
            write(_attribute(name, value))
    write(">")
    if tag not in EMPTY_TAGS:
        _write(children, write)
        write(f"</{tag}>")


_markup_later: Callable[[Any], Any] = lazy(markup, str)


def _tag(element: Any) -> str:
    if isinstance(element, Element):
        return element.tag
    if element._namespace != ELEMENTS:
        raise TypeError(f"{element._type} is not plain HTML: it has to stand in the layout itself.")
    return str(element._type).lower()


def _props(element: Any) -> dict[str, Any]:
    if isinstance(element, Element):
        return {"children": element.children, **element.values}
    return dict(element.to_plotly_json()["props"])


def _attribute(name: str, value: Any) -> str:
    name = NAMES.get(name) or name.lower()
    if value is True:
        return f" {name}"
    if isinstance(value, dict):
        rules = ((INNER_CAPITAL.sub("-", key).lower(), each) for key, each in value.items())
        value = ";".join(f"{key}:{each}" for key, each in rules)
    return f' {name}="{escape(str(value))}"'
