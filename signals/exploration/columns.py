"""Which columns the explorer's table has, and which of them a person wants to see."""

from dataclasses import dataclass
from typing import Any, Final

from signals.models import TableColumn
from vibration.features import FEATURES
from vibration.features.groups import ALL_FEATURES, FEATURE_GROUPS
from vibration.features.registry import NO_UNIT, Feature

_NUMBERS: Final = frozenset({"rpm", "load", "temperature", "position", "fault_size"})
FIRST: Final = "label"  # says which signal a row is, so it is always shown


@dataclass(frozen=True)
class Column:
    """A column of the table.

    Attributes
    ----------
    code : str
        As rows, sorts and filters name it.
    title, unit : str
        Its head; no unit where it has none, that of records in g where it hangs on theirs.
    group : str
        Under which it is offered.
    meaning : str
    """

    code: str
    title: str
    unit: str = ""
    group: str = "signal"
    meaning: str = ""

    @property
    def heading(self) -> str:
        return f"{self.title} ({self.unit})" if self.unit else self.title

    def heading_of(self, units: list[str]) -> str:
        """Return its head over signals whose records are in some units."""
        feature = _FEATURES.get(self.code)
        return feature.label_of(units) if feature else self.heading

    @property
    def is_number(self) -> bool:
        return self.code in _FEATURES or self.code in _NUMBERS

    @property
    def is_of_records(self) -> bool:
        """Whether its unit is made of that of the records."""
        return self.code in _FEATURES and _FEATURES[self.code].power > 0


_FEATURES: Final = ALL_FEATURES


def _of_feature(f: Feature) -> Column:
    return Column(f.name, f.title, "" if f.unit == NO_UNIT else f.unit, f.group, f.meaning)


_LEVEL, _SHAPE, *_OTHERS = map(_of_feature, FEATURES)
_IN_ORDER: Final = (
    Column(FIRST, "ID"),
    Column("class", "Class"),
    Column("severity", "Severity"),
    _LEVEL,
    _SHAPE,
    Column("rpm", "Speed", "rpm", "conditions"),
    Column("load", "Load", "%", "conditions"),
    Column("temperature", "Temperature", "°C", "conditions"),
    *_OTHERS,
    *(_of_feature(each) for group in FEATURE_GROUPS.values() for each in group.features),
    Column("specimen", "Specimen", group="recording", meaning="Physical bearing or machine"),
    Column("run", "Run", group="recording", meaning="Recordings of a specimen in time"),
    Column("position", "Position", group="recording", meaning="Number of the recording in its run"),
    Column("recording", "Recording", group="recording", meaning="The file it came in"),
    Column("fault_size", "Fault size", "mm", "recording", "As whoever imported it states"),
    Column("fault_location", "Fault location", group="recording", meaning="As stated"),
    Column("split", "Split", meaning="Side of the filter's split, else of the dataset's newest"),
    Column("predicted", "Predicted", meaning="What the model said that was asked last"),
    Column("tags", "Tags"),
    Column("created", "Created"),
)
COLUMNS: Final = {column.code: column for column in _IN_ORDER}
AT_FIRST: Final = (
    FIRST,
    "class",
    "severity",
    "rms",
    "kurtosis",
    "rpm",
    "load",
    "tags",
    "created",
)


def columns_of(user: Any) -> tuple[Column, ...]:
    """Return the columns `user` chose, in that order; those of everybody where none was chosen."""
    chosen = TableColumn.objects.filter(user=user.pk, table=TableColumn.Table.SIGNALS)
    codes = list(chosen.order_by("position").values_list("code", flat=True)) or AT_FIRST
    return tuple(COLUMNS[code] for code in codes if code in COLUMNS)
