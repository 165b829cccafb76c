"""A figure in place of one that has nothing to show: it says why."""

from typing import Any

from bearing_portal.dashboards.figures.builder import Draft


def empty_figure(words: str, theme: str, subject: str) -> Any:
    """A figure that says why it shows nothing."""
    draft = Draft(theme, subject)
    draft.axis("xaxis", visible=False)
    draft.axis("yaxis", visible=False)
    draft.annotate(words, xref="paper", yref="paper", x=0.5, y=0.5)
    return draft.figure()
