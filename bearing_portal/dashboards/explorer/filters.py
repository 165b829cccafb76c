"""The filter's form and the line above the panels, as the server knows them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict

from bearing_portal.dashboards.explorer.class_marks import NONE
from bearing_portal.frame.templatetags.portal import number, thousands
from common.errors import Expected
from datasets.models import Dataset
from datasets.scope import explorer_scope
from datasets.selectors import dataset_brief, datasets_visible
from signals.exploration import selection
from signals.exploration.overview import (
    Overview,
    overview,
    range_ends,
    recording_counts,
    side_counts,
    tag_counts,
)
from signals.exploration.trends import has_runs
from signals.exploration.why_empty import culprits, why_empty
from signals.feature_groups import measured_groups
from signals.filters.scope import Scope
from signals.filters.signal_filter import ANY, KEYS_OF, NO_SIDE, SignalFilter
from signals.filters.values import written
from signals.models import FaultClass, Severity
from signals.selectors import classes_all, may_label, severities_all, stores_labelled
from signals.services.versions import may_remove

SLIDERS = {"rpm": "Speed", "load": "Load", "rms": "RMS"}
UNITS = {"rpm": "rpm", "load": "%"}
STEPS = 200
MOST_NAMES = 300  # of specimens and runs; an address may name any
SECTIONS = (
    ("overview", "Overview"),
    ("features", "Features"),
    ("projection", "Projection"),
    ("trend", "Trend"),
    ("table", "Table"),
)


@dataclass(frozen=True)
class Option:
    """A choice of the form: its code, the row it stands for, and how many signals it would show."""

    code: str
    row: Any
    n: int
    is_on: bool


@dataclass(frozen=True)
class Slider:
    """Two handles between the ends of what the dataset holds, as the texts of its fields."""

    key: str
    label: str
    unit: str
    lowest_text: str
    highest_text: str
    step_text: str
    low_text: str
    high_text: str

    @property
    def at_low_text(self) -> str:
        return self.low_text or self.lowest_text

    @property
    def at_high_text(self) -> str:
        return self.high_text or self.highest_text


@dataclass(frozen=True)
class Chip:
    """A condition in words, and the query without it."""

    name: str
    text: str
    query: str


def first_dataset(user: Any) -> int | None:
    """Return the newest ready dataset: what an address without anything opens."""
    ready = datasets_visible(user).filter(status=Dataset.Status.READY)
    return ready.order_by("-ready_at", "-pk").values_list("pk", flat=True).first()


def page_context(user: Any, query: QueryDict) -> dict[str, Any]:
    """Return what the page shows before any panel is asked; a bad filter is said in it."""
    page = {"sections": SECTIONS}
    try:
        return page | filters_context(user, query)
    except Expected as error:
        plain = explorer_scope(user, SignalFilter())
        return page | _form(user, plain, overview(user, plain)) | {"trouble": error.sentence}


def filters_context(user: Any, query: QueryDict) -> dict[str, Any]:
    """Return the form with its counts, and the line."""
    scope = explorer_scope(user, SignalFilter.from_query(query))
    found = overview(user, scope)
    return {**_form(user, scope, found), **_line(user, query, scope, found)}


def line_context(user: Any, query: QueryDict) -> dict[str, Any]:
    """Return what the line says: how many of how many, the conditions, the selection."""
    scope = explorer_scope(user, SignalFilter.from_query(query))
    return _line(user, query, scope, overview(user, scope))


def _line(user: Any, query: QueryDict, scope: Scope, found: Overview) -> dict[str, Any]:
    chosen = query.get("sel", "")
    n_selected, dropped = None, ""
    if chosen:
        try:
            n_selected = overview(user, selection.narrowed(user, scope, chosen)).n
        except Expected as error:  # the filter holds, the selection alone does not
            dropped = error.sentence
    return {
        "n": found.n,
        "n_all": found.n_all,
        "n_selected": n_selected,
        "dropped": dropped,
        "may": may_do(user, scope),
        "has_runs": has_runs(scope),
        "measured": " ".join(group.code for group in measured_groups(user, scope.store).groups),
        "version": scope.version,
        "current_query": replace(scope.filter, version=None).to_query(),
        "chips": chips(scope.filter, scope.unit_words()),
        "dataset": dataset_brief(user, scope.filter.dataset) if scope.filter.dataset else None,
        "filter": scope.filter,
        "filter_query": scope.filter.to_query(),
        **_emptiness(user, scope, found),
    }


def may_do(user: Any, scope: Scope) -> list[str]:
    """Return what `user` may do with the scope's signals beside looking and tagging."""
    store = scope.store
    if scope.version is not None:  # what was is not changed
        return []
    if store is None:
        return ["relabel"] if stores_labelled(user).exists() else []
    acts = (("relabel", may_label(user, store)), ("remove", may_remove(user, store)))
    return [act for act, may in acts if may]


