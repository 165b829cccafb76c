"""A table of features as people keep it: a CSV file with classes, groups and numbers."""

import csv
import gzip
import io
import math
import zlib
from array import array
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import numpy as np

from vibration.errors import VibrationError
from vibration.features import FEATURE_NAMES
from vibration.learning.evaluation import FLOAT32_SAFE
from vibration.learning.groups import Values, listing

MOST_COLUMNS: Final = 10_000
MOST_LINES: Final = 1_000_000
MOST_VALUES: Final = 50_000_000
LONGEST_LINE: Final = 2_000_000
MOST_CLASSES: Final = 200
LONGEST_NAME: Final = 200


@dataclass(frozen=True, eq=False)
class FeatureTable:
    """Rows of a table that are evaluated.

    Attributes
    ----------
    x : ndarray, shape (n, m)
        Features; NaN where one is missing.
    features : tuple of str
        Their names.
    labels, groups : tuple of str
        Class and group of each row.
    rows : tuple of int
        Number of each row in the file, where the header is 1.
    left_out : tuple of str
        Value of the condition that is left out; empty without one.
    empty : tuple of str
        Features without a value in any of the rows: they are left out of `x`.
    """

    x: Values
    features: tuple[str, ...]
    labels: tuple[str, ...]
    groups: tuple[str, ...]
    rows: tuple[int, ...]
    left_out: tuple[str, ...]
    empty: tuple[str, ...]


def read_table(
    path: Path,
    *,
    label: str,
    group: str,
    features: str = "",
    where: Sequence[tuple[str, frozenset[str]]] = (),
    leave_out: str = "",
) -> FeatureTable:
    """Read a CSV file of features, gzipped or not, and keep the rows and columns that are meant.

    An empty cell, or ``nan``, is a missing feature. Columns are parted by commas, or by semicolons
    or tabs where the header holds no comma; in those 0,5 is a half.

    Parameters
    ----------
    path : Path
        The file, UTF-8, its first line naming the columns.
    label, group : str
        Columns of the class and of what a row belongs to.
    features : str
        ``FIRST:LAST`` or ``A,B``; by default those of the 36 features of the portal that the table
        has, else every column of numbers that has no other part.
    where : sequence of (str, frozenset of str)
        Columns and the values of which a row must have one.
    leave_out : str
        Column of the condition that is left out, if one is.

    Returns
    -------
    FeatureTable

    Raises
    ------
    VibrationError
        Where the file, a column or a cell cannot be used; the sentence names it.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "table.csv")
    ...     _ = path.write_text("bearing,class,rms\\nA,ok,0.1\\nB,worn,0.5\\n")
    ...     table = read_table(path, label="class", group="bearing")
    >>> table.features, table.labels, table.x.tolist()
    (('rms',), ('ok', 'worn'), [[0.1], [0.5]])
    """
    if not path.is_file():
        raise VibrationError(f"{path} does not exist or is not a file.", field="path")
    try:
        with closing(_opened(path)) as file:
            return _read(_lines(file), label, group, features, where, leave_out)
    except UnicodeDecodeError as error:
        raise VibrationError(
            f"{path.name} is not text in UTF-8: save it as CSV in UTF-8.", field="path"
        ) from error
    except csv.Error as error:
        raise VibrationError(f"{path.name} is no table of text: {error}.", field="path") from error
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise VibrationError(
            f"{path.name} cannot be unpacked: it is damaged or cut off.", field="path"
        ) from error


