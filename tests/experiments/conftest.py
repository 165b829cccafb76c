from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def storage(request, settings, tmp_path) -> Path:
    """Give each test a storage folder of its own, unless its module keeps files in one."""
    if "keep" not in request.fixturenames:
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
