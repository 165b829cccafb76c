import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tests.vibration.learning.drawn import bearings
from vibration.errors import VibrationError
from vibration.learning import evaluation
from vibration.learning.evaluation import evaluate
from vibration.learning.models import MODELS
from vibration.learning.pipelines import calibration_splits, pipeline_for
from vibration.learning.protocols import group_folds, splits_of, stored_folds
from vibration.learning.report import report_of
from vibration.learning.scores import scores_of
from vibration.learning.search import fitted_pipeline

ROOT = Path(__file__).resolve().parents[3]
CLASSES = ["B", "IR", "OR"]
CHECKSUM = """
from tests.vibration.learning.drawn import bearings
from vibration.learning.evaluation import evaluate
x, y, groups = bearings(1.0)
print([evaluate(x, y, groups, [y * 0 + groups % 4], model=m).scored.sha256
       for m in ("logistic", "svm")])
"""


def report(spread, model):
    x, y, groups = bearings(spread)
    folds = group_folds(y, groups, n_repeats=1, permuted=False)
    return report_of(evaluate(x, y, groups, folds, model=model), classes=CLASSES)


def test_bearings_that_differ_make_the_guard_warn():
    found = report(1.0, "logistic")
    assert found.scores.accuracy == pytest.approx(0.533, abs=5e-4)
    assert found.mirrored.accuracy == pytest.approx(0.75)
    assert found.gap_interval == pytest.approx((0.10, 0.36), abs=0.011)
    assert found.warning.startswith("A random split says 75.0 %. On bearings it has not seen")


def test_bearings_that_are_alike_do_not():
    found = report(0.0, "logistic")
    assert (found.scores.accuracy, found.mirrored.accuracy) == (0.975, 0.975)
    assert found.warning == ""


def test_a_forest_that_recognises_bearings_is_found_out():
    found = report(1.0, "forest")
    assert found.scores.accuracy == pytest.approx(0.517, abs=0.05)
    assert found.mirrored.accuracy == pytest.approx(0.933, abs=0.05)
    assert found.gap_interval == pytest.approx((0.23, 0.62), abs=0.05)


@pytest.mark.parametrize("model", MODELS)
def test_each_model_answers_every_row_with_probabilities(model):
    x, y, groups = bearings(0.2)
    x[::7, 1] = np.nan
    folds = stored_folds(groups % 4 == 0)
    scored = evaluate(x, y, groups, folds, model=model, top_k=3).scored
    tested = scored.folds != -1
    np.testing.assert_allclose(scored.probabilities[tested].sum(axis=-1), 1)
    if model != "majority":
        assert scores_of(scored).accuracy > 0.6


def test_a_random_split_calibrates_without_knowing_groups():
    random = np.random.default_rng(0)
    y = np.repeat([0, 1], 60)
    groups = np.arange(120) // 10
    x = random.normal(size=(12, 6))[groups] + random.normal(0, 0.05, (120, 6))
    done = evaluate(x, y, groups, group_folds(y, groups, n_repeats=1), model="svm")
    assert scores_of(done.mirrored).accuracy > 0.95


def test_noise_is_not_told_apart_as_selection_happens_inside_the_folds():
    random, y, found = np.random.default_rng(0), np.arange(60) % 2, []
    for repeat in range(50):
        x = random.normal(size=(60, 36))
        folds = group_folds(y, np.arange(60), seed=repeat, n_repeats=1)
        run = evaluate(x, y, np.arange(60), folds, model="logistic", top_k=5, workers=1)
        found.append(scores_of(run.scored).accuracy)
    assert np.mean(found) == pytest.approx(0.51, abs=0.03)


def test_selection_outside_the_folds_would_tell_noise_apart():
    random, y, found = np.random.default_rng(0), np.arange(60) % 2, []
    for repeat in range(50):
        chosen = SelectKBest(k=5).fit_transform(random.normal(size=(60, 36)), y)
        folds = group_folds(y, np.arange(60), seed=repeat, n_repeats=1)[0]
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
        said = cross_val_predict(model, chosen, y, cv=splits_of(folds))
        found.append(np.mean(said == y))
    assert np.mean(found) == pytest.approx(0.66, abs=0.005)


