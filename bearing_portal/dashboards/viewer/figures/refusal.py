"""An empty panel that says why it is empty."""

import textwrap

from bearing_portal.dashboards.figures.builder import Draft, Drawing

LETTER_PX = 8


def refusal_figure(title: str, sentence: str, *, theme: str, width_px: int) -> Drawing:
    """Return a figure of nothing but a title and the sentence that says what to do."""
    draft = Draft(theme, "refused")
    for name in ("xaxis", "yaxis"):
        draft.axis(name, visible=False, fixedrange=True)
    lines = textwrap.wrap(sentence, max(30, min(90, width_px // LETTER_PX)))
    draft.annotate_lines(
        title,
        lines,
        x=0.5,
        y=0.5,
        xref="paper",
        yref="paper",
        xanchor="center",
        yanchor="middle",
    )
    return draft.figure()
