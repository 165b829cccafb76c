"""What the table asks outside of Dash: rows, its columns, and actions on the rows chosen."""

import json
from dataclasses import replace
from typing import Any, Final

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bearing_portal.dashboards.explorer.filters import may_do
from bearing_portal.dashboards.explorer.panels.table.columns import (
    chosen_scope,
    table_query,
    table_scope,
)
from bearing_portal.dashboards.explorer.reading import scope_of
from bearing_portal.dashboards.explorer.state import ExplorerState, read
from bearing_portal.dashboards.links import MOST_COMPARED, viewer_url
from common.errors import Expected, Invalid, NotAllowed
from common.text import counted
from datasets.selectors import dataset_get
from signals.admin.forms import RelabelForm
from signals.exploration.columns import COLUMNS, columns_of
from signals.exploration.selection import MOST_IDS
from signals.exploration.table import table_page
from signals.exploration.why_empty import why_empty
from signals.feature_groups import SETS, measured_groups
from signals.filters.grid import SORTS
from signals.models import Signal, Version
from signals.selectors import tags_visible
from signals.services.labels import signals_relabel
from signals.services.table_columns import columns_choose, columns_reset
from signals.services.tags import signals_tag, tagging_undo
from signals.services.versions import signals_remove, versions_undo
from vibration.features.groups import place_of

OFFERED_TAGS: Final = 200


@login_required
@require_GET
def rows(request: HttpRequest) -> JsonResponse:
    """A block of the table's rows, and how many rows there are in all."""
    state = _state(request.GET)
    start, end = (_count(request.GET.get(key, "")) for key in ("start", "end"))
    query = table_query(request.user, state, start, end)
    scope = table_scope(request.user, state)
    page = table_page(request.user, scope, query)
    answer: dict[str, Any] = {"rows": page.rows, "total": page.total}
    if not page.total and not state.grid:
        answer["why"] = why_empty(request.user, scope_of(request.user, state))
    return JsonResponse(answer)


@login_required
@require_GET
def all_ids(request: HttpRequest) -> JsonResponse:
    """The ids of all rows of the table, where they are few enough to be checked one by one."""
    signals = chosen_scope(request.user, _state(request.GET)).signals().order_by("pk")
    found = list(signals.values_list("pk", flat=True)[: MOST_IDS + 1])
    if len(found) > MOST_IDS:
        raise Invalid(
            f"At most {MOST_IDS} rows can be checked. "
            "With none checked, an action is for all rows of the table."
        )
    return JsonResponse({"ids": found})


@login_required
@require_http_methods(["GET", "POST"])
def columns(request: HttpRequest) -> HttpResponse:
    """The columns to choose from; a choice is kept for the person."""
    if request.method == "POST":
        if "reset" in request.POST:
            columns_reset(user=request.user)
        else:
            posted = set(request.POST.getlist("column"))
            unknown = posted - set(COLUMNS)
            # Columns of groups that this dataset lacks are not offered, and stay as they were.
            hidden = {column.code for column in columns_of(request.user)} - _offered(request)
            in_order = [code for code in COLUMNS if code in posted | hidden]
            columns_choose(user=request.user, codes=[*in_order, *unknown])
    context = {
        "groups": _column_groups(
            {column.code for column in columns_of(request.user)}, _offered(request)
        ),
        "dataset": _dataset_of(request),
    }
    response = render(request, "dashboards/explorer/_columns.html", context)
    if request.method == "POST":
        response["HX-Trigger"] = "explorer:columns"
    return response


def _dataset_of(request: HttpRequest) -> str:
    text = (request.POST if request.method == "POST" else request.GET).get("dataset", "")
    return text if text.isascii() and text.isdigit() and len(text) <= 18 else ""


def _offered(request: HttpRequest) -> set[str]:
    """Return the columns to choose from: of groups those that the dataset has measured."""
    dataset = _dataset_of(request)
    store = dataset_get(request.user, int(dataset)).store if dataset else None
    measured = {each.name for each in measured_groups(request.user, store).features}
    return {code for code in COLUMNS if place_of(code) is None or code in measured}


def _column_groups(shown: set[str], offered: set[str]) -> list[tuple[str, list[tuple[Any, bool]]]]:
    titles = {
        "signal": "Signal",
        "recording": "Recording",
        "conditions": "Conditions",
        **SETS,
    }
    columns = [column for column in COLUMNS.values() if column.code in offered]
    found = [
        (title, [(c, c.code in shown) for c in columns if c.group == group])
        for group, title in titles.items()
    ]
    return [(title, options) for title, options in found if options]


@login_required
@require_http_methods(["GET", "POST"])
def tag(request: HttpRequest) -> HttpResponse:
    """Give the chosen signals a tag, or take it from them; what was done can be undone."""
    given = request.POST if request.method == "POST" else request.GET
    signals = chosen_scope(request.user, _state(given)).signals()
    if request.method != "POST":
        return _asked(request, "tag", signals)
    name, remove = given.get("name", ""), given.get("do") == "remove"
    try:
        done = signals_tag(user=request.user, signals=signals, name=name, remove=remove)
    except (Invalid, NotAllowed) as error:
        return _asked(request, "tag", signals, error=error)
    n = counted(len(done.signals), "signal")
    title = f"“{done.name}” taken from {n}" if remove else f"{n} tagged “{done.name}”"
    return _done({"level": "success", "title": title, "undo": done.undo})


