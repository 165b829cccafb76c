"""What the portal's own scripts and styles weigh on their way to a browser."""

from pathlib import Path

import brotli

from bench.registry import Figures, benchmark

_STATIC = Path(__file__).resolve().parents[1] / "static"
_OWN = ("js", "css", "viewer", "explorer")


@benchmark("own_js_and_css", yardsticks={"brotli_kb": 150.0})
def measure_own() -> Figures:
    """Return kilobytes, each file compressed by itself as it is served."""
    files = [
        path
        for folder in _OWN
        for path in (_STATIC / folder).rglob("*")
        if path.suffix in (".js", ".css")
    ]
    contents = [path.read_bytes() for path in files]
    return {
        "brotli_kb": round(sum(len(brotli.compress(each)) for each in contents) / 1e3, 1),
        "plain_kb": round(sum(map(len, contents)) / 1e3, 1),
        "files": len(files),
    }
