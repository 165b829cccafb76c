"""Splits of a dataset: made for one version, never changed, deleted."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from common.database import after_commit, copied_into
from common.errors import Invalid, NotAllowed
from common.roles import is_engineer, may_manage
from common.text import counted, joined, thousands
from common.text.names import name_clean
from datasets.models import Dataset
from datasets.services.events import dataset_event
from datasets.services.hints import dataset_hint
from datasets.versioning.splits import WORDS
from datasets.versioning.versions import version_get, version_signals
from monitoring.models import SystemEvent
from signals.errors import told_as
from signals.models import FaultClass, Split, SplitMember, SplitSide, Version
from vibration.learning.sides import MOST_SIDES, assign_sides

MOST_SIGNALS: Final = 1_000_000
HIGHEST_SEED: Final = 2**31 - 1
SIDES: Final = {2: ("train", "test"), 3: ("train", "validation", "test")}
_LONGEST: Final = Split._meta.get_field("name").max_length or 0
_COLUMNS: Final = (
    *("pk", "row", "source_row", "fault_class_id"),
    *("recording_id", "recording__specimen_id", "recording__run_id"),
)
_KINDS: Final = 2**44  # ids of one kind of group lie below

Numbers = npt.NDArray[np.int64]


def may_split(user: Any, dataset: Dataset) -> bool:
    """Tell whether `user`, who sees the dataset, may split it: its owner, and engineers."""
    return may_manage(user, dataset.store.owner_id) or is_engineer(user)


def may_delete_split(user: Any, dataset: Dataset, split: Split) -> bool:
    """Tell whether `user` may delete a split: the dataset's owner, and whoever made it."""
    return may_manage(user, dataset.store.owner_id) or may_manage(user, split.author_id)


def split_create(
    *,
    user: Any,
    dataset: Dataset,
    name: str,
    ratios: Sequence[float],
    by: str,
    seed: int = 0,
    version: int | None = None,
) -> Split:
    """Split the signals of a version, stratified by class, so that no group lies on two sides.

    Parameters
    ----------
    ratios : sequence of float
        Share of each side; they sum to 1.
    by : str
        A value of `Split.By`. A signal without such a group is grouped by its recording, a copy
        that augmentation made with what it was made of.
    version : int, optional
        The current one where it is not given.

    Raises
    ------
    Invalid
        By field: ``name``, ``ratios``, ``by``, ``seed``.
    """
    if not may_split(user, dataset):
        raise NotAllowed("Splits are made by the owner of the dataset and by engineers.")
    if dataset.status != Dataset.Status.READY:
        raise Invalid("This dataset is not ready yet; split it when it is.")
    word = name_clean(name, what="A split's name", longest=_LONGEST)
    _prove(by, seed, ratios)
    number = dataset.store.version if version is None else version
    of = version_get(user, dataset, number)
    rows = _read(user, dataset, number)
    groups = _groups(rows, Split.By(by))
    _prove_groups(dataset, rows, groups, Split.By(by), len(ratios))
    with told_as(Invalid, names={"groups": "by"}):
        sides = assign_sides(groups, np.maximum(rows[:, 3], 0), ratios, seed=seed)
    try:
        with transaction.atomic():
            split = _write(user, of, word, by, seed, ratios, rows[:, 0], groups, sides)
            said = f"split “{word}” of version {number} made"
            dataset_event(dataset, SystemEvent.Kind.EDITED, user, said)
            after_commit(dataset_hint, dataset)
    except (ValidationError, IntegrityError) as error:
        if "split_name_once" not in str(error) and "name" not in str(error):
            raise
        raise _refused("name", f"The dataset has a split “{word}”. Choose another name.") from error
    return split


@transaction.atomic
def split_delete(*, user: Any, dataset: Dataset, split: Split) -> None:
    """Delete a split with its members."""
    if not may_delete_split(user, dataset, split):
        raise NotAllowed("A split is deleted by the owner of the dataset, or by who made it.")
    name = split.name
    split.delete()
    dataset_event(dataset, SystemEvent.Kind.EDITED, user, f"split “{name}” deleted")
    after_commit(dataset_hint, dataset)


def side_names(n: int) -> tuple[str, ...]:
    """Return what the sides are called: train and test, with validation between, else numbers."""
    return SIDES.get(n) or tuple(f"part {number}" for number in range(1, n + 1))