@login_required
@require_POST
def tag_undo(request: HttpRequest) -> HttpResponse:
    """Take back what `tag` did, of the very signals it changed."""
    n = tagging_undo(user=request.user, token=request.POST.get("undo", ""))
    return _done({"level": "success", "title": f"Undone for {counted(n, 'signal')}"})


@login_required
@require_http_methods(["GET", "POST"])
def relabel(request: HttpRequest) -> HttpResponse:
    """Give the chosen signals another class or severity, as a new version of their dataset."""
    given = request.POST if request.method == "POST" else request.GET
    signals = _changeable(request.user, given, "relabel")
    form = RelabelForm(given if request.method == "POST" else None)
    for field in ("fault_class", "severity"):
        form.fields[field].widget.attrs["class"] = "form-select"
    form.fields["reason"].widget.attrs |= {"class": "form-control", "autocomplete": "off"}
    if request.method != "POST":
        return _asked(request, "relabel", signals, form=form)
    if not form.is_valid():
        refused = Invalid(next(iter(form.errors.values()))[0])
        return _asked(request, "relabel", signals, form=form, error=refused)
    try:
        done = signals_relabel(
            user=request.user,
            signals=signals,
            labels=form.labels(),
            reason=form.cleaned_data["reason"],
        )
    except (Invalid, NotAllowed) as error:
        return _asked(request, "relabel", signals, form=form, error=error)
    return _versions_made(f"{counted(done.n, 'signal')} relabelled", done.versions)


@login_required
@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest) -> HttpResponse:
    """Take the chosen signals out of their dataset, as a new version of it."""
    given = request.POST if request.method == "POST" else request.GET
    signals = _changeable(request.user, given, "remove")
    if request.method != "POST":
        return _asked(request, "remove", signals)
    reason = given.get("reason", "")
    try:
        made = signals_remove(user=request.user, signals=signals, reason=reason)
    except (Invalid, NotAllowed) as error:
        return _asked(request, "remove", signals, error=error)
    n = sum(version.n_removed for version in made)
    return _versions_made(f"{counted(n, 'signal')} removed", made)


@login_required
@require_POST
def version_back(request: HttpRequest) -> HttpResponse:
    """Undo the versions that `relabel` or `remove` made, as new versions."""
    n = versions_undo(user=request.user, text=request.POST.get("undo", ""))
    return _done({"level": "success", "title": f"Undone for {counted(n, 'signal')}"})


def _changeable(user: Any, given: QueryDict, act: str) -> QuerySet[Signal]:
    """Return the chosen signals where `user` may change them so."""
    scope = chosen_scope(user, _state(given))
    if scope.version is not None:
        raise Invalid(
            f"Version {scope.version.number} is an old one and stays as it was; go to the current "
            "version to change something."
        )
    if act not in may_do(user, scope):
        raise NotAllowed(
            "Labels are edited by the owner of the signals and by curators."
            if act == "relabel"
            else "Signals are removed by the owner of their dataset; choose the dataset first."
        )
    return scope.signals()


def _versions_made(title: str, made: tuple[Version, ...]) -> HttpResponse:
    undo = ",".join(str(version.pk) for version in made)
    return _done({"level": "success", "title": title, "undo": undo, "undoAt": "versions/undo/"})


@login_required
@require_GET
def compare(request: HttpRequest) -> HttpResponse:
    """Open the chosen signals in the viewer; of more than it can show, say which come."""
    state = _state(request.GET)
    query = replace(table_query(request.user, state, 0, MOST_COMPARED), filters={})
    page = table_page(request.user, chosen_scope(request.user, state), query)
    if not page.rows:
        raise Invalid("There is no signal to compare.")
    url = viewer_url([row["id"] for row in page.rows], state.filter_query)
    if page.total <= MOST_COMPARED:
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    context = {"rows": page.rows, "total": page.total, "url": url}
    return render(request, "dashboards/explorer/_compare.html", context)


def _state(given: QueryDict) -> ExplorerState:
    state = read(given)
    if state.sort.removeprefix("-") not in (*SORTS, ""):
        raise Invalid("The table cannot be sorted like this; choose a column's head.")
    return state


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        raise Invalid("The table was asked for rows without a number.")
    return int(text)


def _asked(
    request: HttpRequest,
    what: str,
    signals: QuerySet[Signal],
    *,
    error: Expected | None = None,
    form: RelabelForm | None = None,
) -> HttpResponse:
    given = request.POST if request.method == "POST" else request.GET
    context = {
        "n": signals.count(),
        "state": {key: given.get(key, "") for key in ("filter", "sel", "grid")},
        "error": error.sentence if error else "",
        "name": given.get("name", ""),
        "reason": given.get("reason", ""),
        "tags": tags_visible(request.user)[:OFFERED_TAGS],
        "form": form,
    }
    status = 422 if error else 200
    return render(request, f"dashboards/explorer/_{what}.html", context, status=status)


def _done(said: dict[str, Any]) -> HttpResponse:
    # In this order: what triggers the others has left the page with the dialog.
    events = json.dumps({"explorer:changed": None, "explorer:said": said, "dialog:close": None})
    return HttpResponse(status=204, headers={"HX-Trigger": events})
