from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def storage(settings, tmp_path) -> Path:
    """Give each test a storage folder of its own."""
    settings.STORAGE_DIR = tmp_path / "storage"
    return settings.STORAGE_DIR
