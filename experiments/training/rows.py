"""The rows that a model learns from: features, classes, groups and what else is known of each."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from common.database import among
from common.errors import Invalid
from common.text import counted
from signals.feature_table import feature_table
from signals.filters.scope import Scope
from signals.models import FaultClass, Signal
from vibration.features import FEATURE_NAMES
from vibration.learning.groups import numbered

MOST_ROWS: Final = 100_000
CONDITIONS: Final = {
    "severity": "Severity",
    "fault_size": "Fault size",
    "speed": "Speed",
    "load": "Load",
    "channel": "Channel",
}
_COLUMNS: Final = (
    *("pk", "row", "source_row", "fault_class", "severity__code", "fs_hz", "unit", "n_samples"),
    *("rpm", "load_percent", "channel", "recording", "recording__name", "recording__part"),
    *("recording__load", "recording__fault_size_mm", "recording__specimen__name"),
)
_KINDS: Final = {
    "specimen": ("bearing", "bearings"),
    "recording": ("recording", "recordings"),
    "record": ("record", "records"),
}

Ids = npt.NDArray[np.int64]
Texts = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class TrainingRows:
    """Signals with a class and features, in the order of their ids.

    Attributes
    ----------
    pks : ndarray, shape (n,)
    x : ndarray, shape (n, m)
        NaN where a feature is missing.
    names : tuple of str
        Of the features.
    y, groups : ndarray, shape (n,)
        Numbers of classes and groups.
    classes, class_names, group_names : list of str
        Codes and names of the classes, and names of the groups, by their numbers.
    called : (str, str)
        What one group and several are called.
    facts : dict of str to tuple
        Conditions and what else is known of each row, a text each, empty where unknown.
    fs_hz, n_samples : ndarray, shape (n,)
    units : tuple of str
    n_unlabelled, n_featureless : int
        Signals of the filter that were left out.
    n_signals : int
        Of the filter; more than the rows where a sample was drawn.
    empty : tuple of str
        Features without a value in any row; they are not among `names`.
    """

    pks: Ids
    x: npt.NDArray[np.float64]
    names: Texts
    y: Ids
    groups: Ids
    classes: list[str]
    class_names: list[str]
    group_names: list[str]
    called: tuple[str, str]
    facts: dict[str, Texts]
    fs_hz: npt.NDArray[np.float64]
    n_samples: Ids
    units: Texts
    n_unlabelled: int
    n_featureless: int
    n_signals: int
    empty: Texts

    @property
    def rows_fingerprint(self) -> str:
        """Hash of which rows these are, their classes and groups."""
        said = [self.pks.tobytes(), self.y.tobytes(), self.groups.tobytes()]
        said += ["\x1f".join(names).encode() for names in (self.classes, self.group_names)]
        return hashlib.sha256(b"\x1e".join(said)).hexdigest()

    @property
    def fingerprint(self) -> str:
        """Hash of the rows with their features."""
        said = [self.rows_fingerprint.encode(), "\x1f".join(self.names).encode(), self.x.tobytes()]
        return hashlib.sha256(b"\x1e".join(said)).hexdigest()

    def notes(self) -> list[str]:
        """Say what was left out."""
        said = []
        if self.n_unlabelled:
            said.append(_left_out(self.n_unlabelled, "a class"))
        if self.n_featureless:
            said.append(_left_out(self.n_featureless, "features"))
        if self.n_signals > len(self.pks) + self.n_unlabelled + self.n_featureless:
            said.append(
                f"A sample of {len(self.pks)} of {self.n_signals} signals, the same share of each "
                "class."
            )
        if self.empty:
            said.append(f"Left out, as no signal has a value: {', '.join(self.empty)}.")
        return said


def training_rows(user: Any, scope: Scope, names: Sequence[str]) -> TrainingRows:
    """Return the rows of a scope with these features.

    Raises
    ------
    Invalid
        Where no signal has a class and a feature.
    """
    more = tuple(name for name in names if name not in FEATURE_NAMES)
    table = feature_table(user, scope, most=MOST_ROWS, features=(*FEATURE_NAMES, *more))
    columns = [table.names.index(name) for name in names]
    values = table.values[:, columns].astype(np.float64) + 0.0
    facts = _facts_of(table.pks)
    has_value = ~np.isnan(values).all(axis=1)
    labelled = np.array([fact["fault_class"] is not None for fact in facts], dtype=bool)
    kept = np.flatnonzero(labelled & has_value)
    if not kept.size:
        raise Invalid("No signal of this choice has a class and a feature: choose others.")
    own = [facts[row] for row in kept.tolist()]
    x = values[kept]
    present = ~np.isnan(x).all(axis=0)
    classes_known = FaultClass.objects.values_list("pk", "code", "name")
    known = {pk: (code, name) for pk, code, name in classes_known}
    labels = [known[fact["fault_class"]] for fact in own]
    classes, y = numbered([code for code, _ in labels])
    kinds, groups = _groups(own)
    group_names, members = numbered(groups)
    titles = dict(labels)
    return TrainingRows(
        pks=table.pks[kept],
        x=np.ascontiguousarray(x[:, present]),
        names=tuple(np.array(names)[present].tolist()),
        y=y,
        groups=members,
        classes=classes,
        class_names=[titles[code] for code in classes],
        group_names=group_names,
        called=_called(kinds),
        facts={
            name: tuple(_fact(fact, name) for fact in own) for name in (*CONDITIONS, "specimen")
        },
        fs_hz=np.array([fact["fs_hz"] for fact in own]),
        n_samples=np.array([fact["n_samples"] for fact in own], dtype=np.int64),
        units=tuple(fact["unit"] for fact in own),
        n_unlabelled=int((~labelled).sum()),
        n_featureless=int((labelled & ~has_value).sum()),
        n_signals=table.n_signals,
        empty=tuple(np.array(names)[~present].tolist()),
    )


def _facts_of(pks: Ids) -> list[dict[str, Any]]:
    found = Signal.objects.filter(pk__in=among(pks)).order_by("pk").values(*_COLUMNS)
    facts = list(found)
    if len(facts) != len(pks):
        raise Invalid("Signals were removed meanwhile; try again.")
    return facts


def _groups(facts: list[dict[str, Any]]) -> tuple[set[str], list[str]]:
    """Return the kinds of groups, and the name of each row's: no two groups share one.

    Its specimen, else its recording, else the record it was copied from, else itself: as
    `signals.selectors.group_key` says.
    """
    kinds, names = set(), []
    recordings: dict[str, set[int]] = {}
    for fact in facts:
        if fact["recording"] is not None:
            recordings.setdefault(_recording_name(fact), set()).add(fact["recording"])
    for fact in facts:
        if fact["recording__specimen__name"]:
            kind, name = "specimen", fact["recording__specimen__name"]
        elif fact["recording"] is not None:
            kind, name = "recording", _recording_name(fact)
            if len(recordings[name]) > 1:
                name = f"{name} #{fact['recording']}"
        else:
            row = fact["row"] if fact["source_row"] is None else fact["source_row"]
            kind, name = "record", f"record {row:07d}"
        kinds.add(kind)
        names.append((kind, name))
    if len(kinds) == 1:
        return kinds, [name for _, name in names]
    return kinds, [f"{_KINDS[kind][0]} {name}" for kind, name in names]


def _recording_name(fact: dict[str, Any]) -> str:
    name, part = fact["recording__name"], fact["recording__part"]
    return f"{name} · {part}" if part else str(name)


def _left_out(n: int, without: str) -> str:
    return f"{counted(n, 'signal')} without {without} {'is' if n == 1 else 'are'} left out."


def _called(kinds: set[str]) -> tuple[str, str]:
    ones, many = zip(*(_KINDS[kind] for kind in _KINDS if kind in kinds), strict=True)
    return " or ".join(ones), " and ".join(many)


def _fact(fact: dict[str, Any], name: str) -> str:
    value: Any
    if name == "load":
        percent = fact["load_percent"]
        value = fact["recording__load"] if percent is None else percent
    else:
        column = {
            "severity": "severity__code",
            "fault_size": "recording__fault_size_mm",
            "speed": "rpm",
            "channel": "channel",
            "specimen": "recording__specimen__name",
        }[name]
        value = fact[column]
    if value is None:
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)
