"""The classifiers that are offered, and the parameters of each that may be chosen.

scikit-learn is imported where a model is made: it would slow every process's start.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from vibration.errors import VibrationError

N_TREES: Final = 200
NEIGHBOURS: Final = 5


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
                # The default takes at least 40 rows to part two: fewer, and it says the majority.
                Parameter("min_samples_leaf", "Rows in a leaf at least", 20, 1, 200, is_whole=True),
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
