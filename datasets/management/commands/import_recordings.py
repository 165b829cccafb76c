import json
import os
import shutil
import tempfile
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import Any, Final

from common.commands import PortalCommand, whole_number
from common.errors import Invalid
from common.text import counted, thousands
from datasets.imports.plan import ImportPlan
from monitoring.management.progress import progress_bar
from vibration.errors import VibrationError
from vibration.formats import Reading, sandbox
from vibration.formats.archives import is_zip
from vibration.formats.inspection import Inspection, Said
from vibration.formats.said_values import rate_said, speed_said
from vibration.importing import PlannedFile
from vibration.importing.planning import planned_file, with_runs
from vibration.store import file_sha256

_FOLDERS_KEPT: Final = 3
_SHOWN: Final = ("label", "severity", "specimen", "run", "load")
_UNIT_CHARACTERS: Final = 10
_TABLE: Final = (
    "a table has the column file and any of label, class, severity, specimen, bearing type, run, "
    "rate, speed, load, unit, channel, recorded at, pulses per turn, fault size, fault location"
)


class Command(PortalCommand):
    help = (
        "Import recordings into a dataset: files, folders and zip archives. What a file does not "
        "state is never guessed: a file that waits for an answer is listed and left out. "
        "--dry-run needs no database and no services."
    )
    example = (
        'import_recordings runs/1st_test --dataset "Test rig" --unit g --segment 20480\n'
        "import_recordings cwru.zip --dataset CWRU --fs 12000 --label-from labels.csv\n"
        'import_recordings rig --dataset Rig --pattern "{label}/{specimen}_{speed}rpm_*"\n'
        "import_recordings folder --dry-run --json"
    )
    refusals = (VibrationError, OSError)
    on_interrupt = "Interrupted; the same command goes on where it was."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument(
            "--dataset", metavar="NAME", help="made where there is none; else files are added"
        )
        parser.add_argument("--fs", type=_rate, metavar="HZ", help="where none is stated")
        parser.add_argument("--rpm", type=_speed, metavar="RPM", help="shaft speed")
        parser.add_argument(
            "--unit", type=_unit, metavar="U", help="where none is stated, for example g"
        )
        parser.add_argument("--label-from", default="", metavar="folder|name|FILE.csv", help=_TABLE)
        parser.add_argument("--specimen-from", default="", metavar="folder|name|FILE.csv")
        parser.add_argument(
            "--pattern", default="", metavar="PATTERN",
            help="what the paths say, such as {label}/{specimen}_{speed}rpm_*",
        )  # fmt: skip
        parser.add_argument(
            "--channel", action="append", default=[], metavar="NAME", help="keep only these"
        )
        parser.add_argument("--segment", type=whole_number(64, 1 << 31), metavar="N")
        parser.add_argument(
            "--overlap", type=_overlap, default=0.0, metavar="P", help="0 to 0.95, or 0 to 95 %%"
        )
        parser.add_argument("--licence", default="", metavar="TEXT")
        parser.add_argument("--citation", default="", metavar="TEXT")
        parser.add_argument("--no-originals", action="store_true", help="keep no copies of files")
        parser.add_argument("--owner", metavar="USERNAME", help="default: the first superuser")
        parser.add_argument("--shared", action="store_true", help="everybody may see it")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be kept")
        parser.add_argument("--json", action="store_true", help="print a list, an object a file")

    def handle(self, *args: Any, **options: Any) -> None:
        self._prove(options)
        with ExitStack() as stack:
            hold = None
            if not options["dry_run"] and any(is_zip(p) for p in options["paths"] if p.is_file()):
                hold = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="import-")))
            found = _Inspected(options, hold)
            descriptions, files = found.all()
            found.inspection.sayings.prove_heard()
            for sentence in found.inspection.sayings.unheard():
                self.stderr.write(sentence)
            if not options["dry_run"] and files:
                self._import(options, descriptions, files)
        if options["json"]:
            self.stdout.write(json.dumps(descriptions, indent=2, allow_nan=False))
        else:
            self.stdout.write("\n".join(_line(each) for each in descriptions))
        self._end(descriptions, files, is_dry=options["dry_run"])

    def _prove(self, options: dict[str, Any]) -> None:
        if not options["dry_run"] and not options["dataset"]:
            raise Invalid("Name the dataset with --dataset, or look first with --dry-run.")
        if options["overlap"] and not options["segment"]:
            raise Invalid("--overlap is that of segments; say how long they are with --segment.")
        if not options["dry_run"]:
            from datasets.management.importing import names_prove  # needs the database

            names_prove(options["dataset"], options["owner"])
        if missing := [path for path in options["paths"] if not path.exists()]:
            raise Invalid(f"{missing[0]} does not exist.")

    def _import(
        self, options: dict[str, Any], descriptions: list[dict[str, Any]], files: dict[str, Any]
    ) -> None:
        """Import what was accepted; what is refused now is said in its description."""
        from datasets.management.importing import import_here  # needs the database

        plan = ImportPlan(
            name=options["dataset"],
            licence=options["licence"],
            citation=options["citation"],
            visibility="shared" if options["shared"] else "private",
            segment_samples=options["segment"],
            overlap=options["overlap"],
            keep_originals=not options["no_originals"],
            files=with_runs(files.values()),
        )
        types = {
            (each["specimen"], each["bearing"])
            for each in descriptions
            if each["file"] in files and "bearing" in each
        }
        said = import_here(plan, options["owner"], types)
        self.stderr.write("\n".join(said.sentences))
        of_name = dict(zip((each.name for each in files.values()), files, strict=True))
        shown = {each["file"]: each for each in descriptions}
        for outcome in said.outcome.files:
            if outcome.reason:
                shown[of_name[outcome.name]].update(accepted=False, reason=outcome.reason)
                del files[of_name[outcome.name]]

    def _end(
        self, descriptions: list[dict[str, Any]], files: dict[str, Any], *, is_dry: bool
    ) -> None:
        accepted = [each for each in descriptions if each["accepted"]]
        if not accepted:
            raise Invalid("No file was accepted.")
        if is_dry:
            return
        left = [each for each in accepted if each["file"] not in files]
        n_waiting = sum(_waits(each) for each in left)
        if n_waiting:
            self.stderr.write(
                f"{counted(n_waiting, 'file waits', 'files wait')} for the sampling rate; "
                "give it with --fs."
            )
        for each in left:
            if not _waits(each):
                self.stderr.write(
                    f"{each['file']} holds no vibration; name a channel with --channel to keep it."
                )
        if not files:
            raise Invalid("Nothing was imported.")


