"""What two datasets have in common, as numbers that a page, a command and a notebook share."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import compress
from typing import Any, Final

import numpy as np

from common.errors import Invalid, NotFound, Unavailable
from common.text import counted, joined, thousands
from datasets.models import Dataset
from datasets.scope import explorer_scope
from experiments.training.feature_sets import OWN, names_of
from experiments.training.rows import TrainingRows, training_rows
from signals.errors import told_as
from signals.filters.signal_filter import SignalFilter
from signals.models import Signal
from signals.waveforms.references import reference_get
from vibration.features.groups import ALL_FEATURES
from vibration.learning.groups import Numbers
from vibration.learning.models import MODELS
from vibration.learning.transfer import (
    Transfer,
    common_plane,
    feature_shifts,
    rows_in_both,
    transferred,
)

MOST_POINTS: Final = 500
MOST_BINS: Final = 400
N_STEPS: Final = 5
MOST_NAMED: Final = 5
_LOWEST: Final = 1e-30


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Two datasets, and the model that is carried over."""

    first: Dataset
    second: Dataset
    model: str = "forest"
    features: tuple[str, ...] = OWN
    seed: int = 0


def sim_to_real(
    user: Any, asked: Asked, *, on_step: Callable[[], None] = lambda: None
) -> dict[str, Any]:
    """Compare two datasets that `user` may see.

    Raises
    ------
    Invalid
        For one dataset twice, one that is not ready, an unknown model, and too few rows.
    """
    began_s = time.monotonic()
    if asked.first.pk == asked.second.pk:
        raise Invalid("Choose two different datasets.")
    if asked.model not in MODELS:
        raise Invalid(f"“{asked.model}” is no model: choose one of {', '.join(MODELS)}.")
    for dataset in (asked.first, asked.second):
        if dataset.status != Dataset.Status.READY:
            raise Invalid(f"“{dataset.name}” is not ready.")
    first, second = (_rows(user, each, asked.features) for each in (asked.first, asked.second))
    names = tuple(name for name in first.names if name in second.names)
    if len(names) < 2:
        raise Invalid("The datasets have fewer than two features in common.")
    on_step()
    x = tuple(rows.x[:, [rows.names.index(name) for name in names]] for rows in (first, second))
    with told_as():
        shifts = feature_shifts(x[0], x[1], names)
        on_step()
        plane = common_plane(x[0], x[1])
        on_step()
    shared = [code for code in first.classes if code in second.classes]
    found = {
        "first": _described(asked.first, first),
        "second": _described(asked.second, second),
        "classes": shared,
        "model": asked.model,
        "seed": asked.seed,
        "notes": [
            *_seen_before(asked, (first, second), x, shared),
            *_notes(asked, first, second, shared),
        ],
        "shifts": [
            {
                "feature": shift.name,
                "title": ALL_FEATURES[shift.name].title,
                "distance": shift.distance,
                "missing": list(shift.missing),
            }
            for shift in shifts
        ],
        "plane": {
            "explained": list(plane.explained),
            "first": _points(plane.first, first),
            "second": _points(plane.second, second),
        },
        "transfer": _transfers(asked, (first, second), x, shared),
    }
    on_step()
    found["spectra"] = _spectra(user, asked, shared)
    on_step()
    return found | {"seconds": round(time.monotonic() - began_s, 3)}


def _rows(user: Any, dataset: Dataset, features: tuple[str, ...]) -> TrainingRows:
    names = names_of(user, dataset.store, features)
    return training_rows(user, explorer_scope(user, SignalFilter(dataset=dataset.pk)), names)


def _described(dataset: Dataset, rows: TrainingRows) -> dict[str, Any]:
    return {
        "dataset": dataset.pk,
        "name": dataset.name,
        "n_signals": len(rows.pks),
        "n_groups": len(rows.group_names),
        "groups": rows.called[1],
        "rates_hz": sorted(set(rows.fs_hz.tolist())),
        "units": sorted(set(rows.units)),
        "samples": sorted(set(rows.n_samples.tolist()))[:5],
    }


def _seen_before(
    asked: Asked, sides: tuple[TrainingRows, TrainingRows], x: tuple[Any, ...], shared: list[str]
) -> list[str]:
    """Say what a model of one dataset knows of the other before it is tested there."""
    if len(shared) < 2:  # nothing is tested
        return []
    scored = [np.isin(rows.y, [rows.classes.index(code) for code in shared]) for rows in sides]
    said = []
    counts = rows_in_both(*(values[own] for values, own in zip(x, scored, strict=True)))
    if counts[0]:
        said.append(
            f"{counted(counts[0], 'signal')} of {asked.first.name} and {thousands(counts[1])} of "
            f"{asked.second.name} have the same features: a model has learned from what it is "
            "tested on, and its scores are better than on a machine that it has not seen."
        )
    first, second = (
        set(compress(rows.facts["specimen"], own)) for rows, own in zip(sides, scored, strict=True)
    )
    both = sorted((first & second) - {""})
    if both:
        named = joined(both[:MOST_NAMED]) + (" …" if len(both) > MOST_NAMED else "")
        said.append(
            f"Both datasets name {named}: where that is one bearing or machine, the scores are "
            "not of one that the model has not seen."
        )
    return said


