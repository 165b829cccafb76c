import hashlib
import sys
from pathlib import Path

from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_safe
from django.views.decorators.vary import vary_on_headers

from bearing_portal.frame import home as home_page
from bearing_portal.frame.documentation import (
    FIRST,
    contents,
    documentation_page,
    is_site_built,
    site_file,
)
from bearing_portal.frame.errors import SENTENCES, Trouble, respond, trouble_of
from bearing_portal.frame.search import search_portal

ROOT = Path(__file__).resolve().parents[2]


@require_safe
@cache_control(public=True, max_age=86_400)
def icon(request: HttpRequest) -> HttpResponse:
    """The icon, which browsers ask for here beside what cannot name it: a picture, a text, JSON."""
    return redirect(static("img/favicon.svg"))


@login_required
@require_GET
@vary_on_headers("HX-Request")
def home(request: HttpRequest) -> HttpResponse:
    context = home_page.figures(request.user, request.GET.get("dataset", ""))
    is_fragment = "HX-Request" in request.headers
    template = "bearing_portal/_home.html" if is_fragment else "bearing_portal/home.html"
    return render(request, template, context)


@login_required
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """The command palette's answer."""
    groups = search_portal(request.user, request.GET.get("q", ""))
    return render(request, "bearing_portal/_search.html", {"groups": groups})


@login_required
@require_GET
def documentation(request: HttpRequest, name: str = FIRST[0]) -> HttpResponse:
    """One page of the documentation, with the list of all."""
    context = {
        "page": documentation_page(name),
        "contents": contents(),
        "has_site": is_site_built(),
    }
    return render(request, "bearing_portal/documentation.html", context)


@login_required
@require_safe
def docs(request: HttpRequest, name: str = "index.html") -> HttpResponse:
    """A file of the built documentation: pages, search, reference."""
    content, kind = site_file(name)
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"Cache-Control": "private, no-cache"}
    answer = HttpResponse(content, content_type=kind, headers=headers | {"ETag": etag})
    return get_conditional_response(request, etag=etag, response=answer) or answer


@require_GET
def licence(request: HttpRequest) -> HttpResponse:
    """The portal's licence and those of what it carries along."""
    shipped = sorted((ROOT / "static" / "vendor").glob("*/LICENSE"))
    licences = [("Bearing Portal", (ROOT / "LICENSE").read_text("utf-8"))]
    licences += [(path.parent.name, path.read_text("utf-8")) for path in shipped]
    return render(request, "bearing_portal/licence.html", {"licences": licences})


def admin_log_in(request: HttpRequest) -> HttpResponse:
    """Have the people of the admin site log in where everybody does, with all that is asked."""
    if admin.site.has_permission(request):
        return redirect("admin:index")
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect_to_login(request.GET.get("next") or reverse("admin:index"))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return respond(request, Trouble(400, *SENTENCES[400]))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return respond(request, Trouble(403, *SENTENCES[403]))


def nothing(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Answer an address that a package would have and the portal has not."""
    del rest
    return respond(request, Trouble(404, *SENTENCES[404]))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return respond(request, Trouble(404, *SENTENCES[404]))


def server_error(request: HttpRequest) -> HttpResponse:
    return respond(request, trouble_of(request, sys.exc_info()[1]))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    sentence = "This form is older than your session. Reload the page and send it again."
    return respond(request, Trouble(403, "Reload the page", sentence))
