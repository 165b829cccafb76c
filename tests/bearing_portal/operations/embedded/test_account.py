"""PostgreSQL refuses root. Each way round it is tried for real where this machine has it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bearing_portal.operations.embedded import account, postgres
from bearing_portal.operations.embedded.errors import ServerError
from bearing_portal.operations.embedded.servers import EmbeddedServers

ROOT = Path(__file__).resolve().parents[4]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can play the other accounts")
START_AND_ASK = """
import sys
from pathlib import Path
from bearing_portal.operations.embedded.servers import EmbeddedServers

with EmbeddedServers(Path(sys.argv[1]), durable=False) as servers:
    with servers.postgres.connect() as connection:
        print(connection.execute("SELECT 'answered'").fetchone()[0])
"""


def without(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def which(name: str) -> str | None:
        return None if name == program else shutil.which(name)

    monkeypatch.setattr(account, "shutil", type("Shell", (), {"which": staticmethod(which)}))
    account.server_account.cache_clear()


@pytest.fixture(autouse=True)
def _forget_the_account():
    yield
    account.server_account.cache_clear()


@as_root
def test_root_without_user_namespaces_runs_it_as_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without("unshare", monkeypatch)

    with EmbeddedServers(tmp_path / "data", durable=False) as servers:
        with servers.postgres.connect() as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert servers.postgres.folder.stat().st_uid == account.NOBODY


@as_root
def test_a_folder_made_one_way_is_used_the_other_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with EmbeddedServers(tmp_path / "data", durable=False) as first:
        first.postgres.connect().execute("CREATE TABLE kept AS SELECT 1")
    without("unshare", monkeypatch)

    second = EmbeddedServers(tmp_path / "data", durable=False)
    with second, second.postgres.connect() as connection:
        assert connection.execute("TABLE kept").fetchone() == (1,)


@as_root
def test_root_with_no_way_round_reads_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account, "_works", lambda prefix: False)
    account.server_account.cache_clear()

    with pytest.raises(ServerError, match="DATABASE_URL"):
        postgres.server_account()


@as_root
def test_an_ordinary_user_needs_no_way_round(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    os.chown(home, account.NOBODY, account.NOBODY)
    # The capability only lets this user reach the interpreter and the packages of the one testing.
    as_user = [str(shutil.which("setpriv")), *account.NOBODY_WITH_REACH]

    done = subprocess.run(
        [*as_user, sys.executable, "-c", START_AND_ASK, str(home / "data")],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )

    assert done.stdout.strip() == "answered", done.stderr
