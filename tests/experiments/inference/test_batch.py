"""A model asked about all signals of a filter: what is kept, shown, filtered and sent."""

import csv
import io

import pytest
from django.http import QueryDict

from common.errors import Invalid, NotAllowed
from datasets.scope import queried_scope
from datasets.services import dataset_share
from experiments.inference.prediction import is_abstained, predict
from experiments.inference.subjects import signal_subject
from experiments.models import PredictionRun, SignalPrediction
from experiments.services.predictions import (
    predictions_cancel,
    predictions_make,
    predictions_request,
)
from monitoring.jobs.lifecycle import job_start
from monitoring.jobs.pulse import JobRun
from monitoring.models import Job
from signals.exploration.table import TableQuery, table_page
from signals.models import FaultClass, Signal
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def query_of(dataset, **values):
    query = QueryDict(mutable=True)
    query.update({"dataset": str(dataset.pk), **values})
    return query


def predicted(user, experiment, dataset, **values):
    run = predictions_request(user=user, experiment=experiment, query=query_of(dataset, **values))
    predictions_make(run=JobRun(job_start(run.job_id)))
    return PredictionRun.objects.get(pk=run.pk)


@pytest.fixture(scope="module")
def run(keep, experiment, other):
    return keep(lambda: predicted(experiment.owner, experiment, other))


def test_each_signal_is_answered_as_it_is_by_itself(run, experiment, predictor, other):
    assert run.ready_at is not None
    assert run.predictions.count() == other.store.n_signals
    for each in run.predictions.all()[:6]:
        subject = signal_subject(experiment.owner, each.signal_id, predictor.rows.names)
        said = predict(predictor, subject)
        assert each.probability == pytest.approx(said.probabilities[said.top])
        assert each.distance == pytest.approx(said.distance)
        assert each.kept == [c for c, held in zip(predictor.codes, said.kept, strict=True) if held]
        assert bool(each.answer) != is_abstained(said)


def test_of_signals_it_was_trained_on_it_keeps_what_it_said_before(experiment, predictor):
    run = predicted(experiment.owner, experiment, experiment.dataset, **{"class": "wear"})
    assert run.predictions.count() == 12
    for each in run.predictions.all():
        assert each.was_trained_on
        assert each.probability == pytest.approx(predictor.out_of_fold[each.signal_id].max())


def test_what_it_said_is_a_filter_and_a_column_of_the_explorer(run, experiment, other):
    SignalPrediction.objects.filter(run=run).update(outcome="abstains", answer="")
    first = run.predictions.first()
    SignalPrediction.objects.filter(pk=first.pk).update(outcome="answered", answer="wear")
    for sel, n in ((f"said:{experiment.pk}:wear", 1), (f"said:{experiment.pk}:-abstains", 14)):
        scope = queried_scope(experiment.owner, query_of(other, sel=sel))
        assert scope.signals().count() == n
    page = table_page(
        experiment.owner, queried_scope(experiment.owner, query_of(other)), TableQuery()
    )
    said = {row["id"]: row["predicted"] for row in page.rows}
    assert said[first.signal_id] == FaultClass.objects.get(code="wear").name
    assert sorted(set(said.values()) - {said[first.signal_id]}) == ["abstains"]


def test_a_reader_of_the_signals_alone_sees_no_answer_of_a_private_model(run, experiment, other):
    dataset_share(user=experiment.owner, dataset=other, visibility="shared")
    reader = make_user("viewer")
    page = table_page(reader, queried_scope(reader, query_of(other)), TableQuery())
    assert {row["predicted"] for row in page.rows} == {None}
    sel = f"said:{experiment.pk}:{run.predictions.first().answer or '-abstains'}"
    assert not queried_scope(reader, query_of(other, sel=sel)).signals().exists()


def test_a_second_attempt_goes_on_where_the_first_stopped(run, experiment, other):
    again = predictions_request(user=experiment.owner, experiment=experiment, query=query_of(other))
    signal = Signal.objects.filter(store=other.store_id).first()
    SignalPrediction.objects.filter(signal=signal).update(run=again, outcome="refused", answer="")
    predictions_make(run=JobRun(job_start(again.job_id)))
    assert again.predictions.count() == other.store.n_signals
    assert again.predictions.get(signal=signal).outcome == "refused"
    assert Job.objects.get(pk=again.job_id).status == "completed"


def test_signals_unlike_training_are_refused_and_kept_so(experiment, other):
    other.store.signals.update(fs_hz=10_000)
    run = predicted(experiment.owner, experiment, other)
    assert set(run.predictions.values_list("outcome", flat=True)) == {"refused"}
    assert "resample it" in run.predictions.first().refusal


