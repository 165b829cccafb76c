"""Single sign-on by OpenID Connect, from the environment: whole, or not at all."""

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from bearing_portal.settings.environment import Environment

ROLES = ("viewer", "engineer", "curator")
LOCAL = ("localhost", "127.0.0.1", "::1")


def single_sign_on(env: Environment) -> dict[str, Any]:
    """Return the settings of the provider; without `OIDC_ISSUER` there is none."""
    issuer, client = env.text("OIDC_ISSUER"), env.text("OIDC_CLIENT_ID")
    if issuer:
        _check_issuer(issuer)
        if not client:
            raise ImproperlyConfigured(
                "OIDC_CLIENT_ID is missing; set it to the name under which the provider of "
                "OIDC_ISSUER knows this portal."
            )
    elif client:
        raise ImproperlyConfigured(
            "OIDC_CLIENT_ID is set and OIDC_ISSUER is missing; write that as "
            "https://login.example.org, as the provider does."
        )
    domains = [word.lower().lstrip("@") for word in env.words("OIDC_EMAIL_DOMAINS")]
    return {
        "OIDC_ISSUER": issuer,
        "OIDC_CLIENT_ID": client,
        "OIDC_CLIENT_SECRET": env.text("OIDC_CLIENT_SECRET"),
        "OIDC_NAME": env.text("OIDC_NAME", "single sign-on"),
        "OIDC_SCOPES": _scopes(env),
        "OIDC_EMAIL_DOMAINS": domains,
        "OIDC_GROUPS_CLAIM": env.text("OIDC_GROUPS_CLAIM", "groups"),
        "OIDC_REQUIRED_GROUP": env.text("OIDC_REQUIRED_GROUP"),
        "OIDC_ROLES": _roles(env),
        "OIDC_NEW_ACCOUNTS": env.boolean("OIDC_NEW_ACCOUNTS", True),
        "OIDC_IS_TWO_FACTOR": env.boolean("OIDC_IS_TWO_FACTOR", False),
    }


def _check_issuer(issuer: str) -> None:
    try:
        parts = urlsplit(issuer)
        is_local = parts.scheme == "http" and parts.hostname in LOCAL
        is_usable = bool(parts.hostname) and (parts.scheme == "https" or is_local)
        is_usable = is_usable and not (parts.query or parts.fragment or parts.username)
    except ValueError:
        is_usable = False
    if not is_usable:
        raise ImproperlyConfigured(
            "OIDC_ISSUER is not a usable address; write it as https://login.example.org, as the "
            "provider does."
        )


def _scopes(env: Environment) -> list[str]:
    scopes = env.text("OIDC_SCOPES", "openid email profile").split()
    if "openid" not in scopes:
        raise ImproperlyConfigured("OIDC_SCOPES lacks openid; write it as openid email profile.")
    return scopes


def _roles(env: Environment) -> list[tuple[str, str]]:
    pairs = []
    for word in env.words("OIDC_ROLES"):
        group, equals, role = (part.strip() for part in word.rpartition("="))
        if not equals or not group or role not in ROLES:
            raise ImproperlyConfigured(
                f"OIDC_ROLES holds “{word}”; write each as GROUP=ROLE, where the role is "
                f"{' or '.join(ROLES)}."
            )
        pairs.append((group, role))
    return pairs