def chips(chosen: SignalFilter, unit: str) -> list[Chip]:
    """Return the conditions that are set beside the dataset, each with the query without it; the
    records are in `unit`.
    """
    found = []
    if chosen.classes:
        found.append(_chip(chosen, "classes", "Class", _names(classes_all(), chosen.classes)))
    if chosen.severities:
        names = _names(severities_all(), chosen.severities)
        found.append(_chip(chosen, "severities", "Severity", names))
    for key, label in SLIDERS.items():
        span = getattr(chosen, key)
        if span != ANY:
            words = _span_words(span.low, span.high, {**UNITS, "rms": unit}[key])
            found.append(_chip(chosen, key, label, words))
    if chosen.sides:
        words = ", ".join("in none" if name == NO_SIDE else name for name in chosen.sides)
        found.append(_chip(chosen, "sides", f"Split {chosen.split}", words))
    if chosen.tags:
        found.append(_chip(chosen, "tags", "Tag", ", ".join(chosen.tags)))
    for part, label in (("specimens", "Specimen"), ("runs", "Run")):
        if names := getattr(chosen, part):
            words = ", ".join(names) if len(names) <= 2 else f"{len(names)} chosen"
            found.append(_chip(chosen, part, label, words))
    if chosen.recordings:
        n = len(chosen.recordings)
        found.append(_chip(chosen, "recordings", "Recording", "one" if n == 1 else f"{n} chosen"))
    if chosen.per_class is not None:
        words = f"at most {thousands(chosen.per_class)}"
        found.append(_chip(chosen, "per_class", "Per class", words))
    if chosen.originals:
        found.append(_chip(chosen, "originals", "Copies", "left out"))
    if chosen.text:
        found.append(_chip(chosen, "text", "Label", f"{chosen.text}…"))
    return found


def _chip(chosen: SignalFilter, part: str, name: str, text: str) -> Chip:
    without = replace(chosen, **{part: getattr(SignalFilter(), part)})
    return Chip(name, text, without.to_query())


def _form(user: Any, scope: Scope, found: Overview) -> dict[str, Any]:
    chosen, facets = scope.filter, found.facets
    tags = tag_counts(user, scope)
    rows: list[Any] = [*classes_all(), None]
    classes = [
        Option(code, row, facets.classes.get(code, 0), _is_on(code, chosen.classes))
        for row in rows
        for code in (row.code if row else NONE,)
    ]
    severities: list[Any] = [*severities_all(), None]
    return {
        "filter": chosen,
        "n_active": _n_active(chosen),
        "datasets": list(
            datasets_visible(user)
            .filter(status=Dataset.Status.READY)
            .order_by("name")
            .values_list("pk", "name", "store__n_signals")
        ),
        # What neither the dataset holds nor the address names is not offered.
        "classes": [
            each for each in classes if each.code in facets.classes or each.code in chosen.classes
        ],
        "severities": [
            Option(code, row, facets.severities.get(code, 0), _is_on(code, chosen.severities))
            for row in severities
            if (code := row.code if row else NONE) in facets.severities or code in chosen.severities
        ],
        "tags": sorted(
            ((name, tags.get(name, 0)) for name in {*tags, *chosen.tags}),
            key=lambda pair: pair[0].lower(),
        ),
        "of_recordings": [
            (key, title, _named_options(user, scope, part))
            for key, part, title in (
                ("specimen", "specimens", "Specimen"),
                ("run", "runs", "Run"),
            )
        ],
        "splits": _splits(scope),
        "sides": _sides(user, scope),
        "sliders": _sliders(user, scope),
        "most_per_class": facets.most_in_class,
        "n_originals": facets.n_originals if facets.has_copies or chosen.originals else None,
    }


