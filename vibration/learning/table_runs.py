"""A model evaluated on a table, in one call: refusals first, then its numbers."""

import time
from dataclasses import dataclass
from typing import Any, Final

from vibration.learning.evaluation import Evaluation, evaluate
from vibration.learning.groups import check_distinct, numbered
from vibration.learning.plans import GROUP, LEAVE_OUT, plan_of
from vibration.learning.report import Report, report_of
from vibration.learning.tables import FeatureTable

_CALLED: Final = {
    "specimen": ("bearing", "bearings"),
    "bearing": ("bearing", "bearings"),
    "recording": ("recording", "recordings"),
    "file": ("recording", "recordings"),
}


@dataclass(frozen=True, eq=False)
class TableRun:
    """A model's evaluation on a table.

    Attributes
    ----------
    evaluation : Evaluation
        Every prediction.
    report : Report
        Its numbers.
    protocol : str
        The protocol in words.
    classes : tuple of str
        Names of the classes.
    n_groups : int
        How many groups there are.
    warning : str
        The guard's sentences, and what no split can tell; empty where there is nothing.
    seconds : float
        That the evaluation took.
    """

    evaluation: Evaluation
    report: Report
    protocol: str
    classes: tuple[str, ...]
    n_groups: int
    warning: str
    seconds: float

    def as_json(self, *, experiment: str, groups: str) -> dict[str, Any]:
        """Return what the command prints.

        Parameters
        ----------
        experiment : str
            What was evaluated.
        groups : str
            Column of the groups.

        Returns
        -------
        dict
        """
        return {
            "experiment": experiment,
            "protocol": self.protocol,
            "groups": groups,
            "n_signals": int(self.evaluation.scored.y.size),
            "n_groups": self.n_groups,
            "score": self.report.scores.accuracy,
            "interval": self.report.interval,
            "random_score": self.report.mirrored.accuracy,
            "majority": self.report.majority,
            "gap": self.report.gap,
            "gap_interval": self.report.gap_interval,
            "warning": self.warning,
            "seconds": round(self.seconds, 3),
        }


def run_table(
    table: FeatureTable,
    *,
    group: str,
    leave_out: str = "",
    model: str = "forest",
    seed: int = 0,
) -> TableRun:
    """Evaluate a model on a table by group, or by leaving one value of a condition out.

    Parameters
    ----------
    table : FeatureTable
    group : str
        Column of the groups; `specimen` and `bearing` are called bearings, `recording` and `file`
        recordings.
    leave_out : str
        Column of the condition; empty for folds by group.
    model : str
        One of `vibration.learning.models.MODELS`.
    seed : int
        Of everything that is drawn.

    Returns
    -------
    TableRun

    Raises
    ------
    VibrationError
        For one class only, a class of one group in a split by group, and rows that are equal in
        two groups.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.random.default_rng(0).normal(size=(24, 2)) + np.repeat([[0], [9]], 12, axis=0)
    >>> groups = tuple(f"B{number // 3}" for number in range(24))
    >>> labels, rows = ("ok",) * 12 + ("worn",) * 12, tuple(range(2, 26))
    >>> table = FeatureTable(x, ("a", "b"), labels, groups, rows, (), ())
    >>> run = run_table(table, group="bearing", model="logistic")
    >>> run.protocol, run.n_groups, run.report.scores.accuracy
    ('group 4-fold, 5 repeats (new: bearings)', 8, 1.0)
    """
    began = time.perf_counter()
    one, many = _CALLED.get(group, (f"group of {group}", f"groups of {group}"))
    classes, y = numbered(table.labels)
    names, groups = numbered(table.groups)
    if len(classes) > 1:  # one class alone is refused by the plan
        check_distinct(table.x, groups, names=names, rows=table.rows)
    plan = plan_of(
        y,
        groups,
        classes=classes,
        called=(one, many),
        protocol=LEAVE_OUT if leave_out else GROUP,
        what=leave_out,
        values=table.left_out,
        seed=seed,
    )
    evaluation = evaluate(table.x, y, groups, plan.folds, model=model, seed=seed)
    report = report_of(evaluation, classes=classes, many=many, new=plan.new, seed=seed)
    return TableRun(
        evaluation=evaluation,
        report=report,
        protocol=plan.words,
        classes=tuple(classes),
        n_groups=len(names),
        warning=" ".join([*plan.notes, *filter(None, [report.warning])]),
        seconds=time.perf_counter() - began,
    )
