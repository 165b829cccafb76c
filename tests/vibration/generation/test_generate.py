"""Generating: the same bytes however it is done, and nothing left when it goes wrong."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

from vibration.errors import VibrationError
from vibration.features import extract
from vibration.generation import (
    GenerationCancelled,
    WorkerLostError,
    estimate,
    generate,
)
from vibration.simulation import INDEX_COLUMNS, Recipe, simulate
from vibration.store import INDEX_KINDS, StorageFullError, StoreReader, verify

ROOT = Path(__file__).parents[3]
SMALL = Recipe(seed=5, per_class=2, classes=("healthy", "oil_whirl"), fs_hz=8192.0, duration_s=0.5)
# Large enough to be under way, not nearly done, when its progress is first told.
LARGE = Recipe(seed=5, per_class=400, classes=("healthy", "cavitation"), augmentation=False)


@pytest.fixture(scope="module")
def in_two_processes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("two") / "dataset"
    seen = []
    recipe = Recipe(seed=3, per_class=17, classes=("wear", "healthy"), augmentation=False)
    return (
        recipe,
        generate(
            recipe, folder, workers=2, progress=lambda done, total: seen.append((done, total))
        ),
        seen,
    )


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small") / "dataset"
    generate(SMALL, folder)
    return folder


def test_each_stored_record_is_the_simulated_one(small):
    with StoreReader(small) as store:
        assert store.n == SMALL.n_records
        for row in range(store.n):
            np.testing.assert_array_equal(store.read(row), simulate(SMALL, row).samples)


def test_features_are_those_of_the_record_at_its_own_speed(small):
    with StoreReader(small) as store:
        record = simulate(SMALL, 1)
        expected = extract(record.samples, SMALL.fs_hz, record.columns["rpm"] / 60.0)
        np.testing.assert_array_equal(store.features()[1], expected.astype(np.float32))


def test_the_index_holds_what_was_drawn(small):
    with StoreReader(small) as store:
        index = store.index()
        for row in range(store.n):
            for name, value in simulate(SMALL, row).columns.items():
                stored = index[name][row]
                if value is None:
                    assert stored == "" or np.isnan(stored)
                else:
                    assert stored == value


def test_the_store_has_exactly_the_simulators_columns():
    assert tuple(INDEX_KINDS) == INDEX_COLUMNS


def test_metadata_gives_the_recipe_back(small):
    metadata = verify(small)
    assert Recipe.from_dict(metadata["recipe"]) == SMALL
    assert metadata["recipe_fingerprint"] == SMALL.fingerprint()


def test_several_processes_give_the_same_bytes_as_none(in_two_processes):
    recipe, result, _ = in_two_processes
    with StoreReader(result.folder) as store:
        for row in (0, 16, 17, 33):
            np.testing.assert_array_equal(store.read(row), simulate(recipe, row).samples)


def test_one_process_or_two_give_the_same_file(in_two_processes, tmp_path):
    recipe, result, _ = in_two_processes
    assert generate(recipe, tmp_path / "one", workers=1).sha256 == result.sha256


def test_progress_grows_to_the_total(in_two_processes):
    recipe, _, seen = in_two_processes
    assert seen == sorted(seen)
    assert seen[-1] == (recipe.n_records, recipe.n_records)


def test_the_estimate_of_size_is_that_of_the_file(in_two_processes):
    recipe, result, _ = in_two_processes
    foreseen = estimate(recipe, workers=2)
    assert foreseen.n_records == result.n_records
    assert result.size_bytes == pytest.approx(foreseen.size_bytes, rel=0.01)


def test_more_workers_are_never_estimated_slower():
    assert estimate(LARGE, workers=2).duration_s <= estimate(LARGE, workers=1).duration_s


@pytest.mark.parametrize("recipe", [SMALL, LARGE])
def test_cancelling_leaves_nothing(tmp_path, recipe):
    calls = []
    with pytest.raises(GenerationCancelled):
        generate(recipe, tmp_path / "d", workers=2, cancelled=lambda: len(calls.append(1) or calls))
    assert list(tmp_path.iterdir()) == []


def test_a_dataset_that_is_already_there_is_not_made_again(small):
    before = (small / "signals.h5").stat()
    result = generate(SMALL, small, cancelled=lambda: True)
    assert result.n_records == SMALL.n_records
    assert (small / "signals.h5").stat() == before


def test_a_folder_with_another_dataset_is_refused(small):
    with pytest.raises(VibrationError, match="already there"):
        generate(LARGE, small)


def test_a_folder_with_a_damaged_dataset_is_refused(small, tmp_path):
    (tmp_path / "metadata.json").write_bytes((small / "metadata.json").read_bytes())
    with pytest.raises(VibrationError, match="already there"):
        generate(SMALL, tmp_path)


def test_no_worker_at_all_is_refused(tmp_path):
    with pytest.raises(VibrationError, match="At least one"):
        generate(SMALL, tmp_path / "d", workers=0)


def test_a_disk_without_room_is_said_before_any_work(tmp_path):
    endless = Recipe(per_class=100_000, fs_hz=200_000.0, duration_s=60.0)
    with pytest.raises(StorageFullError, match="No space left"):
        generate(endless, tmp_path / "d")
    assert list(tmp_path.iterdir()) == []


def living_workers():
    living = [c for c in psutil.Process().children() if c.status() != psutil.STATUS_ZOMBIE]
    return [child for child in living if "vibration.generation.worker" in child.cmdline()]


def kill_a_worker_once_busy(done, total):
    if done:
        living_workers()[0].send_signal(signal.SIGKILL)


@pytest.mark.faults
def test_a_killed_worker_is_said_and_leaves_nothing(tmp_path):
    with pytest.raises(WorkerLostError, match="SIGKILL"):
        generate(LARGE, tmp_path / "d", workers=2, progress=kill_a_worker_once_busy)
    assert list(tmp_path.iterdir()) == []
    assert living_workers() == []


@pytest.mark.faults
def test_workers_die_with_a_killed_parent(tmp_path):
    script = """
        import pathlib, psutil, sys
        from vibration.generation import generate
        from vibration.simulation import Recipe
        def tell(done, total):
            if done:
                print(*[child.pid for child in psutil.Process().children()], flush=True)
        recipe = Recipe(per_class=200, classes=("healthy",), augmentation=False)
        generate(recipe, pathlib.Path(sys.argv[1]), workers=2, progress=tell)
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), tmp_path / "d"],
        stdout=subprocess.PIPE,
        cwd=ROOT,
    ) as parent:
        workers = [int(pid) for pid in parent.stdout.readline().split()]
        os.kill(parent.pid, signal.SIGKILL)
    deadline = time.monotonic() + 300
    while any(map(psutil.pid_exists, workers)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(workers) == 2
    assert not any(map(psutil.pid_exists, workers))