def _splits(scope: Scope) -> list[str]:
    """Return the names of the dataset's splits, the newest first."""
    return list(scope.store.splits.values_list("name", flat=True)) if scope.store else []


def _sides(user: Any, scope: Scope) -> list[Option]:
    """Return the sides of the chosen split with how many signals each would show."""
    if scope.split is None:
        return []
    counts, chosen = side_counts(user, scope), scope.filter.sides
    sides: list[Any] = [*scope.split.sides.all()]
    found = [
        Option(row.name, row, counts.get(row.name, 0), _is_on(row.name, chosen)) for row in sides
    ]
    n_none = counts.get(NO_SIDE, 0)
    if n_none or NO_SIDE in chosen:
        found.append(Option(NO_SIDE, None, n_none, _is_on(NO_SIDE, chosen)))
    return found


def _named_options(user: Any, scope: Scope, part: str) -> list[tuple[str, int, bool]]:
    """Return names with how many signals each would show, those that are chosen marked."""
    chosen: tuple[str, ...] = getattr(scope.filter, part)
    counts = recording_counts(user, scope, part)
    names = sorted({*counts, *chosen}, key=str.lower)
    return [(name, counts.get(name, 0), name in chosen) for name in names[:MOST_NAMES]]


def _sliders(user: Any, scope: Scope) -> list[Slider]:
    found, units = [], {**UNITS, "rms": scope.unit_words()}
    for key, ends in range_ends(user, scope).items():
        if ends is None or ends[0] == ends[1]:
            continue
        step = _step(*ends)
        lowest, highest = step * (ends[0] // step), step * -(-ends[1] // step)
        span = getattr(scope.filter, key)
        shown = [written(round(value, 9)) for value in (lowest, highest, step)]
        set_to = written(span.low), written(span.high)
        found.append(Slider(key, SLIDERS[key], units[key], *shown, *set_to))
    return found


def _step(low: float, high: float) -> float:
    """Return a round number that goes some two hundred times between two ends."""
    power = 1e-6
    while True:
        for digit in (1, 2, 5):
            if (high - low) / (digit * power) <= STEPS:
                return float(f"{digit * power:.0e}")
        power *= 10


def _emptiness(user: Any, scope: Scope, found: Overview) -> dict[str, Any]:
    if found.n or scope.filter.is_open:
        return {}
    reasons = culprits(user, scope)
    best = reasons[0] if reasons else None
    return {
        "empty": why_empty(user, scope),
        "drop": {"name": best.name, "query": best.without.to_query(), "n": best.n}
        if best
        else None,
    }


def _is_on(code: str, chosen: tuple[str, ...]) -> bool:
    return not chosen or code in chosen


def _n_active(chosen: SignalFilter) -> int:
    parts = KEYS_OF.keys() - {"dataset", "version", "split"}
    return sum(getattr(chosen, part) != getattr(SignalFilter(), part) for part in parts)


def _names(rows: Sequence[FaultClass | Severity], codes: tuple[str, ...]) -> str:
    names = {row.code: row.name for row in rows}
    words = [names.get(code, "none") for code in codes]
    return ", ".join(words) if len(words) <= 2 else f"{len(words)} chosen"


def _span_words(low: float | None, high: float | None, unit: str) -> str:
    if low is None:
        return f"≤ {number(high)} {unit}"
    return f"≥ {number(low)} {unit}" if high is None else f"{number(low)}–{number(high)} {unit}"
