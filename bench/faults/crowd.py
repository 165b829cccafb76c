"""People who look and write while everything fails, and who note what they were told."""

import json
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import unescape
from http.client import HTTPConnection, HTTPException
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from bench.faults.ledger import Ledger
from bench.faults.open_page import OpenPage
from bench.people.browsing import CLASSES, Log, Person, World
from bench.served.portal import COOKIE, TOKEN

PAGES = ("/", "/datasets/", "/data-explorer/?dataset={dataset}", "/signal-viewer/?signal={signal}")
N_IN_A_ROW = len(PAGES)
PROBE_S, PROBE_TIMEOUT_S = 0.2, 15
WRITE_TIMEOUT_S = 30
MOST_KEPT = 10  # uploads of one person, who takes the oldest away then
N_SAMPLES = 4096
MOST_WAITING = 3  # datasets of one person that are not there yet
RECIPE = {"per_class": 1, "duration_s": 1.0, "augmentation": False}


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    location: str = ""

    @property
    def sentence(self) -> str:
        """What a person reads of a refusal; empty where it says nothing."""
        text = self.body.decode(errors="replace")
        if text.startswith("{"):
            said = json.loads(text)
            return str(said.get("sentence") or said.get("detail") or "")
        shown = re.search(r"</h1><p>(.*?)</p>", text, re.DOTALL)
        return unescape(shown[1]) if shown else ""


