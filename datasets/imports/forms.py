"""The forms of a draft: answers for chosen files, and what the dataset is to be."""

from typing import Any

from django import forms

from common.errors import Invalid
from common.text.names import name_clean, text_clean
from datasets.imports.services.answering import FOLDER, NAME, Answers
from datasets.models import ImportDraft
from datasets.models.imports import FEWEST_SEGMENT_SAMPLES, LONGEST_WORD, MOST_OVERLAP_PERCENT
from datasets.selectors import name_is_taken
from datasets.services.creation import name_taken
from signals.models import FaultClass, Severity
from signals.uploads.questions import UNIT_CHARACTERS

LONGEST_SIZE = 40
FROM = (("", "As typed"), (FOLDER, "Name of the folder"), (NAME, "Name of the file"))


class AnswersForm(forms.Form):
    fs_hz = forms.FloatField(
        required=False, error_messages={"invalid": "Enter the rate as a number of Hz."}
    )
    rpm = forms.FloatField(
        required=False, error_messages={"invalid": "Enter the speed as a number of rpm."}
    )
    unit = forms.CharField(
        required=False,
        max_length=UNIT_CHARACTERS,
        error_messages={"max_length": f"A unit has at most {UNIT_CHARACTERS} characters."},
    )
    fault_class = forms.ModelChoiceField(
        FaultClass.objects.all(), to_field_name="code", required=False,
        error_messages={"invalid_choice": "Choose a class of the list."},
    )  # fmt: skip
    severity = forms.ModelChoiceField(
        Severity.objects.all(), to_field_name="code", required=False,
        error_messages={"invalid_choice": "Choose a severity of the list."},
    )  # fmt: skip
    specimen = forms.CharField(required=False, max_length=LONGEST_WORD)
    specimen_from = forms.ChoiceField(choices=FROM, required=False)
    run = forms.CharField(required=False, max_length=LONGEST_WORD)
    run_from = forms.ChoiceField(choices=FROM, required=False)
    pulses_per_turn = forms.IntegerField(
        required=False, error_messages={"invalid": "Enter the pulses as a whole number."}
    )
    fault_size_mm = forms.CharField(required=False, max_length=LONGEST_SIZE)
    fault_location = forms.CharField(required=False, max_length=LONGEST_WORD)
    label_from = forms.ChoiceField(choices=FROM, required=False)

    def answers(self) -> Answers:
        said = self.cleaned_data
        return Answers(
            fs_hz=said["fs_hz"],
            rpm=said["rpm"],
            unit=said["unit"] or None,
            fault_class=said["fault_class"],
            severity=said["severity"],
            specimen=said["specimen"] or None,
            specimen_from=said["specimen_from"],
            run=said["run"] or None,
            run_from=said["run_from"],
            pulses_per_turn=said["pulses_per_turn"],
            fault_size_mm=said["fault_size_mm"] or None,
            fault_location=said["fault_location"] or None,
            label_from=said["label_from"],
        )


class BearingForm(forms.Form):
    """A type of rolling bearing by its geometry; what can be built, the catalogue proves."""

    name = forms.CharField(max_length=80, error_messages={"required": "Enter its designation."})
    manufacturer = forms.CharField(max_length=80, required=False)
    n_elements = forms.IntegerField(
        label="Rolling elements", error_messages={"required": "Count the balls or rollers."}
    )
    element_diameter_mm = forms.FloatField(
        label="Element diameter (mm)", error_messages={"required": "Enter the diameter."}
    )
    pitch_diameter_mm = forms.FloatField(
        label="Pitch diameter (mm)", error_messages={"required": "Enter the diameter."}
    )
    contact_angle_deg = forms.FloatField(label="Contact angle (°)", initial=0)
    source = forms.CharField(
        max_length=500,
        label="Where this geometry is published",
        error_messages={"required": "Say where it is published."},
    )


class DraftForm(forms.Form):
    """What the dataset is to be called, and how records are cut."""

    name = forms.CharField(max_length=100, error_messages={"required": "Enter a name."})
    description = forms.CharField(required=False, max_length=500)
    licence = forms.CharField(required=False, max_length=LONGEST_WORD)
    citation = forms.CharField(required=False, max_length=500)
    keeps_originals = forms.BooleanField(required=False)
    is_cut = forms.BooleanField(required=False)
    segment_samples = forms.IntegerField(
        required=False,
        min_value=FEWEST_SEGMENT_SAMPLES,
        max_value=2**31 - 1,
        error_messages={
            "invalid": "Enter a whole number.",
            "min_value": f"At least {FEWEST_SEGMENT_SAMPLES} samples.",
            "max_value": "No record is that long.",
        },
    )
    overlap_percent = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=MOST_OVERLAP_PERCENT,
        error_messages={
            "invalid": "Enter a whole number.",
            "min_value": "At least 0 %%.",
            "max_value": f"At most {MOST_OVERLAP_PERCENT} %%.",
        },
    )

    def __init__(self, *args: Any, is_more: bool = False, **values: Any) -> None:
        super().__init__(*args, **values)
        self.is_more = is_more  # what is added to a dataset has no name of its own
        self.fields["name"].required = not is_more

    @classmethod
    def of(cls, draft: ImportDraft) -> "DraftForm":
        """Return the form as the draft stands, proven."""
        said: dict[str, Any] = {
            name: getattr(draft, name)
            for name in (
                "name", "description", "licence", "citation", "keeps_originals",
                "segment_samples", "overlap_percent",
            )
        }  # fmt: skip
        is_cut = draft.segment_samples is not None
        return cls(said | {"is_cut": is_cut}, is_more=draft.dataset_id is not None)

    def clean_name(self) -> str:
        if self.is_more:
            return ""
        name: str = self._clean("name", 100)
        if name_is_taken(name):
            raise forms.ValidationError(name_taken(name).sentence)
        return name

    def clean_description(self) -> str:
        return self._clean("description", 500)

    def clean_licence(self) -> str:
        return self._clean("licence", LONGEST_WORD)

    def clean_citation(self) -> str:
        return self._clean("citation", 500)

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if not said.get("is_cut"):
            said["segment_samples"] = None
        elif said.get("segment_samples") is None and "segment_samples" not in self.errors:
            self.add_error("segment_samples", "Enter how many samples a segment has.")
        said["overlap_percent"] = said.get("overlap_percent") or 0
        return said

    def _clean(self, field: str, longest: int) -> str:
        text = self.cleaned_data[field]
        what = f"A {field}" if field != "name" else "A dataset's name"
        try:
            if field == "name":
                return name_clean(text, what=what, longest=longest, field=field)
            return text_clean(text, what=what, longest=longest, field=field)
        except Invalid as error:
            raise forms.ValidationError(error.sentence) from error

    def kept(self) -> dict[str, Any]:
        """Return what may be kept of what was typed, faulty fields apart."""
        names = (
            "name", "description", "licence", "citation", "keeps_originals",
            "segment_samples", "overlap_percent",
        )  # fmt: skip
        return {
            name: self.cleaned_data[name]
            for name in names
            if name in self.cleaned_data and name not in self.errors
        }

    @property
    def why_not(self) -> str:
        return "" if self.is_valid() else str(next(iter(self.errors.values()))[0])
