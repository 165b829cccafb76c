"""What one person does: pages, and what their scripts ask."""

import json
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlencode

from bench.served.portal import COOKIE, TOKEN

LOOK = {"theme": "light", "w": "950"}
PANELS = ("show_overview", "show_ranking", "show_feature", "show_correlation")
OPENING = ("open_signal", "show_time", "show_analysis", "show_inspector")
CLASSES = ("healthy", "wear", "oil_whirl", "misalignment", "imbalance")
TIMEOUT_S = 60


@dataclass(frozen=True)
class World:
    """What there is to look at."""

    netloc: str
    dataset: int
    signals: list[int]
    calls: dict[tuple[str, str], dict[str, Any]]  # by app and callback: what a page sends


@dataclass
class Log:
    """What was done so far, by anybody; appending is safe among threads."""

    done: list[tuple[str, float]] = field(default_factory=list)  # action, milliseconds
    refused: list[str] = field(default_factory=list)
    n_requests: int = 0


class Person:
    """One logged-in person with a connection that is kept open."""

    def __init__(self, world: World, log: Log, session_key: str, seed: int) -> None:
        self._world, self._log = world, log
        self._random = random.Random(seed)  # noqa: S311 - habits, not secrets
        self._connection = HTTPConnection(world.netloc, timeout=TIMEOUT_S)
        self._headers = {
            "Cookie": f"{COOKIE}={session_key}; csrftoken={TOKEN}",
            "Accept-Encoding": "br, gzip",
            "X-CSRFToken": TOKEN,
        }
        self._signal = self._random.choice(world.signals)
        self._filter = f"dataset={world.dataset}"

    def habits(self) -> Iterator[tuple[str, Callable[[], None]]]:
        """Yield what this person does next, for ever."""
        often = {
            "home": (self._home, 1),
            "explorer": (self._explorer, 1),
            "filter": (self._change_filter, 4),
            "scroll": (self._scroll, 3),
            "open signal": (self._open, 3),
            "zoom": (self._zoom, 4),
            "spectrogram": (self._spectrogram, 2),
            "next": (self._next, 3),
            "manager": (self._manager, 1),
        }
        names = list(often)
        weights = [weight for _, weight in often.values()]
        while True:
            (name,) = self._random.choices(names, weights)
            yield name, often[name][0]

    def act(self, name: str, action: Callable[[], None]) -> None:
        """Do one thing and note how long it took, or why it failed."""
        began_s = time.perf_counter()
        try:
            action()
        except (OSError, HTTPException, RefusedError) as error:
            self._log.refused.append(f"{name}: {type(error).__name__}: {error}")
            self._connection.close()
        else:
            self._log.done.append((name, 1e3 * (time.perf_counter() - began_s)))

    def _home(self) -> None:
        self._ask("/")

    def _explorer(self) -> None:
        self._ask(f"/data-explorer/?{self._filter}")
        self._panels()

    def _change_filter(self) -> None:
        low = self._random.randrange(1, 900) / 1000
        classes = self._random.sample(CLASSES, 3)
        chosen = [("dataset", self._world.dataset), *(("class", each) for each in classes)]
        self._filter = urlencode([*chosen, ("rms_min", f"{low / 10:.3f}")])
        self._ask(f"/data-explorer/filters/?{self._filter}", fragment=True)
        self._panels()

    def _panels(self) -> None:
        asked = {"filter": self._filter, **LOOK}
        self._call("explorer", *((name, asked) for name in PANELS))
        self._ask(f"/data-explorer/table/rows/?{self._filter}&start=0&end=50")

    def _scroll(self) -> None:
        start = 50 * self._random.randrange(1, 4)
        self._ask(f"/data-explorer/table/rows/?{self._filter}&start={start}&end={start + 50}")

    def _open(self) -> None:
        self._signal = self._random.choice(self._world.signals)
        self._ask(f"/signal-viewer/?signal={self._signal}")
        self._opened()

    def _next(self) -> None:
        place = (self._world.signals.index(self._signal) + 1) % len(self._world.signals)
        self._signal = self._world.signals[place]
        self._opened()

    def _opened(self) -> None:
        self._call("viewer", *((name, self._asked()) for name in OPENING))

    def _zoom(self) -> None:
        end = 1 + self._random.randrange(1, 30) / 10
        self._call("viewer", ("show_time", self._asked(t=f"1,{end}")))

    def _spectrogram(self) -> None:
        self._call("viewer", ("show_map", self._asked(r="full")))

    def _manager(self) -> None:
        self._ask("/datasets/")

    def _asked(self, **more: str) -> dict[str, str]:
        return {"signal": str(self._signal), **LOOK, **more}

    def _call(self, app: str, *calls: tuple[str, dict[str, str]]) -> None:
        bodies = [_filled(self._world.calls[app, name], asked) for name, asked in calls]
        said = self._ask(f"/dash/app/{app}/_dash-update-components", json.dumps(bodies).encode())
        answers = [line.split(b" ", 2) for line in said.splitlines()]
        if sorted(int(place) for _, place, _ in answers) != list(range(len(calls))):
            raise RefusedError(f"{len(answers)} of {len(calls)} calls were answered")
        for status, place, _ in answers:
            if status not in (b"200", b"204"):
                raise RefusedError(f"{calls[int(place)][0]} answered {status.decode()}")

    def _ask(self, path: str, body: bytes | None = None, *, fragment: bool = False) -> bytes:
        headers = {**self._headers, **({"HX-Request": "true"} if fragment else {})}
        if body is not None:
            headers |= {"Content-Type": "application/json", "Accept-Encoding": "identity"}
        self._log.n_requests += 1
        try:
            self._send(path, body, headers)
            answer = self._connection.getresponse()
        except (ConnectionError, HTTPException):
            # A kept connection may have been closed meanwhile: browsers ask again, once.
            self._connection.close()
            self._send(path, body, headers)
            answer = self._connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise RefusedError(f"{path} answered {answer.status}")
        return content

    def _send(self, path: str, body: bytes | None, headers: dict[str, str]) -> None:
        self._connection.request("POST" if body is not None else "GET", path, body, headers)


class RefusedError(Exception):
    """An answer that is none."""


def _filled(call: dict[str, Any], asked: dict[str, str]) -> dict[str, Any]:
    (asking,) = call["inputs"]
    return {**call, "inputs": [{**asking, "value": asked}]}


def calls_of(app: Any, names: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Return what a page sends to each callback, without what it asks for."""
    found = {}
    for output, entry in app.shared.callback_map.items():
        name = getattr(entry.get("callback"), "__name__", "")
        if name not in names:
            continue
        (asking,) = entry["inputs"]
        outputs = entry["output"]
        found[name] = {
            "output": output,
            "outputs": [_spec(one) for one in outputs]
            if isinstance(outputs, list)
            else _spec(outputs),
            "inputs": [asking],
            "state": [],
            "changedPropIds": [f"{asking['id']}.{asking['property']}"],
        }
    return found


def _spec(output: Any) -> dict[str, str]:
    return {"id": output.component_id, "property": output.component_property}
