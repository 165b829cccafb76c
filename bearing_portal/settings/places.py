"""What must be known before the settings are loaded: the variables and the data folder."""

import os
from functools import cache
from pathlib import Path

from bearing_portal.settings.environment import Environment

BASE_DIR = Path(__file__).resolve().parents[2]


@cache
def environment() -> Environment:
    return Environment(Path(os.environ.get("DOTENV_FILE") or BASE_DIR / ".env"))


def data_dir() -> Path:
    return environment().folder("DATA_DIR", BASE_DIR / "data")
