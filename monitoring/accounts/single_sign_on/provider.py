"""Ask the provider, and believe nothing of it that is not proven.

OpenID Connect Core 1.0, section 3.1: authorization code, with PKCE (RFC 7636).
"""

import json
import logging
import time
from base64 import urlsafe_b64encode
from hashlib import sha256
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from django.conf import settings
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from common.errors import Invalid, Unavailable

logger = logging.getLogger(__name__)

CONNECT_S, READ_S, WHOLE_S = 3.0, 5.0, 8.0
LARGEST_ANSWER = 256 * 1024
CLOCKS_DIFFER_S = 60
LONGEST_SUBJECT = 255  # in ASCII: OpenID Connect Core 1.0, section 2
# With a key that only the provider has: not the shared secret, and not nothing.
ALGORITHMS = [f"{family}{bits}" for family in ("RS", "PS", "ES") for bits in (256, 384, 512)]
AT_ONCE = BoundedSemaphore(4)  # threads of a process that a slow provider may hold up
LOCAL = ("localhost", "127.0.0.1", "::1")

AWAY = "{name} does not answer as it should. Log in with your password, or try again later."
UNPROVEN = "What {name} said could not be proven. Begin again; tell an administrator if it stays."


def authorization_url(*, redirect_uri: str, state: str, nonce: str, verifier: str) -> str:
    """Return where a person logs in at the provider."""
    challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": settings.OIDC_CLIENT_ID,
        "redirect_uri": redirect_uri,
        "scope": " ".join(settings.OIDC_SCOPES),
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    address = _addresses()["authorization_endpoint"]
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(asked)}"


def claims_of(*, code: str, redirect_uri: str, nonce: str, verifier: str) -> dict[str, Any]:
    """Trade the code that a person came back with for what the provider says of that person."""
    addresses = _addresses()
    sent = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
        "client_id": settings.OIDC_CLIENT_ID,
    }
    login = None
    if settings.OIDC_CLIENT_SECRET:
        if addresses["secret_in_form"]:
            sent["client_secret"] = settings.OIDC_CLIENT_SECRET
        else:
            login = (settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET)
    answer = _asked("POST", addresses["token_endpoint"], data=sent, auth=login)
    token = answer.get("id_token")
    if not isinstance(token, str):
        raise _away("its answer holds no id_token")
    return _proven(token, _asked("GET", addresses["jwks_uri"]), nonce=nonce)


def _proven(token: str, keys: dict[str, Any], *, nonce: str) -> dict[str, Any]:
    """Return the claims of a token that the provider signed, for this portal, for this log-in."""
    registry = jwt.JWTClaimsRegistry(
        leeway=CLOCKS_DIFFER_S,
        iss={"essential": True, "value": settings.OIDC_ISSUER},
        aud={"essential": True, "value": settings.OIDC_CLIENT_ID},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
    )
    try:
        usable = [key for key in keys["keys"] if key.get("kty") in ("RSA", "EC")]
        claims = jwt.decode(token, KeySet.import_key_set({"keys": usable}), ALGORITHMS).claims
        registry.validate(claims)
    except (JoseError, ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise _unproven(f"{type(error).__name__}: {error}") from error
    subject = claims["sub"]
    if not (subject.isascii() and subject.isprintable() and len(subject) <= LONGEST_SUBJECT):
        raise _unproven("its subject is none")
    if claims.get("nonce") != nonce:
        raise _unproven("the nonce is of another log-in")
    # A token for several is of this portal only where it names it as who asked.
    if claims.get("azp", settings.OIDC_CLIENT_ID) != settings.OIDC_CLIENT_ID or (
        isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and "azp" not in claims
    ):
        raise _unproven("it was made for another client")
    return dict(claims)


def _addresses() -> dict[str, Any]:
    """Return the provider's addresses, which it publishes itself, and how it takes the secret."""
    said = _asked("GET", settings.OIDC_ISSUER.rstrip("/") + "/.well-known/openid-configuration")
    if said.get("issuer") != settings.OIDC_ISSUER:
        raise _away(f"it calls itself {said.get('issuer')!r}, not OIDC_ISSUER")
    found: dict[str, Any] = {}
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        address = said.get(name)
        if not isinstance(address, str) or not is_safe(address):
            raise _away(f"its {name} is no address with https")
        found[name] = address
    ways = said.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    found["secret_in_form"] = "client_secret_basic" not in ways
    return found


def is_safe(address: str) -> bool:
    """Tell whether what is sent to an address is read by nobody on the way."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    is_local = parts.scheme == "http" and parts.hostname in LOCAL
    return bool(parts.hostname) and (parts.scheme == "https" or is_local)


def _asked(method: str, address: str, **sent: Any) -> dict[str, Any]:
    """Return the JSON object of an answer that comes in time and is not too large."""
    if not AT_ONCE.acquire(blocking=False):
        raise _away("other log-ins wait for it already")
    try:
        ends_at_s = time.monotonic() + WHOLE_S
        with requests.request(
            method,
            address,
            timeout=(CONNECT_S, READ_S),
            allow_redirects=False,
            stream=True,
            headers={"Accept": "application/json"},
            **sent,
        ) as answer:
            body = b""
            for part in answer.iter_content(16_384):
                body += part
                if len(body) > LARGEST_ANSWER or time.monotonic() > ends_at_s:
                    raise _away(f"{address}: the answer is too large or too slow")
    except requests.RequestException as error:
        raise _away(f"{address}: {type(error).__name__}") from error
    finally:
        AT_ONCE.release()
    if answer.status_code != 200:
        raise _away(f"{address}: status {answer.status_code}")
    try:
        said = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise _away(f"{address}: no JSON") from error
    if not isinstance(said, dict):
        raise _away(f"{address}: no JSON object")
    return said


def _away(why: str) -> Unavailable:
    logger.warning("Single sign-on: %s", why)
    return Unavailable(AWAY.format(name=settings.OIDC_NAME))


def _unproven(why: str) -> Invalid:
    logger.warning("Single sign-on: a token is refused: %s", why)
    return Invalid(UNPROVEN.format(name=settings.OIDC_NAME))
