"""What a training would do, said before anything is trained: rows, folds, refusals and notes."""

from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from django.http import QueryDict

from common.errors import Invalid
from common.text import joined
from datasets.models import Dataset
from datasets.scope import explorer_scope
from datasets.versioning.splits import split_members, splits_of
from experiments.models import ExperimentConfig
from experiments.training.feature_sets import names_of
from experiments.training.rows import CONDITIONS, TrainingRows, training_rows
from signals.errors import told_as
from signals.filters.signal_filter import SignalFilter
from signals.models import Split
from vibration.learning.groups import check_distinct
from vibration.learning.models import MODELS, checked_parameters
from vibration.learning.plans import GROUP, LEAVE_OUT, SPLIT, Plan, plan_of
from vibration.learning.search import parameter_sets

MOST_CLASSES: Final = 60  # 10 000 draws of their confusion matrices: 300 MB
HIGHEST_SEED: Final = 2**32 - 100  # what scikit-learn takes, with room for repeats and tries


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody wants trained.

    Attributes
    ----------
    chosen : SignalFilter
        Of the dataset's signals; its own dataset is left alone.
    features : tuple of str
        Codes of sets (`experiments.training.feature_sets`).
    model : str
        One of `vibration.learning.models.MODELS`.
    parameters : dict
        Those that are not at their default.
    top_k : int or None
        Features that each fold keeps; None: all.
    n_tries : int
        Sets of parameters that a search tries; 0: none.
    seed : int
    protocol : str
        ``group``, ``leave-out`` or ``split``.
    held_out : str
        The condition that is left out, of `experiments.training.rows.CONDITIONS`, or the split's
        name.
    """

    chosen: SignalFilter = field(default_factory=SignalFilter)
    features: tuple[str, ...] = ()
    model: str = "forest"
    parameters: dict[str, float] = field(default_factory=dict)
    top_k: int | None = None
    n_tries: int = 0
    seed: int = 0
    protocol: str = GROUP
    held_out: str = ""


@dataclass(frozen=True, eq=False)
class Planned:
    """Rows and folds of a training."""

    rows: TrainingRows
    plan: Plan

    @property
    def notes(self) -> list[str]:
        return [*self.rows.notes(), *self.plan.notes]

    def n_steps(self, n_tries: int) -> int:
        """Count the fits of all runs, that of the model that is kept, and the sets tried."""
        n_folds = sum(len(set(line.tolist()) - {-1}) for line in self.plan.folds)
        return 3 * n_folds + 1 + n_tries * (2 * n_folds + 1)


def wish_plan(user: Any, dataset: Dataset, wish: Wish) -> Planned:
    """Plan a training.

    Raises
    ------
    Invalid
        Where it cannot be: the sentence says why, and what to do.
    """
    if dataset.status != Dataset.Status.READY:
        raise Invalid(f"“{dataset.name}” is not ready; a model is trained on a ready dataset.")
    check_numbers(wish)
    names = names_of(user, dataset.store, wish.features)
    return planned(user, dataset, wish, names)


def planned(user: Any, dataset: Dataset, wish: Wish, names: tuple[str, ...]) -> Planned:
    """Plan a training of these features, whose numbers were checked."""
    split = split_named(user, dataset, wish.held_out) if wish.protocol == SPLIT else None
    chosen = _of_split(wish.chosen, split) if split else wish.chosen
    scope = explorer_scope(user, replace(chosen, dataset=dataset.pk))
    rows = training_rows(user, scope, names)
    if len(rows.classes) > MOST_CLASSES:
        raise Invalid(
            f"At most {MOST_CLASSES} classes are told apart, not {len(rows.classes)}: choose some "
            "of them."
        )
    if wish.top_k is not None and not 1 <= wish.top_k <= len(rows.names):
        raise _refused("top_k", f"Keep 1 to {len(rows.names)} features, not {wish.top_k}.")
    with told_as():
        if len(rows.classes) > 1:
            check_distinct(rows.x, rows.groups, names=rows.group_names, rows=rows.pks.tolist())
        plan = plan_of(
            rows.y,
            rows.groups,
            classes=rows.class_names,
            called=rows.called,
            protocol=wish.protocol,
            what=split.name if split else CONDITIONS.get(wish.held_out, "").lower(),
            values=rows.facts[wish.held_out] if wish.protocol == LEAVE_OUT else (),
            tested=_tested(split, rows.pks) if split else (),
            seed=wish.seed,
        )
    if split:
        sides = [side.name for side in split.sides.all()]
        told = f"Trained on {joined(sides[:-1])}, tested on {sides[-1]}."
        plan = replace(plan, notes=(*plan.notes, told))
    return Planned(rows, plan)


def split_named(user: Any, dataset: Dataset, name: str) -> Split:
    """Return the split of a dataset by its name, in capitals or not."""
    found = splits_of(user, dataset).filter(name__iexact=name).first()
    if found is None:
        raise _refused("held_out", f"“{dataset.name}” has no split “{name}”; choose another one.")
    return found


def _of_split(chosen: SignalFilter, split: Split) -> SignalFilter:
    """Leave out what lies on no side, such as signals that came after the split."""
    if chosen.split and chosen.split.casefold() != split.name.casefold():
        raise _refused("held_out", "The filter is of another split than the test: drop one.")
    own = tuple(side.name for side in split.sides.all())
    sides = tuple(side for side in chosen.sides or own if side in own)
    if not sides:
        raise _refused("held_out", "The filter leaves only signals of no side; drop its sides.")
    return replace(chosen, split=split.name, sides=sides)


def _tested(split: Split, pks: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Tell which signals lie on the last side."""
    members, sides = split_members(split)
    last = split.sides.count() - 1
    return np.isin(pks, members[sides == last])


def check_numbers(wish: Wish) -> None:
    """Refuse what no rows are needed to refuse."""
    if wish.model not in MODELS:
        raise _refused("model", f"“{wish.model}” is no model: choose one of {', '.join(MODELS)}.")
    if not 0 <= wish.seed <= HIGHEST_SEED:
        raise _refused("seed", f"A seed is a whole number from 0 to {HIGHEST_SEED}.")
    if wish.protocol not in (GROUP, LEAVE_OUT, SPLIT):
        raise _refused(
            "protocol", "The protocol is folds by group, leaving one value out, or a split."
        )
    if wish.protocol == SPLIT and not wish.held_out:
        raise _refused("held_out", "Name the split of the dataset.")
    if wish.protocol == LEAVE_OUT and wish.held_out not in CONDITIONS:
        raise _refused("held_out", f"Leave one of {', '.join(CONDITIONS)} out.")
    if wish.protocol == GROUP and wish.held_out:
        raise _refused("held_out", "Folds by group leave no condition out.")
    with told_as():
        checked_parameters(wish.model, wish.parameters)
        if wish.n_tries:
            parameter_sets(wish.model, wish.n_tries, seed=wish.seed)


def wish_of(config: ExperimentConfig) -> Wish:
    """Return what an experiment's config asks for; its features stand in its own rows."""
    return Wish(
        chosen=SignalFilter.from_query(QueryDict(config.query)),
        model=config.model,
        parameters={each.name: each.value for each in config.parameters.all()},
        top_k=config.top_k,
        n_tries=config.n_tries,
        seed=config.seed,
        protocol=config.protocol,
        held_out=config.held_out,
    )


def _refused(name: str, sentence: str) -> Invalid:
    return Invalid(sentence, field_errors={name: [sentence]})
