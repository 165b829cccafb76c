"""Ask every address as everybody, and say in one word what each was answered."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.contrib import admin
from django.core.signals import request_finished
from django.db import close_old_connections, transaction
from django.test import Client
from django.urls import URLPattern, get_resolver
from django.utils import timezone

from bearing_portal.dashboards.embedding.dispatch import APPS
from monitoring.accounts.tokens import token_create, token_revoke
from monitoring.models import ApiToken, Job
from tests.bearing_portal.dashboards.conftest import outputs_of
from tests.security import requests
from tests.security.world import ROLES, World

NO_SUCH = 999_999_999
ASKED = re.compile(r"((?:dataset|signal)(?:=|%3D|\": ?\"))[0-9]+")
TOKENS: dict[str, dict[str, Any]] = {
    "read": {},
    "write": {"may_write": True},
    "train": {"may_train": True},
    "expired": {"may_write": True, "may_train": True},
    "revoked": {"may_write": True, "may_train": True},
}
ADMIN_ROLES = ("anonymous", "owner", "curator", "superuser")


@dataclass
class Walk:
    """The clients of all roles, and what they were answered: address → role → word."""

    world: World
    browsers: dict[str, Client] = field(default_factory=dict)
    programs: dict[str, Client] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for role in ROLES:
            self.browsers[role] = Client(raise_request_exception=False)
            self.programs[role] = Client(raise_request_exception=False)
            if role == "anonymous":
                continue
            person = self.world.people[role]
            self.browsers[role].force_login(person)
            _, secret = token_create(user=person, name="walk", may_write=True, may_train=True)
            self.programs[role].defaults["HTTP_AUTHORIZATION"] = f"Bearer {secret}"

    def pages(self) -> Iterator[tuple[str, dict[str, str]]]:
        """Yield `GET /datasets/<pk>/` and what each role is answered there."""
        for route in routes():
            path = requests.filled(self.world, route)
            is_api = route.startswith("/api/v1/")
            for method in requests.methods_of(route):
                clients = self.programs if is_api else self.browsers
                if self.status(clients["superuser"], method, path, route) == 405:
                    continue
                yield (
                    f"{method} {shown(route)}",
                    {role: self.word(clients, role, method, path, route) for role in ROLES},
                )

    def tokens(self) -> Iterator[tuple[str, dict[str, str]]]:
        """Yield each address of the interface, and what tokens of the owner are answered there."""
        programs = {kind: Client(raise_request_exception=False) for kind in TOKENS}
        for kind, given in TOKENS.items():
            token, secret = token_create(user=self.world.people["owner"], name=kind, **given)
            programs[kind].defaults["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
            if kind == "revoked":
                token_revoke(user=token.user, pk=token.pk)
            if kind == "expired":
                ApiToken.objects.filter(pk=token.pk).update(expires_at=timezone.now())
        for route in routes():
            if not route.startswith("/api/v1/"):
                continue
            path = requests.filled(self.world, route)
            for method in requests.methods_of(route):
                if self.status(self.programs["superuser"], method, path, route) == 405:
                    continue
                words = {
                    kind: word_of(self.status(client, method, path, route), is_known=False)
                    for kind, client in programs.items()
                }
                yield f"{method} {shown(route)}", words

    def admin_pages(self) -> Iterator[tuple[str, dict[str, str]]]:
        """Yield each page of the admin site; of each model's objects, those of its first one."""
        for model in admin.site._registry:
            options = model._meta
            first = model._default_manager.order_by("created_at" if model is Job else "pk").first()
            base = f"/admin/{options.app_label}/{options.model_name}/"
            asked = [("GET", ""), ("GET", "add/")]
            if first is not None:
                parts = (
                    ("GET", "change"),
                    ("POST", "change"),
                    ("GET", "delete"),
                    ("GET", "history"),
                )
                asked += [(method, f"{first.pk}/{part}/") for method, part in parts]
            for method, rest in asked:
                shown = rest.replace(str(first.pk) if first else "", "<pk>", 1)
                words = {
                    role: self.word(self.browsers, role, method, base + rest, base)
                    for role in ADMIN_ROLES
                }
                yield f"{method} {base}{shown}", words

    def callbacks(self) -> Iterator[tuple[str, dict[str, str]]]:
        """Yield each callback, and who is shown more than of something that never was."""
        dataset, signal = self.world.simulated.pk, self.world.signal.pk
        for ident, output, entry in callbacks():
            words = {}
            for role in ROLES:
                there, missing = (
                    self.called(role, ident, output, entry, *pks)
                    for pks in ((signal, dataset), (NO_SUCH, NO_SUCH))
                )
                words[role] = _word_of_callback(there, missing)
            yield f"{ident} {entry['callback'].__name__}", words

    def called(
        self, role: str, ident: str, output: str, entry: Any, signal: int, dataset: int
    ) -> Any:
        state = {"signal": str(signal), "filter": f"dataset={dataset}"}
        inputs, states = (
            [{**prop, "value": 1 if prop["property"] == "n_clicks" else state} for prop in props]
            for props in (entry["inputs"], entry["state"])
        )
        body = {
            "output": output,
            "outputs": outputs_of(entry["output"]),
            "inputs": inputs,
            "state": states,
            "changedPropIds": [],
        }
        with transaction.atomic():
            answer = self.browsers[role].post(
                f"/dash/app/{ident}/_dash-update-component",
                json.dumps(body),
                content_type="application/json",
            )
            transaction.set_rollback(True)
        return answer

    def word(
        self, clients: dict[str, Client], role: str, method: str, path: str, route: str
    ) -> str:
        return word_of(
            self.status(clients[role], method, path, route), is_known=role != "anonymous"
        )

    def status(self, client: Client, method: str, path: str, route: str) -> Any:
        """Ask, undo what it did, and return the status; of a way to the log-in its address."""
        kept = client.cookies.copy()
        given = requests.given_at(self.world, method, route)
        with transaction.atomic():
            answer = client.generic(method, path, **given)
            transaction.set_rollback(True)
        _closed(answer)
        client.cookies = kept
        if answer.status_code == 302 and "/login/?next=" in answer["Location"]:
            return "log in"
        if answer.status_code == 302 and answer["Location"] == "/admin/" and path != route:
            return 404  # so the admin site says that an object is not there
        if f"{method} {route}" in requests.NOT_NOW and answer.status_code in (400, 409, 422, 503):
            return 200
        return answer.status_code


