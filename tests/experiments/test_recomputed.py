"""Every number of a result's page, recomputed from the stored predictions by other means."""

import re
from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest
from django.urls import reverse
from sklearn import metrics
from sklearn.calibration import calibration_curve

from experiments.results import files
from experiments.services.requests import experiment_request
from experiments.services.training import experiment_train
from experiments.training.planning import wish_of
from monitoring.jobs.lifecycle import job_start
from monitoring.jobs.pulse import JobRun
from signals.models import Signal
from tests.experiments.training import trained
from vibration.features.groups import codes_of

pytestmark = pytest.mark.django_db
DRAWS = 4000


@pytest.fixture(scope="module")
def model(keep):
    """A model that errs: one feature of five, chosen in each fold."""
    return keep(
        lambda: trained(features=("time",), model="logistic", top_k=1, seed=2, parameters={"C": 3})
    )


@pytest.fixture
def stored(model):
    """Class, probabilities, fold and group of each row, all repeats one after another, by run."""
    table = pq.read_table((files.final_folder(model.pk) / files.PREDICTIONS).path)
    columns = [name for name in table.column_names if name.startswith("p ")]
    codes = [name.removeprefix("p ") for name in columns]
    runs = np.array(table["run"].to_pylist())
    said = {
        "y": np.array([codes.index(code) for code in table["class"].to_pylist()]),
        "p": np.column_stack([table[name].to_numpy() for name in columns]),
        "repeat": table["repeat"].to_numpy(),
        "fold": table["fold"].to_numpy(),
        "group": np.array(table["group"].to_pylist()),
        "signal": table["signal"].to_numpy(),
    }
    return {run: {k: v[runs == run] for k, v in said.items()} for run in np.unique(runs)}


@pytest.fixture
def page(client, model):
    client.force_login(model.owner)
    html = client.get(reverse("experiments:detail", args=[model.pk])).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.split('id="experiment-result"')[1]))


@pytest.fixture
def figures(client, model):
    client.force_login(model.owner)
    return client.get(reverse("experiment-figures", args=[model.pk])).json()


def answers(run):
    return run["y"], run["p"].argmax(axis=1)


def share(value):
    return f"{100 * value:.1f}"


def by_repeat(run, measure):
    return np.mean(
        [
            measure(run["y"][own], run["p"][own])
            for own in (run["repeat"] == repeat for repeat in np.unique(run["repeat"]))
        ]
    )


def test_the_model_errs_so_that_the_numbers_say_something(stored):
    assert 0.4 < metrics.accuracy_score(*answers(stored["scored"])) < 0.95


def test_score_random_score_majority_and_gap(stored, page):
    score, random, majority = (
        metrics.accuracy_score(*answers(stored[run])) for run in ("scored", "mirrored", "majority")
    )
    assert f"Score on records it has not seen {share(score)} %" in page
    assert f"Random split, for comparison only {share(random)} %" in page
    assert f"Always the most frequent class {share(majority)} %" in page
    assert f"{share(random - score).replace('-', '−')} points above the score" in page
    repeats = [
        metrics.accuracy_score(*answers({k: v[own] for k, v in stored["scored"].items()}))
        for own in (stored["scored"]["repeat"] == repeat for repeat in range(5))
    ]
    assert f"5 repeats: {share(min(repeats))}–{share(max(repeats))} %" in page


def test_balanced_accuracy_and_macro_f1(stored, page):
    own = answers(stored["scored"])
    assert f"Balanced accuracy {share(metrics.balanced_accuracy_score(*own))} %" in page
    f1 = metrics.f1_score(*own, average="macro", zero_division=0)
    assert f"macro-F1 {share(f1)} %" in page


def test_confusion_recall_and_precision(stored, page, model):
    own = answers(stored["scored"])
    counts = metrics.confusion_matrix(*own) / 5
    recall = metrics.recall_score(*own, average=None)
    precision = metrics.precision_score(*own, average=None, zero_division=0)
    said = files.report_read(model)["classes"]
    for number, name in enumerate(said):
        row = " ".join(f"{n:.1f}".removesuffix(".0") for n in (*counts[number], 5))
        assert re.search(f"{name} {row}", page), (name, row)
        assert f"{share(recall[number])} {share(precision[number])}" in page


def test_areas_are_means_of_the_folds(stored, page):
    run = stored["scored"]
    for number in range(3):
        areas, precisions = [], []
        for repeat, fold in {*zip(run["repeat"].tolist(), run["fold"].tolist(), strict=True)}:
            own = (run["repeat"] == repeat) & (run["fold"] == fold)
            truth, p = run["y"][own] == number, run["p"][own, number]
            areas.append(metrics.roc_auc_score(truth, p))
            precisions.append(metrics.average_precision_score(truth, p))
        assert f"{np.mean(areas):.3f} {np.mean(precisions):.3f}" in page


def test_curves_are_those_of_scikit_learn(stored, figures):
    run = stored["scored"]
    for number in range(3):
        truth, p = run["y"] == number, run["p"][:, number]
        false, true, _ = metrics.roc_curve(truth, p)
        precision, recall, _ = metrics.precision_recall_curve(truth, p)
        for name, x, y in (("roc", false, true), ("precision-recall", recall, precision)):
            drawn = figures[name]["data"][number]
            np.testing.assert_allclose(drawn["x"], x, atol=1e-5)
            np.testing.assert_allclose(drawn["y"], y, atol=1e-5)


