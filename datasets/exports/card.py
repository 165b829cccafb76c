"""What stands beside the data where a dataset is published elsewhere: card, citation, checksums.

The card is a README.md whose head of YAML is that of Hugging Face's dataset cards.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from common.text import counted

# Their identifiers, by how people write the name of a licence.
_LICENCES: Final = {
    "cc0": "cc0-1.0",
    "cc0 1.0": "cc0-1.0",
    "public domain": "cc0-1.0",
    "cc by 4.0": "cc-by-4.0",
    "cc by-sa 4.0": "cc-by-sa-4.0",
    "cc by-nc 4.0": "cc-by-nc-4.0",
    "cc by-nd 4.0": "cc-by-nd-4.0",
    "cc by-nc-sa 4.0": "cc-by-nc-sa-4.0",
    "cc by-nc-nd 4.0": "cc-by-nc-nd-4.0",
    "cc by 3.0": "cc-by-3.0",
    "cc by-nc 3.0": "cc-by-nc-3.0",
    "mit": "mit",
    "apache 2.0": "apache-2.0",
    "bsd 3 clause": "bsd-3-clause",
    "odc by 1.0": "odc-by",
    "odbl 1.0": "odbl",
}
LICENCE_FILE: Final = "LICENSE.md"
_SIZES: Final = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
)


@dataclass(frozen=True, kw_only=True)
class CardFacts:
    """What a card says.

    Attributes
    ----------
    name, description, licence, citation, part : str
        As the dataset's page says; `part` says which signals where they are not all.
    author, address : str
        Who made it, and where its page is.
    year : int
        In which it was made.
    version : str
        Of the dataset.
    n_signals : int
    is_simulated : bool
    classes : mapping of str to int
        Signals by the name of their class.
    files : mapping of str to str
        What is in each file of the archive, by its name.
    fs_hz, units : tuple
        Of the records.
    """

    name: str
    description: str
    licence: str
    citation: str
    author: str
    address: str
    year: int
    version: str
    n_signals: int
    is_simulated: bool
    part: str = ""
    classes: Mapping[str, int] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    fs_hz: tuple[float, ...] = ()
    units: tuple[str, ...] = ()


def size_category(n: int) -> str:
    """Return the class of sizes that Hugging Face sorts by."""
    return next((name for most, name in _SIZES if n < most), "n>10M")


def licence_code(licence: str) -> str:
    """Return a licence's identifier; ``other`` for one of their own, ``unknown`` for none."""
    plain = " ".join(re.sub(r"licen[cs]e|international|v(?=\d)", "", licence.lower()).split())
    if not plain:
        return "unknown"
    spoken = plain.replace("-", " ", 1) if plain.startswith(("cc-", "bsd-", "apache-")) else plain
    return _LICENCES.get(spoken, plain if plain in _LICENCES.values() else "other")


def card(facts: CardFacts) -> str:
    """Return the README.md."""
    head = yaml.safe_dump(_head(facts), sort_keys=False, allow_unicode=True, width=10_000)
    lines = [f"# {facts.name}", ""]
    if facts.description:
        lines += [facts.description, ""]
    made = "simulated vibration" if facts.is_simulated else "recorded vibration"
    signals = counted(facts.n_signals, "signal")
    lines += [f"{signals} of {made}{_measured(facts)}, version {facts.version}."]
    lines += [f"A part of the dataset: {facts.part}."] if facts.part else []
    lines += ["", "## Files", "", "| file | what it holds |", "|---|---|"]
    lines += [f"| `{name}` | {what} |" for name, what in facts.files.items()]
    if facts.classes:
        lines += ["", "## Classes", "", "| class | signals |", "|---|---:|"]
        lines += [f"| {_cell(name)} | {n} |" for name, n in facts.classes.items()]
    lines += ["", "## Licence", "", facts.licence or "No licence is stated; ask the author."]
    lines += ["", "## Citation", "", "```bibtex", bibtex(facts).rstrip(), "```"]
    if facts.citation:
        lines += ["", "The authors ask to be cited as:", "", f"> {facts.citation}"]
    return f"---\n{head}---\n\n" + "\n".join(lines) + "\n"


def bibtex(facts: CardFacts) -> str:
    """Return the entry of a bibliography."""
    fields = {
        "title": facts.name,
        "author": facts.author,
        "year": str(facts.year),
        "version": facts.version,
        "url": facts.address,
    }
    key = _slug(facts.name) or "dataset"
    rows = [f"  {name} = {{{_of_tex(value)}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{key}-{facts.year},", *rows, "}"]) + "\n"


def citation_file(facts: CardFacts) -> str:
    """Return the CITATION.cff, version 1.2.0."""
    content: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": "If you use this dataset, please cite it as below.",
        "type": "dataset",
        "title": facts.name,
        "authors": [{"name": facts.author}],
        "version": facts.version,
        "url": facts.address,
    }
    if facts.description:
        content["abstract"] = facts.description
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=10_000)


def checksum_list(sums: Mapping[str, str]) -> str:
    """Return the lines that ``sha256sum --check`` reads."""
    return "".join(f"{sums[name]}  {name}\n" for name in sorted(sums))


def _head(facts: CardFacts) -> dict[str, Any]:
    code = licence_code(facts.licence)
    head: dict[str, Any] = {"license": code}
    if code == "other":  # their identifier of one they do not know, and where it is written
        head["license_name"] = _slug(facts.licence) or "other"
        head["license_link"] = LICENCE_FILE
    return head | {
        "pretty_name": facts.name,
        "size_categories": [size_category(facts.n_signals)],
        "task_categories": ["tabular-classification" if facts.classes else "other"],
        "tags": [
            "vibration",
            "bearing",
            "fault-diagnosis",
            "time-series",
            "synthetic" if facts.is_simulated else "measured",
        ],
        "configs": [{"config_name": "index", "data_files": "index.parquet"}],
    }


def _measured(facts: CardFacts) -> str:
    rates = sorted(set(facts.fs_hz))
    if not rates:
        return ""
    units = " and ".join(sorted(set(facts.units)))
    span = f"{rates[0]:g}" if len(rates) == 1 else f"{rates[0]:g} to {rates[-1]:g}"
    return f" in {units}, sampled at {span} Hz"


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9.]+", "-", text.lower()).strip("-.")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _of_tex(text: str) -> str:
    marked = re.sub(r"[\\{}]", " ", text)
    return " ".join(re.sub(r"([&%$#_])", r"\\\1", marked).split())
