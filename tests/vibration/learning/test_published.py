"""The scores of the bearings of CWRU, from a table of windows where it is at hand."""

import csv
import gzip
import os
from pathlib import Path

import numpy as np
import pytest

from vibration.learning.evaluation import evaluate
from vibration.learning.groups import numbered
from vibration.learning.protocols import group_folds
from vibration.learning.scores import scores_of

SHARED = Path(os.environ.get("SHARED_DATA_DIR") or Path(__file__).parents[4] / "shared" / "data")
TABLES = SHARED / "feature_tables"
WINDOWS, ORDERS = "cwru_12k_4096.csv.gz", "cwru_12k_24000_with_orders.csv.gz"
THE_36, THE_26 = ("rms", "bispectrum_peak_ratio"), ("full_1x", "2_5k_bsf2_sidebands")

pytestmark = pytest.mark.skipif(
    not TABLES.is_dir(), reason="the tables of features are not at hand: set SHARED_DATA_DIR"
)


def table(name, ends, features):
    with gzip.open(TABLES / name, "rt", newline="") as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if row["end"] in ends and row["size"] in ("007", "014", "021")
        ]
    names = list(rows[0])
    names = names[names.index(features[0]) : names.index(features[1]) + 1]
    x = np.array([[float(row[name] or "nan") for name in names] for row in rows])
    y, groups = (numbered([row[name] for row in rows])[1] for name in ("class", "specimen"))
    return x, y, groups


def accuracies(data, model, seeds):
    x, y, groups = data
    for seed in seeds:
        folds = group_folds(y, groups, seed=seed, n_repeats=1)
        done = evaluate(x, y, groups, folds, model=model, seed=seed)
        yield scores_of(done.scored).accuracy


@pytest.mark.parametrize(
    ("name", "ends", "features", "expected"),
    [
        (WINDOWS, ("DE",), THE_36, (0.233, 0.344, 0.213)),
        (ORDERS, ("DE", "FE"), THE_36, (0.268, 0.313, 0.219)),
        (ORDERS, ("DE", "FE"), THE_26, (0.779, 0.790, 0.765)),
    ],
)
def test_logistic_regression_on_unseen_bearings(name, ends, features, expected):
    found = list(accuracies(table(name, ends, features), "logistic", range(3)))
    assert found == pytest.approx(expected, abs=0.005)


def test_an_svm_on_unseen_bearings():
    found = list(accuracies(table(WINDOWS, ("DE",), THE_36), "svm", range(3)))
    assert found == pytest.approx((0.477, 0.491, 0.518), abs=0.005)


@pytest.mark.parametrize(("features", "expected"), [(THE_36, 0.553), (THE_26, 0.761)])
def test_a_forest_on_unseen_bearings(features, expected):
    (found,) = accuracies(table(ORDERS, ("DE", "FE"), features), "forest", [0])
    assert found == pytest.approx(expected, abs=0.05)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("name", "ends", "features", "expected"),
    [
        (WINDOWS, ("DE",), THE_36, (0.269, 0.448, 0.331)),
        (ORDERS, ("DE", "FE"), THE_36, (0.553, 0.577, 0.482)),
        (ORDERS, ("DE", "FE"), THE_26, (0.761, 0.814, 0.781)),
    ],
)
def test_a_forest_on_unseen_bearings_whatever_the_seed(name, ends, features, expected):
    found = list(accuracies(table(name, ends, features), "forest", range(3)))
    assert found == pytest.approx(expected, abs=0.05)
