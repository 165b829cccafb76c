import stat

from common.files import folder_make


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_every_folder_that_is_made_is_the_portals_own(tmp_path):
    folder = tmp_path / "storage" / "datasets" / "7"
    folder_make(folder)
    folder_make(folder)
    assert {mode_of(path) for path in (folder, folder.parent, folder.parents[1])} == {0o700}
