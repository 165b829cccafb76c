"""One machine, started with `make run`: the key is drawn once and kept in the data folder."""

from bearing_portal.settings.base import *  # noqa: F403
from bearing_portal.settings.base import DATA_DIR, env
from bearing_portal.settings.environment import secret_kept_in

SECRET_KEY = env.text("SECRET_KEY") or secret_kept_in(DATA_DIR / "secret-key")