def test_labels_of_test_rows_choose_no_feature():
    random, y, rows = np.random.default_rng(0), np.arange(60) % 2, np.arange(60)
    x, folds = random.normal(size=(60, 36)), [rows // 2 % 5]
    tested = rows // 2 % 5 == 0
    first, second = (
        evaluate(x, labels, rows, folds, model="logistic", top_k=5).scored.probabilities[0, tested]
        for labels in (y, np.where(tested, 1 - y, y))
    )
    np.testing.assert_array_equal(first, second)


def test_the_majority_answers_the_most_frequent_class_of_training():
    x, y, groups = bearings(0.0)
    keep = np.flatnonzero((y != 2) | (groups % 4 < 2))
    y, groups = y[keep], np.unique(groups[keep], return_inverse=True)[1]
    done = evaluate(x[keep], y, groups, group_folds(y, groups, n_repeats=1), model="majority")
    assert set(np.unique(done.majority.classes)) == {0}


def test_boosting_takes_coarser_bins_of_many_rows_alone():
    for n, bins in ((50_000, 255), (50_001, 127)):
        rows = np.arange(n)
        found = pipeline_for("gradient_boosting", rows % 2, rows).named_steps["classify"]
        assert found.max_bins == bins


def test_boosting_parts_a_small_table_where_its_leaves_may_be_small():
    x, y, rows = np.repeat([[0.0], [1.0]], 12, axis=0), np.repeat([0, 1], 12), np.arange(24)

    def answers(**parameters):
        fitted = pipeline_for("gradient_boosting", y, rows, parameters=parameters).fit(x, y)
        return set(fitted.predict(x))

    assert answers(min_samples_leaf=5) == {0, 1}
    assert answers() == {0}


def test_fits_of_all_runs_are_under_way_together(monkeypatch):
    x, y, groups = bearings(1.0)
    both = threading.Barrier(2, timeout=60)

    def fitted(*args, **kwargs):
        if kwargs["model"] != "majority":
            both.wait()  # breaks where the mirrored fit waits for the end of the scored one
        return fitted_pipeline(*args, **kwargs)

    monkeypatch.setattr(evaluation, "fitted_pipeline", fitted)
    done = evaluate(x, y, groups, stored_folds(groups % 4 == 0), model="logistic", workers=2)
    assert [fit.run for fit in done.fits] == ["scored", "mirrored", "majority"]


def test_the_same_call_gives_the_same_predictions():
    x, y, groups = bearings(1.0)
    folds = group_folds(y, groups, n_repeats=1)
    runs = [evaluate(x, y, groups, folds, model="svm", workers=n) for n in (1, 3)]
    assert runs[0].scored.sha256 == runs[1].scored.sha256
    assert runs[0].mirrored.sha256 == runs[1].mirrored.sha256


def test_a_feature_without_a_value_changes_nothing():
    x, y, groups = bearings(1.0)
    folds = stored_folds(groups % 4 == 0)
    empty = np.column_stack([x[:, :2], np.full(len(x), np.nan), x[:, 2:]])
    first, second = (evaluate(t, y, groups, folds, model="forest") for t in (x, empty))
    assert first.scored.sha256 == second.scored.sha256


def test_predictions_are_equal_bit_for_bit_whatever_the_threads():
    printed = {
        subprocess.run(
            [sys.executable, "-c", CHECKSUM],
            cwd=ROOT,
            env={**os.environ, "OMP_NUM_THREADS": threads},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for threads in ("1", "2")
    }
    assert len(printed) == 1


def test_sigmoids_are_fitted_by_group_where_groups_suffice():
    y, groups = np.repeat([0, 1], 20), np.arange(40) // 4
    for train, test in calibration_splits(y, groups):
        assert not set(groups[train]) & set(groups[test])


@pytest.mark.parametrize("value", [np.inf, -np.inf, 1e300])
def test_features_that_are_no_measurements_are_refused(value):
    with pytest.raises(VibrationError, match="infinite or above"):
        evaluate([[value], [1.0]], [0, 1], [0, 1], [[0, 1]])


def test_a_fold_that_trains_one_class_is_refused():
    with pytest.raises(VibrationError, match="one class"):
        evaluate([[0.0], [1.0]], [0, 1], [0, 1], [[0, 1]], model="logistic")


@pytest.mark.parametrize("top_k", [0, 3])
def test_a_selection_of_more_features_than_there_are_is_refused(top_k):
    with pytest.raises(VibrationError, match="choose 1 to 2"):
        evaluate(np.eye(2), [0, 1], [0, 1], [[0, 1]], top_k=top_k)


def test_what_the_caller_raises_after_a_fold_ends_the_evaluation():
    def stop(_fit):
        raise KeyboardInterrupt

    x, y, groups = bearings(1.0)
    with pytest.raises(KeyboardInterrupt):
        evaluate(x, y, groups, group_folds(y, groups), model="logistic", on_fold=stop)
