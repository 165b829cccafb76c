import logging
import secrets
import time
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from common.errors import Expected, Invalid, NotAllowed, NotFound, Unavailable
from monitoring.accounts.single_sign_on.provider import authorization_url, claims_of
from monitoring.accounts.single_sign_on.services import (
    identities_disconnect,
    identity_connect,
    person_let_in,
    refusal_record,
)
from monitoring.accounts.two_factor.log_in import first_step_done

logger = logging.getLogger(__name__)

ON_ITS_WAY = "single-sign-on"
CONNECTS = "single-sign-on-connects"
WAY_S = 600
STATUS = {NotAllowed: 403, Unavailable: 503}
NO_WAY_BACK = "This log-in has expired, or was used before. Begin again."


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Send a person to the provider, and remember in the session what must come back."""
    _need_provider()
    connects = bool(request.session.pop(CONNECTS, None)) and request.user.is_authenticated
    if request.user.is_authenticated and not connects:
        return redirect("home")
    way: dict[str, Any] = {
        "state": secrets.token_urlsafe(32),
        "nonce": secrets.token_urlsafe(32),
        "verifier": secrets.token_urlsafe(48),
        "at_s": time.time(),
        "goes_to": _safe_page(request),
        "connects": request.user.pk if connects else None,
    }
    try:
        address = authorization_url(
            redirect_uri=_way_back(request),
            state=way["state"],
            nonce=way["nonce"],
            verifier=way["verifier"],
        )
    except Unavailable as error:
        return _refused(request, error, way)
    request.session[ON_ITS_WAY] = way
    return redirect(address)


@require_GET
def callback(request: HttpRequest) -> HttpResponse:
    """Take back who was sent to the provider: once, in the same browser, within minutes."""
    _need_provider()
    way = request.session.pop(ON_ITS_WAY, None)
    try:
        claims = _claims(request, way)
        if way["connects"] is not None:
            return _connected(request, way, claims)
        return _logged_in(request, way, claims)
    except Expected as error:
        return _refused(request, error, way or {})


@login_required
@require_POST
def connect(request: HttpRequest) -> HttpResponse:
    """Ask whether the own account is to be connected with the one at the provider.

    A form that another site sends connects nothing, and a form's answer may not lead to another
    site: so there is a page in between.
    """
    _need_provider()
    request.session[CONNECTS] = True
    return render(request, "accounts/connect.html")


@login_required
@require_POST
def disconnect(request: HttpRequest) -> HttpResponse:
    if identities_disconnect(user=request.user):
        messages.success(request, "Your account is disconnected; your password logs you in.")
    return redirect("profile")


def _need_provider() -> None:
    if not settings.OIDC_ISSUER:
        raise NotFound("This portal has no single sign-on.")


def _claims(request: HttpRequest, way: dict[str, Any] | None) -> dict[str, Any]:
    sent = request.GET
    if way is None or not 0 <= time.time() - way["at_s"] <= WAY_S:
        raise Invalid(NO_WAY_BACK)
    if not constant_time_compare(sent.get("state", ""), way["state"]):
        raise Invalid(NO_WAY_BACK)
    if sent.get("iss", settings.OIDC_ISSUER) != settings.OIDC_ISSUER:  # RFC 9207
        raise Invalid(NO_WAY_BACK)
    if "code" not in sent:
        logger.warning("Single sign-on: the provider refused: %.100r", sent.get("error", ""))
        raise NotAllowed(f"{settings.OIDC_NAME} did not let you in.")
    return claims_of(
        code=sent["code"],
        redirect_uri=_way_back(request),
        nonce=way["nonce"],
        verifier=way["verifier"],
    )


def _logged_in(request: HttpRequest, way: dict[str, Any], claims: dict[str, Any]) -> HttpResponse:
    try:
        person = person_let_in(claims=claims)
    except NotAllowed as error:
        refusal_record(claims=claims, why=error.sentence)
        raise
    person.backend = "django.contrib.auth.backends.ModelBackend"
    both = settings.OIDC_IS_TWO_FACTOR
    return first_step_done(request, person, way["goes_to"], went_both=both)


def _connected(request: HttpRequest, way: dict[str, Any], claims: dict[str, Any]) -> HttpResponse:
    if request.user.pk != way["connects"]:
        raise Invalid(NO_WAY_BACK)
    identity_connect(user=request.user, claims=claims)
    messages.success(request, f"From now on {settings.OIDC_NAME} logs you in, too.")
    return redirect("profile")


def _refused(request: HttpRequest, error: Expected, way: dict[str, Any]) -> HttpResponse:
    if request.user.is_authenticated:
        messages.error(request, error.sentence)
        return redirect("profile")
    context = {
        "locked": error.sentence,
        "form": AuthenticationForm(request),
        "next": way.get("goes_to", ""),
    }
    status = STATUS.get(type(error), 400)
    return render(request, "registration/login.html", context, status=status)


def _safe_page(request: HttpRequest) -> str:
    page = request.GET.get("next", "")
    is_own = url_has_allowed_host_and_scheme(
        page, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return page if is_own else resolve_url(settings.LOGIN_REDIRECT_URL)


def _way_back(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("oidc-callback"))
