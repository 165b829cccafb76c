import os
import secrets
import shutil
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from bearing_portal.operations.demonstration import PERSON
from bearing_portal.operations.embedded.errors import ServerError
from bearing_portal.operations.runner.temporary import TemporaryPortal
from bearing_portal.operations.screenshots import PAGE_NAMES, PAGES, log_in, take
from common.commands import FAILED, REFUSED, PortalCommand

OUT = Path("docs") / "screenshots"
FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
MAKE_DEMONSTRATION = (
    "import os; from bearing_portal.operations.demonstration import demonstration_make; "
    "demonstration_make(os.environ['DEMONSTRATION_PASSWORD'])"
)


class Command(PortalCommand):
    help = (
        "Take a picture of each page in both themes, of a portal of its own that is made for it "
        "and removed again. Needs Chromium and the packages of requirements/dev.txt."
    )
    example = "screenshots\nscreenshots --page home --page viewer --out pictures"
    refusals = (OSError,)
    on_interrupt = "Interrupted; the pictures taken so far are kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--out", type=Path, default=OUT, metavar="FOLDER")
        parser.add_argument("--page", action="append", choices=PAGE_NAMES, help="only this page")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = [page for page in PAGES if page.name in (options["page"] or PAGE_NAMES)]
        folder = options["out"]
        with chromium() as browser:
            folder.mkdir(parents=True, exist_ok=True)
            try:
                with TemporaryPortal(worker=True) as portal:
                    cookies = self._people(browser, portal)
                    for shot in (shot for page in wanted for shot in page.shots()):
                        png = take(browser, portal.url, shot, cookies[shot.page.who])
                        (folder / shot.file_name).write_bytes(png)
                        self.stdout.write(f"{shot.file_name}: {len(png) / 1e3:.0f} kB")
            except ServerError as error:
                raise CommandError(str(error), returncode=FAILED) from error

    def _people(self, browser: Any, portal: TemporaryPortal) -> dict[str, list[dict[str, Any]]]:
        password = portal.environment["DEMONSTRATION_PASSWORD"] = secrets.token_urlsafe(16)
        portal.manage("shell", "-v", "0", "-c", MAKE_DEMONSTRATION)
        return {
            "nobody": [],
            "person": log_in(browser, portal.url, PERSON, password),
            "admin": log_in(browser, portal.url, "admin", portal.admin_password()),
        }


@contextmanager
def chromium() -> Iterator[Any]:
    """Start the browser; refuse with one sentence where there is none."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError as missing:
        raise CommandError(
            "Playwright is missing; install the packages of requirements/dev.txt.",
            returncode=REFUSED,
        ) from missing
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        raise CommandError(
            "Chromium is missing; install it, or name it in CHROMIUM.", returncode=REFUSED
        )
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        except Error as error:
            raise CommandError(
                f"Chromium at {path} does not start; name another one in CHROMIUM.",
                returncode=REFUSED,
            ) from error
        try:
            yield browser
        except Error as error:
            sentence = error.message.splitlines()[0]
            raise CommandError(f"A page could not be pictured: {sentence}") from error
        finally:
            browser.close()
