"""Texts that would be code if they were shown as they are, in every field that holds words.

What is not named in `NOT_WORDS` is filled, so a new field of text is walked from its first day.
"""

import re
from collections.abc import Iterator
from typing import Any

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.apps import apps
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, models, transaction
from django.db.models import Value
from django.db.models.functions import Cast, Concat, Left

from common.roles import ROLES
from datasets.models import (
    Dataset,
    DatasetSource,
    ImportChannel,
    ImportFile,
    ImportRate,
    ImportRemark,
    ImportSpecimen,
    VerificationFinding,
)
from datasets.services import dataset_member_set
from experiments.models import ExperimentConfig, ExperimentTag, SignalPrediction
from monitoring.accounts.settings import preferences_save
from monitoring.events import event_record
from monitoring.models import JobLogLine, SignOnIdentity, SystemEvent
from signals.models import Annotation, LabelReview, Tag
from tests.factories import make_bearing
from tests.security.world import World

APPS = ("datasets", "signals", "experiments", "monitoring", "auth", "admin", "axes")
TEXTS = (models.CharField, models.TextField, models.JSONField, models.FileField)
GROUP = "Rig 2"

# What no person writes: made by the portal, chosen from a list, or checked against a pattern.
NOT_WORDS = {
    # Digests, keys and addresses on disk.
    *("datasets.Recipe.fingerprint", "datasets.Download.sha256", "datasets.ImportFile.sha256"),
    *("datasets.ImportFile.stored", "datasets.ImportDraft.changed_in", "signals.Upload.sha256"),
    *("signals.SignalStore.sha256", "signals.SignalStore.folder", "signals.Recording.sha256"),
    *("signals.Shard.sha256", "signals.Projection.key", "monitoring.UserSession.session_key"),
    *("monitoring.ApiToken.digest", "monitoring.ApiToken.hint", "monitoring.Job.incident_id"),
    *("monitoring.Job.request_id", "auth.User.password", "axes.AccessLog.session_hash"),
    *("experiments.ExperimentResult.fingerprint", "experiments.ExperimentResult.folder"),
    "experiments.ExperimentResult.rows_fingerprint",
    "experiments.ExperimentResult.predictions_sha256",
    "experiments.ExperimentResult.model_sha256",
    # Codes of the product's own lists, by which rows are found.
    *("signals.FaultClass.code", "signals.Severity.code", "signals.NoiseSource.code"),
    *("signals.TableColumn.code", "signals.SignalFeatures.group", "signals.StoreFeatures.group"),
    *("signals.Projection.metric", "signals.Projection.features", "monitoring.Job.kind"),
    *("monitoring.UserSettings.time_zone", "experiments.TransferRun.model"),
    *("experiments.ExperimentFeature.name", "experiments.ExperimentParameter.name"),
    *("experiments.Importance.features", "auth.Permission.name", "auth.Permission.codename"),
    *("signals.Signal.seed_key", "admin.LogEntry.object_id"),
    # Checked against a pattern, or read into a filter before it is shown.
    *("signals.FaultClass.colour", "signals.Severity.colour_light", "signals.Severity.colour_dark"),
    *("signals.FaultClass.symbol", "signals.FaultClass.dash", "signals.FaultClass.label_prefix"),
    *("signals.SavedView.query", "signals.Projection.query", "datasets.Download.query"),
    *("datasets.DatasetSource.query", "experiments.ExperimentConfig.query"),
    "experiments.PredictionRun.query",
    "admin.LogEntry.change_message",  # JSON that the admin site writes and reads
}
CLOSING = "'\"></script></style></textarea></title>-->"
# An address that runs, and markup wherever it is put.
POLYGLOT = f"javascript:{CLOSING}<x5s{{mark}} onx5s=1>{{{{{{{{7*7}}}}}}}}%s\u202e\u200b"
SHORTER = POLYGLOT.replace(" onx5s=1", "")
SHORT = "javascript:'\"><x5s{mark} onx5s=1>"
SHORTEST = "'\"><x5s{mark} onx5s=1>"
TINY = ('"><x5s{mark}>', '"><x5s>', "<")
KEY = 6  # signs of a row's key behind a text that must be unique
MARKDOWN = (
    "<x5s{mark}>[a](javascript:x5s) ![a](javascript:x5s) [a]( JaVaScRiPt:x5s 'x\" onx5s=1') "
    "<javascript:x5s> [b]: data:text/html,<x5s> <img src=x onx5s=1>\n\n<x5s onx5s=1>\n"
)
RUNNING = (
    "'\"></script></title></textarea><img src=x onerror=__xss=1><svg onload=__xss=2>"
    '<a href="javascript:__xss=3">x5s{mark}</a><style>*{{color:red}}</style>'
)
RUNNING_SHORT = '"><img src=x onerror=__xss=4>'
FORMULA = "=cmd|'x5s{mark}'!A1"
PATTERNS = {
    "code": (POLYGLOT, SHORTER, SHORT, SHORTEST),
    "formula": (FORMULA,),
    "running": (RUNNING, RUNNING_SHORT),
}


def fields() -> Iterator[tuple[str, Any, Any]]:
    """Yield every field that a person's words can reach, with its mark: two digits or three."""
    number = 10
    for model in apps.get_models():
        if model._meta.app_label not in APPS:
            continue
        for field in model._meta.concrete_fields:
            label = f"{model._meta.label}.{field.name}"
            if isinstance(field, TEXTS) and not field.choices and label not in NOT_WORDS:
                number += 1
                yield f"{number}", model, field


