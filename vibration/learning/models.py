"""The classifiers, each a pipeline that learns everything it needs from its training rows.

scikit-learn is imported where a model is made: it would slow every process's start.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from vibration.errors import VibrationError
from vibration.learning.groups import groups_of_classes
from vibration.learning.protocols import MOST_FOLDS, Splits, group_folds, splits_of
from vibration.statistics.ranking import anova_f

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

N_TREES: Final = 200
NEIGHBOURS: Final = 5
MANY_ROWS: Final = 50_000
COARSE_BINS: Final = 127  # of many rows: a tenth of the time less than 255, the same score


@dataclass(frozen=True)
class Parameter:
    """A number of a model that people may choose, and a search draws.

    Attributes
    ----------
    name, title : str
        As scikit-learn calls it, and for people.
    default : float or None
        None: the model finds its own.
    lowest, highest : float
        Limits of what may be chosen.
    is_whole, is_log : bool
        Whether it is an integer, and whether a search draws it on a logarithmic scale.
    """

    name: str
    title: str
    default: float | None
    lowest: float
    highest: float
    is_whole: bool = False
    is_log: bool = True


@dataclass(frozen=True)
class Model:
    """A classifier that is offered.

    Attributes
    ----------
    code, title : str
        Its name in commands and addresses, and for people.
    scaled : bool
        Whether features are standardised first.
    make : callable
        Returns the classifier for a seed.
    calibrated : bool
        Whether its scores become probabilities by a sigmoid fitted on splits by group.
    parameters : tuple of Parameter
        What may be chosen.
    """

    code: str
    title: str
    scaled: bool
    make: Callable[[int], Any]
    calibrated: bool = False
    parameters: tuple[Parameter, ...] = ()


def _c(default: float) -> Parameter:
    return Parameter("C", "C, the price of an error", default, 1e-4, 1e5)


def _forest(seed: int) -> Any:
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(N_TREES, random_state=seed, n_jobs=1)


def _svm(_seed: int) -> Any:
    from sklearn.svm import SVC

    return SVC(C=10.0)


def _linear_svm(seed: int) -> Any:
    from sklearn.svm import LinearSVC

    return LinearSVC(random_state=seed, max_iter=10_000)


def _gradient_boosting(seed: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    # Its own validation rows would be drawn at random, across groups.
    return HistGradientBoostingClassifier(early_stopping=False, random_state=seed)


def _nearest_neighbours(_seed: int) -> Any:
    from sklearn.neighbors import KNeighborsClassifier

    # A tree of rows would be a type of its own in the model's file.
    return KNeighborsClassifier(NEIGHBOURS, algorithm="brute")


def _logistic(seed: int) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(max_iter=2000, random_state=seed)


def _majority(_seed: int) -> Any:
    from sklearn.dummy import DummyClassifier

    return DummyClassifier()


MODELS: Final = {
    model.code: model
    for model in (
        Model(
            "forest",
            "Random forest",
            False,
            _forest,
            parameters=(
                Parameter("n_estimators", "Trees", N_TREES, 10, 1000, is_whole=True),
                Parameter("max_depth", "Depth of a tree at most", None, 1, 64, is_whole=True),
                Parameter("min_samples_leaf", "Rows in a leaf at least", 1, 1, 64, is_whole=True),
            ),
        ),
        Model(
            "svm",
            "SVM, RBF kernel",
            True,
            _svm,
            calibrated=True,
            parameters=(_c(10), Parameter("gamma", "γ, the narrowness", None, 1e-5, 10)),
        ),
        Model(
            "linear_svm",
            "SVM, linear",
            True,
            _linear_svm,
            calibrated=True,
            parameters=(_c(1),),
        ),
        Model(
            "gradient_boosting",
            "Gradient boosting",
            False,
            _gradient_boosting,
            parameters=(
                Parameter("learning_rate", "Learning rate", 0.1, 0.001, 1),
                Parameter("max_iter", "Rounds", 100, 5, 500, is_whole=True),
                Parameter("max_leaf_nodes", "Leaves of a tree", 31, 2, 255, is_whole=True),
            ),
        ),
        Model(
            "knn",
            "Nearest neighbours",
            True,
            _nearest_neighbours,
            parameters=(Parameter("n_neighbors", "Neighbours", NEIGHBOURS, 1, 200, is_whole=True),),
        ),
        Model(
            "logistic",
            "Logistic regression",
            True,
            _logistic,
            parameters=(_c(1),),
        ),
        Model("majority", "Majority class", False, _majority),
    )
}


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


def checked_parameters(code: str, given: Mapping[str, float]) -> dict[str, float | int]:
    """Return the parameters of a model as its classifier takes them.

    Parameters
    ----------
    code : str
        One of `MODELS`.
    given : mapping of str to float

    Returns
    -------
    dict

    Raises
    ------
    VibrationError
        For an unknown model or parameter, and for a value beyond its limits.

    Examples
    --------
    >>> checked_parameters("forest", {"n_estimators": 50.0})
    {'n_estimators': 50}
    """
    if code not in MODELS:
        raise VibrationError(
            f"“{code}” is no model: choose one of {', '.join(MODELS)}.", field="code"
        )
    known = {parameter.name: parameter for parameter in MODELS[code].parameters}
    checked: dict[str, float | int] = {}
    for name, value in given.items():
        if name not in known:
            raise VibrationError(
                f"{MODELS[code].title} has no parameter “{name}”; it has "
                f"{', '.join(known) or 'none'}.",
                field="parameters",
            )
        of = known[name]
        is_within = of.lowest <= value <= of.highest
        if not is_within or (of.is_whole and value != int(value)):
            kind = "a whole number" if of.is_whole else "a number"
            raise VibrationError(
                f"{of.title} ({name}) is {kind} from {of.lowest:g} to {of.highest:g}, not "
                f"{value:g}.",
                field="parameters",
            )
        checked[name] = int(value) if of.is_whole else float(value)
    return checked


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