def ask(
    netloc: str,
    session: str,
    path: str,
    body: bytes | None = None,
    kind: str = "",
    wait_s: float = 5,
    *,
    method: str = "",
    headers: Mapping[str, str] = MappingProxyType({}),
) -> Answer:
    """Ask once on a connection of its own."""
    connection = HTTPConnection(netloc, timeout=wait_s)
    own = {"Cookie": f"{COOKIE}={session}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN}
    own |= {"Content-Type": kind} if kind else {}
    try:
        method = method or ("GET" if body is None else "POST")
        connection.request(method, path, body, own | headers)
        answer = connection.getresponse()
        return Answer(answer.status, answer.read(), answer.getheader("Location") or "")
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
        self.page = OpenPage(self.world.netloc, self.sessions[0])

    def __enter__(self) -> "Crowd":
        writer, *others = self.sessions
        self._go(self._probe, writer)
        self._go(self.page.stay, self._over)
        writes = (self._note, self._tag, self._relabel, self._create, self._upload, self._send)
        for seed, what in enumerate(writes, start=1):
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

    def sentences_since(self, n: int) -> set[str]:
        """Return what people read after the first `n` refusals; empty where an answer said
        nothing."""
        found = (re.search(r"answered [45]\d\d: (.*)", line) for line in self.log.refused[n:])
        return {match[1] for match in found if match}

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
                came = self._ask(session, page, wait_s=PROBE_TIMEOUT_S).status == 200
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
        if self._ask(session, f"/signal-viewer/{signal}/notes/", body, FORM).status == 200:
            self.ledger.notes.append((signal, text))

    def _tag(self, session: str, number: int, chance: random.Random) -> None:
        signal, name = chance.choice(self.world.signals), f"seen {number % 20}"
        body = urlencode({"tag": name}).encode()
        if self._ask(session, f"/signal-viewer/{signal}/notes/", body, FORM).status == 200:
            self.ledger.tags.append((signal, name))

    def _relabel(self, session: str, _number: int, chance: random.Random) -> None:
        signal, code = chance.choice(self.world.signals), chance.choice(CLASSES[1:])
        label = self.ledger.label(signal, code)
        labels = {"fault_class": code, "severity": "none", "reason": "heard"}
        asked = {"action": "relabel", "filter": "", "sel": f"ids:{signal}", **labels}
        path = "/data-explorer/table/relabel/"
        if self._ask(session, path, urlencode(asked).encode(), FORM).status == 204:
            label.acknowledged = True

    def _create(self, session: str, number: int, _chance: random.Random) -> None:
        if self._over.wait(4):
            return
        waiting = self._ask(session, "/api/v1/jobs?active=true", wait_s=5)
        if waiting.status != 200 or len(json.loads(waiting.body)["items"]) >= MOST_WAITING:
            return
        name = f"Made meanwhile {self.seed}-{number}"
        body = json.dumps({"name": name, **RECIPE}).encode()
        made = self._ask(session, "/api/v1/datasets", body, JSON)
        if made.status == 202:
            self.ledger.datasets.append((json.loads(made.body)["id"], name))

    def _upload(self, session: str, number: int, chance: random.Random) -> None:
        """Bring a recording, and take the oldest away once there are some."""
        if self._over.wait(2):
            return
        name = f"brought-{self.seed}-{number}.csv"
        body, kind = form_of(name, recording_of(chance))
        answer = self._ask(session, "/uploads/new/", body, kind, headers={"HX-Request": "true"})
        if answer.status == 201:
            self.ledger.uploads.append((int(answer.location.rpartition("=")[2]), name))
        if len(self.ledger.uploads) > MOST_KEPT:
            signal, _ = self.ledger.uploads[0]
            shown = self._ask(session, "/uploads/", headers={"HX-Request": "true"})
            rows = re.findall(rb'<tr id="upload-(\d+)">.*?signal=(\d+)', shown.body, re.DOTALL)
            for upload in [int(pk) for pk, of_signal in rows if int(of_signal) == signal]:
                if self._ask(session, f"/uploads/{upload}/delete/", b"", FORM).status == 204:
                    del self.ledger.uploads[0]

    def _send(self, session: str, number: int, chance: random.Random) -> None:
        """Begin an import, send its file in chunks, and give it up."""
        if self._over.wait(2):
            return
        begun = self._ask(session, "/api/v1/imports", b"{}", JSON)
        if begun.status != 201:
            return
        address, content = f"/api/v1/imports/{json.loads(begun.body)['id']}", recording_of(chance)
        file = {"path": f"sent-{number}.csv", "size": len(content)}
        offered = self._ask(
            session, f"{address}/files", json.dumps({"files": [file]}).encode(), JSON
        )
        if offered.status == 200:
            tus = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0"}
            url = json.loads(offered.body)[0]["url"]
            self._ask(session, url, content, CHUNK, method="PATCH", headers=tus)
        self._ask(session, address, method="DELETE")

    def _ask(
        self,
        session: str,
        path: str,
        body: bytes | None = None,
        kind: str = "",
        wait_s: float = WRITE_TIMEOUT_S,
        *,
        method: str = "",
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> Answer:
        self.log.n_requests += 1
        headers = {"HX-Request": "true", **headers} if kind == FORM else headers
        answer = ask(
            self.world.netloc, session, path, body, kind, wait_s, method=method, headers=headers
        )
        if answer.status >= 400:
            self.log.refused.append(f"{path} answered {answer.status}: {answer.sentence}")
        return answer


def recording_of(chance: random.Random) -> bytes:
    """Return a short measurement as a file that the portal reads."""
    samples = "\n".join(f"{chance.gauss(0, 1):.6f}" for _ in range(N_SAMPLES))
    return f"vibration (g)\n{samples}\n".encode()


def form_of(name: str, content: bytes) -> tuple[bytes, str]:
    """Return the upload dialog's form with a file, and its kind."""
    fields = "".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'
        for field, value in (("fs_hz", 2048), ("rpm_unknown", "on"), ("unit", "g"))
    )
    file = f'Content-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = f"{fields}--{BOUNDARY}\r\n{file}".encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
    return body, f"multipart/form-data; boundary={BOUNDARY}"


FORM, JSON = "application/x-www-form-urlencoded", "application/json"
CHUNK, BOUNDARY = "application/offset+octet-stream", "faults"


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