def filled(kind: str, *, everywhere: bool = True) -> dict[str, str]:
    """Write a hostile text into each field of each row; return mark → field.

    Raises
    ------
    AssertionError
        Where a field has no row to be written into, unless `everywhere` is false.
    """
    marks, without = {}, set()
    for mark, model, field in fields():
        label = f"{model._meta.label}.{field.name}"
        text = _text(field, mark, kind)
        if model is SystemEvent or _written(_rows(model), field, text):
            marks[mark] = label
        else:
            without.add(label)
    lacking = sorted(without) if everywhere else []
    assert not lacking, f"Make one of each in `completed`, so that it is walked: {lacking}"
    _event_record({field.name: _text(field, mark, kind) for mark, _, field in _of_events()})
    return marks


def _written(rows: Any, field: Any, text: str) -> int:
    """Write a text and its row's key; return in how many rows: some a constraint keeps empty."""
    key = Left(Cast("pk", models.CharField()), KEY) if field.unique else Value("")
    words = Concat(Value(text), key, output_field=models.TextField())
    try:
        with transaction.atomic():
            return int(rows.update(**{field.name: words}))
    except IntegrityError:
        return sum(_written(rows.filter(pk=row.pk), field, text) for row in rows if len(rows) > 1)


def _of_events() -> list[tuple[str, Any, Any]]:
    """Return the fields of events: their rows are never changed, so one more is written."""
    return [each for each in fields() if each[1] is SystemEvent]


def _event_record(texts: dict[str, str]) -> None:
    owner = Dataset.objects.order_by("pk")[0].store.owner
    for about in (texts["about"], f"dataset {Dataset.objects.order_by('pk')[0].pk}"):
        event_record(kind="edited", actor=owner, **texts | {"about": about})


def _rows(model: Any) -> Any:
    rows = model._base_manager.order_by("pk")
    return rows.exclude(name__in=ROLES) if model is Group else rows


def _text(field: Any, mark: str, kind: str) -> str:
    most = (field.max_length or 10_000) - (KEY if field.unique else 0)
    patterns = (MARKDOWN, *PATTERNS[kind]) if field.name == "description" else PATTERNS[kind]
    for pattern in (*patterns, *TINY):
        if len(text := pattern.format(mark=mark)) <= most:
            return text
    raise AssertionError(f"{field} takes no hostile text: it belongs to NOT_WORDS.")


FOUND = re.compile(r"x5s(\d{2,3})")


def completed(world: World) -> World:
    """Add to the world what it lacks: one row at least of everything that holds words."""
    owner, dataset, signal = world.people["owner"], world.simulated, world.signal
    signal.tags.add(Tag.objects.create(name="odd"))
    signal.bearing = make_bearing()
    signal.save(update_fields=["bearing"])
    span = {"start_s": 0.01, "end_s": 0.02}
    Annotation.objects.create(signal=signal, author=owner, text="odd", **span)
    LabelReview.objects.create(signal=signal, fault_class=signal.fault_class, reviewer=owner)
    facts = {"name": dataset.name, "version": 1, "n_signals": 1}
    DatasetSource.objects.create(
        dataset=dataset, position=0, source=world.recorded, part="p", **facts
    )
    VerificationFinding.objects.create(
        verification=world.things["verification"], row=1, sentence="It differs."
    )
    ExperimentTag.objects.create(experiment=world.things["experiment"], name="best")
    JobLogLine.objects.create(job=dataset.job, text="begun")
    asked = world.things["asked"]
    ExperimentConfig.objects.filter(experiment=asked).update(protocol="leave-out", held_out="B1")
    of_run = {"experiment": world.things["experiment"], "run": world.things["prediction"]}
    first, second = dataset.store.signals.order_by("pk")[:2]
    SignalPrediction.objects.create(**of_run, signal=first, outcome="answered", answer="wear")
    SignalPrediction.objects.create(**of_run, signal=second, outcome="refused", refusal="No.")
    preferences_save(user=owner, notices={"news": (True, False)})
    SignOnIdentity.objects.create(user=owner, issuer="https://provider.example", subject="s")
    group = Group.objects.create(name=GROUP)
    world.people["reads"].groups.add(group)
    dataset_member_set(user=owner, dataset=dataset, name=GROUP, right="read")
    LogEntry.objects.create(
        user=world.people["superuser"],
        content_type=ContentType.objects.get_for_model(get_user_model()),
        object_id=owner.pk,
        object_repr="owner",
        action_flag=ADDITION,
    )
    _of_log_ins()
    _of_imports(world)
    return world


def _of_log_ins() -> None:
    common = {"username": "x", "user_agent": "x", "http_accept": "x", "path_info": "/"}
    AccessAttempt.objects.create(**common, get_data="a", post_data="b", failures_since_start=1)
    AccessFailureLog.objects.create(**common)
    AccessLog.objects.create(**common)


def _of_imports(world: World) -> None:
    draft, file = world.things["draft"], world.things["file"]
    ImportFile.objects.filter(pk=file.pk).update(status="read", received_bytes=file.size_bytes)
    channel = ImportChannel.objects.create(
        file=file, recording=0, position=0, name="x", n_samples=4096, waits_for_rate=True
    )
    ImportRate.objects.create(channel=channel, fs_hz=100.0, source="in the file", words="w")
    for kind in ("question", "left_out"):
        ImportRemark.objects.create(file=file, kind=kind, about="fs_hz", sentence="Which?")
    ImportFile.objects.create(
        draft=draft, path="b", stored=f"{draft.pk}-b", size_bytes=1, received_bytes=1,
        status="refused", reason="No.",
    )  # fmt: skip
    ImportSpecimen.objects.create(draft=draft, name="B1")
