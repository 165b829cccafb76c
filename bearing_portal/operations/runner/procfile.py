"""The Procfile: the one list of processes, with `${NAME}` for variables."""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

LINE = re.compile(r"^(?P<name>[A-Za-z][\w-]*):\s*(?P<command>\S.*)$")
VARIABLE = re.compile(r"\$\{(\w+)\}|\$(\w+)")


class ProcfileError(Exception):
    """The message says which line is wrong."""


@dataclass(frozen=True)
class Entry:
    name: str
    command: tuple[str, ...]


def read_procfile(path: Path, variables: Mapping[str, str]) -> list[Entry]:
    lines = enumerate(path.read_text().splitlines(), start=1)
    return [
        _entry(line, number, variables)
        for number, line in lines
        if line.strip() and not line.lstrip().startswith("#")
    ]


def _entry(line: str, number: int, variables: Mapping[str, str]) -> Entry:
    match = LINE.match(line)
    if match is None:
        raise ProcfileError(f"Procfile, line {number}: write it as “name: command”.")

    def value(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        if name not in variables:
            raise ProcfileError(f"Procfile, line {number}: the variable {name} is not set.")
        return variables[name]

    words = shlex.split(match["command"])
    return Entry(match["name"], tuple(VARIABLE.sub(value, word) for word in words))
