"""What the portal said it has written, to be found again later."""

from dataclasses import dataclass, field


@dataclass
class Label:
    """A class that a signal was to get, and whether the portal said that it has it."""

    code: str
    acknowledged: bool = False


@dataclass
class Ledger:
    """Kept outside of the portal. Only what was acknowledged has to be there."""

    notes: list[tuple[int, str]] = field(default_factory=list)  # signal, text
    tags: list[tuple[int, str]] = field(default_factory=list)  # signal, name
    datasets: list[tuple[int, str]] = field(default_factory=list)  # id, name
    uploads: list[tuple[int, str]] = field(default_factory=list)  # first signal, file name
    labels: dict[int, list[Label]] = field(default_factory=dict)  # by signal, in order

    @property
    def n_acknowledged(self) -> int:
        n_labels = sum(label.acknowledged for tried in self.labels.values() for label in tried)
        lists = (self.notes, self.tags, self.datasets, self.uploads)
        return sum(map(len, lists)) + n_labels

    def label(self, signal: int, code: str) -> Label:
        """Write down what is about to be asked for; the answer may get lost on its way."""
        label = Label(code)
        self.labels.setdefault(signal, []).append(label)
        return label

    def missing(self) -> list[str]:
        """Ask the database, and say what it lacks."""
        from datasets.models import Dataset
        from signals.models import Annotation, Signal

        notes = set(Annotation.objects.values_list("signal_id", "text"))
        tags = set(Signal.tags.through.objects.values_list("signal_id", "tag__name"))
        uploads = set(Signal.objects.values_list("pk", "store__upload__file_name"))
        datasets = set(Dataset.objects.values_list("pk", "name"))
        codes = dict(
            Signal.objects.filter(pk__in=self.labels).values_list("pk", "fault_class__code")
        )
        lost = [
            f"note “{text}” of signal {pk}" for pk, text in self.notes if (pk, text) not in notes
        ]
        lost += [f"tag “{name}” of signal {pk}" for pk, name in self.tags if (pk, name) not in tags]
        lost += [f"dataset “{name}”" for pk, name in self.datasets if (pk, name) not in datasets]
        lost += [f"upload “{name}”" for pk, name in self.uploads if (pk, name) not in uploads]
        lost += [
            f"class {sorted(may_be)} of signal {pk}, which has {codes.get(pk)}"
            for pk, tried in self.labels.items()
            if (may_be := possible(tried)) and codes.get(pk) not in may_be
        ]
        return lost


def possible(tried: list[Label]) -> set[str]:
    """Return the classes that a signal may have: the last acknowledged, or one never answered.

    What was never answered may have been done at any time, also after what was asked later.
    """
    acknowledged = [label.code for label in tried if label.acknowledged]
    if not acknowledged:
        return set()
    return {acknowledged[-1], *(label.code for label in tried if not label.acknowledged)}
