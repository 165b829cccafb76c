"""What the upload dialog asks about a file that does not say it."""

from typing import Any

from django import forms

from signals.models.store import MAINS_HZ
from signals.uploads.questions import UNIT_CHARACTERS, UNKNOWN, Questions
from vibration.quantities import QUANTITIES, UNITS

OTHER = "other"
QUESTIONS = ("fs_hz", "rpm", "unit")
UNIT_CHOICES = (
    ("", "Choose the unit"),
    *(
        (
            quantity.title,
            [(each.name, each.name) for each in UNITS.values() if each.quantity == quantity],
        )
        for quantity in QUANTITIES.values()
        if quantity.is_vibration
    ),
    (OTHER, "Another unit"),
    (UNKNOWN, "Unknown"),
)


class AnswersForm(forms.Form):
    fs_hz = forms.FloatField(
        required=False, error_messages={"invalid": "Enter the rate as a number of Hz."}
    )
    rpm = forms.FloatField(
        required=False, error_messages={"invalid": "Enter the speed as a number of rpm."}
    )
    rpm_unknown = forms.BooleanField(required=False)
    unit = forms.ChoiceField(
        required=False,
        choices=UNIT_CHOICES,
        error_messages={"invalid_choice": "Choose the unit."},
        widget=forms.Select(attrs={"class": "form-select", "aria-describedby": "errors-unit"}),
    )
    unit_other = forms.CharField(
        required=False,
        max_length=UNIT_CHARACTERS,
        error_messages={"max_length": f"A unit has at most {UNIT_CHARACTERS} characters."},
    )

    mains_hz = forms.TypedChoiceField(
        required=False,
        choices=(("", "Not stated"), *MAINS_HZ),
        coerce=int,
        empty_value=None,
        error_messages={"invalid_choice": "The mains frequency is 50 or 60 Hz."},
        widget=forms.Select(attrs={"class": "form-select", "aria-describedby": "help-mains"}),
    )

    summary = ""

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.hints: dict[str, str] = {}
        self.proposals: dict[str, float] = {}
        self.file_errors: list[str] = []

    def answers(self) -> dict[str, Any]:
        """Return what was answered, as `upload_create` takes it."""
        said = self.cleaned_data
        unit = said["unit_other"] if said["unit"] == OTHER else said["unit"]
        return {
            "fs_hz": said["fs_hz"],
            "rpm": UNKNOWN if said["rpm_unknown"] else said["rpm"],
            "unit": unit or None,
            "mains_hz": said["mains_hz"],
        }

    def ask(self, questions: Questions) -> None:
        """Show what is asked; at a field that was shown before it is an error."""
        self.summary = questions.summary
        self.proposals = questions.proposals
        for name, sentences in questions.field_errors.items():
            if self.was_shown(name):
                self.add_error(name, sentences)
            else:
                self.hints[name] = sentences[0]

    def refuse(self, field_errors: dict[str, list[str]]) -> None:
        """Say why nothing comes of this file."""
        self.file_errors = [sentence for said in field_errors.values() for sentence in said]

    def was_shown(self, name: str) -> bool:
        # A field switched off by its "Unknown" is not sent itself.
        return name in self.data or f"{name}_unknown" in self.data

    @property
    def asked(self) -> list[str]:
        return [name for name in QUESTIONS if name in self.hints or self.was_shown(name)]
