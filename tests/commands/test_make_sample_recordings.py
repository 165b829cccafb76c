import pytest

from tests.commands.running import called, refusal
from vibration.formats import read_recording
from vibration.formats.examples import onset_of


@pytest.fixture
def samples(tmp_path):
    called("make_sample_recordings", str(tmp_path / "samples"), "--seed", "1")
    return tmp_path / "samples"


def test_the_runs_are_healthy_up_to_their_onset(samples):
    files = sorted((samples / "ims_run").iterdir())
    rms = [read_recording(path).channels[0].samples.std() for path in files]
    onset = onset_of(len(files))
    assert max(rms[:onset]) < 0.11 < min(rms[onset:])


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("in the way")
    assert refusal("make_sample_recordings", str(tmp_path / "file")).returncode == 2
