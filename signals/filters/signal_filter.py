"""A choice of signals that lives in a URL.

`SignalFilter` reads itself from a query, writes itself into one, says itself in words and applies
itself to a queryset. A dataset it knows by its id alone: whoever applies it says which store that
is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final, Self
from urllib.parse import urlencode

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Collate, Upper

from common.errors import Invalid
from signals.filters.values import (
    Range,
    codes,
    known_codes,
    read_count,
    read_id,
    read_ids,
    read_range,
    read_split,
    read_switch,
    read_text,
    read_version,
    texts,
    written,
)
from signals.models import FaultClass, Recording, Severity, Signal
from signals.selectors import classes_all, severities_all

NO_SEVERITY: Final = "none"
NO_CLASS: Final = "none"
NO_SIDE: Final = "none"
MOST_PER_CLASS: Final = 1_000_000
ANY: Final = Range()
RANGES: Final = {"rpm": "rpm", "load": "load_percent", "rms": "rms"}
# The keys of an address by the part of the filter they hold, in the order they are written.
KEYS_OF: Final = {
    "dataset": ("dataset",),
    "version": ("version",),
    "split": ("split",),
    "sides": ("side",),
    "classes": ("class",),
    "severities": ("severity",),
    "tags": ("tag",),
    "specimens": ("specimen",),
    "runs": ("run",),
    "recordings": ("recording",),
    **{part: (f"{part}_min", f"{part}_max") for part in RANGES},
    "per_class": ("per_class",),
    "text": ("text",),
    "originals": ("originals",),
}
FILTER_KEYS: Final = tuple(key for keys in KEYS_OF.values() for key in keys)
_UNITS = {"rpm": ("speed", "rpm"), "load": ("load", "%")}


@dataclass(frozen=True, kw_only=True)
class SignalFilter:
    """Which signals; whatever is left at its default lets all of them through.

    Attributes
    ----------
    dataset : int or None
        Id of a dataset.
    version : int or None
        Number of a version of the dataset; None is the one that is current.
    split : str
        Name of a split of the dataset. By itself it leaves nothing out: tables and files get a
        column of it.
    sides : tuple of str
        Names of its sides, any of which may hold; ``none`` is that of signals it does not know.
    classes, severities, tags : tuple of str
        Codes, codes and names, any of which may hold; class ``none`` and severity ``none`` are
        those of signals without one. A tag may be any word: it exists only on signals, and who
        applies the filter finds those it may see.
    specimens, runs : tuple of str
        Names, any of which may hold; as with tags they may be any words.
    recordings : tuple of int
        Ids, any of which may hold; one that the person may not see holds no signal.
    rpm, load, rms : Range
        Both ends included: speed in rpm, load in %, RMS in the signal's unit.
    per_class : int or None
        At most so many of each class and dataset: the same fair sample each time.
    text : str
        Beginning of the label, in any case of letters.
    originals : bool
        Whether copies that augmentation made of other signals are left out.
    """

    dataset: int | None = None
    version: int | None = None
    split: str = ""
    sides: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    specimens: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()
    recordings: tuple[int, ...] = ()
    rpm: Range = field(default=ANY)
    load: Range = field(default=ANY)
    rms: Range = field(default=ANY)
    per_class: int | None = None
    text: str = ""
    originals: bool = False

    @classmethod
    def from_query(cls, query: Mapping[str, Any]) -> Self:
        """Read a query, a QueryDict or a mapping; keys of others are left alone.

        Raises
        ------
        Invalid
            With one sentence, where a value is unknown or no number: a filter that silently lost
            a condition would show other signals than the URL says.
        """

        def known_classes() -> list[str]:
            return [*(row.code for row in classes_all()), NO_CLASS]

        def known_severities() -> list[str]:
            return [NO_SEVERITY, *(row.code for row in severities_all())]

        levels = codes(query, "severity")
        split = read_split(query)
        sides = tuple(sorted(set(texts(query, "side"))))
        if sides and not split:
            raise Invalid("The address names a side of no split; choose the split.")
        return cls(
            dataset=read_id(query, "dataset"),
            version=read_version(query),
            split=split,
            sides=sides,
            classes=known_codes(codes(query, "class"), known_classes, "fault class"),
            severities=known_codes(levels, known_severities, "severity"),
            # Any word: to refuse those that nobody uses would tell which ones strangers use.
            tags=tuple(sorted(set(texts(query, "tag")))),
            specimens=tuple(sorted(set(texts(query, "specimen")))),
            runs=tuple(sorted(set(texts(query, "run")))),
            recordings=read_ids(query, "recording"),
            rpm=read_range(query, "rpm"),
            load=read_range(query, "load"),
            rms=read_range(query, "rms"),
            per_class=read_count(query, "per_class", MOST_PER_CLASS),
            text=read_text(query, "text", Signal._meta.get_field("label").max_length or 0),
            originals=read_switch(query, "originals"),
        )

    def to_query(self) -> str:
        """Return the query of a URL, without its question mark: what is not a default, in order."""
        pairs: list[tuple[str, object]] = []
        for part, keys in KEYS_OF.items():
            said = getattr(self, part)
            if isinstance(said, Range):
                pairs += zip(keys, (written(said.low), written(said.high)), strict=True)
            elif isinstance(said, bool):
                pairs += [(keys[0], "1" if said else "")]
            else:
                pairs += [(keys[0], each) for each in (said if isinstance(said, tuple) else [said])]
        return urlencode([(key, value) for key, value in pairs if value not in (None, "")])

    @property
    def is_open(self) -> bool:
        """Whether it lets every signal through."""
        return all(getattr(self, part.name) == part.default for part in fields(self))

    def describe(self, unit: str = "") -> str:
        """Say in words which signals these are; the dataset's name is the caller's to add, and the
        unit of its records.
        """
        names = {row.code: row.name for row in classes_all()} if self.classes else {}
        levels = {row.code: row.name for row in severities_all()} if self.severities else {}
        parts = [
            _joined(
                [
                    "no class" if code == NO_CLASS else names.get(code, code)
                    for code in self.classes
                ],
                "all classes",
                "classes",
            ),
            _joined(
                [
                    "no severity" if code == NO_SEVERITY else levels.get(code, code)
                    for code in self.severities
                ],
                "all severities",
                "severities",
            ).lower(),
        ]
        if self.sides:
            named = ["in no side" if name == NO_SIDE else name for name in self.sides]
            parts.append(f"of the split “{self.split}” " + _joined(named, "", "sides"))
        if self.tags:
            parts.append("tagged " + _joined([f"“{name}”" for name in self.tags], "", "tags"))
        if self.specimens:
            parts.append("of " + _joined([f"“{name}”" for name in self.specimens], "", "specimens"))
        if self.runs:
            parts.append("in " + _joined([f"“{name}”" for name in self.runs], "", "runs"))
        if self.recordings:
            n = len(self.recordings)
            parts.append("of one recording" if n == 1 else f"of {n} recordings")
        for key, (word, own) in {**_UNITS, "rms": ("RMS", unit)}.items():
            if (span := getattr(self, key)) != ANY:
                parts.append(f"{word} {span.describe(own)}".rstrip())
        if self.per_class is not None:
            parts.append(f"at most {self.per_class} of each class")
        if self.originals:
            parts.append("originals only")
        if self.text:
            parts.append(f"labels beginning with “{self.text}”")
        if self.version is not None:
            parts.append(f"in version {self.version}")
        sentence = ", ".join(parts)
        return sentence[0].upper() + sentence[1:]

    def apply(
        self, signals: QuerySet[Signal], *, store_of: Callable[[int], int] | None = None
    ) -> QuerySet[Signal]:
        """Return the signals of a queryset that pass, whose rights the caller has settled.

        Parameters
        ----------
        signals : QuerySet of Signal
            What the person may see.
        store_of : callable, optional
            Returns the store's id of a dataset's id, or raises NotFound. Needed where the filter
            names a dataset.
        """
        if self.dataset is not None:
            if store_of is None:
                raise Invalid("This place cannot filter by dataset.")
            signals = signals.filter(store=store_of(self.dataset))
        if self.classes:
            # Ids, not a join: so the indexes that begin with the store serve.
            named = Q(fault_class__in=_ids(classes_all(), self.classes))
            signals = signals.filter(
                named | Q(fault_class=None) if NO_CLASS in self.classes else named
            )
        if self.severities:
            signals = signals.filter(self._has_severity())
        if self.tags:
            tagged = Signal.tags.through.objects.filter(tag__name__in=self.tags)
            signals = signals.filter(pk__in=tagged.values("signal"))
        if self.specimens or self.runs or self.recordings:
            signals = signals.filter(recording__in=self._recordings().values("pk"))
        for key, column in RANGES.items():
            signals = signals.filter(getattr(self, key).condition(column))
        if self.per_class is not None:
            signals = signals.filter(rank_in_class__lt=self.per_class)
        if self.originals:
            signals = signals.filter(augmented=False)
        return labels_beginning(signals, self.text) if self.text else signals

    def _recordings(self) -> QuerySet[Recording]:
        """Return the recordings that pass, of all stores: those of the signals decide."""
        found = Recording.objects.order_by()
        if self.specimens:
            found = found.filter(specimen__name__in=self.specimens)
        if self.runs:
            found = found.filter(run__name__in=self.runs)
        return found.filter(pk__in=self.recordings) if self.recordings else found

    def _has_severity(self) -> Q:
        named = Q(severity__in=_ids(severities_all(), self.severities))
        return named | Q(severity=None) if NO_SEVERITY in self.severities else named


def labels_beginning(signals: QuerySet[Signal], text: str) -> QuerySet[Signal]:
    """Return those whose label begins with a text, in any case of letters.

    Written as the index `signal_label_beginning` is, which also serves an order by `upper_label`.
    """
    labelled = signals.alias(upper_label=Collate(Upper("label"), "C"))
    return labelled.filter(upper_label__startswith=Upper(Value(text)))


def _ids(rows: list[FaultClass] | list[Severity], codes: tuple[str, ...]) -> list[int]:
    return [row.pk for row in rows if row.code in codes]


def _joined(names: list[str], all_of_them: str, plural: str) -> str:
    if not names:
        return all_of_them
    if len(names) > 3:
        return f"{len(names)} {plural}"
    if len(names) == 1:
        return names[0]
    first, *others = names
    *middle, last = [_inside(name) for name in others]
    return f"{', '.join([first, *middle])} and {last}"


def _inside(name: str) -> str:
    """Begin a name small, as inside a sentence, unless it begins with an abbreviation."""
    return name if name[:2].isupper() else name[:1].lower() + name[1:]
