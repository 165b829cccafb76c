"""Where the embedded servers listen and with which password: a file only its owner reads.

Settings read it, the servers' starter writes it. The file outlives the servers, so that ports and
passwords stay the same and a process that lost its connection finds it again.
"""

import json
import os
import secrets
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Self

HOST = "127.0.0.1"
USER = "portal"
NOBODY_LISTENS = 1  # the port of a server never started: connecting is refused at once


@dataclass(frozen=True)
class Facts:
    postgres_port: int = NOBODY_LISTENS
    postgres_password: str = ""
    valkey_port: int = NOBODY_LISTENS
    valkey_password: str = ""

    def database(self) -> dict[str, Any]:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": HOST,
            "PORT": self.postgres_port,
            "USER": USER,
            "PASSWORD": self.postgres_password,
            "NAME": USER,
        }

    def database_url(self) -> str:
        return f"postgresql://{USER}:{self.postgres_password}@{HOST}:{self.postgres_port}/{USER}"

    def valkey_url(self, database: int = 0) -> str:
        return f"redis://:{self.valkey_password}@{HOST}:{self.valkey_port}/{database}"

    def with_passwords(self) -> Self:
        return replace(
            self,
            postgres_password=self.postgres_password or secrets.token_urlsafe(24),
            valkey_password=self.valkey_password or secrets.token_urlsafe(24),
        )


def facts_path(data_dir: Path) -> Path:
    return data_dir / "embedded" / "facts.json"


def read_facts(data_dir: Path) -> Facts:
    try:
        return Facts(**json.loads(facts_path(data_dir).read_text()))
    except (FileNotFoundError, NotADirectoryError):
        return Facts()


def write_facts(data_dir: Path, facts: Facts) -> None:
    path = facts_path(data_dir)
    draft = path.with_suffix(".tmp")
    with open(os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as file:
        json.dump(asdict(facts), file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
