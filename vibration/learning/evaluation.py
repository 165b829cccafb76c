"""Out-of-fold predictions of a model: by its protocol, mirrored at random, and of the majority."""

import hashlib
import os
import time
import warnings
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt
from threadpoolctl import ThreadpoolController

from vibration.errors import VibrationError
from vibration.learning.groups import Numbers, Values
from vibration.learning.models import MODELS
from vibration.learning.protocols import NEVER, mirrored_folds, splits_of
from vibration.learning.search import Parameters, fitted_pipeline, parameter_sets

FLOAT32_SAFE: Final = 1e30  # trees hold single precision


@dataclass(frozen=True, eq=False)
class Predictions:
    """What a model said of rows that it was not trained on.

    Attributes
    ----------
    y : ndarray, shape (n,)
        Class of each row.
    groups : ndarray, shape (n,)
        Group of each row.
    folds : ndarray, shape (R, n)
        Fold in which it was tested, a line a repeat; −1 where it was not.
    probabilities : ndarray, shape (R, n, K)
        Of each class; NaN where a row was not tested.
    """

    y: Numbers
    groups: Numbers
    folds: Numbers
    probabilities: Values

    @property
    def classes(self) -> Numbers:
        """The reported class of each row, shape (R, n): the most probable; −1 where untested."""
        tested = self.folds != NEVER
        said = np.full(self.folds.shape, NEVER, dtype=np.int64)
        said[tested] = self.probabilities[tested].argmax(axis=-1)
        return said

    @property
    def sha256(self) -> str:
        """Checksum of folds and probabilities, equal for equal predictions bit for bit."""
        parts = (np.ascontiguousarray(self.folds), np.ascontiguousarray(self.probabilities))
        return hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest()


