import json
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from common.errors import Invalid, NotAllowed, NotFound
from common.http.downloads import name_download
from common.roles import is_engineer
from datasets.views.answers import is_fragment
from experiments.exports.onnx import SUFFIX, onnx_export, onnx_refusal, onnx_size_refusal
from experiments.exports.scripts import script_archive
from experiments.listing import (
    CODES,
    COLUMNS,
    NAME,
    ExperimentQuery,
    columns_read,
    columns_shown,
    experiments_listed,
    list_choices,
)
from experiments.models import Experiment
from experiments.results.files import CONFIG, experiment_file
from experiments.results.insights import insight_numbers, insight_shown
from experiments.results.shown import experiment_shown, signals_said, suspicious_signals
from experiments.selectors import (
    experiment_get,
    may_manage_experiment,
)
from experiments.services import insights, management
from monitoring.models import JobLogLine
from signals.exploration.selection import MOST_IDS
from signals.models import TableColumn
from signals.services.table_columns import columns_forget, columns_keep

LOG_LINES = 200


@login_required
@require_GET
@vary_on_headers("HX-Request")
def experiment_list(request: HttpRequest) -> HttpResponse:
    """All experiments that the person may see; the address holds search, filter and sorting."""
    query = ExperimentQuery.read(request.GET)
    if is_fragment(request):
        response = render(request, "experiments/_list.html", _listed(request.user, query))
        response["HX-Replace-Url"] = request.path + query.url_part()
        return response
    context = _listed(request.user, query) | list_choices(request.user)
    return render(request, "experiments/list.html", context)


@login_required
@require_POST
def experiment_columns(request: HttpRequest) -> HttpResponse:
    """Remember which columns the person wants, and have the list shown with them."""
    query, table = ExperimentQuery.read(request.POST), TableColumn.Table.EXPERIMENTS
    if request.POST.get("reset") == "1":
        columns_forget(user=request.user, table=table)
        address = reverse("experiments:list") + replace(query, columns=()).url_part()
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    codes = (NAME, *request.POST.getlist("column"))
    columns_keep(user=request.user, table=table, codes=codes, known=CODES)
    query = replace(query, columns=columns_read(codes))
    shown = {
        "path": reverse("experiments:list") + query.url_part(),
        "target": "#experiment-list",
        "swap": "outerHTML",
    }
    return HttpResponse(status=204, headers={"HX-Location": json.dumps(shown)})


def _listed(user: Any, query: ExperimentQuery) -> dict[str, Any]:
    shown = columns_shown(user, query)
    return {
        "query": query,
        "page": experiments_listed(user, query),
        "columns": COLUMNS,
        "shown": shown,
        "shows": {column.code: True for column in shown},
        "may_train": is_engineer(user),
    }


@login_required
@require_GET
@vary_on_headers("HX-Request")
def experiment_detail(request: HttpRequest, pk: int) -> HttpResponse:
    experiment = experiment_get(request.user, pk)
    lines = JobLogLine.objects.filter(job=experiment.job_id).order_by("-pk")[:LOG_LINES]
    context = {
        "experiment": experiment,
        "is_mine": may_manage_experiment(request.user, experiment),
        "lines": list(lines)[::-1] if experiment.job_id else [],
    }
    is_live = "HX-Request" in request.headers and "live" in request.GET
    if is_live:
        context["was_active"] = request.GET.get("live") == "active"
        return render(request, "experiments/_state.html", context)
    if experiment.status == Experiment.Status.READY:
        context |= experiment_shown(request.user, experiment) | insight_shown(experiment)
        context["may_export_onnx"] = not onnx_refusal(experiment)
    return render(request, "experiments/detail.html", context)


@login_required
@require_GET
def experiment_summary(request: HttpRequest, pk: int) -> HttpResponse:
    """The dialog that says in short what an experiment is and what came out."""
    experiment = experiment_get(request.user, pk)
    return render(request, "experiments/_summary.html", {"experiment": experiment})


