"""PostgreSQL and Valkey for a machine that has none: started, watched and stopped together."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from bearing_portal.operations.embedded.errors import ServerError
from bearing_portal.operations.embedded.facts import Facts, facts_path, read_facts, write_facts
from bearing_portal.operations.embedded.ports import keep_or_find
from bearing_portal.operations.embedded.postgres import Postgres
from bearing_portal.operations.embedded.valkey import Valkey


class EmbeddedServers:
    """The servers of one data folder. Whoever starts them holds the folder's lock."""

    def __init__(
        self, data_dir: Path, *, postgres: bool = True, valkey: bool = True, durable: bool = True
    ) -> None:
        self.data_dir = data_dir
        self.facts = Facts()
        self._wanted = (postgres, valkey)
        self._durable = durable
        self.postgres: Postgres
        self.valkey: Valkey

    def start(self) -> Facts:
        home = self._home()
        facts = read_facts(self.data_dir).with_passwords()
        self._describe(home, facts)
        # Leftovers first: they hold the ports that are to be kept.
        for server in self._servers():
            server.clear_leftovers()
        postgres_port = keep_or_find(facts.postgres_port)
        valkey_port = keep_or_find(facts.valkey_port, besides=(postgres_port,))
        self.facts = replace(facts, postgres_port=postgres_port, valkey_port=valkey_port)
        write_facts(self.data_dir, self.facts)
        self._describe(home, self.facts)
        try:
            for server in self._servers():
                server.start()
        except BaseException:
            self.stop()
            for server in self._servers():  # one that had just been started is not known yet
                server.clear_leftovers()
            raise
        return self.facts

    def stop(self) -> None:
        for server in reversed(self._servers()):
            server.stop()

    def restart_dead(self, say: Callable[[str], None]) -> None:
        """Start again, on the same port and password, what has ended by itself."""
        for server in self._servers():
            if not server.is_alive():
                name = type(server).__name__
                say(f"{name} ended unexpectedly; starting it again.")
                server.clear_leftovers()
                server.start()
                say(f"{name} is back.")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        stack: TracebackType | None,
    ) -> None:
        self.stop()

    def _home(self) -> Path:
        home = facts_path(self.data_dir).parent
        try:
            home.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise ServerError(
                f"The data folder {self.data_dir} cannot be used ({error.strerror}); "
                "make it writable or name another one in DATA_DIR."
            ) from error
        return home.resolve()

    def _describe(self, home: Path, facts: Facts) -> None:
        self.postgres = Postgres(home, facts.postgres_port, facts.postgres_password, self._durable)
        self.valkey = Valkey(home, facts.valkey_port, facts.valkey_password)

    def _servers(self) -> list[Postgres | Valkey]:
        if not hasattr(self, "postgres"):
            return []
        described: tuple[Postgres | Valkey, ...] = (self.postgres, self.valkey)
        return [server for server, wanted in zip(described, self._wanted, strict=True) if wanted]
