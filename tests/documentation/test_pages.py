"""What the documentation states is there: links and their anchors, files, command lines, code."""

import re
import shlex
from pathlib import Path

import pytest
from django.core.management import CommandError, get_commands, load_command_class

ROOT = Path(__file__).resolve().parents[2]
DOCS = sorted((ROOT / "docs").glob("*.md"))
PAGES = [*DOCS, *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"))]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
LINE = re.compile(r"(?:^|`)(?: {4}|\. )?(?:[A-Z_]+=\S+ )?(?:\S*python) manage\.py ([^`\n]+)", re.M)
PYTHON = re.compile(r"```python\n(.+?)```", re.DOTALL)
TOP = "bearing_portal|bench|common|datasets|deploy|docs|experiments|monitoring|requirements"
FILE = re.compile(rf"`((?:{TOP}|signals|static|templates|tests|vibration)/[\w./-]*)`")
FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)


def ids(pages):
    return [path.stem for path in pages]


def anchors(path: Path) -> set[str]:
    """Return the names under which a page's headings are linked to."""
    heads = re.findall(r"^#+ (.+)$", FENCE.sub("", path.read_text()), re.MULTILINE)
    plain = (re.sub(r"[`*]|\[|\]\([^)]*\)", "", head).lower() for head in heads)
    return {re.sub(r"[^\w\- ]", "", head).replace(" ", "-") for head in plain}


@pytest.mark.parametrize("page", PAGES, ids=ids(PAGES))
def test_links_lead_to_what_is_there(page):
    wrong = []
    for link in LINK.findall(FENCE.sub("", page.read_text())):
        if link.startswith(("http://", "https://")):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name) if name else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            wrong.append(link)
    assert wrong == []


@pytest.mark.parametrize("page", PAGES, ids=ids(PAGES))
def test_files_that_are_named_are_there(page):
    named = FILE.findall(page.read_text())
    modules = {name: (ROOT / f"{name}.py").is_file() for name in named}
    assert [name for name in named if not (modules[name] or (ROOT / name).exists())] == []


def lines_of(page):
    return [line.strip() for line in LINE.findall(page.read_text())]


@pytest.mark.parametrize("page", PAGES, ids=ids(PAGES))
def test_command_lines_are_taken_by_their_commands(page):
    known, refused = get_commands(), []
    for line in lines_of(page):
        name, *given = shlex.split(line, comments=True)
        if any(word.isupper() or word in ("<command>",) for word in [name, *given]):
            continue  # a form of a command, not a command
        if name not in known:
            refused.append(f"{line}: no such command")
            continue
        parser = load_command_class(known[name], name).create_parser("manage.py", name)
        parser.called_from_command_line = False
        try:
            parser.parse_args(given)
        except CommandError as error:
            if given or "are required" not in str(error):  # else the text only names the command
                refused.append(f"{line}: {error}")
    assert refused == []


def test_command_lines_are_found():
    found = [line for page in PAGES for line in lines_of(page)]
    assert any(line.startswith("train ") for line in found)
    assert any(line.startswith("simulate --class") for line in found)


def code_of(page):
    """Return the Python of a page as one; of what does not begin with its imports, none."""
    code = "\n".join(PYTHON.findall(page.read_text()))
    return code if code.startswith(("import ", "from ")) else ""


CODE = [page for page in PAGES if code_of(page)]


@pytest.mark.parametrize("page", CODE, ids=ids(CODE))
def test_code_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    exec(compile(code_of(page), page.name, "exec"), {})  # noqa: S102 - our own pages
