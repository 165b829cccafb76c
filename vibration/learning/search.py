"""A small random search of a model's parameters, and a model fitted to all rows it may see."""

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from vibration.errors import VibrationError
from vibration.learning.groups import Numbers, Values
from vibration.learning.models import MODELS
from vibration.learning.pipelines import pipeline_for
from vibration.learning.protocols import group_folds, splits_of

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

MOST_TRIES: Final = 50

Parameters = dict[str, float]


def parameter_sets(code: str, n_tries: int, *, seed: int = 0) -> list[Parameters]:
    """Draw sets of parameters that are tried, the defaults first.

    Each number is drawn between its limits and around its default: from a tenth to ten times of it,
    on a logarithmic scale where it has one.

    References
    ----------
    J. Bergstra, Y. Bengio, "Random search for hyper-parameter optimization", J. Mach. Learn. Res.
    13 (2012).

    Parameters
    ----------
    code : str
        One of `vibration.learning.models.MODELS`.
    n_tries : int
        How many sets.
    seed : int
        Of the draws.

    Returns
    -------
    list of dict

    Raises
    ------
    VibrationError
        For more than 50 tries, and for a model without parameters.

    Examples
    --------
    >>> sets = parameter_sets("logistic", 3)
    >>> sets[0], len(sets), 0.1 <= sets[1]["C"] <= 10
    ({}, 3, True)
    """
    parameters = MODELS[code].parameters
    if not 1 <= n_tries <= MOST_TRIES:
        raise VibrationError(f"A search has 1 to {MOST_TRIES} tries.", field="n_tries")
    if not parameters:
        raise VibrationError(
            f"{MODELS[code].title} has no parameter to search: leave the search out.",
            field="n_tries",
        )
    random = np.random.default_rng(seed)
    sets: list[Parameters] = [{}]
    while len(sets) < n_tries:
        drawn: Parameters = {}
        for parameter in parameters:
            middle = parameter.default or math.sqrt(parameter.lowest * parameter.highest)
            low, high = max(parameter.lowest, middle / 10), min(parameter.highest, 10 * middle)
            value = float(math.exp(random.uniform(math.log(low), math.log(high))))
            drawn[parameter.name] = float(round(value)) if parameter.is_whole else value
        sets.append(drawn)
    return sets


def best_parameters(
    x: Values,
    y: Numbers,
    groups: Numbers,
    *,
    code: str,
    sets: list[Parameters],
    seed: int = 0,
    top_k: int | None = None,
    on_try: Callable[[], None] | None = None,
) -> Parameters:
    """Return the parameters with the highest balanced accuracy on groups that a fit did not see.

    The rows given are training rows: they are split by group among themselves, as the protocol
    splits all rows, and the splits are pairs of indices. Of equally good sets the first is taken.

    Parameters
    ----------
    x : ndarray, shape (n, m)
        Features of the training rows.
    y, groups : ndarray of int, shape (n,)
        Their classes and groups.
    code : str
        One of `vibration.learning.models.MODELS`.
    sets : list of dict
        Of `parameter_sets`.
    seed : int
        Of the splits and of the model.
    top_k : int, optional
        How many features each fit keeps.
    on_try : callable, optional
        Called after each set; what it raises ends the search.

    Returns
    -------
    dict

    Raises
    ------
    VibrationError
        Where the training rows of a class come from one group.

    Examples
    --------
    >>> x = np.random.default_rng(0).normal(size=(24, 2)) + np.repeat([[0], [9]], 12, axis=0)
    >>> y, groups = np.repeat([0, 1], 12), np.arange(24) // 3
    >>> best_parameters(x, y, groups, code="logistic", sets=[{}, {"C": 3.0}])
    {}
    """
    _, classes = np.unique(y, return_inverse=True)
    _, members = np.unique(groups, return_inverse=True)
    try:
        splits = splits_of(group_folds(classes, members, seed=seed, n_repeats=1)[0])
    except VibrationError as error:
        raise VibrationError(
            "The training rows of a class come from one group, and a search of parameters needs "
            "two: search nothing, or bring more groups.",
            field="n_tries",
        ) from error
    scores = []
    for parameters in sets:
        found = []
        for train, test in splits:
            pipeline = pipeline_for(
                code, classes[train], members[train], seed=seed, top_k=top_k, parameters=parameters
            )
            pipeline.fit(x[train], classes[train])
            said = pipeline.classes_[pipeline.predict_proba(x[test]).argmax(axis=1)]
            of_test = classes[test]
            found.append(np.mean([(said[of_test == c] == c).mean() for c in np.unique(of_test)]))
        scores.append(float(np.mean(found)))
        if on_try is not None:
            on_try()
    return sets[int(np.argmax(scores))]


def fitted_pipeline(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    groups: npt.ArrayLike,
    *,
    model: str = "forest",
    seed: int = 0,
    top_k: int | None = None,
    parameters: Mapping[str, float] | None = None,
    sets: list[Parameters] | None = None,
    on_try: Callable[[], None] | None = None,
) -> "tuple[Pipeline, Parameters]":
    """Fit a model to rows, its parameters searched among them where sets are given.

    Parameters
    ----------
    x : array_like, shape (n, m)
        Features; NaN where one is missing.
    y, groups : array_like of int, shape (n,)
        Class and group of each row.
    model : str
        One of `vibration.learning.models.MODELS`.
    seed : int
        Of everything that is drawn.
    top_k : int, optional
        How many features are kept.
    parameters : mapping of str to float, optional
        Of the model; those of a set take their place.
    sets : list of dict, optional
        Of `parameter_sets`, to choose from.
    on_try : callable, optional
        Called after each set that was tried.

    Returns
    -------
    pipeline : Pipeline
        Fitted.
    parameters : dict
        With which.

    Examples
    --------
    >>> pipeline, used = fitted_pipeline([[0.0], [1.0]], [0, 1], [0, 1], model="logistic")
    >>> pipeline.predict([[0.9]]).tolist(), used
    ([1], {})
    """
    table, classes = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.int64)
    members, used = np.asarray(groups, dtype=np.int64), dict(parameters or {})
    if sets:
        used |= best_parameters(
            table, classes, members, code=model, sets=sets, seed=seed, top_k=top_k, on_try=on_try
        )
    pipeline = pipeline_for(model, classes, members, seed=seed, top_k=top_k, parameters=used)
    pipeline.fit(table, classes)
    return pipeline, used
