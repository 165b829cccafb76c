"""Figures of a result, each from the experiment's report."""

from collections.abc import Sequence
from typing import Any

from bearing_portal.dashboards.figures.builder import Draft, Drawing, as_text
from bearing_portal.frame.design.tokens import color

Look = tuple[str, str, str]  # a class's name, colour and dash
MOST_BARS = 15
_SHARE = {"range": [0, 1.02], "tickformat": ".0%"}


def roc(report: dict[str, Any], looks: Sequence[Look], theme: str) -> Drawing:
    """One curve a class: of its rows the share found, over the share of others taken for it."""
    draft = _of_classes(
        report, looks, theme, "roc", "false_positives", "true_positives", area="auroc"
    )
    draft.axis("xaxis", title={"text": "False positives"})
    draft.axis("yaxis", title={"text": "True positives"})
    draft.shape(type="line", x0=0, y0=0, x1=1, y1=1, layer="below", line={"dash": "dot"})
    return draft.figure()


def precision_recall(report: dict[str, Any], looks: Sequence[Look], theme: str) -> Drawing:
    """One curve a class: precision over recall."""
    draft = _of_classes(
        report, looks, theme, "precision-recall", "recall", "precision", area="average_precision"
    )
    draft.axis("xaxis", title={"text": "Recall"})
    draft.axis("yaxis", title={"text": "Precision"})
    return draft.figure()


def calibration(report: dict[str, Any], theme: str) -> Drawing:
    """Share that is right over the probability that was said, a point a tenth."""
    draft = Draft(theme, "calibration", l=56)
    bins = report["calibration"]
    draft.trace(
        "scatter",
        x=[each["confidence"] for each in bins],
        y=[each["accuracy"] for each in bins],
        text=[f"n = {each['n']}" for each in bins],
        mode="lines+markers",
        name="Rows",
        hovertemplate="said %{x:.1%}, right %{y:.1%}<br>%{text}<extra></extra>",
    )
    draft.axis("xaxis", title={"text": "Probability of the class that was said"}, **_SHARE)
    draft.axis("yaxis", title={"text": "Right"}, **_SHARE)
    draft.shape(type="line", x0=0, y0=0, x1=1, y1=1, layer="below", line={"dash": "dot"})
    twin = [[each["confidence"], each["accuracy"], each["n"]] for each in bins]
    draft.tell(
        file="calibration", twin={"head": ["Probability said", "Right", "Rows"], "rows": twin}
    )
    return draft.figure()


def folds(report: dict[str, Any], theme: str) -> Drawing:
    """Accuracy of each fold, a column of points a repeat, the score as a line."""
    draft = Draft(theme, "folds", l=56)
    found = report["folds"]
    draft.trace(
        "scatter",
        x=[repeat + 1 for repeat, _, _ in found],
        y=[share for _, _, share in found],
        text=[f"fold {fold + 1}" for _, fold, _ in found],
        mode="markers",
        name="Folds",
        hovertemplate="repeat %{x}, %{text}: %{y:.1%}<extra></extra>",
    )
    score, n = report["scores"]["accuracy"], max(repeat for repeat, _, _ in found) + 1
    draft.shape(type="line", x0=0.5, x1=n + 0.5, y0=score, y1=score, line={"dash": "dot"})
    draft.axis("xaxis", title={"text": "Repeat"}, dtick=1, range=[0.5, n + 0.5])
    draft.axis("yaxis", title={"text": "Accuracy"}, **_SHARE)
    rows = [[repeat + 1, fold + 1, share] for repeat, fold, share in found]
    draft.tell(file="folds", twin={"head": ["Repeat", "Fold", "Accuracy"], "rows": rows})
    return draft.figure()


def importance(numbers: dict[str, Any], theme: str) -> Drawing:
    """Bars of the balanced accuracy that is lost where a feature is shuffled, the largest first."""
    draft = Draft(theme, "importance", l=190)
    found = [each for each in numbers["importance"] if len(each["features"]) == 1]
    shown = found[:MOST_BARS]
    draft.trace(
        "bar",
        orientation="h",
        x=[each["mean"] for each in shown],
        y=[each["features"][0] for each in shown],
        error_x={
            "type": "data",
            "array": [each["sd"] for each in shown],
            "color": color(theme, "text2"),
            "thickness": 1,
        },
        name="Features",
        marker={"color": color(theme, "trace")},
        hovertemplate="%{y}: %{x:.1%} lost<extra></extra>",
    )
    draft.axis("xaxis", title={"text": "Balanced accuracy lost"}, tickformat=".0%")
    draft.axis("yaxis", autorange="reversed", dtick=1)
    rows = [[each["features"][0], each["mean"], each["sd"]] for each in found]
    head = ["Feature", "Balanced accuracy lost", "Standard deviation over folds"]
    draft.tell(file="importance", twin={"head": head, "rows": rows})
    return draft.figure()


def learning_curve(numbers: dict[str, Any], theme: str) -> Drawing:
    """Accuracy over the groups of each class in training."""
    draft = Draft(theme, "learning-curve", l=56)
    points = numbers["learning_curve"]
    draft.trace(
        "scatter",
        x=[n for n, _ in points],
        y=[share for _, share in points],
        mode="lines+markers",
        name="Accuracy",
        hovertemplate="%{x} of each class: %{y:.1%}<extra></extra>",
    )
    many = numbers["groups_are"].capitalize()
    draft.axis("xaxis", title={"text": f"{many} of each class in training"})
    draft.axis("yaxis", title={"text": "Accuracy"}, **_SHARE)
    draft.tell(
        file="learning-curve",
        twin={"head": [f"{many} of each class", "Accuracy"], "rows": [list(p) for p in points]},
    )
    return draft.figure()


def _of_classes(
    report: dict[str, Any],
    looks: Sequence[Look],
    theme: str,
    file: str,
    x: str,
    y: str,
    *,
    area: str,
) -> Draft:
    draft = Draft(theme, file, l=56)
    rows: list[list[Any]] = []
    for (name, colour, dash), curves in zip(looks, report["curves"], strict=True):
        shown = "–" if curves[area] is None else f"{curves[area]:.3f}"
        draft.trace(
            "scatter",
            x=curves[x],
            y=curves[y],
            mode="lines",
            name=f"{name} ({shown})",
            line={"color": colour, "dash": dash, "width": 1.4},
            hovertemplate=f"{as_text(name)}<br>%{{x:.1%}}, %{{y:.1%}}<extra></extra>",
        )
        rows += [[name, *pair] for pair in zip(curves[x], curves[y], strict=True)]
    draft.axis("xaxis", **_SHARE)
    draft.axis("yaxis", **_SHARE)
    # Below the plot: curves of good models lie in every corner of it.
    draft.layout(showlegend=True, legend={"orientation": "h", "x": 0, "y": -0.2, "yanchor": "top"})
    draft.tell(file=file, twin={"head": ["Class", x.replace("_", " "), y], "rows": rows})
    return draft
