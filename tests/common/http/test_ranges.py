from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.http.ranges import Answer, Served, answer_to

CHANGED = datetime(2026, 3, 1, 12, 0, 0, 250_000, UTC)
FILE = Served(1000, CHANGED, "ab" * 32)
DATE = "Sun, 01 Mar 2026 12:00:00 GMT"


def asked(**headers):
    named = {name.replace("_", "-").title(): value for name, value in headers.items()}
    return answer_to(named, FILE)


@pytest.mark.parametrize(
    ("text", "start", "stop"),
    [
        ("bytes=0-", 0, 1000),
        ("bytes=0-0", 0, 1),
        ("bytes=990-", 990, 1000),
        ("bytes=990-5000", 990, 1000),
        ("bytes=-10", 990, 1000),
        ("bytes=-5000", 0, 1000),
    ],
)
def test_one_range_is_answered_with_its_bytes(text, start, stop):
    assert asked(range=text) == Answer(206, start, stop)


@pytest.mark.parametrize("text", ["bytes=1000-", "bytes=5000-6000", "bytes=-0"])
def test_a_range_beyond_the_file_cannot_be_answered(text):
    answer = asked(range=text)
    assert answer.status == 416
    assert answer.content_range(1000) == "bytes */1000"


@pytest.mark.parametrize(
    "text", ["bytes=0-1,5-6", "lines=0-1", "bytes=-", "bytes=9-5", "bytes=x-", "bytes=²-", "bytes"]
)
def test_what_is_no_single_range_is_answered_with_the_whole(text):
    assert asked(range=text) == Answer(200, 0, 1000)


@pytest.mark.parametrize("same", [f'"{"ab" * 32}"', DATE])
def test_a_download_of_the_same_file_goes_on(same):
    assert asked(range="bytes=10-", if_range=same).status == 206


@pytest.mark.parametrize(
    "other", [f'"{"cd" * 32}"', f'W/"{"ab" * 32}"', "Sat, 01 Mar 2025 12:00:00 GMT", "soon", "-1"]
)
def test_a_download_of_another_file_begins_anew(other):
    assert asked(range="bytes=10-", if_range=other) == Answer(200, 0, 1000)


@pytest.mark.parametrize("known", [FILE.etag, f'"x", W/{FILE.etag}', "*"])
def test_what_is_known_is_not_sent_again(known):
    assert asked(if_none_match=known, range="bytes=0-1").status == 304


@given(st.integers(0, 2000), st.integers(0, 2000))
def test_a_part_is_never_more_than_was_asked_or_is_there(first, last):
    answer = asked(range=f"bytes={first}-{last}")
    if answer.status == 206:
        assert first == answer.start < answer.stop <= min(last + 1, 1000)
        assert answer.content_range(1000) == f"bytes {first}-{answer.stop - 1}/1000"


def test_the_checksum_is_written_as_the_standard_says():
    served = Served(5, CHANGED, "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824")
    digest = "sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:"
    assert served.headers()["Repr-Digest"] == digest


def test_without_a_checksum_time_and_size_tell_files_apart():
    assert Served(1, CHANGED).etag != Served(2, CHANGED).etag
    assert "Repr-Digest" not in Served(1, CHANGED).headers()
