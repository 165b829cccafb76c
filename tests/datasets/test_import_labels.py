"""What test rigs write as labels, and the class that each means."""

import pytest

from datasets.imports.labels import class_meant
from signals.models import FaultClass

CLASSES = [
    FaultClass(code="healthy", name="Healthy", short_name="Healthy"),
    FaultClass(code="inner_race", name="Inner race", short_name="Inner race"),
    FaultClass(code="rolling_element", name="Rolling element", short_name="Element"),
    FaultClass(code="own", name="Rubbing seal", short_name="Seal"),
]


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("inner_race", "inner_race"),
        ("Inner Race", "inner_race"),
        ("IR", "inner_race"),
        ("inner race 0.007in, 0 HP, drive end", "inner_race"),
        ("Normal", "healthy"),
        ("ball", "rolling_element"),
        ("rubbing-seal", "own"),
        ("outer race", ""),  # this portal has no such class
        ("something else", ""),
        ("B", ""),  # of one letter each rig makes another word
        ("", ""),
    ],
)
def test_a_label_means_a_class_or_none(label, code):
    assert class_meant(label, CLASSES) == code
