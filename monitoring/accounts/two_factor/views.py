from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from common.errors import Invalid
from common.text import counted
from monitoring.accounts.lockout import guess_failed, is_paused, paused_answer
from monitoring.accounts.two_factor.forms import CodeForm, SetUpForm
from monitoring.accounts.two_factor.log_in import (
    goes_to,
    is_required_of,
    mark_passed,
    pending_person,
    second_step_done,
)
from monitoring.accounts.two_factor.services import (
    app_of,
    code_use,
    n_recovery_codes,
    recovery_codes_make,
    two_factor_switch_off,
    two_factor_switch_on,
)

TOO_LATE = "The log-in has expired. Begin again."
WRONG = "This code is wrong, or it was used before. An app shows the next one within 30 s."


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def log_in_code(request: HttpRequest) -> HttpResponse:
    """Ask who gave the right password for a code."""
    user = pending_person(request, "code")
    if user is None:
        return _begin_again(request)
    if is_paused(request, user):
        return paused_answer(request, user)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and _is_right(request, user, form, "code"):
        page = goes_to(request)
        second_step_done(request, user)
        _warn_of_few(request)
        return redirect(page)
    return render(request, "registration/code.html", {"form": form})


@sensitive_post_parameters("code", "key")
@require_http_methods(["GET", "POST"])
def log_in_set_up(request: HttpRequest) -> HttpResponse:
    """Have who gave the right password, and must have a second step, set it up first."""
    user = pending_person(request, "set-up")
    if user is None:
        return _begin_again(request)
    form = SetUpForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = _switched_on(form, session_key=None)
        if made is not None:
            page = goes_to(request)
            second_step_done(request, user)
            return _codes_shown(request, made, page)
    return render(request, "registration/set_up.html", {"form": form})


@login_required
@require_http_methods(["GET"])
def two_factor(request: HttpRequest) -> HttpResponse:
    return _two_factor(request, CodeForm())


@sensitive_post_parameters("code", "key", "proof")
@login_required
@require_http_methods(["GET", "POST"])
def app(request: HttpRequest) -> HttpResponse:
    """Set up an app, the first one or another one in its place."""
    if is_paused(request, request.user):
        return paused_answer(request, request.user)
    form = SetUpForm(request.user, request.POST or None, asks=_proof_of(request.user))
    if request.method == "POST" and form.is_valid() and _is_proven(request, form):
        made = _switched_on(form, session_key=request.session.session_key)
        if made is not None:
            mark_passed(request)
            return _codes_shown(request, made, reverse("two-factor"))
    return render(request, "accounts/two_factor_app.html", {"form": form})


@sensitive_post_parameters("code")
@login_required
@require_POST
def codes(request: HttpRequest) -> HttpResponse:
    """Make new recovery codes and show them, this once."""
    refused = _refused(request)
    if refused is not None:
        return refused
    return _codes_shown(request, recovery_codes_make(user=request.user), reverse("two-factor"))


@sensitive_post_parameters("code")
@login_required
@require_POST
def off(request: HttpRequest) -> HttpResponse:
    """Let the password alone log in again."""
    if is_required_of(request.user):
        raise Invalid("This portal asks two steps of you. Set up another app instead.")
    refused = _refused(request)
    if refused is not None:
        return refused
    two_factor_switch_off(user=request.user)
    messages.success(request, "Two-factor log-in is off: your password alone logs you in.")
    return redirect("two-factor")


def _begin_again(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        messages.error(request, TOO_LATE)
    return redirect("login")


def _is_right(request: HttpRequest, user: Any, form: Any, field: str) -> bool:
    """Use up the code in a form's field; a wrong one counts as a failed log-in."""
    if not form.is_valid():
        return False
    try:
        if code_use(user=user, code=form.cleaned_data[field]):
            return True
    except Invalid as early:
        form.add_error(field, early.sentence)
        return False
    guess_failed(request, user, "code")
    form.add_error(field, WRONG)
    return False


def _refused(request: HttpRequest) -> HttpResponse | None:
    """Answer who does not know a code; None for who does."""
    if is_paused(request, request.user):
        return paused_answer(request, request.user)
    form = CodeForm(request.POST)
    if app_of(request.user) is None:
        return redirect("two-factor")
    if _is_right(request, request.user, form, "code"):
        return None
    return _two_factor(request, form, status=400)


def _proof_of(user: Any) -> str:
    """Say what shows that it is the person, and not whoever found the browser open."""
    if app_of(user) is not None:
        return "code"
    return "password" if user.has_usable_password() else ""


def _is_proven(request: HttpRequest, form: SetUpForm) -> bool:
    if form.asks == "code":
        return _is_right(request, request.user, form, "proof")
    if not form.asks or request.user.check_password(form.cleaned_data["proof"]):
        return True
    guess_failed(request, request.user, "password")
    form.add_error("proof", "This is not your password.")
    return False


def _switched_on(form: SetUpForm, session_key: str | None) -> list[str] | None:
    try:
        return two_factor_switch_on(
            user=form.user,
            key=form.hex_key,
            code=form.cleaned_data["code"],
            session_key=session_key,
        )
    except Invalid as error:
        form.add_error("code", error.sentence)
        return None


def _codes_shown(request: HttpRequest, made: list[str], page: str) -> HttpResponse:
    return render(request, "accounts/recovery_codes.html", {"codes": made, "page": page})


def _warn_of_few(request: HttpRequest) -> None:
    left = n_recovery_codes(request.user)
    if left < 3:
        said = f"You have {counted(left, 'recovery code')} left: make new ones in your profile."
        messages.warning(request, said)


def _two_factor(request: HttpRequest, form: CodeForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "app": app_of(request.user),
        "n_codes": n_recovery_codes(request.user),
        "is_required": is_required_of(request.user),
    }
    return render(request, "accounts/two_factor.html", context, status=status)
