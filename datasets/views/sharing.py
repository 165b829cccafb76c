"""Who sees a dataset, and what was done to it: the sections of its page."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.errors import Invalid, NotAllowed
from common.roles import may_manage
from datasets import services
from datasets.models import Dataset
from datasets.pages.sharing import activity_listed, members_shown, names_matching
from datasets.selectors import dataset_get


@login_required
@require_http_methods(["GET", "POST"])
def dataset_members(request: HttpRequest, pk: int) -> HttpResponse:
    """The section, and a member added or given another right."""
    dataset = dataset_get(request.user, pk)
    if request.method != "POST":
        return _members(request, dataset)
    name, right = request.POST.get("member", ""), request.POST.get("right", "")
    try:
        services.dataset_member_set(user=request.user, dataset=dataset, name=name, right=right)
    except Invalid as error:
        refused = {"sent": {"member": name, "right": right}, "errors": error.field_errors}
        return _members(request, dataset, status=422, **refused)
    return _members(request, dataset)


@login_required
@require_POST
def dataset_member_right(request: HttpRequest, pk: int, member_pk: int) -> HttpResponse:
    """Give a member another right."""
    dataset = dataset_get(request.user, pk)
    right = request.POST.get("right", "")
    services.dataset_member_change(
        user=request.user, dataset=dataset, member_id=member_pk, right=right
    )
    return _members(request, dataset)


@login_required
@require_POST
def dataset_member_leave(request: HttpRequest, pk: int, member_pk: int) -> HttpResponse:
    dataset = dataset_get(request.user, pk)
    services.dataset_member_remove(user=request.user, dataset=dataset, member_id=member_pk)
    return _members(request, dataset)


@login_required
@require_GET
def dataset_member_names(request: HttpRequest, pk: int) -> HttpResponse:
    """People and groups whose name holds what is being typed."""
    dataset = dataset_get(request.user, pk)
    if not may_manage(request.user, dataset.store.owner_id):
        raise NotAllowed("Only its owner may share this dataset.")
    names = names_matching(dataset, request.GET.get("member", ""))
    return render(request, "datasets/_member_names.html", {"names": names})


@login_required
@require_POST
def dataset_visibility(request: HttpRequest, pk: int) -> HttpResponse:
    dataset = dataset_get(request.user, pk)
    visibility = request.POST.get("visibility", "")
    services.dataset_share(user=request.user, dataset=dataset, visibility=visibility)
    return _members(request, dataset)


@login_required
@require_GET
def dataset_activity(request: HttpRequest, pk: int) -> HttpResponse:
    """A page of what happened to a dataset."""
    dataset = dataset_get(request.user, pk)
    activity = activity_listed(dataset, request.GET.get("page", "1"))
    context = {"dataset": dataset, "activity": activity}
    return render(request, "datasets/_activity.html", context)


def _members(
    request: HttpRequest, dataset: Dataset, *, status: int = 200, **more: object
) -> HttpResponse:
    context = {"dataset": dataset, **members_shown(request.user, dataset), **more}
    return render(request, "datasets/_members.html", context, status=status)
