import numpy as np
import pytest

from common.errors import Invalid, NotFound
from signals.models import Signal
from signals.waveforms import sources
from signals.waveforms.sources import ADC, part_titles, source_of
from tests.factories import make_dataset, make_user
from tests.signals.recordings import npy, sine, upload


@pytest.fixture
def signal(db):
    return make_dataset(classes=("wear",)).store.signals.first()


@pytest.fixture
def owner(signal):
    return signal.store.owner


@pytest.fixture
def long(monkeypatch):
    """Call a record long that has more than 500 samples."""
    monkeypatch.setattr(sources, "LONG_SAMPLES", 500)


def test_a_record_that_is_not_to_be_seen_does_not_exist(signal):
    with pytest.raises(NotFound):
        source_of(make_user("viewer"), signal)


def test_all_parts_together_are_the_stored_record_bit_for_bit(signal, owner):
    source = source_of(owner, signal)
    parts = source.parts
    assert ADC in parts
    assert np.array_equal(sources._without(parts, ()), source.whole)
    assert set(part_titles(source)) == set(parts)


def test_a_part_that_is_off_is_missing_from_the_sum(signal, owner):
    parts = source_of(owner, signal).parts
    off = ("noise:measurement", ADC)
    without = source_of(owner, signal, off=off).whole
    wanted = sum(part for name, part in parts.items() if name not in off and part.size)
    assert np.array_equal(without, wanted)


def test_an_upload_has_no_parts_and_no_angle(owner):
    uploaded = upload(npy(sine()), owner=owner).stores.get().signals.first()
    source = source_of(owner, uploaded)
    assert (part_titles(source), source.turns, source.mains_hz) == ({}, None, None)


def test_a_record_made_by_another_simulator_is_not_taken_apart(signal, owner, monkeypatch):
    real = sources.simulate_parts
    monkeypatch.setattr(
        sources, "simulate_parts", lambda *a: {k: 2 * v for k, v in real(*a).items()}
    )
    assert part_titles(source_of(owner, signal)) == {}


def test_extremes_stand_where_they_are_in_the_record(signal, owner):
    source = source_of(owner, signal)
    positions, values = source.extremes(100, 900, 50)
    assert np.array_equal(source.whole[positions], values)
    assert values.max() == source.whole[100:900].max()


def test_a_long_record_is_read_in_parts_only(signal, owner, long):
    source = source_of(owner, signal)
    with pytest.raises(Invalid, match="zoom to at most"):
        _ = source.whole
    with pytest.raises(Invalid, match="Zoom to at most"):
        source.excerpt(0, 900)
    assert source.excerpt(0, 400).size == 400


def test_a_long_record_shows_its_extremes(signal, owner, monkeypatch):
    whole = source_of(owner, signal).whole
    monkeypatch.setattr(sources, "LONG_SAMPLES", 500)
    _, values = source_of(owner, Signal.objects.get(pk=signal.pk)).extremes(0, whole.size, 20)
    assert (values.min(), values.max()) == (whole.min(), whole.max())


def test_the_pyramid_of_a_long_record_is_made_once_and_goes_with_its_folder(signal, owner, long):
    source = source_of(owner, signal)
    source.extremes(0, 1000, 20)
    pyramid = sources.pyramid_file(source.file, signal.row)
    made = pyramid.changed_s()
    source.extremes(10, 900, 20)
    assert pyramid.changed_s() == made
    assert pyramid.parent == source.file.parent


@pytest.mark.parametrize("content", [b"", b"no pyramid"])
def test_a_pyramid_that_cannot_be_read_is_made_again(signal, owner, long, content):
    source = source_of(owner, signal)
    sources.pyramid_file(source.file, signal.row).put_bytes(content)
    assert source.extremes(0, 1000, 20)[1].size


def test_a_pyramid_of_another_record_is_made_again(signal, owner, long):
    source = source_of(owner, signal)
    path = sources.pyramid_file(source.file, signal.row).path
    sources.build_pyramid(lambda a, b: np.zeros(b - a, np.float32), 7, path)
    assert source.extremes(0, 1000, 20)[1].max() > 0


def test_a_long_record_is_not_taken_apart(signal, owner, long):
    with pytest.raises(Invalid, match="too long to be taken apart"):
        source_of(owner, signal, off=("floor",)).extremes(0, 1000, 20)