def _prove(by: str, seed: int, ratios: Sequence[float]) -> None:
    if by not in Split.By.values:
        raise _refused("by", f"A split is by {joined(Split.By.values, 'or')}.")
    if not 0 <= seed <= HIGHEST_SEED:
        raise _refused("seed", f"The seed is a whole number from 0 to {thousands(HIGHEST_SEED)}.")
    if not 2 <= len(ratios) <= MOST_SIDES:
        raise _refused("ratios", f"A split has 2 to {MOST_SIDES} sides.")


def _refused(field: str, sentence: str) -> Invalid:
    return Invalid(sentence, field_errors={field: [sentence]})


def _read(user: Any, dataset: Dataset, number: int) -> Numbers:
    """Return a row a signal, in the order of `_COLUMNS`; −1 where there is nothing."""
    signals = version_signals(user, dataset, number).order_by("pk").values_list(*_COLUMNS)
    rows = [
        tuple(-1 if part is None else part for part in row) for row in signals[: MOST_SIGNALS + 1]
    ]
    if len(rows) > MOST_SIGNALS:
        raise Invalid(f"A split is of at most {thousands(MOST_SIGNALS)} signals.")
    if not rows:
        raise Invalid("There is no signal to split.")
    return np.array(rows, np.int64)


def _groups(rows: Numbers, by: Split.By) -> Numbers:
    """Return a number for each row's group: what it is split by, else its recording, else itself
    with its copies.
    """
    row, source, recording, specimen, run = (rows[:, place] for place in (1, 2, 4, 5, 6))
    groups = np.where(source >= 0, source, row)
    if by == Split.By.NONE:
        return groups
    groups = np.where(recording >= 0, _KINDS + recording, groups)
    if by == Split.By.SPECIMEN:
        groups = np.where(specimen >= 0, 2 * _KINDS + specimen, groups)
    elif by == Split.By.RUN:
        groups = np.where(run >= 0, 3 * _KINDS + run, groups)
    return groups


def _prove_groups(
    dataset: Dataset, rows: Numbers, groups: Numbers, by: Split.By, n_sides: int
) -> None:
    """Refuse in words what no split could tell."""
    one, several = WORDS[by]
    column = {Split.By.SPECIMEN: 5, Split.By.RUN: 6, Split.By.RECORDING: 4}.get(by)
    if column is not None and (rows[:, column] < 0).all():
        other = "by recording" if dataset.is_recorded else "single signals"
        raise _refused("by", f"No signal of this dataset belongs to a {one}; split {other}.")
    n_groups = np.unique(groups).size
    if n_groups < n_sides:
        raise _refused(
            "by",
            f"There {'is' if n_groups == 1 else 'are'} {counted(n_groups, one, several)} for "
            f"{n_sides} sides, and nothing of one {one} may lie on two: ask for fewer sides, or "
            "split by something smaller.",
        )
    classes = np.unique(rows[:, 3])
    lone = [pk for pk in classes.tolist() if np.unique(groups[rows[:, 3] == pk]).size == 1]
    if by != Split.By.NONE and len(lone) == classes.size > 1:
        names = FaultClass.objects.filter(pk__in=lone).values_list("name", flat=True)
        raise _refused(
            "by",
            f"Each class comes from one {one} ({joined(list(names)[:5])}): none can lie on two "
            "sides, so what is learned of it could not be tested. Split by something smaller.",
        )


def _write(
    user: Any,
    version: Version,
    name: str,
    by: str,
    seed: int,
    ratios: Sequence[float],
    pks: Numbers,
    groups: Numbers,
    sides: Numbers,
) -> Split:
    split = Split(
        store_id=version.store_id, version=version, name=name, by=by, seed=seed, author=user
    )
    split.full_clean(exclude=["store", "version", "author"])
    split.save()
    SplitSide.objects.bulk_create(
        SplitSide(
            split=split,
            position=position,
            name=side_name,
            ratio=ratio,
            n_signals=int((sides == position).sum()),
            n_groups=int(np.unique(groups[sides == position]).size),
        )
        for position, (side_name, ratio) in enumerate(
            zip(side_names(len(ratios)), ratios, strict=True)
        )
    )
    with copied_into(SplitMember, ("split_id", "signal_id", "side")) as copy:
        for pk, side in zip(pks.tolist(), sides.tolist(), strict=True):
            copy.write_row((split.pk, pk, side))
    return split
