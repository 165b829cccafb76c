"""Choosing a reader and a channel."""

import numpy as np
import pytest

from vibration.errors import VibrationError
from vibration.formats import SUFFIXES, Channel, Reading, read_recording


def test_the_given_name_chooses_the_reader(tmp_path):
    np.save(tmp_path / "upload.npy", np.sin(np.arange(20)))
    (tmp_path / "upload.npy").rename(tmp_path / "upload")
    assert read_recording(tmp_path / "upload", name="Pump 3.NPY").format == "npy"


def test_an_unknown_suffix_is_refused_naming_the_known_ones(tmp_path):
    (tmp_path / "a.docx").write_bytes(b"words and no table")
    with pytest.raises(VibrationError, match="formats are") as refused:
        read_recording(tmp_path / "a.docx")
    assert all(suffix in str(refused.value) for suffix in SUFFIXES)


@pytest.mark.parametrize("name", ["a.npy", "a.mat", "a.npz"])
def test_a_file_that_is_not_what_its_suffix_says_is_refused(tmp_path, name):
    (tmp_path / name).write_text("1.0\n2.0\n")
    with pytest.raises(VibrationError, match="does not begin as one"):
        read_recording(tmp_path / name)


def test_what_a_file_is_comes_before_what_it_is_called(tmp_path):
    np.save(tmp_path / "a.npy", np.sin(np.arange(50)))
    (tmp_path / "a.npy").rename(tmp_path / "a.dat")
    assert read_recording(tmp_path / "a.dat").format == "npy"


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(VibrationError, match=r"no\.npy does not exist"):
        read_recording(tmp_path / "no.npy")


def test_a_folder_is_no_file(tmp_path):
    (tmp_path / "a.npy").mkdir()
    with pytest.raises(VibrationError, match="not a file"):
        read_recording(tmp_path / "a.npy")


def test_an_unknown_channel_is_refused_naming_what_there_is():
    recording = Reading.of_channels("npy", [Channel(f"c{i}", np.ones(3)) for i in range(20)])
    with pytest.raises(VibrationError, match=r"'x'.* c0, c1, .* and 8 more"):
        recording.channel("x")
