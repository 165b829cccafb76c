"""Choosing a reader and a channel."""

import numpy as np
import pytest

from vibration.errors import VibrationError
from vibration.formats import Channel, Recording, read_recording


def test_the_given_name_chooses_the_reader(tmp_path):
    np.save(tmp_path / "upload.npy", np.ones(20))
    (tmp_path / "upload.npy").rename(tmp_path / "upload")
    assert read_recording(tmp_path / "upload", name="Pump 3.NPY").format == "npy"


@pytest.mark.parametrize("name", ["a.exe", "a", "a.npz", ".mat"])
def test_an_unknown_suffix_is_refused_naming_the_known_ones(tmp_path, name):
    with pytest.raises(VibrationError, match=r"\.csv, \.mat, \.npy"):
        read_recording(tmp_path / name)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(VibrationError, match=r"no\.npy does not exist"):
        read_recording(tmp_path / "no.npy")


def test_a_folder_is_no_file(tmp_path):
    (tmp_path / "a.npy").mkdir()
    with pytest.raises(VibrationError, match="not a file"):
        read_recording(tmp_path / "a.npy")


def test_an_unknown_channel_is_refused_naming_what_there_is():
    recording = Recording("npy", tuple(Channel(f"c{i}", np.ones(3)) for i in range(20)))
    with pytest.raises(VibrationError, match=r"'x'.* c0, c1, .* and 8 more"):
        recording.channel("x")
