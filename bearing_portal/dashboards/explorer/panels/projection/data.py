"""The projection: what is shown, of which filter it is, and what Compute would do."""

import math
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from django.http import QueryDict

from bearing_portal.dashboards.explorer.drawn import drawn_words, numbers_of, selected_of
from bearing_portal.dashboards.explorer.figures.empty import empty_figure
from bearing_portal.dashboards.explorer.figures.scatter import Cloud, Plane, drawn_of, points_figure
from bearing_portal.dashboards.explorer.grouping import by_class
from bearing_portal.dashboards.explorer.reading import signals_of
from bearing_portal.dashboards.explorer.state import ExplorerState
from common.database import among
from common.errors import Expected, NotFound
from common.text import counted, thousands
from monitoring.models import Job
from signals.exploration.conditions import CONDITIONS
from signals.exploration.selection import LASSO, read_lasso
from signals.feature_groups import SETS, group_columns
from signals.filters.scope import Scope
from signals.filters.signal_filter import SignalFilter
from signals.models import Projection
from signals.projections.files import ProjectionPoints
from signals.projections.keys import sets_of
from signals.projections.selectors import projection_find, projection_get, projection_points
from signals.projections.services import projection_at_once, projection_request, projection_seen
from vibration.features.groups import ALL_FEATURES, place_of
from vibration.statistics.projection import Method, ProjectionParameters, n_rows_asked

SMALL_PERPLEXITY: Final = 10
_SMALL: Final = {
    Method.TSNE: "Small perplexity: t-SNE looks at a handful of neighbours and draws clumps where "
    "there may be none; compare 30.",
    Method.UMAP_LIKE: "Few neighbours: a UMAP-like layout breaks the picture into clumps where "
    "there may be none; compare 15.",
}


@dataclass(frozen=True, eq=False)
class Legend:
    """A class of a projection: how it is drawn, and how many there are."""

    cloud: Cloud
    n: int


@dataclass(frozen=True, eq=False)
class ProjectionPanel:
    """What the panel shows.

    Attributes
    ----------
    note : str
        Why it is not what is asked for, or what went wrong; empty where all is well.
    facts : dict
        For the page's scripts: `shown`, the key of what is drawn; `working`, the key of what a
        worker is at.
    can_compute : bool
        Whether there is something to compute.
    """

    figure: Any
    meta: str
    note: str = ""
    legend: list[Legend] = field(default_factory=list)
    facts: dict[str, str | None] = field(default_factory=dict)
    can_compute: bool = False


def projection_panel(user: Any, state: ExplorerState) -> ProjectionPanel:
    """Return the projection of filter, method and parameters; failing that the one in the address,
    and what it is.
    """
    scope = signals_of(user, state)
    try:
        wanted = _wanted(user, scope, state)
    except NotFound:
        raise
    except Expected as error:
        return nothing_panel(error.sentence, state.theme)
    if wanted is not None and wanted.is_done and (found := projection_points(user, wanted.key)):
        projection_seen(wanted)
        return _drawn(user, state, scope, wanted, found)
    return _meanwhile(user, state, scope, wanted)


def projection_ask(user: Any, state: ExplorerState) -> str:
    """Have the projection of filter, method and parameters computed; return its key."""
    scope = signals_of(user, state)
    row = projection_request(
        user=user,
        scope=scope,
        method=Method(state.method),
        parameters=state.parameters,
        features=state.projected,
    )
    return row.key


def words_of(row: Projection) -> str:
    """Say method and parameters of a projection as it was computed."""
    parameters = ProjectionParameters(
        perplexity=row.perplexity,
        n_neighbours=row.n_neighbours,
        min_dist=row.min_dist,
        metric=row.metric,
        seed=row.seed,
    )
    words = method_words(Method(row.method), parameters)
    if not row.features:
        return words
    return f"{words} · {', '.join(SETS.get(code, code) for code in sets_of(row))} only"


def method_words(method: Method, parameters: ProjectionParameters) -> str:
    names = {
        "perplexity": "perplexity {:g}",
        "n_neighbours": "{} neighbours",
        "min_dist": "min. distance {:g}",
        "metric": "{}",
        "seed": "seed {}",
    }
    used = parameters.used_by(method).items()
    return " · ".join([method.name_shown, *(names[name].format(value) for name, value in used)])


def _wanted(user: Any, scope: Scope, state: ExplorerState) -> Projection | None:
    """Return the projection asked for, a PCA computed now, of the others what a worker has made."""
    if state.method == Method.PCA:
        return projection_at_once(user=user, scope=scope, features=state.projected)
    return projection_find(user, scope, state.method, state.parameters, state.projected)


def _meanwhile(
    user: Any, state: ExplorerState, scope: Scope, wanted: Projection | None
) -> ProjectionPanel:
    """Return what there is instead of what is asked for, and say so."""
    job = wanted.job if wanted is not None else None
    is_working = job is not None and job.is_active
    why_not = _why_not(state, wanted)
    older = _older(user, state)
    if older is None:
        panel = nothing_panel(why_not, state.theme)
    else:
        row, found = older
        panel = _drawn(user, state, scope, row, found)
        words = f"Shown: {words_of(row)}{_filter_words(row, scope)}."
        panel = replace(panel, note=" ".join(filter(None, (words, why_not, panel.note))))
    facts = {**panel.facts, "working": wanted.key if wanted and is_working else None}
    return replace(panel, facts=facts, can_compute=not is_working)


def _why_not(state: ExplorerState, wanted: Projection | None) -> str:
    name = Method(state.method).name_shown
    job = wanted.job if wanted is not None else None
    if job is not None and job.is_active:
        return f"{name} is being computed."
    if job is not None and job.status == Job.Status.FAILED:
        return job.error or f"{name} could not be computed. Press Compute to try again."
    if job is not None and job.status == Job.Status.CANCELLED:
        return f"{name} was cancelled; nothing was kept."
    return f"{name} of these signals is not computed yet: press Compute."