def _waits(description: dict[str, Any]) -> bool:
    return any(channel["fs_hz"] is None for channel in description["channels"])


class _Inspected:
    """All files of a command, and those that can be imported with what is to be kept of them."""

    def __init__(self, options: dict[str, Any], hold: Path | None) -> None:
        self.paths: list[Path] = options["paths"]
        self.is_dry, self.hold = options["dry_run"], hold
        self.read: tuple[Path, Reading] | None = None
        said = Said(
            fs_hz=options["fs"],
            rpm=options["rpm"],
            unit=options["unit"],
            channels=tuple(options["channel"]),
            label_from=options["label_from"],
            specimen_from=options["specimen_from"],
            pattern=options["pattern"],
        )
        self.inspection = Inspection(said, reader=self._read)

    def all(self) -> tuple[list[dict[str, Any]], dict[str, PlannedFile]]:
        descriptions, files = [], {}
        with progress_bar("Looking", total=self._n_files(), unit="file") as show:
            for description in self._each():
                descriptions.append(description)
                show(len(descriptions))
                if description["accepted"] and not self.is_dry:
                    planned = self._planned(description, len(descriptions))
                    if planned is not None:
                        files[description["file"]] = planned
        return descriptions, files

    def _each(self) -> Iterator[dict[str, Any]]:
        for path in self.paths:
            self.root = path
            yield from self.inspection.of_paths([path])

    def _n_files(self) -> int:
        return sum(
            sum(len(names) for _, _, names in os.walk(path)) if path.is_dir() else 1
            for path in self.paths
        )

    def _read(self, path: Path) -> Reading:
        reading = sandbox.read(path)
        self.read = path, reading
        return reading

    def _planned(self, description: dict[str, Any], number: int) -> PlannedFile | None:
        if self.read is None:
            return None
        path, reading = self.read
        shown = description["file"]
        name = self.root.name + shown.removeprefix(str(self.root))
        sha256 = file_sha256(path)
        if self.hold is not None and not path.absolute().is_relative_to(self.root.absolute()):
            path = self._held(path, name, number)
        return planned_file(
            description, reading, path=path, name=name, sha256=sha256, only=self.inspection.only
        )

    def _held(self, path: Path, name: str, number: int) -> Path:
        """Keep a file that was unpacked for a moment, below the folders that tell its layout."""
        assert self.hold is not None  # noqa: S101  (the caller has looked)
        parts = PurePosixPath(name).parts[-_FOLDERS_KEPT:]
        held = self.hold / str(number) / Path(*parts)
        held.parent.mkdir(parents=True)
        try:
            os.link(path, held)
        except OSError:  # another file system
            shutil.copyfile(path, held)
        return held


def _overlap(text: str) -> float:
    try:
        value = float(text.removesuffix("%"))
    except ValueError as error:
        raise ArgumentTypeError(f"“{text}” is no share of a segment.") from error
    share = value / 100 if text.endswith("%") or value >= 1 else value
    if not 0 <= share <= 0.95:
        raise ArgumentTypeError("Segments overlap by 0 to 0.95, or 0 to 95 %.")
    return share


def _rate(text: str) -> float:
    return _said(rate_said, text)


def _speed(text: str) -> float:
    return _said(speed_said, text)


def _said(read: Callable[[str], float], text: str) -> float:
    try:
        return read(text)
    except VibrationError as error:
        raise ArgumentTypeError(str(error).removesuffix(".")) from error


def _unit(text: str) -> str:
    if not 1 <= len(text.strip()) <= _UNIT_CHARACTERS:
        raise ArgumentTypeError(f"“{text[:40]}” is no unit; it has 1 to {_UNIT_CHARACTERS} signs")
    return text.strip()


def _line(found: dict[str, Any]) -> str:
    if not found["accepted"]:
        return f"✗ {found['file']}: {found['reason']}"
    facts = [found["format"], counted(len(found["channels"]), "channel")]
    rates = sorted({c["fs_hz"] for c in found["channels"] if c["fs_hz"] is not None})
    facts += [f"{rate:g} Hz" for rate in rates[:3]]
    sizes = sorted({c["n_samples"] for c in found["channels"]})
    facts.append(f"{thousands(sizes[-1])} samples" if sizes else "")
    facts += [f"{what} {found[what]}" for what in _SHOWN if found.get(what)]
    lines = [f"{'✓' if rates else '?'} {found['file']}: {', '.join(filter(None, facts))}"]
    lines += [f"    {question['sentence']}" for question in found["questions"]]
    return "\n".join(lines)
