"""Mermaid blocks as pictures: an SVG file for each theme, drawn without a browser or a script."""

import hashlib
import json
import re
from pathlib import Path

import mmdr
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from bearing_portal.frame.design.tokens import TOKENS

DESCRIPTION = re.compile(r"^\s*accDescr:\s*(\S.*)$", re.MULTILINE)


class Drawing(SphinxDirective):
    """One block. Its line `accDescr: …` is what those are told who do not see the picture."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        text = "\n".join(self.content)
        described = DESCRIPTION.search(text)
        if described is None:
            raise self.error("A drawing needs a line `accDescr: …` that says what it shows.")
        folder = Path(self.env.srcdir) / "drawings"
        folder.mkdir(exist_ok=True)
        around = nodes.container(classes=["drawing"])
        for theme in ("light", "dark"):
            try:
                svg = drawn(text, theme)
            except ValueError as error:
                raise self.error(f"A drawing is not understood: {error}.") from error
            name = f"{hashlib.sha256(text.encode()).hexdigest()[:12]}-{theme}.svg"
            (folder / name).write_text(svg, "utf-8")
            uri, classes = f"/drawings/{name}", [f"only-{theme}"]
            around += nodes.image(uri=uri, alt=described[1], classes=classes)
        return [around]


def drawn(text: str, theme: str) -> str:
    colors = TOKENS["color"][theme]
    settings = {
        "theme": "base",
        "look": "classic",
        "layout": "dagre",
        # A picture loads nothing: letters are those of the reader's machine.
        "htmlLabels": False,
        "fontFamily": "Arial, sans-serif",
        "sequence": {"wrap": True, "width": 120, "actorMargin": 24, "mirrorActors": False},
        "flowchart": {"nodeSpacing": 24, "rankSpacing": 36},
        "themeVariables": {
            "darkMode": theme == "dark",
            "fontSize": "14px",
            "background": colors["surface1"],
            "primaryColor": colors["surface3"],
            "secondaryColor": colors["surface2"],
            "tertiaryColor": colors["surface2"],
            "primaryBorderColor": colors["borderStrong"],
            "primaryTextColor": colors["text1"],
            "textColor": colors["text1"],
            "lineColor": colors["text2"],
            "edgeLabelBackground": colors["surface1"],
            "actorLineColor": colors["border"],
        },
    }
    svg = mmdr.render(f"%%{{init: {json.dumps(settings)}}}%%\n{text}").svg()
    # A drawing has a size of its own; it is not stretched to the width of the page.
    width = re.search(r'viewBox="[-\d.]+ [-\d.]+ ([\d.]+) ', svg)
    return svg.replace('width="100%"', f'width="{width[1]}"', 1)


def setup(app):
    app.add_directive("mermaid", Drawing)
    return {"parallel_read_safe": True}
