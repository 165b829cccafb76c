"""A model's score as it is to be read: its interval, what a random split says, and the guard."""

from dataclasses import dataclass
from typing import Final

from vibration.learning.evaluation import Evaluation
from vibration.learning.intervals import FEW_GROUPS, Interval, accuracy, difference, fewest_groups
from vibration.learning.intervals import interval_of as bootstrap_interval
from vibration.learning.scores import Scores, scores_of
from vibration.learning.words import percent

GAP: Final = 0.02
NEARLY_PERFECT: Final = 0.99


@dataclass(frozen=True, eq=False)
class Report:
    """What is said of an evaluation.

    Attributes
    ----------
    scores, mirrored : Scores
        By the protocol, and by its mirrored random folds.
    interval : (float, float) or None
        95 % interval of the accuracy; None where a class has one group.
    majority : float
        Accuracy of always answering the most frequent class.
    gap : float
        Accuracy of the mirrored run − accuracy by the protocol.
    gap_interval : (float, float) or None
        Its paired interval.
    warning : str
        The guard's sentences; empty where there is nothing to warn of.
    doubt : str
        What is to be known about the interval; empty where nothing is.
    """

    scores: Scores
    mirrored: Scores
    interval: Interval | None
    majority: float
    gap: float
    gap_interval: Interval | None
    warning: str
    doubt: str


def report_of(
    evaluation: Evaluation,
    *,
    classes: list[str],
    many: str = "bearings",
    new: str = "",
    seed: int = 0,
) -> Report:
    """Compute a model's numbers from its predictions, and say what is not to be believed.

    The guard warns where the mirrored random split scores higher by two points or more and the
    lower limit of that gap lies above 0, where the model is no better than the majority, and where
    its score is nearly perfect.

    Parameters
    ----------
    evaluation : Evaluation
    classes : list of str
        Names of the classes.
    many : str
        What groups are called.
    new : str
        What is new in the test; by default the groups.
    seed : int
        Of the bootstrap.

    Returns
    -------
    Report

    Examples
    --------
    >>> import numpy as np
    >>> from vibration.learning.evaluation import evaluate
    >>> x = np.random.default_rng(0).normal(size=(24, 2)) + np.repeat([[0], [9]], 12, axis=0)
    >>> y, groups = np.repeat([0, 1], 12), np.arange(24) // 3
    >>> done = evaluate(x, y, groups, [[0, 0, 0, 1, 1, 1] * 4], model="logistic")
    >>> report = report_of(done, classes=["healthy", "worn"])
    >>> report.scores.accuracy, report.gap, report.warning.partition(".")[0]
    (1.0, 0.0, 'Nearly perfect')
    """
    scored = evaluation.scored
    scores, mirrored = scores_of(scored), scores_of(evaluation.mirrored)
    majority = scores_of(evaluation.majority)
    interval = bootstrap_interval(scored, accuracy, seed=seed)
    gap = difference(evaluation.mirrored, scored, seed=seed)
    over = difference(scored, evaluation.majority, seed=seed)
    said = []
    if gap.interval is not None and gap.interval[0] > 0 and gap.value >= GAP:
        said.append(gap_sentence(scores.accuracy, interval, mirrored.accuracy, many=new or many))
    if over.value <= 0 or (over.interval is not None and over.interval[0] <= 0):
        answer = classes[int(majority.confusion.sum(axis=0).argmax())]
        said.append(f"No better than always answering {answer} ({percent(majority.accuracy)} %).")
    if scores.accuracy >= NEARLY_PERFECT:
        said.append(
            "Nearly perfect. For simulated data this says that the classes are easy to tell as "
            "simulated; it says nothing about machines."
        )
    return Report(
        scores=scores,
        mirrored=mirrored,
        interval=interval,
        majority=majority.accuracy,
        gap=gap.value,
        gap_interval=gap.interval,
        warning=" ".join(said),
        doubt=doubt_sentence(fewest_groups(scored), many=many),
    )


def gap_sentence(
    score: float, interval: Interval | None, random_score: float, *, many: str = "bearings"
) -> str:
    """Say that a random split flatters the model, and by what.

    Parameters
    ----------
    score, random_score : float
        Accuracy by group, and by the mirrored random split.
    interval : (float, float) or None
        95 % interval of the score.
    many : str
        What groups are called.

    Returns
    -------
    str

    Examples
    --------
    >>> print(gap_sentence(0.302, (0.2, 0.45), 0.999))
    A random split says 99.9 %. On bearings it has not seen the model reaches 30.2 % (20–45 %). \
The difference is recognition of bearings, not of faults.
    """
    limits = f" ({100 * interval[0]:.0f}–{100 * interval[1]:.0f} %)" if interval else ""
    return (
        f"A random split says {percent(random_score)} %. On {many} it has not seen the model "
        f"reaches {percent(score)} %{limits}. The difference is recognition of {many}, not of "
        "faults."
    )


def doubt_sentence(fewest: int, *, many: str = "bearings") -> str:
    """Say how an interval is to be read where a class has few groups.

    Parameters
    ----------
    fewest : int
        Groups of the class that has the fewest.
    many : str
        What groups are called.

    Returns
    -------
    str
        Empty where there are enough.

    Examples
    --------
    >>> doubt_sentence(3)
    'Few bearings: read the interval as a lower bound of the doubt.'
    """
    if fewest >= FEW_GROUPS:
        return ""
    if fewest < 2:
        return f"A class has one of the {many}: no interval can be given."
    return f"Few {many}: read the interval as a lower bound of the doubt."
