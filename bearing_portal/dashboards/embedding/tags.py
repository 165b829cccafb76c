"""A Dash app in a page of Django: its place with all that it would ask for, and its scripts.

django-plotly-dash builds an app anew for every view of its page and leaves the browser to ask for
layout and callbacks. Neither depends on who asks: both are written into the page, from the one
instance of the process, and `static/js/calls.js` answers Dash with them.
"""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from bearing_portal.dashboards.embedding.app import PortalDash

register = template.Library()

PLACE = """<div class="django-plotly-dash"><div id="react-entry-point"><div class="_dash-loading">\
Loading …</div></div></div>
<script type="application/json" id="dash-layout">{}</script>
<script type="application/json" id="dash-dependencies">{}</script>
<script type="application/json" id="_dash-config">{}</script>"""


@register.simple_tag
def dash_app(app: PortalDash) -> SafeString:
    """Return the place of an app."""
    return format_html(PLACE, *map(mark_safe, app.page.in_scripts))


@register.simple_tag
def dash_scripts(app: PortalDash) -> SafeString:
    """Return the scripts of an app, which run in order once the page has been read."""
    urls = ((bundle.url,) for bundle in app.page.bundles)
    return format_html_join("\n", '<script src="{}" defer></script>', urls)
