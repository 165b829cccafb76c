"""As `make run` serves it, with two addresses more: a trivial callback, and a plain view."""

from bearing_portal.settings.development import *  # noqa: F403

ROOT_URLCONF = "bench.served.urls"
