import json
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from common.errors import Invalid, NotFound
from common.text import counted
from monitoring.accounts.client import client_address, device_name
from monitoring.accounts.forms import ProfileForm, SettingsForm, TokenForm
from monitoring.accounts.lockout import guess_failed, is_paused, paused_answer
from monitoring.accounts.people import password_changed
from monitoring.accounts.sessions import session_seen, sessions_end_others
from monitoring.accounts.settings import preferences_save, profile_save
from monitoring.accounts.tokens import token_create, token_revoke
from monitoring.accounts.two_factor.log_in import first_step_done
from monitoring.accounts.two_factor.services import app_of
from monitoring.models import SignOnIdentity, UserSettings
from monitoring.selectors import notice_choices, sessions_of, settings_of, tokens_of


@login_required
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        profile_save(user=request.user, **form.cleaned_data)
        messages.success(request, "Your profile is saved.")
        return redirect("profile")
    return _profile(request, form, TokenForm(), status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    form = SettingsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        preferences_save(
            user=request.user,
            theme=form.cleaned_data["theme"],
            page_size=form.cleaned_data["page_size"],
            time_zone=form.cleaned_data["time_zone"],
            mains_hz=form.cleaned_data["mains_hz"],
            notices=form.notices(),
        )
        messages.success(request, "Your settings are saved.")
        return redirect("settings")
    context = {
        "form": form,
        "own": settings_of(request.user),
        "themes": UserSettings.Theme.choices,
        "page_sizes": UserSettings.PageSize.choices,
        "time_zones": form.fields["time_zone"].choices,
        "mains": form.fields["mains_hz"].choices,
        "site_mains_hz": settings.MAINS_HZ,
        "notices": notice_choices(request.user),
        "email_enabled": settings.EMAIL_ENABLED,
    }
    return render(request, "accounts/settings.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the theme that was chosen in the header, for the person's other devices."""
    chosen = request.POST.get("theme", "")
    if chosen not in UserSettings.Theme:
        raise Invalid("Choose one of the themes offered.")
    preferences_save(user=request.user, theme=chosen)
    return HttpResponse(status=204)


@login_required
@require_POST
def session_log_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Log out one other browser."""
    key = request.session.session_key
    if not sessions_end_others(user=request.user, session_key=key, only_id=pk):
        raise NotFound("You are not logged in there any more.")
    return _changed(request, "sessions", "Logged out there.")


@login_required
@require_POST
def sessions_log_out(request: HttpRequest) -> HttpResponse:
    """Log out everywhere else."""
    n_ended = sessions_end_others(user=request.user, session_key=request.session.session_key)
    return _changed(request, "sessions", f"Logged out in {counted(n_ended, 'other place')}.")


@login_required
@require_POST
def token_new(request: HttpRequest) -> HttpResponse:
    """Make a token and show it, this once: it is neither kept nor sent again."""
    form = TokenForm(request.POST)
    own = ProfileForm(instance=request.user)
    if not form.is_valid():
        return _profile(request, own, form, status=422)
    token, secret = token_create(
        user=request.user,
        name=form.cleaned_data["name"],
        may_write=form.cleaned_data["may_write"],
        may_train=form.cleaned_data["may_train"],
        expires_at=form.expires_at(),
    )
    return _profile(request, own, TokenForm(), made=token, secret=secret)


@login_required
@require_POST
def token_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back one of one's own tokens."""
    if not token_revoke(user=request.user, pk=pk):
        raise NotFound("There is no such token any more.")
    return _changed(request, "tokens", "Revoked: programs that use it are refused now.")


class LoginView(auth_views.LoginView):
    """The password is the first step; who has a second one is asked for it."""

    redirect_authenticated_user = True

    def form_valid(self, form: Any) -> HttpResponse:
        return first_step_done(self.request, form.get_user(), self.get_success_url())


class PasswordChangeView(auth_views.PasswordChangeView):
    """A new password logs out every other browser, and its open pages notice."""

    def post(self, request: HttpRequest, *args: Any, **values: Any) -> HttpResponse:
        """Check nothing while this account is paused: nobody is to guess the old password here."""
        if is_paused(request, request.user):
            return paused_answer(request, request.user)
        return super().post(request, *args, **values)

    def form_invalid(self, form: Any) -> HttpResponse:
        """Count a wrong old password as a failed log-in, with the same pause after too many."""
        if form.has_error("old_password", "password_incorrect"):
            guess_failed(self.request, self.request.user, "old password")
        return super().form_invalid(form)

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)  # gives this browser's session a new key
        key = self.request.session.session_key or ""
        session_seen(
            user=self.request.user,
            session_key=key,
            user_agent=self.request.headers.get("User-Agent", ""),
            address=client_address(self.request),
        )
        sessions_end_others(user=self.request.user, session_key=key)
        password_changed(user=self.request.user)
        return answer


def _changed(request: HttpRequest, part: str, said: str) -> HttpResponse:
    """Show one part of the profile as it is now; what is half typed stays."""
    if "HX-Request" not in request.headers:
        messages.success(request, said)
        return redirect("profile")
    own, begun = ProfileForm(instance=request.user), TokenForm(initial=request.POST.dict())
    answer = _profile(request, own, begun, changed=part)
    answer["HX-Trigger"] = json.dumps({"portal:toast": {"level": "success", "title": said}})
    return answer


def _profile(
    request: HttpRequest, form: ProfileForm, token_form: TokenForm, status: int = 200, **shown: Any
) -> HttpResponse:
    context = {
        "form": form,
        "sessions": _sessions(request),
        "token_form": token_form,
        "tokens": tokens_of(request.user),
        "has_app": app_of(request.user) is not None,
        "identity": SignOnIdentity.objects.filter(user=request.user).first(),
        **shown,
    }
    return render(request, "accounts/profile.html", context, status=status)


def _sessions(request: HttpRequest) -> list[dict[str, Any]]:
    here = request.session.session_key
    rows = [
        {
            "id": session.pk,
            "device": device_name(session.user_agent),
            "address": session.address or "unknown",
            "seen_at": session.seen_at,
            "is_here": session.session_key == here,
        }
        for session in sessions_of(request.user)
    ]
    return sorted(rows, key=lambda row: not row["is_here"])
