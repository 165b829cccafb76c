"""What a model says of one signal, recomputed from what was stored."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.impute import SimpleImputer
from sklearn.neighbors import NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from common.errors import Invalid, NotFound
from experiments.inference.prediction import answer_words, coverage_words, predict
from experiments.inference.predictor import predictor_of
from experiments.inference.selectors import answer_for, signal_predict
from experiments.inference.subjects import Subject
from experiments.results import files
from experiments.results.model_files import model_load
from tests.experiments.training import asked
from tests.factories import make_user
from vibration.learning.words import percent

pytestmark = pytest.mark.django_db


def changed(subject, **values):
    return Subject(**(vars(subject) | values))


def test_the_answer_is_that_of_the_stored_model_and_its_thresholds(experiment, predictor, new):
    said = predict(predictor, new)
    rows = files.rows_read(files.experiment_file(experiment, files.ROWS))
    x = new.row(rows.names)
    p = model_load(experiment).predict_proba(x[np.newaxis])[0]
    np.testing.assert_array_equal(said.probabilities, p)
    evaluation, _, codes, _ = files.predictions_read(
        files.experiment_file(experiment, files.PREDICTIONS)
    )
    before = evaluation.scored.probabilities.mean(axis=0)
    for number, code in enumerate(codes):
        scores = np.sort(1 - before[evaluation.scored.y == number, number])
        rank = int(np.ceil((scores.size + 1) * 0.9))
        limit = 1.0 if rank > scores.size else scores[rank - 1]
        assert said.kept[number] == (1 - p[number] <= limit), code


def test_the_coverage_that_is_said_was_measured_on_groups_left_out(experiment, predictor):
    evaluation, *_ = files.predictions_read(files.experiment_file(experiment, files.PREDICTIONS))
    scored = evaluation.scored
    p, y, right = scored.probabilities.mean(axis=0), scored.y, []
    for group in np.unique(scored.groups):
        out = scored.groups == group
        for row in np.flatnonzero(out):
            of_class = np.sort(1 - p[~out & (y == y[row]), y[row]])
            rank = int(np.ceil((of_class.size + 1) * 0.9 - 1e-9))
            limit = 1.0 if rank > of_class.size else of_class[rank - 1]
            right.append(1 - p[row, y[row]] <= limit + 1e-9)
    assert predictor.coverage.share == pytest.approx(np.mean(right))
    assert f"they did {percent(np.mean(right))} % of the time" in coverage_words(predictor)


def test_neighbours_are_the_five_nearest_training_signals(experiment, predictor, new):
    rows = files.rows_read(files.experiment_file(experiment, files.ROWS))
    scaled = make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler()
    )
    search = NearestNeighbors(n_neighbors=5).fit(scaled.fit_transform(rows.x))
    distances, places = search.kneighbors(scaled.transform(new.row(rows.names)[np.newaxis]))
    said = predict(predictor, new)
    assert [each.pk for each in said.neighbours] == [rows.pks[at] for at in places[0]]
    assert said.distance == pytest.approx(distances[0, -1])


def test_reasons_are_what_the_probability_loses_without_a_feature(experiment, predictor, new):
    said = predict(predictor, new)
    x, model = new.row(predictor.rows.names), model_load(experiment)
    assert len(said.reasons) == 5
    for reason in said.reasons:
        column = predictor.rows.names.index(reason.name)
        replaced = np.tile(x, (len(predictor.background), 1))
        replaced[:, column] = predictor.background[:, column]
        without = model.predict_proba(replaced)[:, said.top].mean()
        assert reason.effect == pytest.approx(said.probabilities[said.top] - without, abs=1e-12)
        known = predictor.rows.x[:, column]
        assert reason.percentile == pytest.approx(100 * np.mean(known <= x[column]))


def test_of_a_training_signal_it_says_what_the_model_said_before(experiment, predictor):
    pk = predictor.rows.pks[0]
    answer = signal_predict(experiment.owner, experiment, pk)
    np.testing.assert_array_equal(answer.said.before, predictor.out_of_fold[pk])
    assert pk not in {each.pk for each in answer.said.neighbours}


def test_a_far_signal_gets_no_answer(predictor, new):
    far = changed(new, features={name: value * 1e6 for name, value in new.features.items()})
    said = predict(predictor, far)
    assert said.familiarity == "unlike"
    assert answer_words(predictor, said).startswith("No answer: the signal is unlike training.")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"fs_hz": 12_000.0}, "sampled at 4 096 Hz"),
        ({"unit": "mm/s"}, "was trained on signals in g"),
        ({"n_samples": 400}, "less than half of the shortest"),
    ],
)
def test_metadata_unlike_training_is_refused(predictor, new, values, sentence):
    with pytest.raises(Invalid, match=sentence.replace(" ", ".")):
        predict(predictor, changed(new, **values))


def test_without_speed_a_model_of_orders_refuses(predictor, new):
    names = ("harmonic_ratio_2x", "harmonic_ratio_3x")
    of_speed = replace(predictor, always=np.isin(predictor.rows.names, names))
    without = changed(new, features=new.features | dict.fromkeys(names, float("nan")))
    with pytest.raises(Invalid, match=r"needs 2X / 1X and 1 other feature.*it needs shaft speed"):
        predict(of_speed, without)


def test_neighbours_that_one_may_not_see_are_left_out(predictor, new):
    answer = answer_for(make_user("viewer"), predictor, new)
    assert (answer.said.neighbours, answer.n_hidden) == ((), 5)


def test_a_signal_that_one_may_not_see_is_not_predicted(experiment, predictor):
    with pytest.raises(NotFound):
        signal_predict(make_user("engineer"), experiment, predictor.rows.pks[0])


def test_a_model_that_is_not_trained_says_nothing():
    with pytest.raises(Invalid, match="not trained yet"):
        predictor_of(asked())


def test_a_feature_beyond_what_models_are_trained_on_is_missing():
    subject = Subject("Loud", {"rms": 1e39, "kurtosis": 3.0}, 25_600.0, 4_096, "g")
    np.testing.assert_array_equal(subject.row(("rms", "kurtosis")), [np.nan, 3.0])
