"""Files that must be made before they can be sent: other formats, parts, archives."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import numpy as np
from django.conf import settings
from django.db.models import Count

from datasets.exports.card import (
    LICENCE_FILE,
    CardFacts,
    bibtex,
    card,
    checksum_list,
    citation_file,
)
from datasets.exports.parts import FilePart
from datasets.models import Dataset, Download
from datasets.selectors import recipe_of
from signals.exploration.exports import parquet_chunks
from signals.filters.scope import Scope
from vibration.exports.dataset import EXPORTS, SUFFIXES
from vibration.simulation.recipe_text import recipe_to_yaml
from vibration.store import StoreReader

CHUNK_BYTES: Final = 1 << 20
Step = Callable[[int], None]


def format_suffix(form: str, n_files: int) -> str:
    """Return how the name of a built file ends: several files come in one archive."""
    if form == Download.Format.ARCHIVE or n_files > 1:
        return ".zip"
    return str(SUFFIXES[form])


def build(form: str, parts: list[FilePart], out: Path, step: Step) -> None:
    """Write the parts as one file, or as one archive of files where they are several.

    Parameters
    ----------
    form : str
        A format of `EXPORTS`.
    parts : list of FilePart
        As `file_parts` returns them.
    out : Path
        Where to.
    step : callable
        Called with the number of records written so far; what it raises ends the work.
    """
    if len(parts) == 1:
        _written(form, parts[0], out, step)
        return
    done = 0
    with ZipFile(out, "w", ZIP_STORED, allowZip64=True) as archive:
        for each in parts:
            with TemporaryDirectory(dir=out.parent) as beside:
                part = Path(beside) / Path(each.name).with_suffix(SUFFIXES[form]).name
                _written(form, each, part, _from(step, done))
                archive.write(part, part.name)
            done += len(each.part.rows)


def build_archive(
    dataset: Dataset, scope: Scope, parts: list[FilePart], out: Path, step: Step
) -> None:
    """Write all that a dataset is published with as one archive, which can be unpacked as it is.

    Card, licence, citation, recipe, the index as Parquet, the waveforms as HDF5, and the checksum
    of each of these. A file that is meant whole goes in as it is stored.
    """
    sums: dict[str, str] = {}
    when = (dataset.ready_at or dataset.created_at).timetuple()[:6]

    def add(archive: ZipFile, name: str, chunks: Iterator[bytes]) -> None:
        info = ZipInfo(name, when)
        info.external_attr = 0o644 << 16
        digest = hashlib.sha256()
        with archive.open(info, "w", force_zip64=True) as entry:
            for chunk in chunks:
                digest.update(chunk)
                entry.write(chunk)
        sums[name] = digest.hexdigest()

    with ZipFile(out, "w", ZIP_STORED, allowZip64=True) as archive:
        for name, text in _papers(dataset, scope, parts).items():
            add(archive, name, iter([text.encode()]))
        add(archive, "index.parquet", parquet_chunks(scope))
        done = 0
        for each in parts:
            add(archive, f"data/{each.name}", _waveforms(each, out.parent, _from(step, done)))
            done += len(each.part.rows)
            step(done)
        archive.writestr(ZipInfo("SHA256SUMS", when), checksum_list(sums))


def _papers(dataset: Dataset, scope: Scope, parts: list[FilePart]) -> dict[str, str]:
    """Return the texts that stand beside the data, by the names of their files."""
    recipe = recipe_to_yaml(recipe_of(dataset)) if dataset.recipe is not None else ""
    texts = {
        LICENCE_FILE: f"{dataset.licence}\n" if dataset.licence else "",
        "recipe.yaml": recipe,
    }
    kept = {name: text for name, text in texts.items() if text}
    facts = card_facts(dataset, scope, parts, set(kept))
    return {
        "README.md": card(facts),
        "CITATION.cff": citation_file(facts),
        "CITATION.bib": bibtex(facts),
        **kept,
    }


def card_facts(
    dataset: Dataset, scope: Scope, parts: list[FilePart], beside: set[str]
) -> CardFacts:
    """Return what a dataset's card says of the signals of a scope."""
    store, signals = dataset.store, scope.signals()
    owner = store.owner
    counted = (
        signals.filter(fault_class__isnull=False)
        .order_by("fault_class__position")
        .values_list("fault_class__name")
        .annotate(n=Count("pk"))
    )
    measured = signals.order_by().values_list("fs_hz", "unit").distinct()
    rates, units = zip(*measured, strict=True)
    meant = {
        "index.parquet": "one row a signal: labels, operating point, features",
        **{f"data/{each.name}": _told(each) for each in parts},
        "recipe.yaml": "makes the same dataset again",
        "CITATION.cff": "how to cite it",
        "CITATION.bib": "the same for BibTeX",
        LICENCE_FILE: "what one may do with it",
        "SHA256SUMS": "checksums: sha256sum --check SHA256SUMS",
    }
    optional = {"recipe.yaml", LICENCE_FILE}
    n_signals = sum(len(each.part.rows) for each in parts)
    return CardFacts(
        name=dataset.name,
        description=dataset.description,
        licence=dataset.licence,
        citation=dataset.citation,
        author=(owner.get_full_name() or owner.get_username()) if owner else "",
        address=f"{settings.SITE_URL}/datasets/{dataset.pk}/",
        year=dataset.created_at.year,
        version=str(store.version),
        n_signals=n_signals,
        is_simulated=not dataset.is_recorded,
        part=scope.filter.describe(scope.unit_words()) if n_signals < store.n_signals else "",
        classes=dict(counted),
        files={name: what for name, what in meant.items() if name not in optional - beside},
        fs_hz=rates,
        units=units,
    )


def _told(each: FilePart) -> str:
    n = len(each.part.rows)
    return f"{n} waveforms as `/signals` ({n} × samples, float32), features and index; HDF5"


def _waveforms(each: FilePart, beside: Path, step: Step) -> Iterator[bytes]:
    if each.is_whole and _has_labels(each):
        with each.file.open() as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk
        return
    with TemporaryDirectory(dir=beside) as folder:
        part = Path(folder) / each.name
        _written(Download.Format.HDF5, each, part, step)
        with part.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk


def _has_labels(each: FilePart) -> bool:
    """Tell whether the labels in the file are still those of the rows."""
    with each.file.parent.local() as folder, StoreReader(folder) as reader:
        return all(
            name in reader.columns and np.array_equal(reader.column(name), each.part.columns[name])
            for name in ("class", "severity")
        )


def _from(step: Step, before: int) -> Step:
    return lambda n_done: step(before + n_done)


def _written(form: str, each: FilePart, out: Path, step: Step) -> None:
    with each.file.parent.local() as folder:
        EXPORTS[form](folder, out, each.part, step=step)
