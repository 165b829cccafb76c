"""How much of the product the tests reach: `pytest -p tests.measuring`, and afterwards
`python -m tests.measuring`, which fails where it is less than the floors.

Python 3.11 tells a trace function where it is, which makes every line of a process half as slow
again, looked at or not. With SlipCover the files that have a floor note by themselves what was
reached, and nothing else is slowed down.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

import slipcover

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".measured"  # where each process of a run leaves what it reached
PACKAGES = (
    *("bearing_portal", "common", "datasets", "experiments", "monitoring", "signals", "vibration"),
)
FLOORS = {"the science and the services": 90, "the callbacks": 80}  # per cent

# What was reached is noted again each time: taking the notes out again walks all functions of the
# process, while other threads may be importing, and costs more than it saves.
measuring = slipcover.Slipcover(branch=True, d_miss_threshold=-1)


def kind_of(path: Path) -> str | None:
    """Return under which of the floors a file falls."""
    if not path.is_relative_to(ROOT) or path.suffix != ".py":
        return None
    package, *folders = path.relative_to(ROOT).parts
    if package not in PACKAGES:
        return None
    if path.name == "callbacks.py":
        return "the callbacks"
    is_high = package == "vibration" or "services" in folders or path.name == "services.py"
    return "the science and the services" if is_high else None


class HasFloor:
    @staticmethod
    def matches(filename: Path | str | None) -> bool:
        return filename is not None and kind_of(Path(filename)) is not None


def pytest_addoption() -> None:
    """Begin as soon as pytest knows this plugin, before pytest-django imports the product."""
    slipcover.ImportManager(measuring, HasFloor()).__enter__()


def pytest_unconfigure() -> None:
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{os.getpid()}.json").write_text(json.dumps(measuring.get_coverage()))


def sources() -> list[str]:
    """Return the folders with files that have a floor: to read the others takes as long again."""
    files = (path for name in PACKAGES for path in (ROOT / name).rglob("*.py"))
    return sorted({str(path.parent) for path in files if kind_of(path)})


def reached() -> dict[str, Any]:
    """Add up what the processes of the last run reached; a file that none of them read is empty."""
    told = slipcover.Slipcover(branch=True, source=sources())
    whole = told.get_coverage()
    for path in FOLDER.glob("*.json"):
        slipcover.merge_coverage(whole, json.loads(path.read_text()))
    return whole


def main() -> int:
    whole, too_low = reached(), 0
    for kind, floor in FLOORS.items():
        part = whole | {
            "files": {
                name: found
                for name, found in whole["files"].items()
                if kind_of(ROOT / name) == kind
            }
        }
        slipcover.slipcover.add_summaries(part)
        share = part["summary"]["percent_covered"]
        too_low += share < floor
        if share < floor or "--all" in sys.argv:
            slipcover.print_coverage(part, outfile=sys.stdout, skip_covered=True)
            print(f"Of {kind}, {share:.1f} % were reached; {floor} % are the floor.")
    return too_low


if __name__ == "__main__":
    sys.exit(main())
