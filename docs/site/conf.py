"""How Sphinx builds the documentation's site. `build.py` calls it and gathers the pages first."""

import sys
from pathlib import Path

from bearing_portal import __version__

sys.path.append(str(Path(__file__).parent))

project = "Bearing Portal"
author = "Bearing Portal"
version = release = __version__
language = "en"
extensions = ["myst_parser", "drawings"]
root_doc = "index"

myst_heading_anchors = 4
myst_fence_as_directive = ["mermaid"]
html_theme = "furo"
html_title = "Bearing Portal"
# With the portal's own colours and letters.
html_static_path = [
    "static",
    "../../static/css/tokens.css",
    "../../static/vendor/inter/InterVariable-latin.woff2",
    "../../static/vendor/jetbrains-mono/jetbrains-mono-latin-wght-normal.woff2",
]
html_favicon = "../../static/img/favicon.svg"
templates_path = ["templates"]
html_css_files = ["tokens.css", "portal.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_domain_indices = False
pygments_style = "a11y-light"
pygments_dark_style = "a11y-dark"
html_sidebars = {
    "**": [
        "sidebar/brand.html",
        "sidebar/search.html",
        "sidebar/scroll-start.html",
        "sidebar/navigation.html",
        "sidebar/scroll-end.html",
    ]
}
