import re

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)
from django.views.decorators.vary import vary_on_headers

from common.errors import Invalid, NotAllowed
from common.page_state import read_id
from common.roles import is_engineer, may_manage
from datasets import services
from datasets.exports.offers import offers
from datasets.forms import DatasetForm, DescribeForm
from datasets.models import Dataset
from datasets.pages.description import description_html
from datasets.pages.listing import (
    SCOPES,
    SORTS,
    DatasetQuery,
    SignalQuery,
    bearing_choices,
    class_choices,
    datasets_listed,
    feature_groups,
    for_display,
    recordings_listed,
    signal_filters,
    signals_listed,
    splits_listed,
    totals,
    versions_listed,
)
from datasets.pages.provenance import provenance
from datasets.pages.sharing import activity_listed, members_shown
from datasets.selectors import dataset_get, recipe_of
from datasets.verification.shown import verifications_shown
from datasets.views.answers import done, is_fragment
from signals.services.bearings import bearing_get
from signals.services.feature_groups import features_cancel, features_request
from vibration.simulation.recipe_text import recipe_to_yaml


@login_required
@require_GET
@vary_on_headers("HX-Request")
def dataset_list(request: HttpRequest) -> HttpResponse:
    query = DatasetQuery.read(request.GET)
    page = datasets_listed(request.user, query)
    context = {
        "query": query,
        "page": page,
        "totals": totals(request.user, query.scope),
        "kept_days": settings.TRASH_DAYS,
        "may_create": is_engineer(request.user),
    }
    if is_fragment(request):
        response = render(request, "datasets/_list.html", context)
        response["HX-Push-Url"] = reverse("datasets:list") + query.url_part()
        return response
    context |= {
        "scopes": SCOPES,
        "sorts": SORTS,
        "sources": Dataset.Origin.choices,
        "classes": class_choices(request.user),
    }
    return render(request, "datasets/list.html", context)


@login_required
@require_GET
def dataset_card(request: HttpRequest, pk: int) -> HttpResponse:
    dataset = dataset_get(request.user, pk)
    for_display(request.user, [dataset])
    layout = DatasetQuery.read(request.GET).layout
    template = "datasets/_row.html" if layout == "list" else "datasets/_card.html"
    return render(request, template, {"dataset": dataset})


@login_required
@require_GET
@vary_on_headers("HX-Request")
def dataset_detail(request: HttpRequest, pk: int) -> HttpResponse:
    dataset = dataset_get(request.user, pk)
    for_display(request.user, [dataset])
    query = SignalQuery.read(request.GET)
    context = {
        "dataset": dataset,
        "query": query,
        "page": signals_listed(request.user, dataset, query),
        **signal_filters(dataset),
        "bearings": bearing_choices(request.user, dataset),
        "recipe_text": recipe_to_yaml(recipe_of(dataset)) if dataset.recipe else "",
        **feature_groups(request.user, dataset),
        **versions_listed(request.user, dataset),
        **splits_listed(request.user, dataset),
        **provenance(request.user, dataset),
        **(recordings_listed(request.user, dataset, "1") if dataset.is_recorded else {}),
        "description": description_html(dataset.description),
        **members_shown(request.user, dataset),
        "activity": activity_listed(dataset, "1"),
    }
    if dataset.status == Dataset.Status.READY:
        context |= offers(request.user, dataset, "") | verifications_shown(request.user, dataset)
    template = "datasets/_detail.html" if is_fragment(request) else "datasets/detail.html"
    return render(request, template, context)


@login_required
def dataset_new(request: HttpRequest) -> HttpResponse:
    """The Create dialog, and what it sends."""
    engineer_or_refuse(request)
    if request.method != "POST":
        if not is_fragment(request):
            return redirect(reverse("datasets:list") + "?dialog=create")
        like = read_id(request.GET.get("like", ""))
        if like is not None:  # Duplicate recipe
            made = dataset_get(request.user, like)
            return _dialog(request, DatasetForm.like(recipe_of(made), made.name))
        return _dialog(request, DatasetForm.fresh())
    form = DatasetForm(request.POST)
    if not form.is_valid() or form.recipe is None:
        return _dialog(request, form, status=422)
    try:
        services.dataset_create(
            owner=request.user, name=form.cleaned_data["name"], recipe=form.recipe
        )
    except Invalid as error:  # taken between the check and the row
        form.add_refusals(error.field_errors)
        return _dialog(request, form, status=422)
    return done()


@login_required
@require_POST
def dataset_check(request: HttpRequest) -> HttpResponse:
    """What the dialog says while it is being filled in."""
    engineer_or_refuse(request)
    form = DatasetForm(request.POST)
    return render(request, "datasets/_create_state.html", {"form": form, "is_check": True})


@login_required
@require_http_methods(["GET", "POST"])
def dataset_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The dialog in which the owner says what a dataset is."""
    dataset = dataset_get(request.user, pk)
    if not may_manage(request.user, dataset.store.owner_id):
        raise NotAllowed("Only its owner may rename this dataset.")
    said = {field: getattr(dataset, field) for field in DescribeForm.base_fields}
    form = DescribeForm(request.POST if request.method == "POST" else said)
    if request.method == "POST" and form.is_valid():
        try:
            services.dataset_describe(user=request.user, dataset=dataset, **form.cleaned_data)
        except Invalid as error:
            for field, sentences in error.field_errors.items():
                form.add_error(field or None, sentences)
        else:
            return done()
    status = 422 if request.method == "POST" else 200
    context = {"dataset": dataset, "form": form}
    return render(request, "datasets/_edit.html", context, status=status)


@login_required
@require_POST
def dataset_stop(request: HttpRequest, pk: int) -> HttpResponse:
    services.dataset_cancel(user=request.user, dataset=dataset_get(request.user, pk))
    return done()


@login_required
@require_POST
def dataset_again(request: HttpRequest, pk: int) -> HttpResponse:
    services.dataset_retry(user=request.user, dataset=dataset_get(request.user, pk))
    return done()


@login_required
@require_POST
def dataset_features(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a group of features measured for all signals of a dataset, or stop it."""
    dataset = dataset_get(request.user, pk)
    group, page = request.POST.get("group", ""), reverse("datasets:detail", args=[dataset.pk])
    if request.POST.get("act") == "cancel":
        features_cancel(user=request.user, store=dataset.store, group=group)
    else:
        features_request(user=request.user, store=dataset.store, group=group, url=page)
    return done()


@login_required
@require_POST
def dataset_bearing(request: HttpRequest, pk: int) -> HttpResponse:
    dataset = dataset_get(request.user, pk)
    chosen = request.POST.get("bearing", "")
    if chosen and not re.fullmatch("[0-9]{1,18}", chosen):
        raise Invalid("Choose a bearing of the catalogue.")
    services.dataset_bearing_choose(
        user=request.user,
        dataset=dataset,
        bearing=bearing_get(request.user, int(chosen)) if chosen else None,
    )
    return done()


def _dialog(request: HttpRequest, form: DatasetForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "is_opening": request.method != "POST"}
    return render(request, "datasets/_create.html", context, status=status)


def engineer_or_refuse(request: HttpRequest) -> None:
    if not is_engineer(request.user):
        raise NotAllowed("Creating datasets needs the engineer role; ask an administrator for it.")
