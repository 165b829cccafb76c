"""Reads of a dataset's splits, and the report of each side."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db.models import Count, QuerySet

from common.errors import NotFound
from common.text import joined
from datasets.models import Dataset
from datasets.selectors import datasets_visible
from signals.filters.at_version import signals_at
from signals.models import (
    FaultClass,
    Recording,
    Severity,
    Signal,
    Split,
    SplitMember,
    SplitSide,
)

WORDS = {
    Split.By.SPECIMEN: ("specimen", "specimens"),
    Split.By.RUN: ("run", "runs"),
    Split.By.RECORDING: ("recording", "recordings"),
    Split.By.NONE: ("signal", "signals"),
}
GROUPS = {
    Split.By.SPECIMEN: "Specimens",
    Split.By.RUN: "Runs",
    Split.By.RECORDING: "Recordings",
    Split.By.NONE: "Records with their copies",
}
RANDOM_WARNING = (
    "Signals of one recording lie on several sides: a model may know the recording again instead "
    "of the fault, and its score will not hold on other machines. Split by specimen."
)


@dataclass(frozen=True)
class SideReport:
    """One side: its row, its share of all signals, and what it holds.

    Attributes
    ----------
    side : SplitSide
    share : float
        Of 1.
    classes : list of (FaultClass or None, int)
        In the order of the classes, those that the split holds, with 0 where this side has none.
    severities : list of (Severity or None, int)
    """

    side: SplitSide
    share: float
    classes: list[tuple[FaultClass | None, int]]
    severities: list[tuple[Severity | None, int]]

    @property
    def asked(self) -> str:
        return f"{100 * self.side.ratio:.1f} %"

    @property
    def given(self) -> str:
        return f"{100 * self.share:.1f} %"


@dataclass(frozen=True)
class SplitReport:
    """A split, its sides, and what is to be known before a score of it is believed."""

    split: Split
    sides: list[SideReport]
    warnings: list[str]
    n_later: int

    @property
    def groups(self) -> str:
        """What is kept together, as people call it."""
        return GROUPS[Split.By(self.split.by)]

    @property
    def classes(self) -> list[tuple[FaultClass | None, list[int]]]:
        """Signals of each class, a number a side."""
        return _across([each.classes for each in self.sides])

    @property
    def severities(self) -> list[tuple[Severity | None, list[int]]]:
        """Signals of each severity, a number a side."""
        return _across([each.severities for each in self.sides])


def splittable_by(dataset: Dataset) -> list[tuple[str, str, int]]:
    """Return by what a dataset can be split: code, words, and how many such groups it has.

    The largest groups that there are several of come first: they are what should stay together.
    """
    recordings = Recording.objects.filter(store=dataset.store_id)
    counts = recordings.aggregate(
        specimen=Count("specimen", distinct=True),
        run=Count("run", distinct=True),
        recording=Count("pk"),
    )
    n_signals = dataset.store.n_signals
    found = [(by.value, by.label, int(counts.get(by.value, n_signals))) for by in Split.By]
    return sorted(found, key=lambda each: each[2] < 2)


def splits_of(user: Any, dataset: Dataset) -> QuerySet[Split]:
    """Return the splits of a dataset that `user` may see, the newest first."""
    visible = datasets_visible(user).filter(pk=dataset.pk).exists()
    splits = Split.objects.filter(store=dataset.store_id).select_related("version", "author")
    return splits.prefetch_related("sides") if visible else splits.none()


def split_get(user: Any, dataset: Dataset, pk: int) -> Split:
    """Return one split of a dataset that `user` may see."""
    split = splits_of(user, dataset).filter(pk=pk).first()
    if split is None:
        raise NotFound("This dataset has no such split.")
    return split


def split_members(split: Split) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return ids of a split's signals, rising, and the position of the side of each; both (n,).

    Rights are the caller's: whoever may see the dataset may see its splits.
    """
    rows = SplitMember.objects.filter(split=split).order_by("signal_id")
    found = np.array(list(rows.values_list("signal_id", "side")), np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def split_report(dataset: Dataset, split: Split) -> SplitReport:
    """Return what each side of a split holds, as its version labels the signals."""
    sides = list(split.sides.all())
    cells = _cells(dataset, split)
    total = max(sum(side.n_signals for side in sides), 1)
    classes = {row.pk: row for row in FaultClass.objects.order_by("position")}
    severities = {row.pk: row for row in Severity.objects.order_by("level")}
    reports = [
        SideReport(
            side,
            side.n_signals / total,
            _held(cells, side.position, 1, classes),
            _held(cells, side.position, 2, severities),
        )
        for side in sides
    ]
    n_later = (
        dataset.store.n_signals
        - Signal.objects.filter(store=dataset.store_id, split_members__split=split).count()
    )
    return SplitReport(split, reports, _warnings(dataset, split, reports), n_later)


def _cells(dataset: Dataset, split: Split) -> list[tuple[int, int | None, int | None, int]]:
    """Return side, class, severity and how many signals."""
    is_current = split.version.number == dataset.store.version
    signals = Signal.objects.order_by() if is_current else signals_at(split.version)
    rows = signals.filter(split_members__split=split).values_list(
        "split_members__side", "fault_class", "severity"
    )
    return list(rows.annotate(n=Count("*")))


def _held(cells: Any, position: int, column: int, known: dict[int, Any]) -> list[tuple[Any, int]]:
    held = {cell[column] for cell in cells}
    counts: dict[int | None, int] = {}
    for cell in cells:
        if cell[0] == position:
            counts[cell[column]] = counts.get(cell[column], 0) + cell[3]
    in_order: list[int | None] = [pk for pk in known if pk in held]
    in_order += [None] if None in held else []
    return [(known.get(pk) if pk is not None else None, counts.get(pk, 0)) for pk in in_order]


def _across(parts: list[list[tuple[Any, int]]]) -> list[tuple[Any, list[int]]]:
    return [(row[0][0], [n for _, n in row]) for row in zip(*parts, strict=True)]


def _warnings(dataset: Dataset, split: Split, reports: list[SideReport]) -> list[str]:
    found = []
    if split.by == Split.By.NONE and dataset.is_recorded:
        found.append(RANDOM_WARNING)
    for place, (fault_class, _) in enumerate(reports[0].classes):
        there = [each.side.name for each in reports if each.classes[place][1]]
        if fault_class is not None and 0 < len(there) < len(reports):
            one, several = WORDS[Split.By(split.by)]
            found.append(
                f"{fault_class.name} lies on {joined(there)} alone: it has fewer {several} than "
                f"the split has sides, and no {one} is on two."
            )
    return found
