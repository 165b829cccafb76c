"""Public functions and classes of modules as Markdown, read from the source without importing it.

Docstrings here are numpydoc: a sentence, paragraphs, then sections under a dashed title.
"""

import ast
import re
from collections.abc import Iterator
from inspect import cleandoc
from pathlib import Path

Documented = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
SECTION = re.compile(r"^(\w[\w ]*)\n-{3,}$", re.MULTILINE)
ENTRIES = ("Parameters", "Other Parameters", "Attributes", "Returns", "Yields", "Raises")
LONGEST_SIGNATURE = 88


def module_markdown(path: Path, name: str) -> str:
    """Return the part of a page that describes one module; empty where nothing in it is public."""
    tree = ast.parse(path.read_text("utf-8"))
    public = [
        node
        for node in tree.body
        if isinstance(node, Documented)
        and not node.name.startswith("_")
        and ast.get_docstring(node)
    ]
    if not public:
        return ""
    parts = [f"## {name}", *prose(cleandoc(ast.get_docstring(tree) or ""))]
    for node in public:
        parts += [f"### {node.name}", f"```python\n{signature(node)}\n```"]
        parts += docstring_markdown(cleandoc(ast.get_docstring(node) or ""))
    return "\n\n".join(part for part in parts if part) + "\n"


def signature(node: Documented) -> str:
    """Return the call as it is written in the source, one argument a line where it is long."""
    if isinstance(node, ast.ClassDef):
        bases = ", ".join(ast.unparse(base) for base in node.bases)
        return f"class {node.name}({bases})" if bases else f"class {node.name}"
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    line = f"{node.name}({ast.unparse(node.args)}){returns}"
    if len(line) <= LONGEST_SIGNATURE:
        return line
    arguments = "".join(f"    {one},\n" for one in _arguments(node.args))
    return f"{node.name}(\n{arguments}){returns}"


def _arguments(given: ast.arguments) -> Iterator[str]:
    by_place = [*given.posonlyargs, *given.args]
    n_bare = len(by_place) - len(given.defaults)
    defaults = [None] * n_bare + list(given.defaults)
    for argument, default in zip(by_place, defaults, strict=True):
        yield _argument(argument, default)
    if given.vararg:
        yield f"*{ast.unparse(given.vararg)}"
    elif given.kwonlyargs:
        yield "*"
    for argument, default in zip(given.kwonlyargs, given.kw_defaults, strict=True):
        yield _argument(argument, default)
    if given.kwarg:
        yield f"**{ast.unparse(given.kwarg)}"


def _argument(argument: ast.arg, default: ast.expr | None) -> str:
    text = ast.unparse(argument)
    return text if default is None else f"{text} = {ast.unparse(default)}"


def docstring_markdown(text: str) -> list[str]:
    """Return the paragraphs of a docstring: its sections as bold words and lists."""
    titles = list(SECTION.finditer(text))
    head = text[: titles[0].start()] if titles else text
    parts = prose(head)
    for title, following in zip(titles, [*titles[1:], None], strict=False):
        body = text[title.end() : following.start() if following else None].strip("\n")
        parts.append(f"**{title[1]}**")
        parts += [entries(body)] if title[1] in ENTRIES else prose(body)
    return parts


def entries(body: str) -> str:
    """Return a list of `name : type` lines with what is said below each."""
    lines: list[str] = []
    for line in body.splitlines():
        if not line.strip():
            continue
        if line.startswith(" "):
            lines[-1] += f" {escaped(line.strip())}" if lines else escaped(line.strip())
            continue
        names, _, kind = line.partition(" : ")
        lines.append(f"- `{names.strip('`')}`" + (f", {escaped(kind)}." if kind else ":"))
    return "\n".join(lines)


def prose(text: str) -> list[str]:
    """Return paragraphs as Markdown: examples and indented blocks as code."""
    parts = []
    for block in re.split(r"\n\s*\n", text.strip("\n")):
        if not block.strip():
            continue
        if block.lstrip().startswith(">>>"):
            parts.append(f"```pycon\n{cleandoc(block)}\n```")
        elif all(line.startswith("    ") for line in block.splitlines()):
            parts.append(f"```text\n{cleandoc(block)}\n```")
        else:
            cited = re.sub(r"^\.\. \[(\w+)\]", r"[\1]", block, flags=re.MULTILINE)
            parts.append(escaped(re.sub(r"::$", ":", cited)))
    return parts


def escaped(text: str) -> str:
    """Leave code between backticks alone and take the meaning from every other sign."""
    pieces = re.split(r"(``.+?``|`[^`]+`)", text, flags=re.DOTALL)
    return "".join(
        piece if piece.startswith("`") else re.sub(r"([\\*_<>\[\]|#$])", r"\\\1", piece)
        for piece in pieces
    )