def test_the_page_counts_what_is_kept(client, run, experiment):
    client.force_login(experiment.owner)
    html = client.get(f"/inference/runs/{run.pk}/").content.decode()
    assert f"n = {run.predictions.count()}" in html
    for each in run.predictions.select_related("signal"):
        assert each.signal.label in html


def test_the_export_holds_every_answer(client, run, experiment):
    client.force_login(experiment.owner)
    answer = client.get(f"/inference/runs/{run.pk}/predictions.csv")
    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode())))
    kept = {each.signal_id: each for each in run.predictions.all()}
    assert {int(row["signal"]) for row in rows} == set(kept)
    for row in rows:
        each = kept[int(row["signal"])]
        assert (row["outcome"], row["answer"]) == (each.outcome, each.answer)
        assert row["set at 90 %"].split() == each.kept


def test_strangers_see_no_run_and_members_may_not_stop_it(client, run, experiment, other):
    pages = (f"/inference/runs/{run.pk}/", f"/inference/runs/{run.pk}/predictions.csv")
    stranger = make_user("engineer")
    client.force_login(stranger)
    assert [client.get(page).status_code for page in pages] == [404, 404]
    assert client.post(f"{pages[0]}cancel/").status_code == 404
    assert client.post(f"{pages[0]}delete/").status_code == 404
    assert client.post(f"{pages[0]}retry/").status_code == 404
    for dataset in (experiment.dataset, other):
        dataset_share(user=experiment.owner, dataset=dataset, visibility="shared")
    assert [client.get(page).status_code for page in pages] == [200, 200]
    assert client.post(f"{pages[0]}cancel/").status_code == 403
    assert client.post(f"{pages[0]}delete/").status_code == 403
    assert client.post(f"{pages[0]}retry/").status_code == 403
    assert client.get(f"{pages[0]}delete/").status_code == 403


def test_a_run_is_deleted_only_after_a_question(client, run):
    client.force_login(run.owner)
    page = f"/inference/runs/{run.pk}/"
    assert f'hx-get="{page}delete/"' in client.get(page).content.decode()
    assert "It cannot be undone" in client.get(f"{page}delete/").content.decode()
    assert PredictionRun.objects.filter(pk=run.pk).exists()
    client.post(f"{page}delete/")
    assert not PredictionRun.objects.filter(pk=run.pk).exists()


def test_the_explorers_choice_is_asked_from_its_page(client, experiment, other):
    client.force_login(experiment.owner)
    address = f"/inference/batch/?dataset={other.pk}&class=wear"
    assert "Predict 5 signals" in client.get(address).content.decode()
    answer = client.post(address, {"experiment": experiment.pk})
    run = PredictionRun.objects.latest("pk")
    assert answer["Location"] == f"/inference/runs/{run.pk}/"
    assert (run.query, run.job.progress_total) == ("class=wear", 5)


def test_viewers_ask_about_one_signal_at_a_time(experiment, other):
    for dataset in (experiment.dataset, other):
        dataset_share(user=experiment.owner, dataset=dataset, visibility="shared")
    with pytest.raises(NotAllowed, match="engineer role"):
        predictions_request(user=make_user("viewer"), experiment=experiment, query=query_of(other))


def test_without_signals_nothing_is_queued(experiment, other):
    with pytest.raises(Invalid, match="not 0"):
        predictions_request(
            user=experiment.owner,
            experiment=experiment,
            query=query_of(other, rpm_min="1e6", rpm_max="2e6"),
        )


def test_its_owner_cancels_a_run(experiment, other):
    run = predictions_request(user=experiment.owner, experiment=experiment, query=query_of(other))
    predictions_cancel(user=experiment.owner, run=run)
    assert Job.objects.get(pk=run.job_id).status == "cancelled"


def test_its_owner_goes_on_with_a_run_that_stopped(client, experiment, other):
    run = predictions_request(user=experiment.owner, experiment=experiment, query=query_of(other))
    client.force_login(experiment.owner)
    page = f"/inference/runs/{run.pk}/"
    assert client.post(f"{page}retry/").status_code == 400
    predictions_cancel(user=experiment.owner, run=run)
    assert f'action="{page}retry/"' in client.get(page).content.decode()
    assert client.post(f"{page}retry/")["Location"] == page
    predictions_make(run=JobRun(job_start(run.job_id)))
    assert run.predictions.count() == other.store.n_signals
