"""Damaged files of every layout, by a seed: a reading or one sentence, and nothing else.

The suite runs 5000 cases; ``FUZZ_CASES=50000`` runs as many.
"""

import os
from functools import cache

import numpy as np
import pytest

from vibration.errors import FormatError
from vibration.formats import Reading, sandbox
from vibration.formats.examples import examples

N_CASES = int(os.environ.get("FUZZ_CASES", "5000"))
PER_TEST = 500
SUFFIXES = (".csv", ".mat", ".npy", ".npz", ".wav", ".uff", ".tdms", ".ide", ".h5", ".parquet",
            ".feather", ".lvm", ".gz", "", ".txt")  # fmt: skip
HUGE = (b"\xff\xff\xff\x7f", b"\x00\x00\x00\x80", b"\xff" * 8, b"9999999999", b"\x00" * 8)


@cache
def originals():
    small = examples(n=256)
    return [(e.name, e.content()) for e in small if "/" not in e.name]


def truncated(content, rng):
    return content[: rng.integers(0, len(content))]


def flipped(content, rng):
    damaged = bytearray(content)
    for place in rng.integers(0, len(content), size=rng.integers(1, 8)):
        damaged[place] ^= 1 << rng.integers(0, 8)
    return bytes(damaged)


def flipped_head(content, rng):
    head = flipped(content[:300], rng)
    return head + content[300:]


def huge_numbers(content, rng):
    place = rng.integers(0, min(len(content), 600))
    huge = HUGE[rng.integers(0, len(HUGE))]
    return content[:place] + huge + content[place + len(huge) :]


def cut_out(content, rng):
    first, last = np.sort(rng.integers(0, len(content), size=2))
    return content[:first] + content[last:]


def doubled(content, rng):
    return content + content[rng.integers(0, len(content)) :]


def noise(content, rng):
    return rng.bytes(rng.integers(0, 2000))


DAMAGES = (truncated, flipped, flipped_head, huge_numbers, cut_out, doubled, noise)


def damaged(number):
    rng = np.random.default_rng([2024, number])
    name, content = originals()[rng.integers(0, len(originals()))]
    damage = DAMAGES[rng.integers(0, len(DAMAGES))]
    if rng.random() < 0.15:
        name = f"wrong{SUFFIXES[rng.integers(0, len(SUFFIXES))]}"
    return name, damage(content, rng)


@pytest.mark.parametrize("first", range(0, N_CASES, PER_TEST))
def test_any_damage_is_a_reading_or_one_sentence(tmp_path, first):
    for number in range(first, min(first + PER_TEST, N_CASES)):
        name, content = damaged(number)
        path = tmp_path / name
        path.write_bytes(content)
        try:
            reading = sandbox.read(path)
        except FormatError as error:
            said = str(error)
            assert said.endswith("."), (number, said)
            assert "\n" not in said, (number, said)
        else:
            assert isinstance(reading, Reading), number
            assert reading.channels, number
            assert all(np.isfinite(c.samples).all() for c in reading.channels), number


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_empty_file_is_refused(tmp_path, suffix):
    (tmp_path / f"a{suffix}").write_bytes(b"")
    with pytest.raises(FormatError, match="is empty"):
        sandbox.read(tmp_path / f"a{suffix}")