def _opened(path: Path) -> IO[str]:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    if packed:
        return io.TextIOWrapper(gzip.open(path), encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _lines(file: IO[str]) -> Iterator[str]:
    for number in range(1, MOST_LINES + 2):
        line = file.readline(LONGEST_LINE + 1)
        if not line:
            return
        if len(line) > LONGEST_LINE:
            raise VibrationError(f"Line {number} is longer than {LONGEST_LINE} characters.")
        if number > MOST_LINES:
            raise VibrationError(f"The table has more than {MOST_LINES} lines: take a part of it.")
        yield line


def _read(
    lines: Iterator[str],
    label: str,
    group: str,
    features: str,
    where: Sequence[tuple[str, frozenset[str]]],
    leave_out: str,
) -> FeatureTable:
    first = next(lines, "")
    delimiter = next((sign for sign in ",;\t" if sign in first), ",")
    header = [name.strip() for name in next(csv.reader([first], delimiter=delimiter), [])]
    _check_header(header)
    roles = {"label": label, "group": group, **({"leave-out": leave_out} if leave_out else {})}
    for name in (*roles.values(), *(column for column, _ in where)):
        _place(header, name)
    named = _named_features(header, features, label, group) if features else []
    kept: list[list[str]] = []
    rows: list[int] = []
    wanted = [(header.index(column), values) for column, values in where]
    places = [header.index(name) for name in roles.values()]
    by_default = named or _portal_features(header, roles)
    columns = [header.index(name) for name in by_default] or [
        place
        for place in range(len(header))
        if place not in {*places, *(place for place, _ in wanted)}
    ]
    values, texts = array("d"), set()
    for number, row in enumerate(csv.reader(lines, delimiter=delimiter), start=2):
        if not row:
            continue
        if len(row) != len(header):
            raise VibrationError(
                f"Row {number} has {len(row)} cells, the header {len(header)}: correct the row."
            )
        if any(row[place].strip() not in meant for place, meant in wanted):
            continue
        rows.append(number)
        kept.append([_name(row[place], number, header[place], leave_out) for place in places])
        for place in columns:
            value = _number(row[place], delimiter)
            if value is None:
                if by_default:
                    raise VibrationError(
                        f"Row {number}: “{row[place][:40]}” in column {header[place]} is no "
                        "number: leave the cell empty where there is none."
                    )
                texts.add(place)
                value = math.nan
            if abs(value) > FLOAT32_SAFE:
                raise VibrationError(
                    f"Row {number}: {header[place]} is infinite or above {FLOAT32_SAFE:g}: correct "
                    "the cell, or leave it empty."
                )
            values.append(value)
        if len(values) > MOST_VALUES:
            raise VibrationError(f"The table has more than {MOST_VALUES} numbers: take a part.")
    return _table(header, columns, texts, kept, rows, values, where)


def _table(
    header: list[str],
    columns: list[int],
    texts: set[int],
    kept: list[list[str]],
    rows: list[int],
    values: "array[float]",
    where: Sequence[tuple[str, frozenset[str]]],
) -> FeatureTable:
    if not kept:
        said = " and ".join(
            f"{column} = {' or '.join(sorted(v)) or 'nothing'}" for column, v in where
        )
        raise VibrationError(f"No row has {said}." if where else "The table has no rows.")
    x = np.frombuffer(values, dtype=np.float64).reshape(len(kept), len(columns))
    has_value = ~np.isnan(x).all(axis=0)
    numeric = np.array([place not in texts for place in columns], dtype=bool)
    if not (has_value & numeric).any():
        raise VibrationError("No column of features holds a number: name them by --features.")
    labels, groups, *rest = zip(*kept, strict=True)
    if len(set(labels)) > MOST_CLASSES:
        raise VibrationError(
            f"The label column has more than {MOST_CLASSES} classes: is it a measurement?"
        )
    return FeatureTable(
        x=x[:, has_value & numeric],
        features=tuple(
            header[columns[place]] for place in np.flatnonzero(has_value & numeric).tolist()
        ),
        labels=labels,
        groups=groups,
        rows=tuple(rows),
        left_out=rest[0] if rest else (),
        empty=tuple(
            header[columns[place]] for place in np.flatnonzero(numeric & ~has_value).tolist()
        ),
    )


def _check_header(header: list[str]) -> None:
    if not any(header):
        raise VibrationError("The table is empty: its first line must name the columns.")
    if len(header) > MOST_COLUMNS:
        raise VibrationError(f"The table has more than {MOST_COLUMNS} columns: take a part of it.")
    seen: set[str] = set()
    for name in header:
        if name in seen:
            raise VibrationError(
                f"Column “{name[:LONGEST_NAME]}” stands twice in the header: name each once."
            )
        seen.add(name)


def _place(header: list[str], name: str) -> int:
    if name not in header:
        raise VibrationError(
            f"The table has no column “{name[:LONGEST_NAME]}”; it has "
            f"{listing([column[:LONGEST_NAME] for column in header])}."
        )
    return header.index(name)


def _named_features(header: list[str], features: str, label: str, group: str) -> list[str]:
    names: list[str] = []
    for word in features.split(","):
        if not word.strip():
            raise VibrationError("An empty name stands among the features: write A,B or A:C.")
        first, colon, last = word.strip().partition(":")
        if colon and word.strip() not in header:
            start, end = _place(header, first.strip()), _place(header, last.strip())
            if start > end:
                raise VibrationError(f"Column {first} stands behind {last}: write {last}:{first}.")
            names += header[start : end + 1]
        else:
            names.append(header[_place(header, word.strip())])
    for name, part in ((label, "label"), (group, "group")):
        if name in names:
            raise VibrationError(f"Column {name} is the {part}: it cannot be a feature as well.")
    return list(dict.fromkeys(names))


def _portal_features(header: list[str], roles: dict[str, str]) -> list[str]:
    taken = set(roles.values())
    return [name for name in FEATURE_NAMES if name in header and name not in taken]


def _name(cell: str, number: int, column: str, leave_out: str) -> str:
    name = cell.strip()
    if not name and column != leave_out:
        raise VibrationError(
            f"Row {number} has nothing in column {column}: fill it in, or leave the row out."
        )
    if len(name) > LONGEST_NAME:
        raise VibrationError(
            f"Row {number}: {column} is longer than {LONGEST_NAME} characters: shorten it."
        )
    return name


def _number(cell: str, delimiter: str) -> float | None:
    text = cell.strip()
    if not text:
        return math.nan
    if delimiter != "," and text.count(",") == 1 and "." not in text:
        text = text.replace(",", ".")
    if "_" in text:  # Python reads 1_000 as a number; no instrument writes one so
        return None
    try:
        return float(text)
    except ValueError:
        return None
