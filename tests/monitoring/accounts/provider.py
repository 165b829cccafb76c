"""A provider of OpenID Connect on this machine, which errs and lies where a test wants it."""

import json
import secrets
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jws
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "portal", "a secret of client and provider"


@cache
def key_of(name: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig", "alg": "RS256"})


@dataclass
class Provider:
    """What it says of who logs in there, and how it errs."""

    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=lambda: {"sub": "8d3f", "email": "", "name": ""})
    lies: dict[str, Any] = field(default_factory=dict)  # claims of the token that are not so
    metadata: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "RS256"
    signs_with: str = "one"
    breaks: dict[str, Any] = field(default_factory=dict)  # path → status, or bytes, or "silent"
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    ends: Event = field(default_factory=Event)

    def authorize(self, address: str) -> str:
        """Log somebody in at the address that the portal sent them to; return the way back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["client_id"] == CLIENT
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, form: dict[str, str]) -> dict[str, Any] | None:
        """Trade a code, once, against the token; None where it is not right."""
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or form["redirect_uri"] != asked["redirect_uri"]:
            return None
        hashed = sha256(form["code_verifier"].encode()).digest()
        if urlsafe_b64encode(hashed).rstrip(b"=").decode() != asked["code_challenge"]:
            return None
        return {"token_type": "Bearer", "access_token": "x", "id_token": self.id_token(asked)}

    def id_token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        real = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
        }
        claims = {k: v for k, v in (real | self.claims | self.lies).items() if v is not None}
        header, said = {"alg": self.algorithm, "kid": "one"}, json.dumps(claims)
        if self.algorithm == "none":
            parts = (
                urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=") for p in (header, claims)
            )
            return b".".join((*parts, b"")).decode()
        if self.algorithm.startswith("HS"):
            key = OctKey.import_key(SECRET.ljust(32))
            return jws.serialize_compact(header, said, key, [self.algorithm])
        return jws.serialize_compact(header, said, key_of(self.signs_with))

    def answer(self, path: str, form: dict[str, str]) -> Any:
        if path == "/.well-known/openid-configuration":
            return {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
            } | self.metadata
        if path == "/keys":
            return {"keys": [key_of("one").as_dict(private=False)]}
        return self.token(form) if path == "/token" else None


@contextmanager
def running_provider() -> Iterator[Provider]:
    """Run a provider on a port of its own."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            if path == "/authorize":
                self.send_response(302)
                self.send_header("Location", provider.authorize(self.path))
                self.end_headers()
                return
            self.say(path, {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            login = self.headers.get("Authorization", "").removeprefix("Basic ")
            is_client = b64decode(login).decode() == f"{CLIENT}:{SECRET}"
            self.say(urlsplit(self.path).path if is_client else "/nothing", form)

        def say(self, path: str, form: dict[str, str]) -> None:
            provider.asked.append(path)
            broken = provider.breaks.get(path)
            if broken == "silent":
                provider.ends.wait(30)
                return
            answer = None if isinstance(broken, int) else provider.answer(path, form)
            body = broken if isinstance(broken, bytes) else json.dumps(answer).encode()
            status = broken if isinstance(broken, int) else 200 if answer else 400
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield provider
    finally:
        provider.ends.set()
        server.shutdown()
        server.server_close()
