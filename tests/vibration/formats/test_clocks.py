"""Columns of clock times, and the hour by which summer time moves them."""

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest

from vibration.formats import read_recording

X = np.round(np.random.default_rng(0).standard_normal(400), 4)


def read(tmp_path, times):
    rows = "".join(f"{time};{x}\n" for time, x in zip(times, X, strict=True))
    path = tmp_path / "a.csv"
    path.write_text("time;x (g)\n" + rows)
    return read_recording(path)


def local(moment, change, before_h, after_h):
    zone = timezone(timedelta(hours=before_h if moment < change else after_h))
    return moment.astimezone(zone).isoformat(timespec="milliseconds")


@pytest.mark.parametrize(
    ("change", "before_h", "after_h", "begins"),
    [
        (datetime(2024, 3, 31, 1), 1, 2, datetime(2024, 3, 31, 1, 59, 59, 800_000)),
        (datetime(2024, 10, 27, 1), 2, 1, datetime(2024, 10, 27, 2, 59, 59, 800_000)),
        (datetime(2024, 6, 1, 22), 1, 2, datetime(2024, 6, 1, 22, 59, 59, 800_000)),
        (datetime(2024, 6, 1, 23), 2, 1, datetime(2024, 6, 2, 0, 59, 59, 800_000)),
    ],
)
def test_an_offset_that_changes_leaves_no_gap(tmp_path, change, before_h, after_h, begins):
    change = change.replace(tzinfo=UTC)
    moments = [change + timedelta(milliseconds=i - 200) for i in range(400)]
    recording = read(tmp_path, [local(each, change, before_h, after_h) for each in moments])
    assert recording.channel().fs_hz == 1000.0
    assert recording.recordings[0].recorded_at == begins


def test_z_and_an_offset_of_nothing_are_the_same(tmp_path):
    first = datetime(2024, 3, 31, 1)
    times = [
        (first + timedelta(milliseconds=i)).isoformat(timespec="milliseconds") for i in range(400)
    ]
    marked = [f"{time}{'Z' if i < 200 else '+00:00'}" for i, time in enumerate(times)]
    assert read(tmp_path, marked).channel().fs_hz == 1000.0


def test_times_without_a_date_keep_their_steps_over_an_offset(tmp_path):
    hours = [1 if i < 200 else 2 for i in range(400)]
    times = [f"0{h}:59:59.{600 + i}+0{h}:00" for i, h in enumerate(hours)]
    assert read(tmp_path, times).channel().fs_hz == 1000.0
