"""The splits of a dataset: made in a dialog, reported side by side, deleted."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from common.errors import Invalid, NotAllowed
from datasets.selectors import dataset_get
from datasets.services.splits import may_delete_split, may_split, split_create, split_delete
from datasets.versioning.forms import SplitForm
from datasets.versioning.splits import split_get, split_report
from datasets.views.answers import done


@login_required
@require_http_methods(["GET", "POST"])
def split_new(request: HttpRequest, pk: int) -> HttpResponse:
    """The dialog that splits the current version."""
    dataset = dataset_get(request.user, pk)
    if not may_split(request.user, dataset):
        raise NotAllowed("Splits are made by the owner of the dataset and by engineers.")
    form = SplitForm(request.POST if request.method == "POST" else None, dataset=dataset)
    if request.method == "POST" and form.is_valid():
        try:
            split_create(user=request.user, dataset=dataset, **form.values())
        except Invalid as error:
            form.add_refusals(error)
        else:
            return done()
    status = 422 if request.method == "POST" else 200
    return render(
        request, "datasets/_split_new.html", {"dataset": dataset, "form": form}, status=status
    )


@login_required
@require_GET
def split_page(request: HttpRequest, pk: int, split_pk: int) -> HttpResponse:
    """The report of a split: each side's signals, groups, classes and severities."""
    dataset = dataset_get(request.user, pk)
    split = split_get(request.user, dataset, split_pk)
    context = {
        "dataset": dataset,
        "split": split,
        "report": split_report(dataset, split),
        "is_of_current": split.version.number == dataset.store.version,
        "may_go": may_delete_split(request.user, dataset, split),
    }
    return render(request, "datasets/split.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def split_remove(request: HttpRequest, pk: int, split_pk: int) -> HttpResponse:
    """Ask before deleting, then delete."""
    dataset = dataset_get(request.user, pk)
    split = split_get(request.user, dataset, split_pk)
    if not may_delete_split(request.user, dataset, split):
        raise NotAllowed("A split is deleted by the owner of the dataset, or by who made it.")
    if request.method != "POST":
        context = {"dataset": dataset, "split": split}
        return render(request, "datasets/_split_delete.html", context)
    split_delete(user=request.user, dataset=dataset, split=split)
    messages.success(request, f"The split {split.name} is deleted.")
    page = reverse("datasets:detail", args=[dataset.pk])
    return HttpResponse(status=204, headers={"HX-Redirect": page})
