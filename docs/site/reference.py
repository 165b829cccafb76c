"""The pages of the reference that the code writes: commands, settings, addresses, functions."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management import get_commands, load_command_class
from docstrings import escaped, module_markdown

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("monitoring", "signals", "datasets", "experiments", "bearing_portal")
READERS = {
    "text": "text",
    "boolean": "true or false",
    "integer": "whole number",
    "choice": "one of",
    "words": "list, parted by commas",
    "folder": "folder",
    "origin": "address",
    "origins": "list of addresses",
    "datagrams": "address",
    "email": "address",
    "postgres": "address",
    "bucket": "address",
    "valkey": "address",
}
WRITTEN = "*The code writes this page; it is not changed by hand.*"


def write_reference(folder: Path) -> None:
    """Write every page of the reference into a folder."""
    folder.mkdir()
    (folder / "help.md").write_text(commands_page(), "utf-8")
    (folder / "settings.md").write_text(settings_page(), "utf-8")
    (folder / "addresses.md").write_text(addresses_page(), "utf-8")
    (folder / "features.md").write_text(features_page(), "utf-8")
    (folder / "catalogue.md").write_text(catalogue_page(), "utf-8")
    for name, text in vibration_pages():
        (folder / f"{name}.md").write_text(text, "utf-8")
    for name, text in services_pages():
        (folder / f"{name}.md").write_text(text, "utf-8")


# --- commands ------------------------------------------------------------------------------------


def commands() -> list[tuple[str, str]]:
    """Return application and name of each command of the portal."""
    return sorted(
        ((app, name) for name, app in get_commands().items() if app in ROOMS),
        key=lambda pair: pair[1],
    )


def commands_page() -> str:
    parts = ["# Each command's help", WRITTEN, "[Commands](../commands.md) explains them."]
    for app, name in commands():
        parser = load_command_class(app, name).create_parser("manage.py", name)
        parts += [f"## {name}", f"```text\n{parser.format_help().strip()}\n```"]
    return "\n\n".join(parts) + "\n"


# --- settings ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Setting:
    """One variable as the code declares it."""

    name: str
    kind: str
    default: str | None  # None: the code says it by more than a value


def settings() -> dict[str, Setting]:
    """Return each variable that the settings read, in the words of the call that reads it."""
    found: dict[str, Setting] = {}
    for path in sorted((ROOT / "bearing_portal").glob("**/*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            setting = _setting_of(node)
            if setting and (setting.name not in found or found[setting.name].default is None):
                found[setting.name] = setting
    return found


def _setting_of(node: ast.AST) -> Setting | None:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
        return None
    reader, first = node.func.attr, node.args[0]
    named = isinstance(first, ast.Constant) and isinstance(first.value, str)
    if reader not in READERS or not named or not re.fullmatch(r"[A-Z][A-Z_]+", first.value):
        return None
    limits = {word.arg: ast.unparse(word.value).replace("_", "") for word in node.keywords}
    kind = READERS[reader]
    if "lowest" in limits:
        highest = limits["highest"].replace("10**8", "100000000")
        kind += f" from {limits['lowest']} to {highest}"
    if reader == "choice":
        kind += " " + _choices(node.args[2])
    default = ""
    if len(node.args) > 1:
        value = node.args[1]
        default = _shown(value.value) if isinstance(value, ast.Constant) else None
    return Setting(first.value, kind, default)


def _choices(node: ast.expr) -> str:
    if isinstance(node, ast.Tuple):
        return ", ".join(f"`{ast.literal_eval(item)}`" for item in node.elts)
    return "those named beside it"


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True)
class Explained:
    """What `.env.example` says of a variable."""

    name: str
    section: str
    example: str
    text: str


def explanations() -> list[Explained]:
    """Read `.env.example`: sections, a sentence before each variable or group of them."""
    section, text, found, fresh = "", [], [], True
    for line in (ROOT / ".env.example").read_text("utf-8").splitlines():
        if title := re.match(r"# --- (.+?) -+$", line):
            section, text = title[1], []
        elif variable := re.match(r"#?([A-Z_]+)=(.*)$", line):
            found.append(Explained(variable[1], section, variable[2], " ".join(text)))
            fresh = True
        elif line.startswith("# "):
            text = [line[2:]] if fresh else [*text, line[2:]]
            fresh = False
    return found


def settings_page() -> str:
    declared, parts, section = settings(), ["# Settings", WRITTEN], ""
    parts.append(
        "Variables of the environment, or lines of `.env` beside `manage.py`; the environment wins."
        " One set to nothing counts as unset. A value that cannot be meant stops the start with one"
        " sentence and status 2."
    )
    for told in explanations():
        if told.section != section:
            section = told.section
            parts.append(f"## {section}")
        setting = declared.get(told.name)
        default = setting.default if setting else ""
        default = told.example if default is None else default
        lines = [f"### {told.name}", told.text]
        if setting:
            lines.append(f"- Value: {setting.kind}")
            if default:
                lines[-1] += f"\n- Unset: `{default}`"
            elif told.example:
                lines[-1] += f"\n- Such as: `{told.example}`"
        parts += [line for line in lines if line]
    return "\n\n".join(parts) + "\n"


# --- addresses -----------------------------------------------------------------------------------


def addresses_page() -> str:
    """Return the interface for machines, from its OpenAPI description."""
    from bearing_portal.api.site import api

    schema = api.get_openapi_schema()
    parts = ["# Addresses of the interface", WRITTEN]
    parts.append(
        "[The interface for machines](../interface.md) explains tokens, pages and errors. The same"
        " in full, for generators of clients: `/api/v1/openapi.json` of a running portal."
    )
    by_tag: dict[str, list[str]] = {}
    for path, methods in schema["paths"].items():
        for method, what in methods.items():
            tag = (what.get("tags") or ["Other"])[0]
            by_tag.setdefault(tag, []).append(_operation(method, path, what))
    for tag, texts in by_tag.items():
        parts += [f"## {tag.capitalize()}", *texts]
    return "\n\n".join(parts) + "\n"


def _operation(method: str, path: str, what: dict[str, Any]) -> str:
    parts = [f"### `{method.upper()} {path}`"]
    parts.append(what.get("description") or what.get("summary", ""))
    rows = [
        f"| `{given['name']}` | {given['in']} | {_type(given['schema'])} |"
        f" {'yes' if given.get('required') else ''} |"
        f" {given.get('description', '').replace('|', '/')} |"
        for given in what.get("parameters", [])
    ]
    if rows:
        head = "| parameter | in | value | required | meaning |\n|---|---|---|---|---|"
        parts.append("\n".join([head, *rows]))
    return "\n\n".join(part for part in parts if part)


def _type(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        words = [_type(one) for one in schema["anyOf"] if one.get("type") != "null"]
        return " or ".join(words)
    if "enum" in schema:
        return ", ".join(f"`{one}`" for one in schema["enum"])
    if schema.get("type") == "array":
        return f"several: {_type(schema.get('items', {}))}"
    return str(schema.get("type", "any"))


# --- the science's own lists ---------------------------------------------------------------------


def features_page() -> str:
    from vibration.features.registry import FEATURES, GROUPS

    parts = ["# The 36 features", WRITTEN, "[How they are measured](../features.md)."]
    for group, title in GROUPS.items():
        rows = [
            (f"`{each.name}`", each.title, each.unit, each.meaning, each.formula)
            for each in FEATURES
            if each.group == group
        ]
        parts += [f"## {title}", _table(("name", "title", "unit", "meaning", "formula"), rows)]
    return "\n\n".join(parts) + "\n"


def catalogue_page() -> str:
    from vibration.simulation.catalogue import FAULT_CLASSES, NOISES, SEVERITIES

    parts = ["# What the simulator knows", WRITTEN, "[What is simulated](../physics.md)."]
    classes = [
        (f"`{each.code}`", each.name, each.signature, "; ".join(each.sources))
        for each in FAULT_CLASSES
    ]
    levels = [(f"`{each.code}`", each.name, f"{each.low} to {each.high}") for each in SEVERITIES]
    noises = [(f"`{each.code}`", each.name, each.model) for each in NOISES]
    parts += ["## Classes", _table(("code", "name", "signature", "after"), classes)]
    parts += ["## Severities", _table(("code", "name", "factor"), levels)]
    parts += ["## Noise layers", _table(("code", "name", "model"), noises)]
    return "\n\n".join(parts) + "\n"


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def _cell(text: str) -> str:
    return text if text.startswith(("`", "---")) else escaped(text)


# --- functions -----------------------------------------------------------------------------------


def vibration_pages() -> Iterator[tuple[str, str]]:
    """Yield a page for each room of the science, and one that lists them."""
    rooms: dict[str, list[Path]] = {}
    for path in sorted((ROOT / "vibration").glob("**/*.py")):
        parts = path.relative_to(ROOT / "vibration").parts
        if not path.stem.startswith("_") and "examples" not in parts:
            rooms.setdefault(parts[0] if len(parts) > 1 else "basics", []).append(path)
    yield (
        "vibration",
        _list_page(
            "Functions of vibration",
            "The science without Django: numpy arrays in, numbers and arrays out. It comes with the"
            " portal; `import vibration` in a notebook or script that runs in its environment.",
            [f"vibration-{room}" for room in sorted(rooms)],
        ),
    )
    for room, paths in sorted(rooms.items()):
        yield f"vibration-{room}", _modules_page(f"vibration: {room}", paths)


def services_pages() -> Iterator[tuple[str, str]]:
    """Yield what may write rows, from the docstrings of the services, and a page that lists it."""
    rooms = {
        room: [
            path
            for path in sorted((ROOT / room).glob("**/*.py"))
            if path.stem == "services" or "services" in path.parent.parts[-1:]
        ]
        for room in ROOMS[:-1]
    }
    yield (
        "services",
        _list_page(
            "Services",
            "All that writes rows. Keyword-only, typed, named `<noun>_<verb>`; what they refuse is"
            " one sentence. Pages, commands and the interface for machines call the same ones.",
            [f"services-{room}" for room in rooms],
        ),
    )
    for room, paths in rooms.items():
        yield f"services-{room}", _modules_page(f"Services of {room}", paths)


def _list_page(title: str, text: str, names: list[str]) -> str:
    listed = "\n".join(names)
    return f"# {title}\n\n{text}\n\n```{{toctree}}\n:maxdepth: 1\n\n{listed}\n```\n"


def _modules_page(title: str, paths: list[Path]) -> str:
    names = {path: ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in paths}
    parts = [module_markdown(path, name) for path, name in names.items()]
    return "\n\n".join([f"# {title}", WRITTEN, *(part for part in parts if part)])
