import pytest

from common.errors import Unavailable
from common.storage import s3, stored, work_folder
from common.storage.url import s3_place

pytest_plugins = ["tests.buckets"]


@pytest.fixture(autouse=True)
def on_s3(settings, tmp_path, bucket):
    settings.STORAGE_URL, settings.SCRATCH_DIR = bucket.url, tmp_path / "scratch"


def test_part_of_a_file_is_one_request_of_these_bytes(bucket):
    stored("one").put_bytes(b"x" * 5000)
    file = stored("one").of_version("1")
    file.read_range(0, 1)
    bucket.requests.clear()
    file.read_range(1000, 24)
    assert bucket.requests == [("GET", f"/{s3_place(bucket.url).prefix}/one", "bytes=1000-1023")]


def test_a_folder_says_last_what_it_holds(bucket, tmp_path):
    folder = tmp_path / "made"
    folder.mkdir()
    for name in ("metadata.json", "signals.h5"):
        (folder / name).write_bytes(b"x")
    stored("datasets", 7).put_folder(folder)
    written = [path.rpartition("/")[2] for verb, path, _ in bucket.requests if verb == "PUT"]
    assert [name for name in written if name][-1] == "metadata.json"


def test_what_is_put_is_not_kept_on_this_machine(tmp_path):
    stored("a", "one").put_bytes(b"x")
    assert [path for path in work_folder().rglob("*") if path.is_file()] == []


def test_of_an_upload_that_is_cut_short_nothing_is_seen(monkeypatch):
    def cut(source, target, _):
        target.write(source.read(2))
        raise OSError("The disk failed")

    monkeypatch.setattr(s3.shutil, "copyfileobj", cut)
    with pytest.raises(Unavailable):
        stored("one").put_bytes(b"0123456789")
    assert not stored("one").exists()


@pytest.mark.parametrize(
    "ask", [lambda f: f.open(), lambda f: f.is_file(), lambda f: f.put_bytes(b"x")]
)
def test_a_server_that_is_gone_is_told_in_words(settings, monkeypatch, ask):
    settings.STORAGE_URL = "s3://key:secret@bucket?endpoint=http://127.0.0.1:1"
    with pytest.raises(Unavailable, match=r"^The storage does not answer\. Try again"):
        ask(stored("one"))


def test_a_bucket_that_is_not_there_is_told_in_words(settings, bucket):
    settings.STORAGE_URL = bucket.url.replace("@bucket", "@nobucket")
    with pytest.raises(Unavailable, match="bucket is not there"):
        stored("one").put_bytes(b"x")


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("AWS Error ACCESS_DENIED during PutObject operation", "refuses the portal's key"),
        ("HTTP status 507", "full"),
        ("curlCode: 28, Timeout was reached", "does not answer"),
    ],
)
def test_what_the_client_says_in_codes_is_told_in_words(said, sentence):
    assert sentence in s3._sentence(said)


def test_a_url_names_bucket_folder_server_and_key():
    place = s3_place("s3://k%2F:s@b/one/two/?endpoint=https://s3.example.org:9000&region=x")
    assert (place.prefix, place.access_key, place.secret_key) == ("b/one/two", "k/", "s")
    assert (place.scheme, place.endpoint, place.region) == ("https", "s3.example.org:9000", "x")


def test_a_url_without_a_key_takes_that_of_the_machine():
    assert s3_place("s3://bucket").access_key is None
