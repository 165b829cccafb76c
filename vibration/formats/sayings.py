"""What a person says of files: of all of them, by a table, or by a pattern of their paths."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from vibration.errors import FormatError
from vibration.formats.mapping import Table, facts_of, table_read
from vibration.formats.path_patterns import PathPattern

FOLDER: Final = "folder"
NAME: Final = "name"
_NEEDS: Final = {"label": ("label", "fault_class"), "specimen": ("specimen",)}


@dataclass(frozen=True)
class Said:
    """What a person says of files.

    Attributes
    ----------
    fs_hz, rpm, unit
        For what the files do not state; a rate may not differ from a file's by more than 1 %, a
        speed takes the place of the file's.
    channels : tuple of str
        The channels to keep; all where it is empty.
    label_from, specimen_from : str
        ``folder``, ``name`` or the path of a CSV file with the column file, the column label or
        specimen, and any other that `vibration.formats.said_values` reads.
    pattern : str
        What the paths say, such as ``{label}/{specimen}_{speed}rpm``; tables come before it.
    """

    fs_hz: float | None = None
    rpm: float | None = None
    unit: str | None = None
    channels: tuple[str, ...] = ()
    label_from: str = ""
    specimen_from: str = ""
    pattern: str = ""


class Sayings:
    """Finds what is said of each file, and counts what found no file.

    Parameters
    ----------
    said : Said

    Raises
    ------
    FormatError
        Where a table or the pattern cannot be read.
    """

    def __init__(self, said: Said) -> None:
        self._said = said
        self._tables: dict[str, Table] = {}
        self._used: dict[str, set[str]] = {}
        self._pattern = PathPattern.of(said.pattern) if said.pattern else None
        self._strays: list[str] = []
        self._n_fitting = 0
        for what, where in (("label", said.label_from), ("specimen", said.specimen_from)):
            if where in ("", FOLDER, NAME):
                continue
            if where not in self._tables:
                self._tables[where] = _table_of(Path(where), what)
                self._used[where] = set()
            _prove_column(self._tables[where], where, what)

    def is_table(self, path: Path) -> bool:
        """Tell whether a file is one of the tables: it is no recording.

        Examples
        --------
        >>> Sayings(Said()).is_table(Path("labels.csv"))
        False
        """
        return any(path.absolute() == Path(each).absolute() for each in self._tables)

    def of(self, path: Path, shown: str) -> dict[str, Any]:
        """Return what is said of one file, by fact: its pattern first, then tables, then options.

        Examples
        --------
        >>> Sayings(Said(label_from="folder")).of(Path("rig/a.csv"), "rig/a.csv")
        {'label': 'rig'}
        """
        facts: dict[str, Any] = {}
        if self._pattern is not None:
            found = self._pattern.facts_of(shown)
            if found is None:
                self._strays.append(shown)
            else:
                self._n_fitting += 1
                facts |= found
        for where, table in self._tables.items():
            key = table.key_of(shown)
            if key is not None:
                self._used[where].add(key)
                facts |= facts_of(table.rows[key])
        for what, where in (
            ("label", self._said.label_from),
            ("specimen", self._said.specimen_from),
        ):
            if where == FOLDER:
                facts[what] = Path(shown).parent.name or path.absolute().parent.name
            elif where == NAME:
                facts[what] = path.name.removesuffix(".gz").rpartition(".")[0] or path.name
        if facts.get("fault_class"):
            facts["label"] = facts["fault_class"]
        return facts

    def unheard(self) -> list[str]:
        """Say which rows of tables spoke of no file, and which files the pattern did not fit.

        Examples
        --------
        >>> Sayings(Said()).unheard()
        []
        """
        sentences = []
        for where, table in self._tables.items():
            left = [key for key in table.rows if key not in self._used[where]]
            if left:
                of = "row" if len(left) == 1 else "rows"
                sentences.append(
                    f"{len(left)} {of} of {Path(where).name} found no file, the first: {left[0]}."
                )
        if self._strays:
            n = len(self._strays)
            sentences.append(
                f"{n} file{'s do' if n > 1 else ' does'} not fit --pattern, the first: "
                f"{self._strays[0]}."
            )
        return sentences

    def prove_heard(self) -> None:
        """Refuse a table of which no row, or a pattern that, spoke of any file; once all are seen.

        Raises
        ------
        FormatError
            Naming the first row, or the first file.

        Examples
        --------
        >>> Sayings(Said()).prove_heard()
        """
        for where, table in self._tables.items():
            if table.rows and not self._used[where]:
                raise FormatError(
                    f"No row of {Path(where).name} speaks of any of these files; the first is of "
                    f"{next(iter(table.rows))}."
                )
        if self._strays and not self._n_fitting:
            raise FormatError(
                f"No path fits the pattern {self._said.pattern}; the first is {self._strays[0]}."
            )


def _table_of(path: Path, what: str) -> Table:
    if not path.is_file():
        raise FormatError(f"--{what}-from takes folder, name or a CSV file; {path} does not exist.")
    try:
        return table_read(path.read_bytes(), path.name)
    except OSError as error:
        raise FormatError(f"{path.name} cannot be opened ({error.strerror}).") from error


def _prove_column(table: Table, where: str, what: str) -> None:
    wanted = _NEEDS[what]
    if not any(name in row.cells for row in table.rows.values() for name in wanted):
        raise FormatError(
            f"{Path(where).name} needs the columns file and {what}, with a row for each file."
        )
    for row in table.rows.values():
        facts_of(row)