@dataclass(frozen=True)
class Fit:
    """One fit of a model and the test of it.

    Attributes
    ----------
    run : str
        ``scored``, ``mirrored`` or ``majority``.
    repeat, fold : int
        Which.
    n_train, n_test : int
        Rows.
    accuracy : float
        On its test rows.
    fit_s, predict_s : float
        Seconds of processor that training, with its search, and testing took.
    parameters : dict
        That a search chose; those that were given where nothing was searched.
    """

    run: str
    repeat: int
    fold: int
    n_train: int
    n_test: int
    accuracy: float
    fit_s: float
    predict_s: float
    parameters: Parameters


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The predictions from which every number about a model is computed.

    Attributes
    ----------
    scored : Predictions
        By the protocol whose score counts.
    mirrored : Predictions
        By the same folds, permuted within each class.
    majority : Predictions
        Of always answering the most frequent class, by the protocol.
    fits : tuple of Fit
        Every fit, in the order of runs, repeats and folds.
    """

    scored: Predictions
    mirrored: Predictions
    majority: Predictions
    fits: tuple[Fit, ...] = ()


@dataclass(frozen=True, eq=False)
class _Work:
    """What every fit of an evaluation is given."""

    x: Values
    y: Numbers
    seed: int
    top_k: int | None
    parameters: Parameters
    n_tries: int
    threads: ThreadpoolController = field(default_factory=ThreadpoolController)
    on_try: Callable[[], None] | None = None


def evaluate(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    groups: npt.ArrayLike,
    folds: npt.ArrayLike,
    *,
    model: str = "forest",
    seed: int = 0,
    top_k: int | None = None,
    parameters: Mapping[str, float] | None = None,
    n_tries: int = 0,
    workers: int | None = None,
    on_fold: Callable[[Fit], None] | None = None,
    on_try: Callable[[], None] | None = None,
) -> Evaluation:
    """Test a model by a protocol, by its mirrored random folds, and the majority beside it.

    Equal input gives equal predictions bit for bit, whatever `workers` and OMP_NUM_THREADS say:
    each fit uses one thread.

    Parameters
    ----------
    x : array_like, shape (n, m)
        Features; NaN where one is missing.
    y, groups : array_like of int, shape (n,)
        Class and group of each row, counted from 0.
    folds : array_like of int, shape (R, n)
        Of `group_folds`, `value_folds` or `stored_folds`.
    model : str
        One of `vibration.learning.models.MODELS`.
    seed : int
        Of the model and of the mirrored folds.
    top_k : int, optional
        How many features each fold keeps.
    parameters : mapping of str to float, optional
        Parameters of the model that are not at their default.
    n_tries : int
        How many sets of parameters are tried among the training rows of each fold; 0: none.
    workers : int, optional
        Fits at a time; by default one a processor.
    on_fold : callable, optional
        Called with each fit after its test; what it raises ends the evaluation.
    on_try : callable, optional
        Called after each set of parameters that was tried, by the thread that did.

    Returns
    -------
    Evaluation

    Raises
    ------
    VibrationError
        For features that are infinite or too large, and where a fold trains one class only.

    Examples
    --------
    >>> x = np.random.default_rng(0).normal(size=(12, 2)) + np.repeat([[0], [9]], 6, axis=0)
    >>> y, groups = np.repeat([0, 1], 6), np.arange(12) // 3
    >>> done = evaluate(x, y, groups, [[0, 0, 0, 1, 1, 1] * 2], model="logistic")
    >>> bool((done.scored.classes == y).all()), done.majority.probabilities.shape
    (True, (1, 12, 2))
    """
    from sklearn.exceptions import ConvergenceWarning

    table, classes = np.array(x, dtype=np.float64), np.asarray(y, dtype=np.int64)
    members, lines = np.asarray(groups, dtype=np.int64), np.asarray(folds, dtype=np.int64)
    with np.errstate(invalid="ignore"):
        if (np.abs(table) > FLOAT32_SAFE).any():
            raise VibrationError(
                f"Features are infinite or above {FLOAT32_SAFE:g}: correct them, or leave them "
                "missing.",
                field="x",
            )
    table = table[:, ~np.isnan(table).all(axis=0)]
    if table.shape[1] == 0:
        raise VibrationError("No feature has a value in any row.", field="x")
    if top_k is not None and not 1 <= top_k <= table.shape[1]:
        raise VibrationError(
            f"{top_k} of {table.shape[1]} features cannot be kept: choose 1 to {table.shape[1]}.",
            field="top_k",
        )
    mirrored = mirrored_folds(lines, classes, seed=seed)
    rows = np.arange(classes.size)  # a random split knows no groups, nor does its calibration
    runs = (
        ("scored", lines, members, model),
        ("mirrored", mirrored, rows, model),
        ("majority", lines, members, "majority"),
    )
    done: dict[str, Predictions] = {}
    fits: list[Fit] = []

    def note(fit: Fit) -> None:
        fits.append(fit)
        if on_fold is not None:
            on_fold(fit)

    work = _Work(table, classes, seed, top_k, dict(parameters or {}), n_tries, on_try=on_try)
    with (
        # A fit that ended must not give the BLAS of one still running its threads back.
        work.threads.limit(limits=1),
        warnings.catch_warnings(),
        ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool,
    ):
        warnings.simplefilter("ignore", ConvergenceWarning)
        # All are asked for at once: an odd fit of one run leaves no processor idle.
        waiting = [
            _asked(pool, partial(_fitted, work, known, code=code, run=name), folds_of)
            for name, folds_of, known, code in runs
        ]
        try:
            for (name, folds_of, *_), asked in zip(runs, waiting, strict=True):
                done[name] = _predictions(asked, classes, members, folds_of, note)
        finally:
            for fitted in (asked.fitted for each in waiting for asked in each):
                fitted.cancel()
    return Evaluation(**done, fits=tuple(fits))


@dataclass(frozen=True, eq=False)
class _Asked:
    """A fit that a pool was asked for."""

    repeat: int
    test: Numbers
    fitted: Future[tuple[Values, Fit]]


def _asked(
    pool: ThreadPoolExecutor,
    fit: Callable[[int, int, Numbers, Numbers], tuple[Values, Fit]],
    folds: Numbers,
) -> list[_Asked]:
    return [
        _Asked(repeat, test, pool.submit(fit, repeat, int(fold), train, test))
        for repeat, line in enumerate(folds)
        for fold, (train, test) in zip(np.unique(line[line != NEVER]), splits_of(line), strict=True)
    ]


def _predictions(
    asked: list[_Asked], y: Numbers, groups: Numbers, folds: Numbers, note: Callable[[Fit], None]
) -> Predictions:
    probabilities = np.full((*folds.shape, int(y.max()) + 1), np.nan)
    for each in asked:
        probabilities[each.repeat, each.test], said = each.fitted.result()
        note(said)
    return Predictions(y, groups, folds, probabilities)


def _fitted(
    work: _Work,
    groups: Numbers,
    repeat: int,
    fold: int,
    train: Numbers,
    test: Numbers,
    *,
    code: str,
    run: str,
) -> tuple[Values, Fit]:
    y, is_majority = work.y, run == "majority"
    present = np.unique(y[train])
    if present.size < 2 and code != "majority":
        raise VibrationError(
            f"A fold leaves one class to train {MODELS[code].title} on: choose another protocol.",
            field="folds",
        )
    searched = work.n_tries > 0 and not is_majority
    with work.threads.limit(limits=1):  # OpenMP counts its threads in each thread
        began_s = time.thread_time()
        pipeline, used = fitted_pipeline(
            work.x[train],
            y[train],
            groups[train],
            model=code,
            seed=work.seed,
            top_k=None if is_majority else work.top_k,
            parameters=None if is_majority else work.parameters,
            sets=parameter_sets(code, work.n_tries, seed=work.seed) if searched else None,
            on_try=work.on_try,
        )
        fitted_s = time.thread_time()
        said = pipeline.predict_proba(work.x[test])
        ended_s = time.thread_time()
    probabilities = np.zeros((test.size, int(y.max()) + 1))
    probabilities[:, present] = said
    right = float((probabilities.argmax(axis=1) == y[test]).mean())
    times = (fitted_s - began_s, ended_s - fitted_s)
    return probabilities, Fit(run, repeat, fold, train.size, test.size, right, *times, used)
