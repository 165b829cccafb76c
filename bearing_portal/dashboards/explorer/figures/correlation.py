"""Correlations of all features as a map, in the order in which the like lie side by side."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from bearing_portal.dashboards.explorer.figures.empty import empty_figure
from bearing_portal.dashboards.explorer.figures.groups import name_margin
from bearing_portal.dashboards.figures.builder import Draft, Drawing
from bearing_portal.dashboards.figures.theme import COMMON
from bearing_portal.frame.design.tokens import TOKENS

SCALE_PX = 10
TOP_PX = 30
LABEL_PX = 10


def correlation_figure(
    matrix: npt.NDArray[np.float64],
    order: Sequence[int],
    names: Sequence[str],
    titles: Sequence[str],
    *,
    theme: str,
    subject: str,
    pair: tuple[str, str] | None = None,
) -> Drawing:
    """Draw correlations from −1 to 1; unknown ones are left empty. A pair is outlined."""
    if not np.isfinite(matrix).any():
        return empty_figure("Too few signals to say how the features go together.", theme, subject)
    rows = [*order]
    ordered = matrix[np.ix_(rows, rows)]
    labels, codes = [titles[row] for row in rows], [names[row] for row in rows]
    draft = Draft(theme, subject, l=name_margin(labels), r=8, t=TOP_PX, b=4, autoexpand=False)
    stops = TOKENS["plotly"][theme]["diverging"]
    draft.trace(
        "heatmap",
        z=ordered.astype(np.float32),
        x=labels,
        y=labels,
        zmin=-1,
        zmax=1,
        xgap=1,
        ygap=1,
        colorscale=[[place / (len(stops) - 1), colour] for place, colour in enumerate(stops)],
        hoverongaps=False,
        hovertemplate="%{y}<br>%{x}<br>r = %{z:.2f}<extra></extra>",
        colorbar={
            "orientation": "h",
            "thickness": SCALE_PX,
            "x": 1,
            "xanchor": "right",
            "y": 1.0,
            "yanchor": "bottom",
            "ypad": 2,
            "xpad": 0,
            "len": 1.0,
            "tickvals": [-1, -0.5, 0, 0.5, 1],
            "ticktext": ["\u22121", "\u22120.5", "0", "0.5", "1"],
            "tickfont": {"size": COMMON["tickSize"]},
            "ticks": "",
            "outlinewidth": 0,
        },
        name="Correlation",
    )
    places = [*range(len(rows))]
    edges = [-0.5, len(rows) - 0.5]
    draft.axis("xaxis", visible=False, range=edges, fixedrange=True)
    draft.axis(
        "yaxis",
        tickvals=places,
        ticktext=labels,
        range=edges[::-1],
        fixedrange=True,
        tickfont={"size": LABEL_PX},
        showgrid=False,
        showline=False,
        ticks="",
    )
    if pair and set(pair) <= set(codes):
        _outline(draft, codes.index(pair[0]), codes.index(pair[1]))
    draft.layout(dragmode=False)
    draft.tell(codes=codes)
    return draft.figure()


def _outline(draft: Draft, column: int, row: int) -> None:
    colour = draft.look["font"]["color"]
    edges = {"x0": column - 0.5, "x1": column + 0.5, "y0": row - 0.5, "y1": row + 0.5}
    draft.shape(type="rect", **edges, line={"color": colour, "width": 2})
