"""The pipeline of a classifier: it learns everything it needs from its training rows.

scikit-learn is imported where a pipeline is made: it would slow every process's start.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from vibration.errors import VibrationError
from vibration.learning.groups import groups_of_classes
from vibration.learning.models import MODELS, checked_parameters
from vibration.learning.protocols import MOST_FOLDS, Splits, group_folds, splits_of
from vibration.statistics.ranking import anova_f

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

MANY_ROWS: Final = 50_000
COARSE_BINS: Final = 127  # of many rows: a tenth of the time less than 255, the same score


def pipeline_for(
    code: str,
    y: npt.ArrayLike,
    groups: npt.ArrayLike,
    *,
    seed: int = 0,
    top_k: int | None = None,
    parameters: Mapping[str, float] | None = None,
) -> "Pipeline":
    """Return an unfitted pipeline for these training rows: imputation, scaling, selection, model.

    The median of a feature's training rows stands for a missing value; one without any value in
    them becomes 0 everywhere and tells nothing. SVMs give probabilities by Platt's sigmoid, fitted
    on splits of the training rows by group. Gradient boosting sorts the values of a feature into
    255 bins, of more than 50 000 training rows into 127.

    References
    ----------
    J. Platt, "Probabilistic outputs for support vector machines" (1999); scikit-learn 1.9,
    `CalibratedClassifierCV`.

    Parameters
    ----------
    code : str
        One of `MODELS`.
    y, groups : array_like of int, shape (n,)
        Class and group of the rows it is going to be fitted to.
    seed : int
        Of the model's own draws and of the splits for calibration.
    top_k : int, optional
        How many features are kept, those with the highest F among the training rows.
    parameters : mapping of str to float, optional
        Parameters of the model that are not at their default.

    Returns
    -------
    Pipeline

    Raises
    ------
    VibrationError
        For an unknown model or parameter, or where calibration has too few rows of a class.

    Examples
    --------
    >>> [name for name, _ in pipeline_for("logistic", [0, 1], [0, 1], top_k=3).steps]
    ['impute', 'scale', 'select', 'classify']
    """
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.feature_selection import SelectKBest
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import StandardScaler

    chosen = checked_parameters(code, parameters or {})
    classes = np.asarray(y, dtype=np.int64)
    model = MODELS[code]
    steps: list[tuple[str, Any]] = [
        ("impute", SimpleImputer(strategy="median", keep_empty_features=True))
    ]
    if model.scaled:
        steps.append(("scale", StandardScaler()))
    if top_k is not None:
        steps.append(("select", SelectKBest(anova_f, k=top_k)))
    classifier = model.make(seed).set_params(**chosen)
    if model.code == "knn":
        classifier.set_params(n_neighbors=min(classifier.n_neighbors, classes.size))
    if model.code == "gradient_boosting" and classes.size > MANY_ROWS:
        classifier.set_params(max_bins=COARSE_BINS)
    if model.calibrated:
        classifier = CalibratedClassifierCV(
            classifier,
            method="sigmoid",
            ensemble=False,
            cv=calibration_splits(classes, groups, seed=seed),
        )
    return Pipeline([*steps, ("classify", classifier)])


def calibration_splits(y: npt.ArrayLike, groups: npt.ArrayLike, *, seed: int = 0) -> Splits:
    """Splits of training rows on which scores become probabilities: by group where that can be.

    Where a class has fewer than five groups among them, or no split by group has every class on
    both sides, rows are dealt by class alone; test rows are never among them either way. A sigmoid
    fitted on scores of two or three unseen bearings may fall where it should rise: on the nine
    bearings of CWRU an SVM that is right on 48 % of unseen windows then answers 30 %.

    Parameters
    ----------
    y, groups : array_like of int, shape (n,)
        Class and group of the training rows.
    seed : int
        Of the dealing.

    Returns
    -------
    list of (ndarray, ndarray)
        Rows that train, rows that test.

    Raises
    ------
    VibrationError
        Where a class has one row.

    Examples
    --------
    >>> splits = calibration_splits(np.repeat([0, 1], 10), np.arange(20) // 2)
    >>> [np.unique(test // 2).size for _, test in splits]
    [2, 2, 2, 2, 2]
    """
    from sklearn.model_selection import StratifiedKFold

    _, classes = np.unique(np.asarray(y, dtype=np.int64), return_inverse=True)
    _, members = np.unique(np.asarray(groups, dtype=np.int64), return_inverse=True)
    if min(held.size for held in groups_of_classes(classes, members)) >= MOST_FOLDS:
        try:
            return splits_of(group_folds(classes, members, seed=seed, n_repeats=1)[0])
        except VibrationError:  # groups that hold several classes: dealt by class below
            pass
    fewest = int(np.bincount(classes).min())
    if fewest < 2:
        raise VibrationError(
            "An SVM needs at least two training rows of each class, and a fold has one: choose "
            "another model, or bring more rows.",
            field="y",
        )
    splitter = StratifiedKFold(min(MOST_FOLDS, fewest), shuffle=True, random_state=seed)
    return [
        (train.astype(np.int64), test.astype(np.int64))
        for train, test in splitter.split(np.zeros((classes.size, 1)), classes)
    ]
