"""Tables that are drawn: bearings with an offset of their own, and predictions made by hand."""

import numpy as np

from vibration.learning.evaluation import Predictions


def bearings(spread):
    """Three classes of four bearings with ten rows each; `spread` is that of the bearings."""
    random = np.random.default_rng(0)
    x, y, groups = [], [], []
    for number in range(3):
        for bearing in range(4):
            offset = random.normal(0, spread, 4)
            x.append(np.eye(3, 4)[number] + offset + random.normal(0, 0.3, (10, 4)))
            y += [number] * 10
            groups += [4 * number + bearing] * 10
    return np.vstack(x), np.array(y), np.array(groups)


def said(y, answers, groups=None, n_classes=2):
    """Predictions of one repeat that are sure of these answers."""
    y = np.asarray(y)
    groups = np.arange(y.size) if groups is None else np.asarray(groups)
    return Predictions(
        y, groups, np.zeros((1, y.size), np.int64), np.eye(n_classes)[np.asarray(answers)][None]
    )
