from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.utils import timezone

from monitoring.accounts.time_zone import zone_names
from monitoring.models import NoticeChoice, UserSettings


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = get_user_model()
        fields = ("first_name", "last_name", "email")
        labels = {"email": "E-mail"}
        help_texts = {"email": "For notices, where you ask for them in the settings."}


class SettingsForm(forms.Form):
    """Theme, page size, time zone and, for each kind of notice, where it goes."""

    theme = forms.ChoiceField(choices=UserSettings.Theme)
    page_size = forms.TypedChoiceField(choices=UserSettings.PageSize, coerce=int)
    time_zone = forms.ChoiceField(
        choices=lambda: [("", "As this browser"), *((name, name) for name in zone_names())],
        required=False,
    )

    mains_hz = forms.TypedChoiceField(
        choices=lambda: [("", "As this site"), *UserSettings.MainsHz.choices],
        coerce=int,
        empty_value=0,
        required=False,
    )

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        for kind in NoticeChoice.Kind:
            self.fields[f"{kind.value}_in_portal"] = forms.BooleanField(required=False)
            self.fields[f"{kind.value}_by_email"] = forms.BooleanField(required=False)

    def notices(self) -> dict[str, tuple[bool, bool]]:
        """Return kind → (in the portal, by e-mail)."""
        found = self.cleaned_data
        return {
            kind.value: (found[f"{kind.value}_in_portal"], found[f"{kind.value}_by_email"])
            for kind in NoticeChoice.Kind
        }


class TokenForm(forms.Form):
    """A new token: what it is for, what it may, how long."""

    DAYS = [("30", "30 days"), ("90", "90 days"), ("365", "1 year"), ("", "No end")]

    name = forms.CharField(
        max_length=60,
        error_messages={"required": "Name what uses it, so that you know it again."},
    )
    may_write = forms.BooleanField(required=False)
    may_train = forms.BooleanField(required=False)
    days = forms.ChoiceField(choices=DAYS, required=False, initial="90")

    def expires_at(self) -> datetime | None:
        days = self.cleaned_data["days"]
        return timezone.now() + timedelta(days=int(days)) if days else None
