"""What came of each file of an import."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FileOutcome:
    """One file: how many signals it became, or why none.

    Attributes
    ----------
    name : str
        As in the plan.
    n_signals : int
        0 where it was left out.
    reason : str
        Why it was left out, in one sentence; empty where it was kept.
    notes : tuple of str
        What a person should know of a file that was kept.
    """

    name: str
    n_signals: int
    reason: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ImportOutcome:
    """All files of an import, in the plan's order."""

    files: tuple[FileOutcome, ...]

    @property
    def n_signals(self) -> int:
        return sum(each.n_signals for each in self.files)

    @property
    def left_out(self) -> tuple[FileOutcome, ...]:
        return tuple(each for each in self.files if each.reason)
