"""A served portal: everything secret is given, everything travels over TLS."""

from django.core.exceptions import ImproperlyConfigured

from bearing_portal.settings.base import *  # noqa: F403
from bearing_portal.settings.base import (
    ALLOWED_HOSTS,
    CSRF_TRUSTED_ORIGINS,
    LOG_DIR,
    PORTAL_PROCESS,
    STORAGES,
    TRUST_PROXY_HEADERS,
    env,
)
from bearing_portal.settings.logs import logging_settings

for required, example in {
    "SECRET_KEY": "a long random text, different for each installation",
    "DATABASE_URL": "postgresql://user:password@host:5432/database",
    "REDIS_URL": "redis://:password@host:6379/0",
    "ALLOWED_HOSTS": "the names the portal is reached by, separated by commas",
}.items():
    if not env.text(required):
        raise ImproperlyConfigured(f"{required} is missing; set it to {example}.")

SECRET_KEY = env.text("SECRET_KEY")
if len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY is too short; set it to at least 50 random characters.")
if len(set(SECRET_KEY)) < 10 or SECRET_KEY.startswith("django-insecure-"):
    raise ImproperlyConfigured("SECRET_KEY can be guessed; set it to 50 random characters or more.")
if any(host.strip(".") in ("*", "") for host in ALLOWED_HOSTS):
    raise ImproperlyConfigured(
        "ALLOWED_HOSTS lets any name in; list the names that the portal is reached by."
    )
if any(origin.split("//")[1].split(":")[0].strip(".") == "*" for origin in CSRF_TRUSTED_ORIGINS):
    raise ImproperlyConfigured(
        "CSRF_TRUSTED_ORIGINS trusts every site; list the origins of the portal's own pages."
    )

DEBUG = False
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "bearing_portal.operations.static_files.CompressedStorage"},
}
SECURE_SSL_REDIRECT = env.boolean("SECURE_SSL_REDIRECT", True)
if TRUST_PROXY_HEADERS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = env.integer("SECURE_HSTS_SECONDS", 31_536_000, lowest=0, highest=63_072_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.boolean("SECURE_HSTS_INCLUDE_SUBDOMAINS", True)
SECURE_HSTS_PRELOAD = env.boolean("SECURE_HSTS_PRELOAD", False)
SILENCED_SYSTEM_CHECKS = ["security.W021"]  # preloading binds a whole domain: its owner decides
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True

LOGGING = logging_settings(env, LOG_DIR, form="json", portal_process=PORTAL_PROCESS)