@login_required
@require_http_methods(["GET", "POST"])
def experiment_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The dialog in which its owner names, tags, describes and archives an experiment."""
    experiment = experiment_get(request.user, pk)
    if not may_manage_experiment(request.user, experiment):
        raise NotAllowed("Only its owner may describe this experiment.")
    said: dict[str, Any] = {
        "name": experiment.name,
        "notes": experiment.notes,
        "tags": ", ".join(tag.name for tag in experiment.tags.all()),
        "archived": experiment.is_archived,
    }
    context: dict[str, Any] = {"experiment": experiment, "said": said}
    if request.method != "POST":
        return render(request, "experiments/_edit.html", context)
    said |= {key: request.POST.get(key, "") for key in ("name", "notes", "tags")}
    said["archived"] = request.POST.get("archived") == "1"
    try:
        management.experiment_describe(
            user=request.user,
            experiment=experiment,
            name=said["name"],
            notes=said["notes"],
            tags=said["tags"].split(","),
            is_archived=said["archived"],
        )
    except Invalid as error:
        context["trouble"] = error.sentence
        return render(request, "experiments/_edit.html", context, status=422)
    return done()


@login_required
@require_POST
def experiment_stop(request: HttpRequest, pk: int) -> HttpResponse:
    experiment = experiment_get(request.user, pk)
    management.experiment_cancel(user=request.user, experiment=experiment)
    return done()


@login_required
@require_POST
def experiment_again(request: HttpRequest, pk: int) -> HttpResponse:
    experiment = experiment_get(request.user, pk)
    management.experiment_retry(user=request.user, experiment=experiment)
    return done()


@login_required
@require_http_methods(["GET", "POST"])
def experiment_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask before deleting, then delete."""
    experiment = experiment_get(request.user, pk)
    if not may_manage_experiment(request.user, experiment):
        raise NotAllowed("Only its owner may delete this experiment.")
    if request.method != "POST":
        return render(request, "experiments/_delete.html", {"experiment": experiment})
    management.experiment_delete(user=request.user, experiment=experiment)
    messages.success(request, f"{experiment.name} is deleted.")
    return HttpResponse(status=204, headers={"HX-Redirect": reverse("experiments:list")})


@login_required
@require_http_methods(["GET", "POST"])
@vary_on_headers("HX-Request")
def experiment_insight(request: HttpRequest, pk: int) -> HttpResponse:
    """What the model lives on, as far as it is measured; a POST has it measured."""
    experiment = _trained(request, pk)
    if request.method == "POST":
        insights.insight_request(user=request.user, experiment=experiment)
        return done()
    context = insight_shown(experiment) | {
        "experiment": experiment,
        "is_mine": may_manage_experiment(request.user, experiment),
        "was_active": request.GET.get("live") == "active",
    }
    if not is_fragment(request):
        return redirect("experiments:detail", pk)
    return render(request, "experiments/_insight.html", context)


@login_required
@require_POST
def insight_stop(request: HttpRequest, pk: int) -> HttpResponse:
    experiment = experiment_get(request.user, pk)
    insights.insight_cancel(user=request.user, experiment=experiment)
    return done()


@login_required
@require_GET
def insight_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The importance of features and the learning curve as JSON, which YAML reads as well."""
    experiment = _trained(request, pk)
    numbers = insight_numbers(experiment)
    if numbers is None:
        raise NotFound("What this model lives on is not measured.")
    response = JsonResponse(numbers, json_dumps_params={"indent": 1})
    name_download(response, f"{experiment.name} insight", ".json")
    return response


@login_required
@require_GET
def experiment_config(request: HttpRequest, pk: int) -> HttpResponse:
    """The exact config, as the training wrote it."""
    experiment = _trained(request, pk)
    text = experiment_file(experiment, CONFIG).read_bytes().decode()
    response = HttpResponse(text, content_type="application/yaml")
    name_download(response, experiment.name, ".yaml")
    return response


@login_required
@require_GET
def experiment_script(request: HttpRequest, pk: int) -> HttpResponse:
    """The script that gives the same predictions, with the files that it reads."""
    experiment = _trained(request, pk)
    response = HttpResponse(script_archive(experiment), content_type="application/zip")
    name_download(response, experiment.name, ".zip")
    return response


@login_required
@require_GET
def experiment_onnx(request: HttpRequest, pk: int) -> HttpResponse:
    """The model as ONNX, where it answers as the model does."""
    experiment = _trained(request, pk)
    if refused := onnx_size_refusal(experiment):
        raise Invalid(refused)
    response = HttpResponse(onnx_export(experiment), content_type="application/octet-stream")
    name_download(response, experiment.name, SUFFIX)
    return response


@login_required
@require_GET
def cell(request: HttpRequest, pk: int, actual: int, said: int) -> HttpResponse:
    """The signals of a class for which the model said a class, in the explorer."""
    experiment = _trained(request, pk)
    return _in_explorer(experiment, signals_said(experiment, actual, said))


@login_required
@require_GET
def suspicious(request: HttpRequest, pk: int) -> HttpResponse:
    """The signals whose label the model doubts, in the explorer."""
    experiment = _trained(request, pk)
    return _in_explorer(experiment, suspicious_signals(experiment))


def _trained(request: HttpRequest, pk: int) -> Experiment:
    experiment = experiment_get(request.user, pk)
    if experiment.status != Experiment.Status.READY:
        raise NotFound("This experiment is not trained: it has no files.")
    return experiment


def _in_explorer(experiment: Experiment, pks: list[int]) -> HttpResponse:
    if not pks:
        raise NotFound("The model said that of no signal.")
    chosen = ",".join(map(str, pks[:MOST_IDS]))
    query = urlencode({"dataset": experiment.dataset_id, "sel": f"ids:{chosen}"}, safe=":,")
    return redirect(f"{reverse('explorer')}?{query}#section-table")


def done() -> HttpResponse:
    """Close the dialog; every live part of the page reads its rows again."""
    events = json.dumps({"dialog:close": None, "portal:reread": None})
    return HttpResponse(status=204, headers={"HX-Trigger": events})