def _notes(asked: Asked, first: TrainingRows, second: TrainingRows, shared: list[str]) -> list[str]:
    said = []
    for what, one, other in (
        ("sampling rates", set(first.fs_hz.tolist()), set(second.fs_hz.tolist())),
        ("units", set(first.units), set(second.units)),
        ("lengths", set(first.n_samples.tolist()), set(second.n_samples.tolist())),
    ):
        if one != other:
            said.append(
                f"Their {what} differ ({_listed(one)} and {_listed(other)}): a shift may be that, "
                "and not the machine."
            )
    if len(shared) < 2:
        said.append(
            f"They have {len(shared) or 'no'} class{'es' if len(shared) != 1 else ''} in common; "
            "a model is carried over between two or more."
        )
    else:
        for dataset, rows in ((asked.first, first), (asked.second, second)):
            rest = [
                name
                for code, name in zip(rows.classes, rows.class_names, strict=True)
                if code not in shared
            ]
            if rest:
                said.append(f"Left out of the scores, in {dataset.name} alone: {joined(rest)}.")
    return said


def _listed(values: set[Any]) -> str:
    ordered = sorted(values)
    words = [thousands(v) if isinstance(v, int | float) else str(v or "unknown") for v in ordered]
    return ", ".join(words[:3]) + (" …" if len(words) > 3 else "")


def _points(points: Any, rows: TrainingRows) -> list[list[Any]]:
    """Return at most 500 rows of a side: place, class and id."""
    chosen = np.sort(np.random.default_rng(0).permutation(len(points))[:MOST_POINTS])
    return [
        [
            round(float(points[row, 0]), 4),
            round(float(points[row, 1]), 4),
            rows.classes[int(rows.y[row])],
            int(rows.pks[row]),
        ]
        for row in chosen.tolist()
    ]


def _transfers(
    asked: Asked, sides: tuple[TrainingRows, TrainingRows], x: tuple[Any, ...], shared: list[str]
) -> list[dict[str, Any]]:
    if len(shared) < 2:
        return []
    parts = [_part(rows, values, shared) for rows, values in zip(sides, x, strict=True)]
    datasets = (asked.first, asked.second)
    names = [sides[0].class_names[sides[0].classes.index(code)] for code in shared]
    found = []
    for one, other in ((0, 1), (1, 0)):
        with told_as():
            said = transferred(
                parts[one], parts[other], classes=names, model=asked.model, seed=asked.seed
            )
        found.append(
            _numbers(said, shared)
            | {"from": datasets[one].name, "to": datasets[other].name}
            | {"groups": sides[other].called[1], "n_groups": len(set(parts[other][2].tolist()))}
        )
    return found


def _part(rows: TrainingRows, x: Any, shared: list[str]) -> tuple[Any, Numbers, Numbers]:
    number_of = {code: place for place, code in enumerate(shared)}
    y = np.array([number_of.get(rows.classes[k], -1) for k in rows.y.tolist()], dtype=np.int64)
    kept = y >= 0
    _, groups = np.unique(rows.groups[kept], return_inverse=True)
    return x[kept], y[kept], groups.astype(np.int64)


def _numbers(said: Transfer, shared: list[str]) -> dict[str, Any]:
    return {
        "n_signals": int(said.predictions.y.size),
        "score": said.scores.accuracy,
        "interval": None if said.interval is None else list(said.interval),
        "balanced_accuracy": said.scores.balanced_accuracy,
        "majority": said.majority,
        "constant": said.constant,
        "recall": dict(zip(shared, said.scores.recall.tolist(), strict=True)),
        "warning": said.warning,
    }


def _spectra(user: Any, asked: Asked, shared: list[str]) -> list[dict[str, Any]]:
    """Return the spread of the spectra of each class in common, in dB, where it can be had."""
    found = []
    for code in shared:
        curves = []
        for dataset in (asked.first, asked.second):
            signal = Signal.objects.filter(
                store=dataset.store_id, fault_class__code=code, augmented=False
            ).first()
            curves.append(None if signal is None else _curve(user, signal))
        if all(curve is not None for curve in curves):
            found.append({"class": code, "first": curves[0], "second": curves[1]})
    return found


def _curve(user: Any, signal: Signal) -> dict[str, Any] | None:
    try:
        reference = reference_get(user, signal)
    except (NotFound, Unavailable):
        return None
    if reference is None:
        return None
    step = max(1, reference.f_hz.size // MOST_BINS)
    return {
        "f_hz": [round(float(value), 3) for value in reference.f_hz[::step]],
        "n": reference.n,
        **{
            name: [
                round(float(value), 2)
                for value in 10 * np.log10(np.maximum(getattr(reference, name)[::step], _LOWEST))
            ]
            for name in ("low", "median", "high")
        },
    }
