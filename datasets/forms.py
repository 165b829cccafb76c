"""The Create dialog's form: a recipe within the limits the page offers."""

from typing import Any

from django import forms

from common.errors import Invalid, Unavailable
from common.text import thousands
from datasets.pages.estimates import estimate_of, time_prove
from datasets.selectors import name_is_taken, name_suggestion
from datasets.services import recipe_build, recipe_read
from datasets.services.files import space_free_bytes, space_prove
from signals.models import FaultClass, NoiseSource, Severity
from signals.models.store import MAINS_HZ
from vibration.generation import Estimate
from vibration.simulation import CLASS_CODES, Recipe
from vibration.simulation.recipe_text import LONGEST_TEXT

MIN_PER_CLASS, MAX_PER_CLASS = 50, 200
FIELD_OF = {"shaft_hz": "speed_rpm", "": None}


def number_limits(kind: str, least: str, most: str) -> dict[str, str]:
    """Return the sentences of a number's field: short, for they stand in a narrow column."""
    enter = f"Enter {kind}."
    return {
        "required": enter,
        "invalid": enter,
        "min_value": f"At least {least}.",
        "max_value": f"At most {most}.",
    }


class DatasetForm(forms.Form):
    name = forms.CharField(max_length=100, error_messages={"required": "Enter a name."})
    per_class = forms.IntegerField(
        min_value=MIN_PER_CLASS,
        max_value=MAX_PER_CLASS,
        initial=100,
        error_messages={
            "required": "Enter a number from 50 to 200.",
            "invalid": "Enter a whole number from 50 to 200.",
            "min_value": "At least 50 signals per class.",
            "max_value": "At most 200 signals per class.",
        },
    )
    classes = forms.ModelMultipleChoiceField(
        FaultClass.objects.filter(code__in=CLASS_CODES),
        to_field_name="code",
        error_messages={"required": "Choose at least one class."},
    )
    severities = forms.ModelMultipleChoiceField(
        Severity.objects.all(),
        to_field_name="code",
        error_messages={"required": "Choose at least one severity."},
    )
    noises = forms.ModelMultipleChoiceField(
        NoiseSource.objects.all(), to_field_name="code", required=False
    )
    augmentation = forms.BooleanField(required=False, initial=True)
    seed = forms.IntegerField(
        min_value=0,
        max_value=2**63 - 1,
        initial=0,
        error_messages=number_limits("a whole number", "0", thousands(2**63 - 1)),
    )
    fs_hz = forms.FloatField(
        label="Rate",
        min_value=1_000,
        max_value=200_000,
        initial=20_480,
        error_messages=number_limits(
            "a number", f"{thousands(1_000)} Hz", f"{thousands(200_000)} Hz"
        ),
    )
    duration_s = forms.FloatField(
        label="Duration",
        min_value=0.1,
        max_value=60,
        initial=5,
        error_messages=number_limits("a number", "0.1 s", "60 s"),
    )
    speed_rpm = forms.FloatField(
        label="Speed",
        min_value=60,
        max_value=60_000,
        initial=3_600,
        error_messages=number_limits("a number", "60 rpm", f"{thousands(60_000)} rpm"),
    )

    mains_hz = forms.TypedChoiceField(
        choices=MAINS_HZ, coerce=float, required=False, empty_value=50.0, initial=50
    )

    recipe: Recipe | None = None
    _estimate: Estimate | None = None

    @classmethod
    def fresh(cls) -> "DatasetForm":
        """Return the form as the dialog opens: everything on, no name yet."""
        blank = cls()
        values: dict[str, Any] = {name: field.initial for name, field in blank.fields.items()}
        for name in ("classes", "severities", "noises"):
            values[name] = list(
                blank.fields[name].queryset.values_list("code", flat=True)  # type: ignore[attr-defined]
            )
        return cls(values)

    @classmethod
    def like(cls, recipe: Recipe, name: str) -> "DatasetForm":
        """Return the form filled in as a dataset was made, under a name that is free."""
        return cls(
            {
                "name": name_suggestion(name) if name_is_taken(name) else name,
                "per_class": recipe.per_class,
                "classes": list(recipe.classes),
                "severities": list(recipe.severities),
                "noises": list(recipe.noises),
                "augmentation": recipe.augmentation,
                "seed": recipe.seed,
                "fs_hz": recipe.fs_hz,
                "duration_s": recipe.duration_s,
                "speed_rpm": round(recipe.shaft_hz * 60, 6),
                "mains_hz": round(recipe.mains_hz),
            }
        )

    def clean_name(self) -> str:
        return free_name(self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if set(self.errors) <= {"name"}:  # the count and size do not wait for the name
            try:
                self.recipe = self._recipe(cleaned)
            except Invalid as error:
                self.add_refusals(error.field_errors)
            else:
                self._check_end(self.recipe)
        return cleaned

    def _check_end(self, recipe: Recipe) -> None:
        """Refuse before it is asked for what the disk cannot hold or a job cannot end."""
        self._estimate = foreseen = estimate_of(recipe)
        try:
            time_prove(foreseen)
            space_prove(foreseen.size_bytes)
        except (Invalid, Unavailable) as error:
            self.add_error(None, error.sentence)

    def add_refusals(self, field_errors: dict[str, list[str]]) -> None:
        """Put what a service refused beside the field it concerns."""
        for name, sentences in field_errors.items():
            for sentence in sentences:
                self.add_error(FIELD_OF.get(name, name), sentence)

    def _recipe(self, cleaned: dict[str, Any]) -> Recipe:
        return recipe_build(
            seed=cleaned["seed"],
            per_class=cleaned["per_class"],
            classes=tuple(row.code for row in cleaned["classes"]),
            severities=tuple(row.code for row in cleaned["severities"]),
            noises=tuple(row.code for row in cleaned["noises"]),
            augmentation=cleaned["augmentation"],
            fs_hz=cleaned["fs_hz"],
            duration_s=cleaned["duration_s"],
            shaft_hz=cleaned["speed_rpm"] / 60,
            mains_hz=cleaned["mains_hz"],
        )

    @property
    def estimate(self) -> Estimate | None:
        """What the recipe will cost; None while a field keeps it from being one."""
        _ = self.errors  # cleans once
        return self._estimate

    @property
    def free_bytes(self) -> int | None:
        """How much the disk still holds; None where it cannot be asked, which is said elsewhere."""
        try:
            return space_free_bytes()
        except Unavailable:
            return None

    @property
    def why_not(self) -> str:
        """Say what keeps the primary button off; empty when nothing does."""
        if sentences := self.non_field_errors():
            return str(sentences[0])
        if self.has_error("name", "required"):
            return "Enter a name to continue"
        if self.has_error("name"):
            return "Change the name to continue"
        for name, sentence in (("classes", "a class"), ("severities", "a severity")):
            if self.has_error(name):
                return f"Choose {sentence} to continue"
        return "Correct the marked field to continue" if self.errors else ""

    @property
    def counts(self) -> list[tuple[str, int, int]]:
        """Chosen and offered by group of switches, as the dialog's headings show them."""
        return [
            (name, len(self.chosen(name)), self.fields[name].queryset.count())  # type: ignore[attr-defined]
            for name in ("classes", "severities", "noises")
        ]

    def chosen(self, name: str) -> list[str]:
        data = self.data
        return list(data.getlist(name) if hasattr(data, "getlist") else data.get(name, []))

    @property
    def chosen_classes(self) -> list[str]:
        return self.chosen("classes")

    @property
    def chosen_severities(self) -> list[str]:
        return self.chosen("severities")

    @property
    def chosen_noises(self) -> list[str]:
        return self.chosen("noises")

    @property
    def name_missing(self) -> bool:
        return self.has_error("name", "required")


class RecipeForm(forms.Form):
    """A dataset's name and its recipe as text, pasted or from a file."""

    name = forms.CharField(max_length=100, error_messages={"required": "Enter a name."})
    text = forms.CharField(required=False, strip=False, widget=forms.Textarea)
    file = forms.FileField(required=False, allow_empty_file=True)

    recipe: Recipe | None = None
    estimate: Estimate | None = None

    def clean_name(self) -> str:
        return free_name(self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.said = cleaned.get("text", "")
        try:
            if cleaned.get("file"):
                self.said = _text_of(cleaned["file"])
            self.recipe = recipe_read(self.said)
            self.estimate = estimate_of(self.recipe)
            time_prove(self.estimate)
            space_prove(self.estimate.size_bytes)
        except (Invalid, Unavailable) as error:
            self.add_error("text", error.sentence)
        return cleaned

    @property
    def why_not(self) -> str:
        """Say what keeps the primary button off; empty when nothing does."""
        if self.has_error("text"):
            return "Correct the recipe to continue" if self.said else "Enter a recipe to continue"
        if self.has_error("name", "required"):
            return "Enter a name to continue"
        return "Change the name to continue" if self.has_error("name") else ""

    @property
    def name_missing(self) -> bool:
        return self.has_error("name", "required")


def _text_of(file: Any) -> str:
    if file.size > LONGEST_TEXT:
        raise Invalid(f"{file.name} is larger than a recipe can be; choose the recipe's file.")
    try:
        text: str = file.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(f"{file.name} is no text; choose a file of YAML.") from error
    return text


def free_name(name: str) -> str:
    """Return the name where no dataset has it."""
    if name_is_taken(name):
        suggestion = name_suggestion(name)
        raise forms.ValidationError(f"This name is taken. Try “{suggestion}”.", code="taken")
    return name


class DescribeForm(forms.Form):
    """What an owner says of a dataset."""

    name = forms.CharField(max_length=100, error_messages={"required": "Enter a name."})
    description = forms.CharField(
        max_length=10_000, required=False, strip=False, widget=forms.Textarea
    )
    licence = forms.CharField(max_length=200, required=False)
    citation = forms.CharField(max_length=1000, required=False, widget=forms.Textarea)