def test_calibration_is_that_of_scikit_learn(stored, figures):
    run = stored["scored"]
    right = run["p"].argmax(axis=1) == run["y"]
    accuracy, confidence = calibration_curve(right, run["p"].max(axis=1), n_bins=10)
    drawn = figures["calibration"]["data"][0]
    np.testing.assert_allclose(drawn["x"], confidence)
    np.testing.assert_allclose(drawn["y"], accuracy)


def test_brier_log_loss_and_calibration_error(stored, page):
    run = stored["scored"]

    def error(y, p):
        top, right = p.max(axis=1), p.argmax(axis=1) == y
        bins = np.digitize(top, np.arange(1, 10) / 10)
        return sum(
            (bins == b).mean() * abs(right[bins == b].mean() - top[bins == b].mean())
            for b in np.unique(bins)
        )

    brier = by_repeat(run, lambda y, p: metrics.brier_score_loss(y, p, scale_by_half=False))
    assert f"Brier score {brier:.3f}" in page
    assert f"Log loss {by_repeat(run, metrics.log_loss):.3f}" in page
    assert f"Calibration error {by_repeat(run, error):.3f}" in page


def test_accuracy_by_condition(stored, model, page):
    run = stored["scored"]
    right = run["p"].argmax(axis=1) == run["y"]
    severity = dict(Signal.objects.values_list("pk", "severity__code"))
    of = np.array([severity[pk] or "" for pk in run["signal"].tolist()])
    shown = files.report_read(model)["by"]["severity"]
    assert {part["value"] for part in shown} == set(of) - {""}
    for part in shown:
        own = of == part["value"]
        n = len(set(run["signal"][own].tolist()))
        assert part["accuracy"] == pytest.approx(right[own].mean())
        shown_as = f"{part['value']} {n} {n} {share(right[own].mean())}"
        assert shown_as.removesuffix(".0") in page


def test_folds_are_drawn_with_the_accuracy_of_their_rows(stored, figures):
    run = stored["scored"]
    right = run["p"].argmax(axis=1) == run["y"]
    own = [
        right[(run["repeat"] == repeat) & (run["fold"] == fold)].mean()
        for repeat in range(5)
        for fold in np.unique(run["fold"])
    ]
    assert figures["folds"]["data"][0]["y"] == pytest.approx(own)


def test_intervals_are_those_of_drawing_records_again(stored, model):
    report = files.report_read(model)
    run, other = stored["scored"], stored["mirrored"]
    names = np.unique(run["group"])
    place = np.searchsorted(names, run["group"])
    matrices, hits = np.zeros((names.size, 3, 3)), np.zeros((names.size, 2))
    np.add.at(matrices, (place, *answers(run)), 1)
    np.add.at(hits[:, 0], place, run["y"] == run["p"].argmax(axis=1))
    where = np.searchsorted(names, other["group"])
    np.add.at(hits[:, 1], where, other["y"] == other["p"].argmax(axis=1))
    of_group = matrices.sum(axis=2).argmax(axis=1)
    random = np.random.default_rng(9)
    drawn = np.concatenate(
        [
            random.choice(own, (DRAWS, own.size))
            for own in (np.flatnonzero(of_group == number) for number in range(3))
        ],
        axis=1,
    )
    sums, n = matrices[drawn].sum(axis=1), run["y"].size
    diagonal = np.diagonal(sums, axis1=1, axis2=2)
    recall = diagonal / sums.sum(axis=2)
    f1 = 2 * diagonal / (sums.sum(axis=2) + sums.sum(axis=1))
    right = hits[drawn].sum(axis=1) / n
    found = {
        "score": (report["interval"], right[:, 0]),
        "gap": (report["gap_interval"], right[:, 1] - right[:, 0]),
        "balanced": (report["intervals"]["balanced_accuracy"], recall.mean(axis=1)),
        "macro-F1": (report["intervals"]["macro_f1"], f1.mean(axis=1)),
    }
    for name, (kept, values) in found.items():
        limits = np.quantile(values, [0.025, 0.975])
        np.testing.assert_allclose(kept, limits, atol=0.03, err_msg=name)


def test_intervals_of_the_page_are_those_of_the_report(page, model):
    report = files.report_read(model)
    for low, high in (report["interval"], report["gap_interval"], *report["intervals"].values()):
        assert f"{share(low)}–{share(high)}".replace("-", "−") in page


def test_the_config_run_again_gives_the_same_predictions_and_model_bit_for_bit(model):
    names = tuple(each.name for each in model.config.features.all())
    again, _ = experiment_request(
        owner=model.owner,
        dataset=model.dataset,
        wish=replace(wish_of(model.config), features=codes_of(names)),
    )
    experiment_train(run=JobRun(job_start(again.job_id)))
    again.refresh_from_db()
    for name in ("predictions_sha256", "fingerprint", "score", "low", "high", "gap_low"):
        assert getattr(again.result, name) == getattr(model.result, name)
