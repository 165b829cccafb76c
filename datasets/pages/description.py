"""A dataset's description: Markdown of people, as HTML that is safe to show."""

from functools import lru_cache
from typing import Final

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

_TAGS: Final = {
    *("p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "a"),
    *("ul", "ol", "li", "h3", "h4", "h5", "h6"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
_HEADINGS: Final = {"h1": "h3", "h2": "h4", "h3": "h5", "h4": "h6", "h5": "h6", "h6": "h6"}


@lru_cache(maxsize=256)
def description_html(text: str) -> SafeString:
    """Return a description as HTML: headings below the page's own, no pictures, no HTML of its own.

    The reader of Markdown keeps HTML as text; what it makes then passes a list of allowed tags.
    """
    markdown = MarkdownIt("commonmark", {"html": False, "breaks": True})
    tokens = markdown.enable(["table", "strikethrough"]).disable("image").parse(text)
    for token in tokens:
        token.tag = _HEADINGS.get(token.tag, token.tag)
    html = markdown.renderer.render(tokens, markdown.options, {})
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto", "doi"},
        link_rel="noopener noreferrer nofollow",
    )
    return mark_safe(clean)  # noqa: S308 - what nh3 lets through
