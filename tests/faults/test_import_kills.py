"""An import at the command line is killed: nothing is shown, and the same command goes on."""

import signal
import time
from pathlib import Path

import numpy as np
import psutil
import psycopg
import pytest

from tests.faults.portal import PATIENCE_S

pytestmark = pytest.mark.faults
N_FILES = 30


def importing(portal, folder):
    return portal._start(
        "manage.py", "import_recordings", str(folder), "--dataset", "Killed", "--fs", "20000"
    )


def one(portal, statement):
    with psycopg.connect(portal.facts.database_url()) as connection:
        return connection.execute(statement).fetchone()


def kept_in(folder: Path) -> set[Path]:
    return set(folder.glob("*.import/*.kept"))


def test_a_killed_import_shows_nothing_and_goes_on(portal, tmp_path):
    portal.ask("session")  # there is an owner now
    rng = np.random.default_rng(0)
    for number in range(N_FILES):
        np.save(tmp_path / f"{number}.npy", rng.standard_normal(100_000).astype(np.float32))
    first = importing(portal, tmp_path)
    until = time.monotonic() + PATIENCE_S
    while len(kept_in(portal.folder)) < 3:
        assert first.poll() is None
        assert time.monotonic() < until
        time.sleep(0.02)
    family = psutil.Process(first.pid).children(recursive=True)
    first.send_signal(signal.SIGKILL)
    first.wait()
    _, alive = psutil.wait_procs(family, timeout=PATIENCE_S)
    assert alive == []
    assert one(portal, "SELECT count(*) FROM signals_signal") == (0,)
    assert 3 <= len(kept_in(portal.folder)) < N_FILES

    again = importing(portal, tmp_path)
    assert again.wait(PATIENCE_S) == 0
    status = "SELECT status, origin FROM datasets_dataset WHERE name = 'Killed'"
    assert one(portal, status) == ("ready", "recorded")
    assert one(portal, "SELECT count(*), count(rms) FROM signals_signal") == (N_FILES, N_FILES)
    assert kept_in(portal.folder) == set()
