"""Every admin page, for every role: whether it opens, and that its queries stay few."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bearing_portal.operations.groups import groups_seed
from datasets.models import (
    DatasetSource,
    Download,
    ImportChannel,
    ImportDraft,
    ImportFile,
    ImportRate,
    ImportRemark,
    ImportSpecimen,
    Verification,
    VerificationFinding,
)
from experiments.models import (
    ExperimentResult,
    Insight,
    PredictionRun,
    SignalPrediction,
    TransferRun,
)
from monitoring.accounts.sessions import session_seen
from monitoring.accounts.settings import preferences_save
from monitoring.accounts.tokens import token_create
from monitoring.events import event_record
from monitoring.models import HealthSample, JobLogLine, Notification, SignOnIdentity
from monitoring.notices.services import notification_send
from signals.models import (
    Annotation,
    LabelReview,
    Projection,
    Recording,
    Run,
    SavedView,
    Signal,
    SignalPast,
    Specimen,
    Split,
    SplitMember,
    SplitSide,
    StoreMember,
    Tag,
    Version,
)
from signals.services.table_columns import columns_choose
from tests.experiments.training import asked
from tests.factories import make_bearing, make_dataset, make_user
from tests.signals.recordings import npy, sine, upload

ROOMS = ("monitoring", "signals", "datasets", "experiments")
MODELS = [model for room in ROOMS for model in apps.get_app_config(room).get_models()]
PAGES = [model for model in MODELS if admin.site.is_registered(model)]
# A row for each signal of a version, split or answer: the explorer shows them.
COUNTLESS = {SignalPast, SplitMember, SignalPrediction}
NUMBERS = (  # of a result, in no order
    *("n_signals", "n_groups", "score", "random_score", "majority", "gap", "balanced_accuracy"),
    *("macro_f1", "seconds", "fit_s", "predict_s", "model_bytes"),
)
CURATED = {
    "signals": {
        "faultclass",
        "severity",
        "noisesource",
        "bearing",
        "tag",
        "signalstore",
        "signal",
        "annotation",
        "specimen",
        "run",
        "recording",
    },
    "datasets": {"dataset", "recipe"},
}


@pytest.fixture
def groups(db):
    groups_seed()


def make_one_of_everything() -> None:
    owner = make_user("engineer")
    dataset = make_dataset(owner, visibility="shared")
    signal = Signal.objects.filter(store=dataset.store).first()
    signal.tags.add(Tag.objects.create(name=f"tag {signal.pk}"))
    Annotation.objects.create(signal=signal, author=owner, text="odd")
    bearing = make_bearing()
    Signal.objects.filter(pk=signal.pk).update(bearing=bearing)
    JobLogLine.objects.create(job=dataset.job, text="begun")
    event_record(kind="created", actor=owner, subject=dataset.name)
    notification_send(user=owner, title="Ready")
    token_create(user=owner, name="Rig 3")
    preferences_save(user=owner, notices={"news": (True, False)})
    SignOnIdentity.objects.create(user=owner, issuer="https://a.example", subject=f"{owner.pk}")
    session_seen(user=owner, session_key=f"key {owner.pk}", user_agent="", address=None)
    upload(npy(sine(256)), owner=owner)
    SavedView.objects.create(owner=owner, name="Worn", query="class=wear")
    columns_choose(user=owner, codes=["rms"])
    Projection.objects.create(
        store=dataset.store, store_version=1, method="pca", key=f"key {dataset.pk}"
    )
    HealthSample.objects.create(at=timezone.now(), cpu_percent=12.0)
    make_work(dataset, owner)
    make_recording(dataset.store)
    make_import(owner)
    make_experiment(owner, dataset)


def make_experiment(owner, dataset) -> None:
    experiment = asked(owner)
    ExperimentResult.objects.create(experiment=experiment, **dict.fromkeys(NUMBERS, 0))
    Insight.objects.create(experiment=experiment)
    PredictionRun.objects.create(experiment=experiment, owner=owner, dataset=dataset)
    TransferRun.objects.create(owner=owner, first=dataset, second=experiment.dataset)


def make_work(dataset, owner) -> None:
    StoreMember.objects.create(store=dataset.store, user=owner)
    version = Version.objects.filter(store=dataset.store).first() or Version.objects.create(
        store=dataset.store, number=1, act="made", author=owner, n_signals=6, n_rows=6
    )
    split = Split.objects.create(
        store=dataset.store, version=version, name="Halves", by=Split.By.values[0], seed=1
    )
    SplitSide.objects.create(split=split, position=0, name="a", ratio=0.5, n_signals=3, n_groups=3)
    signal = dataset.store.signals.exclude(fault_class=None).first()
    LabelReview.objects.create(signal=signal, fault_class=signal.fault_class, reviewer=owner)
    Download.objects.create(dataset=dataset, owner=owner, format="npz", store_version=1)
    facts = {"name": dataset.name, "version": 1, "n_signals": 1}
    DatasetSource.objects.create(dataset=dataset, position=0, source=dataset, **facts)
    checked = Verification.objects.create(dataset=dataset, asked_by=owner, unit="record")
    VerificationFinding.objects.create(verification=checked, row=1, sentence="It differs.")


def make_recording(store) -> None:
    specimen = Specimen.objects.create(store=store, name="B1")
    run = Run.objects.create(specimen=specimen, name="to failure")
    Recording.objects.create(
        store=store, name="a.csv", sha256="0" * 64, size_bytes=1, specimen=specimen, run=run
    )


def make_import(owner) -> None:
    now = timezone.now()
    draft = ImportDraft.objects.create(
        owner=owner, created_at=now, expires_at=now + timedelta(days=14)
    )
    file = ImportFile.objects.create(draft=draft, path="a", stored=f"{draft.pk}", size_bytes=1)
    channel = ImportChannel.objects.create(
        file=file, recording=0, position=0, name="x", n_samples=9
    )
    ImportRate.objects.create(channel=channel, fs_hz=100.0, source="in the file")
    ImportRemark.objects.create(file=file, kind="question", about="fs_hz", sentence="Which?")
    ImportSpecimen.objects.create(draft=draft, name="B1")


@pytest.fixture(scope="module")
def one_of_everything(keep):
    keep(groups_seed)
    keep(make_one_of_everything)


@pytest.fixture
def rows(one_of_everything, db):
    """One of everything."""


def list_url(model) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def is_curated(model) -> bool:
    return model._meta.model_name in CURATED.get(model._meta.app_label, ())


def n_queries(client, url) -> int:
    client.get(url)  # the first request of a minute also notes that the session was seen
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_every_model_has_a_page_or_stands_on_one():
    inlines = {i.model for page in admin.site._registry.values() for i in page.inlines}
    assert set(MODELS) <= set(PAGES) | inlines | COUNTLESS


@pytest.fixture(scope="module")
def n_queries_of_lists(keep, one_of_everything):
    """How many queries each list takes, with one row and with three."""

    def counted():
        client = Client()
        client.force_login(make_user("superuser"))
        few = {model: n_queries(client, list_url(model)) for model in PAGES}
        with transaction.atomic():
            make_one_of_everything()
            make_one_of_everything()
            many = {model: n_queries(client, list_url(model)) for model in PAGES}
            transaction.set_rollback(True)
        return few, many

    return keep(counted)


@pytest.mark.parametrize("model", PAGES)
def test_a_list_takes_as_many_queries_for_many_rows(n_queries_of_lists, model):
    few, many = n_queries_of_lists
    assert many[model] == few[model]


@pytest.mark.parametrize("model", PAGES)
def test_a_superuser_opens_each_row(client, rows, model):
    client.force_login(make_user("superuser"))
    row = model._default_manager.first()
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
    assert client.get(reverse(name, args=[row.pk])).status_code == 200


@pytest.mark.parametrize("model", PAGES)
def test_each_page_can_be_searched(client, rows, model):
    client.force_login(make_user("superuser"))
    assert client.get(list_url(model), {"q": "wear"}).status_code == 200


@pytest.mark.parametrize("model", PAGES)
def test_a_curator_sees_what_is_curated_and_nothing_else(client, rows, model):
    client.force_login(make_user("curator"))
    assert client.get(list_url(model)).status_code == (200 if is_curated(model) else 403)


@pytest.mark.parametrize("role", ["viewer", "engineer", None])
@pytest.mark.parametrize("page", ["admin:index", "django_rq:home"])
def test_others_do_not_enter(client, groups, role, page):
    client.force_login(make_user(role))
    assert client.get(reverse(page)).status_code in (302, 404)


def test_the_queues_are_for_superusers(client, groups):
    client.force_login(make_user("curator"))
    assert client.get(reverse("django_rq:home")).status_code == 404
    assert client.get("/admin/queues/stats.json").status_code == 404
    client.force_login(make_user("superuser"))
    answer = client.get(reverse("django_rq:home"))
    assert answer.status_code == 200
    assert "'sha256-" in answer["Content-Security-Policy"].partition("script-src")[2].split(";")[0]


def test_the_site_bears_the_portals_name(client, groups):
    client.force_login(make_user("superuser"))
    assert "Bearing Portal" in client.get(reverse("admin:index")).content.decode()


@pytest.mark.parametrize("model", PAGES)
def test_no_page_runs_a_script_of_its_own(client, rows, model):
    client.force_login(make_user("superuser"))
    page = client.get(list_url(model)).content.decode()
    for script in page.split("<script")[1:]:
        tag, _, body = script.partition(">")
        assert "src=" in tag or "application/json" in tag or not body.partition("<")[0].strip()


def test_people_are_listed_with_their_roles(client, rows):
    client.force_login(make_user("superuser"))
    url = reverse("admin:auth_user_changelist")
    few = n_queries(client, url)
    make_user("curator")
    assert n_queries(client, url) == few
    assert "curator" in client.get(url).content.decode()


def test_nobody_deactivates_himself(client, groups):
    superuser, other = make_user("superuser"), make_user("viewer")
    client.force_login(superuser)
    selected = {"action": "deactivate", "_selected_action": [superuser.pk, other.pk]}
    client.post(reverse("admin:auth_user_changelist"), selected)
    superuser.refresh_from_db()
    other.refresh_from_db()
    assert (superuser.is_active, other.is_active) == (True, False)


def test_unread_notices_are_marked_read(client, rows):
    client.force_login(make_user("superuser"))
    notice = Notification.objects.first()
    client.post(list_url(Notification), {"action": "mark_read", "_selected_action": [notice.pk]})
    notice.refresh_from_db()
    assert notice.read_at <= timezone.now()
