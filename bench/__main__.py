"""Run the benchmarks, print a table, write ``bench.json`` at the repository's root."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as every process of the portal, before numpy

import argparse
import importlib
import json
import pkgutil
from pathlib import Path
from typing import Any

import bench
from bench.machine import describe_machine
from bench.registry import BENCHMARKS, Benchmark, Figures

_OUTPUT = Path(__file__).resolve().parents[1] / "bench.json"


def main() -> None:
    """Run what was asked for; figures of benchmarks that did not run are kept as they were."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="only what is done within 20 s")
    parser.add_argument("--only", metavar="KEY", help="only the benchmark of this key")
    options = parser.parse_args()
    _import_all()
    if options.only and options.only not in {each.key for each in BENCHMARKS}:
        parser.error(f"--only takes one of {', '.join(each.key for each in BENCHMARKS)}")
    results = _earlier() | {"machine": describe_machine()}
    print(f"{'figure':<34}{'measured':>12}{'yardstick':>12}{'ratio':>8}")
    for each in BENCHMARKS:
        if options.only == each.key or (not options.only and (each.quick or not options.quick)):
            results[each.key] = each.measure()
            _print(each, results[each.key])
            _OUTPUT.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    print(f"written to {_OUTPUT.name}")


def _import_all() -> None:
    for module in pkgutil.iter_modules(bench.__path__):
        if not module.name.startswith("__"):
            importlib.import_module(f"bench.{module.name}")
    BENCHMARKS.sort(key=lambda each: not each.quick)


def _earlier() -> dict[str, Any]:
    try:
        earlier = json.loads(_OUTPUT.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return earlier if isinstance(earlier, dict) else {}


def _print(each: Benchmark, figures: Figures) -> None:
    for name, value in figures.items():
        line = f"{each.key + '.' + name:<34}{value:>12g}"
        if name in each.yardsticks:
            target = each.yardsticks[name]
            line += f"{target:>12g}{value / target:>8.2f}"
        print(line, flush=True)


if __name__ == "__main__":
    main()