def _closed(answer: Any) -> None:
    # The end of a request closes connections that a test's transaction still needs.
    request_finished.disconnect(close_old_connections)
    answer.close()
    request_finished.connect(close_old_connections)


def word_of(status: Any, *, is_known: bool) -> str:
    """Say a status as the table does."""
    if status in ("log in", 401):
        return "no" if is_known else "log in"
    words = {403: "no", 404: "–"}
    return words.get(status) or (
        "yes" if status < 400 else "refused" if status < 500 else str(status)
    )


def _word_of_callback(there: Any, missing: Any) -> str:
    if there.status_code != 200:
        return word_of(there.status_code, is_known=False)
    # What was asked for is part of some answers.
    texts = [ASKED.sub(r"\1", answer.content.decode()) for answer in (there, missing)]
    return "–" if texts[0] == texts[1] else "yes"


def shown(route: str) -> str:
    """Return `/datasets/<pk>/` of `/datasets/<int:pk>/`, and the same of a regular expression."""
    return re.sub(r"<[a-z]+:", "<", re.sub(r"\(\?P(<\w+>)[^)]*\)|\^|\$", r"\1", route))


def routes() -> list[str]:
    """Return every address of the portal but the models' pages of the admin site."""
    return sorted(set(_under(get_resolver().url_patterns, "/")))


def _under(patterns: Any, prefix: str) -> Iterator[str]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield path
        elif path.startswith("/admin/") and path.count("/") > 2 and "queues" not in path:
            continue  # of a model
        else:
            yield from _under(pattern.url_patterns, path)


def callbacks() -> Iterator[tuple[str, str, Any]]:
    for ident in ("explorer", "viewer"):
        for output, entry in APPS[ident].shared.callback_map.items():
            if "callback" in entry:
                yield ident, output, entry
