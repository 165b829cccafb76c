"""Recipes as text: taken away, and brought back."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.errors import Invalid
from common.http.downloads import name_download
from common.page_state import read_id
from datasets import services
from datasets.forms import RecipeForm
from datasets.selectors import dataset_get, recipe_of
from datasets.views.answers import done, is_fragment
from datasets.views.datasets import engineer_or_refuse
from vibration.simulation import Recipe
from vibration.simulation.recipe_text import recipe_to_yaml


@login_required
@require_safe
def recipe_file(request: HttpRequest, pk: int) -> HttpResponse:
    dataset = dataset_get(request.user, pk)
    text = recipe_to_yaml(recipe_of(dataset))
    response = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    name_download(response, f"{dataset.name} recipe", ".yaml")
    return response


@login_required
@require_http_methods(["GET", "POST"])
def recipe_new(request: HttpRequest) -> HttpResponse:
    """The dialog that makes a dataset of a recipe's text, and what it sends."""
    engineer_or_refuse(request)
    if request.method == "GET":
        if not is_fragment(request):
            return redirect(reverse("datasets:list") + "?dialog=create")
        like = read_id(request.GET.get("like", ""))
        recipe = recipe_of(dataset_get(request.user, like)) if like else Recipe()
        return _dialog(request, RecipeForm({"name": "", "text": recipe_to_yaml(recipe)}))
    form = RecipeForm(request.POST, request.FILES)
    if "file" in request.FILES and "load" in request.GET:
        return _dialog(request, form)
    if not form.is_valid() or form.recipe is None:
        return _dialog(request, form, status=422)
    try:
        services.dataset_create(
            owner=request.user, name=form.cleaned_data["name"], recipe=form.recipe
        )
    except Invalid as error:  # taken between the check and the row
        for field, sentences in error.field_errors.items():
            form.add_error("name" if field == "name" else "text", sentences)
        return _dialog(request, form, status=422)
    return done()


@login_required
@require_POST
def recipe_check(request: HttpRequest) -> HttpResponse:
    """What the dialog says while the text is being written."""
    engineer_or_refuse(request)
    form = RecipeForm(request.POST)
    return render(request, "datasets/_recipe_state.html", {"form": form})


def _dialog(request: HttpRequest, form: RecipeForm, status: int = 200) -> HttpResponse:
    form.is_valid()
    context = {"form": form, "is_opening": request.method != "POST"}
    return render(request, "datasets/_recipe.html", context, status=status)
