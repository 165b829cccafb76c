"""The suite: real servers, named by URL in `tests/conftest.py`, and cheap passwords."""

import secrets

from bearing_portal.settings.base import *  # noqa: F403
from bearing_portal.settings.base import STORAGES, env

SECRET_KEY = env.text("SECRET_KEY") or secrets.token_urlsafe(50)
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# The test client logs in without a request; the lock-out's own tests switch it on.
AXES_ENABLED = False
# Nor is a test slower than a person; the limits' own tests set them.
API_REQUESTS_PER_MINUTE = HEAVY_REQUESTS_PER_MINUTE = UPLOADS_PER_MINUTE = UPLOAD_MB_PER_HOUR = 0
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
