"""People who look and write while everything fails, and who note what they were told."""

import json
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlencode

from bench.faults.ledger import Ledger
from bench.people.browsing import CLASSES, Log, Person, World
from bench.served.portal import COOKIE, TOKEN

PAGES = ("/", "/datasets/", "/data-explorer/?dataset={dataset}", "/signal-viewer/?signal={signal}")
N_IN_A_ROW = len(PAGES)
PROBE_S, PROBE_TIMEOUT_S = 0.2, 15
WRITE_TIMEOUT_S = 30
MOST_WAITING = 3  # datasets of one person that are not there yet
RECIPE = {"per_class": 1, "duration_s": 1.0, "augmentation": False}


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes


def ask(
    netloc: str,
    session: str,
    path: str,
    body: bytes | None = None,
    kind: str = "",
    wait_s: float = 5,
) -> Answer:
    """Ask once on a connection of its own."""
    connection = HTTPConnection(netloc, timeout=wait_s)
    headers = {"Cookie": f"{COOKIE}={session}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN}
    try:
        connection.request(
            "GET" if body is None else "POST",
            path,
            body,
            headers | ({"Content-Type": kind} if kind else {}),
        )
        answer = connection.getresponse()
        return Answer(answer.status, answer.read())
    finally:
        connection.close()


@dataclass
class Crowd:
    """Threads of one process; each person asks without haste."""

    world: World
    sessions: list[str]
    seed: int
    ledger: Ledger = field(default_factory=Ledger)
    log: Log = field(default_factory=Log)

    def __post_init__(self) -> None:
        self._over, self._writing = threading.Event(), threading.Event()
        self._writing.set()
        self._n_writing = 0
        self._lock = threading.Lock()
        self._good: list[tuple[float, bool]] = []  # when a page was asked for, and whether it came
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> "Crowd":
        writer, *others = self.sessions
        self._go(self._probe, writer)
        for what, seed in ((self._note, 1), (self._tag, 2), (self._relabel, 3), (self._create, 4)):
            self._go(self._write, writer, what, random.Random(self.seed + seed))  # noqa: S311
        for seed, session in enumerate(others):
            self._go(self._browse, session, seed)
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._writing.set()
        for thread in self._threads:
            thread.join(WRITE_TIMEOUT_S)

    def paused(self) -> "_Paused":
        """Let nobody write for as long as the block lasts."""
        return _Paused(self)

    def refusals_since(self, n: int) -> Counter[str]:
        """Return how often people were told what, after the first `n` refusals."""
        return Counter(told(line) for line in self.log.refused[n:])

    def pages_back_s(self, since_s: float, wait_s: float) -> float | None:
        """Wait for some pages in a row that all come, and return when; None where none do."""
        give_up_at_s = time.monotonic() + wait_s
        while time.monotonic() < give_up_at_s:
            lately = [probe for probe in self._good if probe[0] >= since_s]
            for place in range(len(lately) - N_IN_A_ROW + 1):
                row = lately[place : place + N_IN_A_ROW]
                if all(came for _, came in row):
                    return row[0][0]
            time.sleep(0.1)
        return None

    def _go(self, work: Callable[..., None], *words: Any) -> None:
        thread = threading.Thread(target=work, args=words, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _probe(self, session: str) -> None:
        shown = {"dataset": self.world.dataset, "signal": self.world.signals[0]}
        pages = [page.format(**shown) for page in PAGES]
        turn = 0
        while not self._over.wait(PROBE_S):
            asked_at_s = time.monotonic()
            page = pages[turn % len(pages)]
            came = False
            try:
                came = self._ask(session, page, wait_s=PROBE_TIMEOUT_S) == 200
            except (OSError, HTTPException) as error:
                self.log.refused.append(f"probe: {type(error).__name__}")
            self._good.append((asked_at_s if came else time.monotonic(), came))
            turn += 1

    def _browse(self, session: str, seed: int) -> None:
        person = Person(self.world, self.log, session, self.seed + seed)
        pauses = random.Random(seed)  # noqa: S311 - habits, not secrets
        for name, action in person.habits():
            if self._over.wait(pauses.uniform(1, 3)):
                return
            person.act(name, action)

    def _write(self, session: str, what: Callable[..., None], chance: random.Random) -> None:
        for number in range(10**9):
            if self._over.wait(chance.uniform(0.3, 1.0)):
                return
            self._writing.wait()
            with self._lock:
                self._n_writing += 1
            try:
                what(session, number, chance)
            except (OSError, HTTPException) as error:
                self.log.refused.append(f"{what.__name__}: {type(error).__name__}")
            finally:
                with self._lock:
                    self._n_writing -= 1

    def _note(self, session: str, number: int, chance: random.Random) -> None:
        signal, text = chance.choice(self.world.signals), f"heard {self.seed}-{number}"
        body = urlencode({"text": text}).encode()
        if self._ask(session, f"/signal-viewer/{signal}/notes/", body, FORM) == 200:
            self.ledger.notes.append((signal, text))

    def _tag(self, session: str, number: int, chance: random.Random) -> None:
        signal, name = chance.choice(self.world.signals), f"seen {number % 20}"
        body = urlencode({"tag": name}).encode()
        if self._ask(session, f"/signal-viewer/{signal}/notes/", body, FORM) == 200:
            self.ledger.tags.append((signal, name))

    def _relabel(self, session: str, _number: int, chance: random.Random) -> None:
        signal, code = chance.choice(self.world.signals), chance.choice(CLASSES[1:])
        label = self.ledger.label(signal, code)
        labels = {"fault_class": code, "severity": "none", "reason": "heard"}
        asked = {"action": "relabel", "filter": "", "sel": f"ids:{signal}", **labels}
        path = "/data-explorer/table/relabel/"
        if self._ask(session, path, urlencode(asked).encode(), FORM) == 204:
            label.acknowledged = True

    def _create(self, session: str, number: int, _chance: random.Random) -> None:
        if self._over.wait(4):
            return
        waiting = ask(self.world.netloc, session, "/api/v1/jobs?active=true")
        if waiting.status != 200:
            self.log.refused.append(f"_create: answered {waiting.status}")
            return
        if len(json.loads(waiting.body)["items"]) >= MOST_WAITING:
            return
        name = f"Made meanwhile {self.seed}-{number}"
        body = json.dumps({"name": name, **RECIPE}).encode()
        made = ask(
            self.world.netloc, session, "/api/v1/datasets", body, JSON, wait_s=WRITE_TIMEOUT_S
        )
        if made.status == 202:
            self.ledger.datasets.append((json.loads(made.body)["id"], name))
        else:
            self.log.refused.append(f"_create: answered {made.status}")

    def _ask(
        self,
        session: str,
        path: str,
        body: bytes | None = None,
        kind: str = "",
        wait_s: float = WRITE_TIMEOUT_S,
    ) -> int:
        self.log.n_requests += 1
        answer = ask(self.world.netloc, session, path, body, kind, wait_s)
        if answer.status >= 400:
            self.log.refused.append(f"{path} answered {answer.status}")
        return answer.status


FORM, JSON = "application/x-www-form-urlencoded", "application/json"


class _Paused:
    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd

    def __enter__(self) -> None:
        self._crowd._writing.clear()
        give_up_at_s = time.monotonic() + 2 * WRITE_TIMEOUT_S
        while self._crowd._n_writing and time.monotonic() < give_up_at_s:
            time.sleep(0.05)

    def __exit__(self, *_: object) -> None:
        self._crowd._writing.set()


def told(line: str) -> str:
    """Reduce a refusal to its status, or to how the connection failed."""
    status = re.search(r"answered (\d+)", line)
    if status:
        return status[1]
    failed = re.search(r"\b(\w*(?:Error|Disconnected|IncompleteRead))\b", line)
    return failed[1] if failed else line
