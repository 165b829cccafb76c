"""The form of a new split."""

from typing import Any

from django import forms

from common.errors import Invalid
from datasets.forms import number_limits
from datasets.models import Dataset
from datasets.services.splits import HIGHEST_SEED
from datasets.versioning.splits import splittable_by
from signals.errors import told_as
from signals.models import Split
from vibration.learning.sides import read_ratios


class SplitForm(forms.Form):
    """How a dataset is split: what cannot be done says the service."""

    name = forms.CharField(max_length=60, error_messages={"required": "Enter a name."})
    ratios = forms.CharField(
        max_length=60,
        initial="70:15:15",
        error_messages={"required": "Enter ratios such as 70:15:15."},
    )
    by = forms.ChoiceField(
        choices=Split.By.choices, error_messages={"required": "Choose what stays together."}
    )
    seed = forms.IntegerField(
        initial=0,
        min_value=0,
        max_value=HIGHEST_SEED,
        error_messages=number_limits("a seed", "0", "2³¹ − 1"),
    )

    def __init__(self, *args: Any, dataset: Dataset, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.groups = splittable_by(dataset)
        first = next(by for by, _, n in self.groups if n)
        self.fields["by"].initial = first

    def clean_ratios(self) -> tuple[float, ...]:
        with told_as(forms.ValidationError, names={"ratios": ""}):
            return read_ratios(self.cleaned_data["ratios"])

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)

    def add_refusals(self, error: Invalid) -> None:
        if not error.field_errors:
            self.add_error(None, error.sentence)
        for field, sentences in error.field_errors.items():
            self.add_error(field if field in self.fields else None, sentences)
