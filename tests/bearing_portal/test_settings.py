"""Settings are tried as a person meets them: a command, its exit status, its one sentence."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from bearing_portal.settings.environment import Environment, secret_kept_in, valkey_connection

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "bearing_portal.settings.production",
    "SECRET_KEY": "a-long-random-text-" * 4,
    "DATABASE_URL": "postgresql://user:secret@localhost:1/portal",
    "REDIS_URL": "redis://:secret@localhost:1/0",
    "ALLOWED_HOSTS": "portal.example.org",
}
Manage = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def manage(tmp_path: Path) -> Manage:
    def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        clean = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), "DOTENV_FILE": os.devnull}
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env={**clean, **variables},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    return run


def variables_read() -> set[str]:
    """Names given to a reader of `Environment`, or to `os.environ`, anywhere in the site."""
    calls = (
        node
        for path in (*ROOT.glob("bearing_portal/**/*.py"), ROOT / "manage.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args
    )
    first = (call.args[0] for call in calls if reads_a_variable(call.func))
    return {
        word.value
        for word in first
        if isinstance(word, ast.Constant) and re.fullmatch(r"[A-Z][A-Z_]+", str(word.value))
    } - {"PATH"}


def reads_a_variable(called: ast.Attribute) -> bool:
    if called.attr in {"get", "setdefault"}:
        return isinstance(called.value, ast.Attribute) and called.value.attr == "environ"
    return called.attr in vars(Environment) and not called.attr.startswith("_")


def documented() -> set[str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    return {match[1] for line in lines if (match := re.match(r"#?([A-Z_]+)=", line))}


def test_every_variable_read_is_documented() -> None:
    read = variables_read()

    assert {"PORT", "DATA_DIR", "SECRET_KEY", "DOTENV_FILE"} <= read
    assert read <= documented()


def test_every_documented_variable_is_read() -> None:
    known_by_constant = {"PORTAL_SERVERS_ARE_UP"}

    assert documented() - variables_read() == known_by_constant


@pytest.mark.parametrize(
    ("name", "value", "hint"),
    [
        ("PORT", "eighty", "whole number from 1 to 65535"),
        ("PORT", "70000", "whole number from 1 to 65535"),
        ("DEBUG", "maybe", "true or false"),
        ("LOG_LEVEL", "LOUD", "DEBUG or INFO"),
        ("DATABASE_URL", "mysql://user:secret@host/name", "postgresql://"),
        ("DATABASE_URL", "postgresql://user:secret@host", "names no database"),
        ("REDIS_URL", "http://:secret@host/0", "redis://"),
        ("REDIS_URL", "redis://:secret@host/zero", "database number"),
        ("CSRF_TRUSTED_ORIGINS", "portal.example.org", "scheme"),
        ("JOB_STALE_S", "3", "twice JOB_HEARTBEAT_S"),
        ("LOG_FILE_MB", "0", "whole number from 1 to 1000"),
        ("STORAGE_URL", "https://user:secret@bucket", "s3://KEY:SECRET@bucket"),
        ("STORAGE_URL", "s3://user:secret@bucket?endpoint=example.org", "https://host:port"),
        ("STORAGE_URL", "s3://user@bucket", "comes with its secret"),
        ("SITE_URL", "portal.example.org", "https://"),
        ("EMAIL_URL", "mail.example.org", "smtp"),
        ("TWO_FACTOR_REQUIRED", "everybody", "none or staff or all"),
        ("OIDC_ISSUER", "http://login.example.org", "https://login.example.org"),
        ("OIDC_ISSUER", "https://login.example.org", "OIDC_CLIENT_ID is missing"),
        ("OIDC_CLIENT_ID", "portal", "OIDC_ISSUER is missing"),
        ("OIDC_ROLES", "bench=boss", "GROUP=ROLE"),
        ("OIDC_SCOPES", "email", "openid"),
        ("ALERT_EMAILS", "nobody", "e-mail addresses"),
        ("ALERT_EMAILS", "a@example.org", "EMAIL_URL"),
        ("ALERT_WEBHOOKS", "ftp://user:secret@host", "https://chat.example.org"),
    ],
)
def test_a_wrong_value_is_one_sentence_and_status_2(
    manage: Manage, name: str, value: str, hint: str
) -> None:
    done = manage("check", **{name: value})

    assert done.returncode == 2
    assert name in done.stderr
    assert hint in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "secret@" not in done.stderr


@pytest.mark.parametrize("missing", ["SECRET_KEY", "DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS"])
def test_production_requires(manage: Manage, missing: str) -> None:
    done = manage("check", **{k: v for k, v in PRODUCTION.items() if k != missing})

    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert f"{missing} is missing" in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "x" * 60),
        ("SECRET_KEY", "django-insecure-" + "a-long-random-text-" * 4),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", "portal.example.org,*"),
        ("CSRF_TRUSTED_ORIGINS", "https://*"),
    ],
)
def test_production_refuses_what_lets_anybody_in(manage: Manage, name: str, value: str) -> None:
    done = manage("check", **PRODUCTION | {name: value})

    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert name in done.stderr


def test_production_passes_the_deployment_checks(manage: Manage) -> None:
    done = manage("check", "--deploy", "--fail-level", "WARNING", "--tag", "security", **PRODUCTION)

    assert done.returncode == 0, done.stderr


def test_a_data_folder_that_cannot_be_made_is_one_sentence(manage: Manage, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    done = manage("check", DATA_DIR=str(tmp_path / "file" / "data"))

    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "DATA_DIR" in done.stderr


@pytest.mark.parametrize("command", [["check"], ["simulate", "--help"], ["--help"]])
def test_commands_without_rows_start_no_server(
    manage: Manage, tmp_path: Path, command: list[str]
) -> None:
    done = manage(*command)

    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "embedded").exists()


def test_the_key_is_drawn_once_and_kept_to_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "new" / "secret-key"

    first, second = secret_kept_in(path), secret_kept_in(path)

    assert first == second
    assert len(first) >= 50
    assert path.stat().st_mode & 0o077 == 0


def test_a_variable_set_to_nothing_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", " ")

    assert Environment().integer("PORT", 8000, lowest=1, highest=65535) == 8000


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("HOST=from-file\nLOG_LEVEL=DEBUG\n")
    monkeypatch.setenv("HOST", "from-environment")
    monkeypatch.setenv("LOG_LEVEL", "")
    monkeypatch.delenv("LOG_LEVEL")

    environment = Environment(tmp_path / ".env")

    assert environment.text("HOST") == "from-environment"
    assert environment.text("LOG_LEVEL") == "DEBUG"


def test_a_valkey_address_is_taken_apart_for_the_queue() -> None:
    assert valkey_connection("rediss://me:p%40ss@cache.example.org/3") == {
        "HOST": "cache.example.org",
        "PORT": 6379,
        "DB": 3,
        "USERNAME": "me",
        "PASSWORD": "p@ss",
        "SSL": True,
    }


def test_a_port_that_is_no_number_in_a_url_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://host:port/0")

    with pytest.raises(ImproperlyConfigured):
        Environment().valkey("REDIS_URL")


def test_each_test_process_has_its_own_valkey_database() -> None:
    assert os.environ["REDIS_URL"] == settings.REDIS_URL


def test_portals_on_one_valkey_do_not_hear_each_others_hints() -> None:
    number = urlsplit(settings.REDIS_URL).path.strip("/")
    assert settings.CHANNEL_LAYERS["default"]["CONFIG"]["prefix"] == f"portal{number}"
