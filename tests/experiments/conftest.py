from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def storage(settings, tmp_path) -> Path:
    """Give each test a storage folder of its own."""
    settings.STORAGE_DIR = tmp_path / "storage"
    return settings.STORAGE_DIR


@pytest.fixture
def queue():
    """Empty the queue before and after."""
    import django_rq  # reads the settings, which pytest sets up after this file

    queue = django_rq.get_queue("train")
    queue.empty()
    yield queue
    queue.empty()
