"""Which statements of the product the tests reach: `pytest -p tests.measuring`, and afterwards
`python -m tests.measuring`, which fails where it is less than the floors.

A trace function, by which Python 3.11 tells where it is, makes every line of the process half as
slow again, whether it is looked at or not. Here each statement that has a floor notes by itself
that it was reached, and nothing else is slowed down.
"""

import ast
import json
import os
import sys
from collections.abc import Iterator, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from itertools import chain
from pathlib import Path
from types import CodeType, ModuleType

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".measured"  # where each process of a run leaves what it reached
PACKAGES = (
    *("bearing_portal", "common", "datasets", "experiments", "monitoring", "signals", "vibration"),
)
FLOORS = {"the science and the services": 90, "the callbacks": 80}  # per cent
NOTES = "__reached__"

_reached: dict[str, list[int]] = {}


def kind_of(path: Path) -> str | None:
    """Return under which of the floors a file falls."""
    if not path.is_relative_to(ROOT):
        return None
    package, *folders = path.relative_to(ROOT).parts
    if package not in PACKAGES:
        return None
    if path.name == "callbacks.py":
        return "the callbacks"
    is_high = package == "vibration" or "services" in folders or path.name == "services.py"
    return "the science and the services" if is_high else None


def marked(tree: ast.Module) -> list[int]:
    """Have each statement note that it was reached, and so each way past an `if`, loop or `match`
    on which no statement stands; return the line of each note.
    """
    lines: list[int] = []

    def note(line: int) -> ast.stmt:
        made = ast.parse(f"{NOTES}[{len(lines)}] = 1").body[0]
        lines.append(line)
        return ast.increment_lineno(made, line - 1)

    def block(statements: Sequence[ast.stmt]) -> list[ast.stmt]:
        told: list[ast.stmt] = []
        for statement in statements:
            if not _does_nothing(statement):
                told.append(note(statement.lineno))
                inside(statement)
            told.append(statement)
        return told

    def inside(statement: ast.stmt) -> None:
        parts = (getattr(statement, name, ()) for name in ("handlers", "cases"))
        for part in (statement, *chain.from_iterable(parts)):
            for name in ("body", "orelse", "finalbody"):
                if found := getattr(part, name, None):
                    setattr(part, name, block(found))
        match statement:
            case ast.While(test=ast.Constant()):
                pass  # for ever
            case (
                ast.If(orelse=[])
                | ast.For(orelse=[])
                | ast.AsyncFor(orelse=[])
                | ast.While(orelse=[])
            ):
                statement.orelse = [note(statement.lineno)]
            case ast.Match(cases=[*_, last]) if not _takes_all(last):
                rest = ast.match_case(ast.MatchAs(), body=[note(statement.lineno)])
                statement.cases.append(rest)

    tree.body = block(tree.body)
    ast.fix_missing_locations(tree)
    return lines


def _does_nothing(statement: ast.stmt) -> bool:
    """Tell docstrings and `...`, what is there for types alone, and what must stay the first."""
    match statement:
        case ast.Expr(value=ast.Constant()) | ast.Global() | ast.Nonlocal():
            return True
        case ast.ImportFrom(module="__future__") | ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
    return False


def _takes_all(case: ast.match_case) -> bool:
    return case.guard is None and isinstance(case.pattern, ast.MatchAs) and not case.pattern.pattern


class Loader(SourceFileLoader):
    """Load a module whose statements note that they were reached."""

    def get_code(self, fullname: str) -> CodeType:
        tree = ast.parse(self.get_data(self.path))
        notes, n = _reached[self.path], len(marked(tree))
        notes.extend([0] * (n - len(notes)))
        return compile(tree, self.path, "exec", dont_inherit=True)

    def exec_module(self, module: ModuleType) -> None:
        vars(module)[NOTES] = _reached.setdefault(self.path, [])
        super().exec_module(module)


class Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] not in PACKAGES:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec and spec.origin and kind_of(Path(spec.origin)):
            spec.loader = Loader(fullname, spec.origin)
        return spec


def pytest_unconfigure() -> None:
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{os.getpid()}.json").write_text(json.dumps(_reached))


def missed() -> Iterator[tuple[str, Path, list[int], int]]:
    """Yield of each file its kind, the lines of what was not reached, and how much there is."""
    told = [json.loads(path.read_text()) for path in FOLDER.glob("*.json")]
    for path in sorted(chain.from_iterable((ROOT / name).rglob("*.py") for name in PACKAGES)):
        if kind := kind_of(path):
            lines = marked(ast.parse(path.read_text()))
            found = [each[str(path)] for each in told if str(path) in each]
            gone = [line for n, line in enumerate(lines) if not any(notes[n] for notes in found)]
            yield kind, path.relative_to(ROOT), gone, len(lines)


def main() -> int:
    files, too_low = list(missed()), 0
    for kind, floor in FLOORS.items():
        of_kind = [each for each in files if each[0] == kind]
        n, n_missed = sum(each[3] for each in of_kind), sum(len(each[2]) for each in of_kind)
        share = 100 * (n - n_missed) / n
        too_low += share < floor
        if share < floor or "--all" in sys.argv:
            print(f"Of {kind}, {share:.1f} % were reached; {floor} % are the floor. Missed:")
            for _, path, gone, _ in of_kind:
                if gone:
                    print(f"  {path}: {', '.join(map(str, sorted(set(gone))))}")
    return too_low


if __name__ == "__main__":
    sys.exit(main())
sys.meta_path.insert(0, Finder())
