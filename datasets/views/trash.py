"""Into the trash, out of it again, or gone for good."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from common.errors import NotAllowed
from common.roles import may_manage
from common.text import size
from datasets import services
from datasets.pages.losses import dataset_losses
from datasets.selectors import dataset_get, dataset_trashed_get
from datasets.views.answers import done


@login_required
@require_http_methods(["GET", "POST"])
def dataset_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask before deleting, then put it into the trash."""
    dataset = dataset_get(request.user, pk)
    if not may_manage(request.user, dataset.store.owner_id):
        raise NotAllowed("Only its owner may delete this dataset.")
    if request.method != "POST":
        context = {
            "dataset": dataset,
            "losses": dataset_losses(request.user, dataset),
            "kept_days": settings.TRASH_DAYS,
            "n_members": dataset.store.members.count(),
        }
        return render(request, "datasets/_delete.html", context)
    is_kept = services.dataset_delete(user=request.user, dataset=dataset)
    undo = reverse("datasets:restore", args=[pk]) if is_kept else ""
    said = f"{dataset.name} is {'in the trash' if is_kept else 'deleted'}."
    if request.POST.get("from") == "detail":
        messages.success(request, said, extra_tags=undo)
        return HttpResponse(status=204, headers={"HX-Redirect": reverse("datasets:list")})
    return done(toast={"title": said, "undo": undo})


@login_required
@require_POST
def dataset_restore(request: HttpRequest, pk: int) -> HttpResponse:
    dataset = dataset_trashed_get(request.user, pk)
    restored = services.dataset_restore(user=request.user, dataset=dataset)
    said = f"{restored.name} is back."
    text = "" if restored.name == dataset.name else f"The name “{dataset.name}” is taken meanwhile."
    if request.POST.get("from") == "note":
        messages.success(request, f"{said} {text}".strip())
        return HttpResponse(status=204, headers={"HX-Redirect": reverse("datasets:list")})
    return done(toast={"title": said, "text": text})


@login_required
@require_http_methods(["GET", "POST"])
def dataset_purge(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask before what is in the trash goes for good, then remove it."""
    dataset = dataset_trashed_get(request.user, pk)
    if request.method != "POST":
        context = {"dataset": dataset, "losses": dataset_losses(request.user, dataset)}
        return render(request, "datasets/_purge.html", context)
    freed_bytes = services.dataset_purge(user=request.user, dataset=dataset)
    text = f"This frees {size(freed_bytes)}." if freed_bytes else ""
    return done(toast={"title": f"{dataset.name} is gone for good.", "text": text})
