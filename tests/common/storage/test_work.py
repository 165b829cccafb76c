import os
import stat

from common.storage import folder_make, stored, work_folder
from common.storage.work import MAKING, making_sweep


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_every_folder_that_is_made_is_the_portals_own(tmp_path):
    folder = tmp_path / "storage" / "datasets" / "7"
    folder_make(folder)
    folder_make(folder)
    assert {mode_of(path) for path in (folder, folder.parent, folder.parents[1])} == {0o700}


def test_what_was_being_made_when_its_process_was_killed_is_swept(settings, tmp_path):
    settings.STORAGE_DIR = tmp_path
    for name in ("dead", "live"):
        (work_folder(MAKING) / name).mkdir(parents=True)
        (work_folder(MAKING) / name / "half").write_bytes(b"x")
    for path in (work_folder(MAKING) / "dead", work_folder(MAKING) / "dead" / "half"):
        os.utime(path, (0, 0))
    stored("kept").put_bytes(b"x")
    making_sweep()
    assert [path.name for path in work_folder(MAKING).iterdir()] == ["live"]
    assert stored("kept").is_file()
