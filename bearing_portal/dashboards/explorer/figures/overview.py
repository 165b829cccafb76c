"""Bars of how many signals each class and severity holds."""

from collections.abc import Mapping

from bearing_portal.dashboards.explorer.class_marks import NONE, ClassMark, SeverityMark
from bearing_portal.dashboards.figures.builder import Draft, Drawing
from bearing_portal.frame.design.tokens import TOKENS

Table = Mapping[str, Mapping[str, int]]

UNSELECTED_OPACITY = 0.25
THICKNESS, USUAL_ROWS = 0.6, 11  # so that one class is no block
WITHOUT = "No class"


def bars_figure(
    table: Table,
    chosen: Table | None,
    classes: Mapping[str, ClassMark],
    severities: Mapping[str, SeverityMark],
    theme: str,
) -> Drawing:
    """Draw a bar for each class, parted by severity; of a selection the rest is faded."""
    draft = Draft(theme, "bars", l=112, b=36)
    codes = list(table)
    colours = TOKENS["color"][theme]["severity"]
    names = [classes[code].short_name if code in classes else WITHOUT for code in codes]
    numbers: dict[str, list[int]] = {}
    for code in (*severities, NONE):
        counts = [table[row].get(code, 0) for row in codes]
        if not any(counts):
            continue
        severity = severities.get(code)
        colour = colours[severity.level - 1] if severity else "rgba(0,0,0,0)"
        name = severity.name if severity else "None"
        numbers[name] = counts
        picked = [chosen.get(row, {}).get(code, 0) for row in codes] if chosen is not None else None
        _bars(draft, codes, picked or counts, name, code, colour, classes)
        if picked is not None:
            numbers[f"{name}, selected"] = picked
            rest = [n - m for n, m in zip(counts, picked, strict=True)]
            _bars(draft, codes, rest, name, code, colour, classes, is_rest=True)
    draft.axis(
        "yaxis",
        tickmode="array",
        tickvals=codes,
        ticktext=names,
        autorange="reversed",
        ticklabelstandoff=6,
        ticks="",
        showgrid=False,
        type="category",
    )
    draft.axis("xaxis", title={"text": "Signals"}, rangemode="tozero", fixedrange=True)
    draft.layout(barmode="stack", dragmode=False)
    rows = [list(row) for row in zip(names, *numbers.values(), strict=True)]
    draft.tell(file="severity-by-class", twin={"head": ["Class", *numbers], "rows": rows})
    return draft.figure()


def _bars(
    draft: Draft,
    codes: list[str],
    counts: list[int],
    name: str,
    severity: str,
    colour: str,
    classes: Mapping[str, ClassMark],
    *,
    is_rest: bool = False,
) -> None:
    outline = draft.look["xaxis"]["linecolor"]
    words = " not selected" if is_rest else ""
    draft.trace(
        "bar",
        orientation="h",
        y=codes,
        x=counts,
        name=name,
        width=THICKNESS * min(1.0, len(codes) / USUAL_ROWS),
        opacity=UNSELECTED_OPACITY if is_rest else 1,
        marker={"color": colour, "line": {"color": outline, "width": 1 if severity == NONE else 0}},
        customdata=[f"class:{code}/{severity}" for code in codes],
        hovertext=[classes[code].name if code in classes else WITHOUT for code in codes],
        hovertemplate=f"%{{hovertext}}, %{{fullData.name}}<br>%{{x}} signals{words}<extra></extra>",
    )
