"""Build the documentation's site into `docs/built/`: `python docs/site/build.py`.

What is built is the pages of `docs/` and the reference, which the code itself writes
(`reference.py`). Everything comes from this checkout and a warning fails the build.
"""

import argparse
import os
import shutil
import sys
from importlib.metadata import distribution
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]
SITE, DOCS = ROOT / "docs" / "site", ROOT / "docs"


def build(target: Path) -> int:
    """Build the site; what stood there before stays until the new one is whole."""
    from sphinx.cmd.build import build_main

    with TemporaryDirectory(prefix="portal-docs-") as folder:
        source, made = Path(folder) / "source", Path(folder) / "made"
        gather(source)
        options = ["-b", "html", "-c", str(SITE), "-d", str(Path(folder) / "trees")]
        status = build_main([*options, "-q", "-W", "--keep-going", str(source), str(made)])
        if status:
            return int(status)
        for source_map in made.glob("**/*.map"):
            source_map.unlink()
        for name, path in (("furo", "licenses/LICENSE"), ("sphinx", "licenses/LICENSE.rst")):
            licence = distribution(name).read_text(path)
            (made / "_static" / f"{name}.LICENSE.txt").write_text(licence or "", "utf-8")
        put_in_place(made, target)
    return 0


def gather(source: Path) -> None:
    """Lay side by side what people wrote and what the code says of itself."""
    from reference import write_reference

    source.mkdir(parents=True)
    for path in DOCS.glob("*.md"):
        shutil.copy(path, source)
    for name in ("screenshots", "notebooks"):
        shutil.copytree(DOCS / name, source / name)
    shutil.copy(SITE / "index.md", source)
    for name in ("CHANGELOG.md", "CONTRIBUTING.md"):
        text = (ROOT / name).read_text("utf-8")
        (source / name.lower()).write_text(text.replace("](docs/", "]("), "utf-8")
    write_reference(source / "reference")


def put_in_place(made: Path, target: Path) -> None:
    """Swap the new site in; a reader meanwhile finds the old one or the new one."""
    fresh, old = (target.with_name(f"{target.name}.{word}") for word in ("new", "old"))
    for path in (fresh, old):
        shutil.rmtree(path, ignore_errors=True)
    shutil.copytree(made, fresh)
    if target.exists():
        target.rename(old)
    fresh.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def main() -> int:
    parser = argparse.ArgumentParser(description="Build the documentation's site.")
    parser.add_argument("--out", type=Path, default=DOCS / "built", help="default: docs/built")
    target = parser.parse_args().out.absolute()
    sys.path[:0] = [str(ROOT), str(SITE)]
    with TemporaryDirectory(prefix="portal-docs-data-") as data:
        # The portal is imported to be read: it starts nothing and needs none of its variables.
        os.environ.update(
            DJANGO_SETTINGS_MODULE="bearing_portal.settings.development",
            DATA_DIR=data,
            DOTENV_FILE=os.devnull,
            LOG_TO_FILE="false",
            COLUMNS="96",
        )
        import django

        django.setup()
        status = build(target)
    if not status:
        print(f"The documentation's site is {target / 'index.html'}.")
    return status


if __name__ == "__main__":
    sys.exit(main())
