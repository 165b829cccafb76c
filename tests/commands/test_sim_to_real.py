import json

import numpy as np
import pytest
from scipy.stats import energy_distance
from sklearn.metrics import accuracy_score

from datasets.scope import explorer_scope
from experiments.training.rows import training_rows
from signals.filters.signal_filter import SignalFilter
from signals.models import Recording, Signal, Specimen
from tests.commands.running import called, refusal
from tests.experiments.training import small_dataset
from tests.factories import make_user
from vibration.features import FEATURE_NAMES
from vibration.learning.search import fitted_pipeline


@pytest.fixture
def sides(db):
    owner = make_user("superuser")
    return [
        small_dataset(owner, name="Simulated"),
        small_dataset(owner, name="Real", seed=5, classes=("healthy", "imbalance", "oil_whirl")),
    ]


def rows_of(dataset):
    scope = explorer_scope(dataset.store.owner, SignalFilter(dataset=dataset.pk))
    return training_rows(dataset.store.owner, scope, FEATURE_NAMES)


def test_its_numbers_are_those_of_scipy_and_of_a_model_fitted_anew(sides):
    found = json.loads(called("sim_to_real", "Simulated", "real", "--model", "logistic", "--json"))
    first, second = map(rows_of, sides)
    column = first.names.index("rms")
    values = [rows.x[:, column] for rows in (first, second)]
    spread = np.concatenate(values).std()
    shift = next(each for each in found["shifts"] if each["feature"] == "rms")
    assert shift["distance"] == pytest.approx(energy_distance(*(v / spread for v in values)))
    distances = [each["distance"] or 0 for each in found["shifts"]]
    assert distances == sorted(distances, reverse=True)
    assert found["classes"] == ["healthy", "imbalance"]
    one, other = (
        (rows.x[rows.y < 2], rows.y[rows.y < 2], rows.groups[rows.y < 2])
        for rows in (first, second)
    )
    model, _ = fitted_pipeline(*one, model="logistic")
    said = found["transfer"][0]
    assert (said["from"], said["to"], said["n_signals"]) == ("Simulated", "Real", 10)
    assert said["score"] == pytest.approx(accuracy_score(other[1], model.predict(other[0])))
    assert said["majority"] == 0.5
    assert "Left out of the scores, in Simulated alone: Wear" in " ".join(found["notes"])


def test_it_says_in_words_what_moves(sides):
    text = called("sim_to_real", "Simulated", "Real", "--model", "logistic")
    assert "Trained on Real, tested on Simulated" in text
    assert "Features that move most" in text


def test_it_says_what_a_model_has_seen_before_it_is_tested(sides):
    again = small_dataset(sides[0].store.owner, name="Again", classes=("healthy", "imbalance"))
    n = rows_of(again).y.size
    notes = json.loads(called("sim_to_real", "Simulated", "Again", "--json"))["notes"]
    assert notes[0].startswith(f"{n} signals of Simulated and {n} of Again have the same features")
    assert not any("name" in note for note in notes)
    small_dataset(sides[0].store.owner, name="Only", classes=("healthy",))
    notes = json.loads(called("sim_to_real", "Simulated", "Only", "--json"))["notes"]
    assert not any("same features" in note for note in notes)  # nothing is scored
    for dataset in (sides[0], sides[1]):
        specimen = Specimen.objects.create(store=dataset.store, name="B1")
        recording = Recording.objects.create(
            store=dataset.store, name="a.csv", sha256="a", size_bytes=1, specimen=specimen
        )
        first = dataset.store.signals.values_list("pk").order_by("pk")[:1]
        Signal.objects.filter(pk__in=first).update(recording=recording)
    notes = json.loads(called("sim_to_real", "Simulated", "Real", "--json"))["notes"]
    assert "Both datasets name B1:" in notes[0]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (("Simulated", "simulated"), "two different datasets"),
        (("Simulated", "Nothing"), "There is no dataset “Nothing”."),
    ],
)
def test_what_cannot_be_compared_is_refused_with_status_2(sides, line, sentence):
    error = refusal("sim_to_real", *line)
    assert error.returncode == 2
    assert sentence in str(error)
