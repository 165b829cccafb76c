"""Forms of the admin pages."""

from typing import Any

from django import forms
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME

from signals.models import Annotation, FaultClass, Severity, Signal, Tag, Version
from signals.services.labels import Keep, Relabel
from vibration.simulation.catalogue import HEALTHY

SYMBOLS = (
    "circle",
    "diamond",
    "square",
    "triangle-up",
    "triangle-down",
    "star",
    "cross",
    "x",
    "hexagon",
    "pentagon",
    "hourglass",
    "bowtie",
)
DASH = r"^(solid|dot|dash|longdash|dashdot|longdashdot|\d+px(,\d+px)*)$"
KEEP, NONE = "keep", "none"


class FaultClassForm(forms.ModelForm):
    symbol = forms.ChoiceField(
        choices=[(name, name) for base in SYMBOLS for name in (base, f"{base}-open")],
        help_text="The mark in figures and lists, the second cue beside the colour.",
    )
    dash = forms.RegexField(
        DASH,
        help_text="solid, dot, dash, longdash, dashdot, longdashdot, or lengths such as 8px,2px.",
        error_messages={"invalid": "Write a named dash, or lengths such as 8px,2px."},
    )

    class Meta:
        model = FaultClass
        fields = "__all__"  # noqa: DJ007 - the admin chooses
        widgets = {"colour": forms.TextInput(attrs={"type": "color"})}


class SeverityForm(forms.ModelForm):
    class Meta:
        model = Severity
        fields = ("name", "colour_light", "colour_dark")
        widgets = {
            "colour_light": forms.TextInput(attrs={"type": "color"}),
            "colour_dark": forms.TextInput(attrs={"type": "color"}),
        }


class SignalForm(forms.ModelForm):
    reason = forms.CharField(
        max_length=Version._meta.get_field("reason").max_length,
        required=False,
        help_text="Why the class or the severity is changed: the new version keeps it.",
    )

    class Meta:
        model = Signal
        fields = ("fault_class", "severity", "tags", "bearing")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        fault_class = values.get("fault_class")
        if fault_class is not None and fault_class.code == HEALTHY and values.get("severity"):
            self.add_error("severity", "A healthy signal has no severity: leave it empty.")
        is_relabelled = {"fault_class", "severity"} & set(self.changed_data)
        if is_relabelled and not (values.get("reason") or "").strip():
            self.add_error("reason", "Say in a few words why the label is changed.")
        return values


class ActionForm(forms.Form):
    """Asks for what an action on selected rows needs, and carries the selection along."""

    # Named as Django's admin names them, so that the second request is the same action.
    action = forms.CharField(widget=forms.HiddenInput)
    select_across = forms.CharField(widget=forms.HiddenInput, required=False)

    def selection(self) -> list[str]:
        return self.data.getlist(ACTION_CHECKBOX_NAME)  # type: ignore[attr-defined]


class RelabelForm(ActionForm):
    fault_class = forms.ChoiceField(label="Class")
    severity = forms.ChoiceField(label="Severity")
    reason = forms.CharField(
        max_length=Version._meta.get_field("reason").max_length,
        help_text="Why: the new version keeps it.",
        error_messages={"required": "Say in a few words why the labels are changed."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.classes = {row.code: row for row in FaultClass.objects.all()}
        self.severities = {row.code: row for row in Severity.objects.all()}
        for name, rows in (("fault_class", self.classes), ("severity", self.severities)):
            choices = [(code, row.name) for code, row in rows.items()]
            field = self.fields[name]
            field.choices = [(KEEP, "Leave as it is"), (NONE, "None"), *choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("fault_class") == values.get("severity") == KEEP:
            raise forms.ValidationError("Choose a class, a severity, or both.")
        return values

    def labels(self) -> Relabel:
        chosen = self.cleaned_data
        return Relabel(
            fault_class=_chosen(chosen["fault_class"], self.classes),
            severity=_chosen(chosen["severity"], self.severities),
        )


class TaggingForm(ActionForm):
    tag = forms.CharField(
        max_length=Tag._meta.get_field("name").max_length,
        help_text="One that these signals bear already, or a new word.",
    )


class TagForm(forms.ModelForm):
    class Meta:
        model = Tag
        fields = ("name",)

    def validate_unique(self) -> None:
        """Leave it to the service: a tag of this name may be one that the person must not know."""


class NoteForm(forms.ModelForm):
    class Meta:
        model = Annotation
        fields = ("text", "start_s", "end_s")

    def span_s(self) -> tuple[float, float] | None:
        start_s, end_s = (self.cleaned_data.get(name) for name in ("start_s", "end_s"))
        return None if start_s is None or end_s is None else (start_s, end_s)


def _chosen(code: str, rows: dict[str, Any]) -> Any:
    return Keep.KEEP if code == KEEP else rows.get(code)
