"""A run of its own for `test_interruptions`: with all that tests start, it waits to be ended."""

import os
import sys
import time
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.e2e.windows import browser_of
from tests.processes import running

pytestmark = pytest.mark.faults


def test_it_waits() -> None:
    waiting = [sys.executable, "-c", "import time; time.sleep(3600)"]
    with running(waiting), sync_playwright() as playwright, browser_of(playwright):
        Path(os.environ["UNDER_WAY"]).touch()
        time.sleep(3600)
