"""A long record's file is closed when its answer is given, or was refused."""

import os

import numpy as np
import pytest

from common.errors import Invalid
from signals.models import Signal
from signals.waveforms import sources
from signals.waveforms.sources import source_of
from tests.factories import make_user
from tests.signals.recordings import npy, sine, upload

pytestmark = [pytest.mark.django_db, pytest.mark.skipif(not os.path.isdir("/proc"), reason="Linux")]


@pytest.fixture
def long_record(monkeypatch):
    monkeypatch.setattr(sources, "LONG_SAMPLES", 1 << 12)
    owner = make_user("viewer")
    upload(npy(np.tile(sine(), 3)), owner=owner)
    return owner, Signal.objects.get()


def open_files(folder) -> list[str]:
    links = [f"/proc/self/fd/{number}" for number in os.listdir("/proc/self/fd")]
    targets = [os.readlink(link) for link in links if os.path.lexists(link)]
    return [target for target in targets if target.startswith(str(folder))]


def test_reading_in_parts_leaves_no_file_open(long_record, storage):
    source = source_of(*long_record)
    assert source.is_long
    source.read(0, 10)
    source.extremes(0, source.n_samples, 50)
    assert open_files(storage)

    del source

    assert open_files(storage) == []


def test_a_block_closes_it(long_record, storage):
    with source_of(*long_record) as source:
        source.read(0, 10)

    assert open_files(storage) == []
    assert source.read(0, 10).size == 10  # and opens it again where it is needed


def test_a_refusal_leaves_no_file_open_while_its_error_is_told(long_record, storage):
    def ask():
        with source_of(*long_record) as source:
            source.read(0, 10)
            source.excerpt(0, source.n_samples)

    with pytest.raises(Invalid) as told:
        ask()

    assert told.traceback
    assert open_files(storage) == []
