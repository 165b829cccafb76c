"""The look of every figure, from the design tokens alone."""

from functools import lru_cache
from typing import Any

import plotly.graph_objects as go

from bearing_portal.frame.design.tokens import TOKENS, color

COMMON: dict[str, Any] = TOKENS["plotly"]["common"]


@lru_cache
def template(theme: str) -> go.layout.Template:
    """Return the Plotly template of a theme: traces, marks and axes take their colours from it.

    No figure sets a colour of its own, so giving it another template gives it the other theme.
    """
    return go.layout.Template(
        layout=_layout(theme),
        data={"scatter": [go.Scatter(line={"color": color(theme, "trace")})]},
    )


def _layout(theme: str) -> go.Layout:
    look = TOKENS["plotly"][theme]
    return go.Layout(
        paper_bgcolor="rgba(0,0,0,0)",  # the panel gives the surface
        plot_bgcolor="rgba(0,0,0,0)",
        font={
            "family": TOKENS["type"]["sans"],
            "size": COMMON["fontSize"],
            "color": look["font"],
        },
        colorway=TOKENS["plotly"]["colorway"],
        margin=COMMON["margin"],
        hoverlabel={
            "bgcolor": look["hoverBg"],
            "bordercolor": look["hoverBorder"],
            "font": {"size": COMMON["hoverSize"], "color": look["hoverText"]},
        },
        hoverdistance=COMMON["hoverDistance"],
        dragmode="zoom",
        showlegend=False,
        xaxis=_axis(look),
        yaxis=_axis(look),
        newselection={"line": {"color": look["selection"]}},
        shapedefaults={"line": {"color": color(theme, "mark"), "width": 1}},
        annotationdefaults={
            "font": {"size": COMMON["tickSize"], "color": look["tick"]},
            "showarrow": False,
        },
    )


def _axis(look: dict[str, Any]) -> dict[str, Any]:
    return {
        "gridcolor": look["grid"],
        "gridwidth": COMMON["gridWidth"],
        "linecolor": look["axis"],
        "showline": True,
        "ticks": "outside",
        "ticklen": COMMON["tickLength"],
        "tickcolor": look["axis"],
        "tickfont": {"size": COMMON["tickSize"], "color": look["tick"]},
        "title": {
            "font": {"size": COMMON["titleSize"], "color": look["font"]},
            "standoff": 4,
        },
        "zeroline": False,
        "zerolinecolor": look["zero"],
        "spikecolor": look["spike"],
        "spikethickness": COMMON["spikeWidth"],
        "spikedash": COMMON["spikeDash"],
        "automargin": False,
    }