def _older(user: Any, state: ExplorerState) -> tuple[Projection, ProjectionPoints] | None:
    if not state.projection:
        return None
    try:
        row = projection_get(user, state.projection)
        found = projection_points(user, row.key)
    except NotFound:
        return None
    return (row, found) if found is not None else None


def _filter_words(row: Projection, scope: Scope) -> str:
    """Say which signals an older projection is of, where they are others."""
    if scope.store is None or row.store_id != scope.store.pk:
        return " of another dataset"
    number = scope.version.number if scope.version else scope.store.version
    if row.store_version != number:
        return ", from before labels were changed"
    if row.query != replace(scope.filter, dataset=None).to_query():
        described = SignalFilter.from_query(QueryDict(row.query)).describe(scope.unit_words())
        return f" of another filter ({described[:1].lower()}{described[1:]})"
    return ""


def _drawn(
    user: Any, state: ExplorerState, scope: Scope, row: Projection, found: ProjectionPoints
) -> ProjectionPanel:
    title, column = _shade(state.colour, scope)
    everything = _clouds(scope, row, found, column)
    clouds = drawn_of(everything)
    selected = selected_of(user, state, scope, clouds)
    name = Method(row.method).name_shown
    plane = Plane(
        *(_axis_title(name, found, axis) for axis in (0, 1)),
        theme=state.theme,
        subject=f"projection {row.key}",
        drag="lasso",
        scale_title=title,
    )
    facts = {"key": row.key, "file": f"projection-{row.method}"}
    outline = _outline(state.sel, row.key)
    figure = points_figure(clouds, plane, selected=selected, outline=outline, facts=facts)
    legend = [Legend(cloud, len(cloud.pks)) for cloud in everything if len(cloud.pks)]
    meta = _meta(row, found, clouds)
    return ProjectionPanel(figure, meta, _caution(row), legend, {"shown": row.key})


def _caution(row: Projection) -> str:
    """Say what a picture of so few neighbours is not; empty where there are enough."""
    few = {Method.TSNE: row.perplexity, Method.UMAP_LIKE: row.n_neighbours}
    method = Method(row.method)
    return _SMALL[method] if few.get(method, math.inf) < SMALL_PERPLEXITY else ""


def _shade(colour: str, scope: Scope) -> tuple[str, str]:
    """Return title and column of what colours the points; both empty where that is the class."""
    if colour in CONDITIONS:
        column, title, unit = CONDITIONS[colour]
        return f"{title} ({unit})", column
    if colour in ALL_FEATURES:
        return ALL_FEATURES[colour].label_of(scope.units()), colour
    return "", ""


def _clouds(scope: Scope, row: Projection, found: ProjectionPoints, shade: str) -> list[Cloud]:
    """Return the points by class as the scope's version labels them, without those that are gone; a
    column of the signals, or a feature of a group, shades them.
    """
    pks = [int(pk) for pk in found.pks]
    rows = scope.every_signal().filter(store=row.store_id, pk__in=among(pks))
    of_group = bool(shade) and place_of(shade) is not None
    columns = ("pk", "label", "fault_class", *([shade] if shade and not of_group else []))
    known = {
        pk: (label, fault or 0, *values) for pk, label, fault, *values in rows.values_list(*columns)
    }
    shades = None
    if of_group:
        shades = group_columns(found.pks, (shade,))[:, 0].astype(float)
    elif shade:
        values = [known[pk][2] if pk in known else None for pk in pks]
        shades = np.array(values, dtype=float)
    classes = np.array([known[pk][1] if pk in known else -1 for pk in pks], dtype=np.int64)
    labels = np.array([known[pk][0] if pk in known else "" for pk in pks], dtype=object)
    return [
        Cloud(
            look.code,
            look.name,
            look.colour,
            look.symbol,
            found.pks[look.rows],
            list(labels[look.rows]),
            found.points[look.rows, 0],
            found.points[look.rows, 1],
            None if shades is None else shades[look.rows],
        )
        for look in by_class(classes)
    ]


def _axis_title(name: str, found: ProjectionPoints, axis: int) -> str:
    if found.shares:
        return f"{name} {axis + 1}, {100 * found.shares[axis]:.0f} % of the variance"
    return f"{name} {axis + 1}"


def _meta(row: Projection, found: ProjectionPoints, clouds: list[Cloud]) -> str:
    n = len(found.pks)
    parts = [words_of(row), f"n = {numbers_of(n, found.n_signals)}{drawn_words(clouds, n)}"]
    if not math.isnan(found.trust):
        n_asked = n_rows_asked(n)
        of = f" of {thousands(n_asked)}" if n_asked < n else ""
        parts.append(f"trustworthiness {found.trust:.2f}{of}")
    if found.n_filled:
        parts.append(f"{counted(found.n_filled, 'missing value')} set to the median")
    if found.n_idle:
        parts.append(f"{counted(found.n_idle, 'feature')} without variation left out")
    return " · ".join(parts)


def nothing_panel(words: str, theme: str) -> ProjectionPanel:
    """Return the panel without points, and why there are none."""
    figure = empty_figure("", theme, "projection of nothing")
    return ProjectionPanel(figure, "", words, facts={"shown": None, "working": None})


def _outline(sel: str, key: str) -> list[tuple[float, float]]:
    """Return the corners of a selection in this projection; none of other selections."""
    if not sel.startswith(LASSO):
        return []
    drawn_upon, corners = read_lasso(sel)
    return [(float(x), float(y)) for x, y in corners] if drawn_upon == key else []
