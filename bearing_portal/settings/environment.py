"""Read variables strictly: a value that cannot be meant stops the start with one sentence."""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

from common.storage.url import EXAMPLE, s3_place

TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}
POSTGRES_SCHEMES = ("postgres", "postgresql")
VALKEY_SCHEMES = ("redis", "rediss")
MAIL_SCHEMES = ("smtp", "smtp+tls", "smtps", "smtp+ssl", "consolemail", "filemail", "memorymail")


class Environment:
    """The process environment and the `.env` file beside `manage.py`, read by type."""

    def __init__(self, dotenv: Path | None = None) -> None:
        if dotenv is not None and dotenv.is_file():
            environ.Env.read_env(dotenv)  # the real environment wins over the file
        self._env = environ.Env()

    def text(self, name: str, default: str = "") -> str:
        # A variable set to nothing counts as unset: `PORT= make run` means the default.
        return os.environ.get(name, "").strip() or default

    def boolean(self, name: str, default: bool) -> bool:
        value = self.text(name).lower()
        if value in TRUE or value in FALSE:
            return value in TRUE
        if value:
            raise ImproperlyConfigured(f"{name} is “{value}”; set it to true or false.")
        return default

    def integer(self, name: str, default: int, *, lowest: int, highest: int) -> int:
        value = self.text(name)
        if not value:
            return default
        try:
            number = int(value)
        except ValueError:
            number = lowest - 1
        if not lowest <= number <= highest:
            raise ImproperlyConfigured(
                f"{name} is “{value}”; set it to a whole number from {lowest} to {highest}."
            )
        return number

    def choice(self, name: str, default: str, among: tuple[str, ...]) -> str:
        value = self.text(name, default)
        if value not in among:
            raise ImproperlyConfigured(f"{name} is “{value}”; set it to {' or '.join(among)}.")
        return value

    def words(self, name: str, default: str = "") -> list[str]:
        return [word.strip() for word in self.text(name, default).split(",") if word.strip()]

    def folder(self, name: str, default: Path) -> Path:
        return Path(self.text(name, str(default))).expanduser().absolute()

    def origins(self, name: str) -> list[str]:
        origins = self.words(name)
        for origin in origins:
            if not origin.startswith(("http://", "https://")):
                raise ImproperlyConfigured(
                    f"{name} holds “{origin}”; write each origin with its scheme, "
                    "such as https://portal.example.org."
                )
        return origins

    def origin(self, name: str, default: str) -> str:
        """One origin without a slash at its end."""
        value = self.text(name, default).rstrip("/")
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.path:
            raise ImproperlyConfigured(
                f"{name} is “{value}”; write it as https://portal.example.org."
            )
        return value

    def emails(self, name: str) -> list[str]:
        addresses = self.words(name)
        for address in addresses:
            try:
                validate_email(address)
            except ValidationError as error:
                raise ImproperlyConfigured(
                    f"{name} holds “{address}”; write e-mail addresses parted by commas."
                ) from error
        return addresses

    def webhooks(self, name: str) -> list[str]:
        """Read addresses that are sent to; each may hold a secret, so no sentence repeats it."""
        urls = self.words(name)
        for url in urls:
            _split(name, url, ("http", "https"), "https://chat.example.org/hooks/…")
        return urls

    def datagrams(self, name: str) -> tuple[str, int] | None:
        """Read `udp://host:port`."""
        url = self.text(name)
        if not url:
            return None
        parts = _split(name, url, ("udp",), "udp://log.example.org:514")
        return str(parts.hostname), parts.port or 514

    def email(self, name: str) -> dict[str, Any]:
        """Django's mail settings of a URL; where the variable is unset nothing is sent."""
        url = self.text(name)
        if not url:
            return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
        if url.split(":", maxsplit=1)[0] not in MAIL_SCHEMES:
            raise ImproperlyConfigured(
                f"{name} is not a usable address; "
                "write it as smtp+tls://user:password@mail.example.org:587."
            )
        return dict(self._env.email_url_config(url))

    def postgres(self, name: str) -> dict[str, Any] | None:
        """`DATABASES` entry of a PostgreSQL URL; None where the variable is unset."""
        url = self.text(name)
        if not url:
            return None
        example = "postgresql://user:password@host:5432/database"
        if _split(name, url, POSTGRES_SCHEMES, example).path in ("", "/"):
            raise ImproperlyConfigured(f"{name} names no database; write it as {example}.")
        return dict(self._env.db_url_config(url))

    def bucket(self, name: str) -> str:
        """The URL of a bucket; empty where the variable is unset."""
        url = self.text(name)
        if url:
            try:
                s3_place(url)
            except ValueError as error:
                # The URL may hold a secret, so no sentence repeats it.
                raise ImproperlyConfigured(
                    f"{name} is not a usable address. {error} Write it as {EXAMPLE}."
                ) from error
        return url

    def valkey(self, name: str) -> str | None:
        url = self.text(name)
        if not url:
            return None
        path = _split(name, url, VALKEY_SCHEMES, "redis://:password@host:6379/0").path
        if path.strip("/") and not path.strip("/").isdigit():
            raise ImproperlyConfigured(
                f"{name} ends with “{path}”; end it with a database number, such as /0."
            )
        return url


def valkey_connection(url: str) -> dict[str, object]:
    """Host, port, database and password of a Valkey URL, as django-rq wants them."""
    parts = urlsplit(url)
    return {
        "HOST": parts.hostname,
        "PORT": parts.port or 6379,
        "DB": int(parts.path.strip("/") or 0),
        "USERNAME": unquote(parts.username) if parts.username else None,
        "PASSWORD": unquote(parts.password) if parts.password else None,
        "SSL": parts.scheme == "rediss",
    }


def secret_kept_in(path: Path, *, n_bytes: int = 50) -> str:
    """The secret kept in a file only its owner reads; drawn on first use."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        if not path.exists():
            with open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(n_bytes))
            try:
                os.link(draft, path)  # fails where another process was first, whose secret counts
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return path.read_text()
    except OSError as error:
        raise ImproperlyConfigured(
            f"The data folder {path.parent} cannot be used ({error.strerror}); "
            "make it writable or name another one in DATA_DIR."
        ) from error


def _split(name: str, url: str, schemes: tuple[str, ...], example: str) -> SplitResult:
    # The URL may hold a password, so no sentence repeats it.
    try:
        parts = urlsplit(url)
        usable = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ImproperlyConfigured(f"{name} is not a usable address; write it as {example}.")
    return parts
