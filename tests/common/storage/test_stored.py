import pytest

from common.storage import stored

pytest_plugins = ["tests.buckets"]


@pytest.fixture(autouse=True, params=["folder", "bucket"])
def storage(settings, tmp_path, request):
    settings.STORAGE_DIR, settings.SCRATCH_DIR = tmp_path / "storage", tmp_path / "scratch"
    if request.param == "bucket":
        settings.STORAGE_URL = request.getfixturevalue("bucket").url
    return request.param


def test_a_file_that_was_put_is_read_in_whole_and_in_part():
    file = stored("datasets", 7, "one.bin")
    file.put_bytes(b"0123456789")

    with file.open() as opened:
        opened.seek(3)
        assert opened.read(2) == b"34"
    assert (file.read_bytes(), file.size_bytes(), file.name) == (b"0123456789", 10, "one.bin")


def test_the_checksum_of_a_file_is_its_sha256():
    stored("one").put_bytes(b"")
    assert stored("one").sha256().startswith("e3b0c44298fc1c14")


def test_a_file_that_is_not_there_says_so():
    assert not stored("datasets", 7).exists()
    for ask in (lambda f: f.open(), lambda f: f.size_bytes(), lambda f: f.changed_s()):
        with pytest.raises(FileNotFoundError):
            ask(stored("datasets", 7, "one.bin"))


def test_a_file_that_is_put_again_takes_the_place_of_the_first():
    stored("one").put_bytes(b"first")
    stored("one").put_bytes(b"second")
    assert stored("one").read_bytes() == b"second"


def test_of_what_fails_while_it_is_made_nothing_appears():
    def failing():
        with stored("results", "one.npz").made() as path:
            path.write_bytes(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        failing()
    assert not stored("results").exists()


def test_a_folder_that_is_put_takes_the_place_of_the_first(tmp_path):
    for name in ("old", "new"):
        folder = tmp_path / "made" / name / "inside"
        folder.mkdir(parents=True)
        (folder / name).write_bytes(b"x")
        stored("datasets", 7).put_folder(tmp_path / "made" / name)
    assert [(file.key, size) for file, size in stored("datasets", 7).files()] == [
        ("datasets/7/inside/new", 1)
    ]


def test_what_is_discarded_is_gone_with_all_that_lies_below():
    stored("a", "b", "c").put_bytes(b"x")
    stored("a", "d").put_bytes(b"x")
    stored("a", "b").discard()
    stored("a", "none").discard()
    assert stored("a").names() == ["d"]


def test_a_folder_is_given_as_one_of_this_machine():
    stored("a", "b").put_bytes(b"x")
    with stored("a").local() as folder:
        assert (folder / "b").read_bytes() == b"x"


def test_files_are_only_opened_to_be_read():
    with pytest.raises(ValueError, match="only read"):
        stored("a").open("wb")


def test_part_of_a_file_is_read_by_its_place():
    stored("one").put_bytes(b"0123456789")
    for file in (stored("one"), stored("one").of_version("1")):
        assert (file.read_range(2, 3), file.read_range(8, 9)) == (b"234", b"89")


def test_a_file_has_an_age():
    stored("a", "one").put_bytes(b"x")
    assert 0 <= stored("a", "one").age_s() < 3600
    assert 0 <= stored("a").age_s() < 3600
    assert stored("b").age_s() == 0
