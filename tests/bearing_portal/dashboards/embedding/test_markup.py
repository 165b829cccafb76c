from html.parser import HTMLParser

import pytest
from dash import dcc
from dash import html as dash_html
from hypothesis import given
from hypothesis import strategies as st

from bearing_portal.dashboards.embedding import html as own_html
from bearing_portal.dashboards.embedding.dispatch import APPS
from bearing_portal.dashboards.embedding.markup import fixed, markup

EITHER = pytest.mark.parametrize("html", [own_html, dash_html], ids=["own", "dash"])


class Texts(HTMLParser):
    """Collects what a browser would show and the attributes that it would see."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.shown, self.attributes = [], "", {}
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes |= dict(attrs)

    def handle_data(self, data):
        self.shown += data


@given(st.text(st.characters(exclude_characters="\r\0", exclude_categories=["Cs"])))
def test_a_text_is_shown_as_it_is_and_makes_no_element(text):
    for html in (own_html, dash_html):
        seen = Texts(markup(html.B(text, title=text)))
        assert (seen.tags, seen.shown, seen.attributes["title"]) == (["b"], text, text)


@EITHER
def test_attributes_have_the_names_that_html_has(html):
    element = html.Label(
        "a", className="x y", htmlFor="z", tabIndex="0", hidden=True, **{"data-key": "k"}
    )
    seen = Texts(markup(element)).attributes
    assert seen == {"class": "x y", "for": "z", "tabindex": "0", "hidden": None, "data-key": "k"}


@EITHER
def test_what_is_not_set_is_left_out(html):
    assert markup([html.Div(hidden=False), None, 3]) == "<div></div>3"


@EITHER
def test_styles_are_written_as_css_names_them(html):
    text = markup(html.I(style={"borderTopColor": "red", "left": "3%"}))
    assert text == '<i style="border-top-color:red;left:3%"></i>'


@EITHER
def test_an_element_without_content_is_not_closed(html):
    assert markup([html.Img(src="a.svg"), html.B("c")]) == '<img src="a.svg"><b>c</b>'


@EITHER
def test_what_dash_has_to_own_is_refused(html):
    with pytest.raises(TypeError, match="Input is not plain HTML"):
        markup(html.Div(dcc.Input(id="a")))


@EITHER
def test_a_fixed_element_keeps_its_tag_and_its_attributes(html):
    one = fixed(html.Div(html.A("b", href="/"), className="c", **{"data-a": "1"})).to_plotly_json()
    assert one["props"] == {
        "tag": "div",
        "html": '<a href="/">b</a>',
        "className": "c",
        "data-a": "1",
    }


@pytest.mark.parametrize("app", APPS.values(), ids=APPS)
def test_every_callback_finds_its_components_in_the_layout(app):
    ids = {getattr(each, "id", None) for each in app.layout._traverse()}
    for entry in app.shared.callback_map.values():
        outputs = entry["output"] if isinstance(entry["output"], list) else [entry["output"]]
        assert {output.component_id for output in outputs} <= ids
