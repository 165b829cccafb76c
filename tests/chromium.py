"""The browser of the tests: Chromium as the machine has it, asking nobody."""

import os
from typing import Any

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # The address bar's popups are pages in a process of their own, half a second for each window;
    # the process kept ready for the next page is another.
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup"
    ",SpareRendererForSitePerProcess",
]


def launched(playwright: Any) -> Any:
    path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    return playwright.chromium.launch(executable_path=path, args=FLAGS)
