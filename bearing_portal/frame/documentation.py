"""The documentation as pages of the portal: the Markdown files of `docs/`, rendered."""

import mimetypes
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from bearing_portal.settings.places import BASE_DIR
from common.errors import NotFound

NOT_BUILT = (
    "The documentation's site has not been built on this portal: whoever runs it does so with"
    " `make docs`. The pages themselves are under Documentation."
)

FOLDER = BASE_DIR / "docs"
FIRST = (
    "start",
    "tutorial",
    "cwru",
    "runs",
    "training",
    "sharing",
    "backup",
    "explorer",
    "viewer",
    "datasets",
    "imports",
    "physics",
    "features",
    "leakage",
    "experiments",
    "interface",
    "commands",
    "accounts",
    "monitoring",
)
_NAME = re.compile(r"[a-z]{1,40}")
_TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
_LINK_TO_PAGE = re.compile(r'href="([a-z]+)\.md(#[\w-]+)?"')
_PICTURE = re.compile(r"<p><img [^>]*></p>\n?")  # the built site has them
_DRAWING = re.compile(
    r'<pre><code class="language-mermaid">.*?accDescr: ([^\n]+).*?</pre>', re.DOTALL
)
_TABLE = re.compile("<table>(.*?)</table>", re.DOTALL)


@dataclass(frozen=True)
class DocumentationPage:
    """One page: its name in the address, its title, its text as HTML."""

    name: str
    title: str
    html: SafeString


@lru_cache(maxsize=1)
def contents() -> tuple[tuple[str, str], ...]:
    """Return name and title of every page; first those for who uses the portal."""
    names = sorted(path.stem for path in FOLDER.glob("*.md") if _NAME.fullmatch(path.stem))
    ordered = [name for name in FIRST if name in names]
    ordered += [name for name in names if name not in FIRST]
    return tuple((name, _title_of(FOLDER / f"{name}.md")) for name in ordered)


@lru_cache(maxsize=64)
def documentation_page(name: str) -> DocumentationPage:
    """Return a page by its name; only files of the documentation's own folder are pages."""
    titles = dict(contents())
    if name not in titles:
        raise NotFound("There is no such page of the documentation.")
    text = (FOLDER / f"{name}.md").read_text("utf-8")
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(_TITLE.sub("", text, 1))
    html = _LINK_TO_PAGE.sub(_to_page, html)
    html = _PICTURE.sub("", html)
    html = _DRAWING.sub(r'<p class="text-2">Drawn in the documentation’s site: \1</p>', html)
    html = _TABLE.sub(
        r'<div class="table-scroll" tabindex="0"><table class="table">\1</table></div>', html
    )
    # Of the repository's own files, and with HTML in them shown as text.
    return DocumentationPage(name, titles[name], mark_safe(html))  # noqa: S308


def _to_page(match: re.Match[str]) -> str:
    return f'href="{reverse("documentation-page", args=[match[1]])}{match[2] or ""}"'


def _title_of(path: Path) -> str:
    found = _TITLE.search(path.read_text("utf-8"))
    return found[1] if found else path.stem.capitalize()


def is_site_built() -> bool:
    return (settings.DOCS_SITE_DIR / "index.html").is_file()


def site_file(name: str) -> tuple[bytes, str]:
    """Return bytes and content type of a file of the built site; only its own files are known."""
    if not is_site_built():
        raise NotFound(NOT_BUILT)
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    try:
        built_ns = settings.DOCS_SITE_DIR.stat().st_mtime_ns
        path = _site_files(settings.DOCS_SITE_DIR, built_ns).get(name)
        if path is None:
            raise NotFound("There is no such page of the documentation.")
        content = path.read_bytes()
    except FileNotFoundError as error:
        _site_files.cache_clear()
        raise NotFound("The documentation is being built anew: reload in a moment.") from error
    return content, f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


@lru_cache(maxsize=2)
def _site_files(folder: Path, _built_ns: int) -> dict[str, Path]:
    # A name is looked up, never joined to a path: nothing outside the folder can be asked for.
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return {path.relative_to(folder).as_posix(): path for path in files}
