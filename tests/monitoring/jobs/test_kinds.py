import pytest
from django.conf import settings
from django.utils.module_loading import import_string

from bearing_portal.settings.logs import process_kind
from monitoring.jobs import kinds


def test_the_settings_connect_every_queue_and_no_other():
    assert set(settings.RQ_QUEUES) == {queue.value for queue in kinds.Queue}


@pytest.mark.parametrize(
    ("code", "queue"),
    [("generate-dataset", "long"), ("project-features", "short"), ("remove-signals", "short")],
)
def test_what_somebody_waits_for_never_waits_behind_a_generation(code, queue):
    assert {kind.code: kind.queue for kind in kinds.kinds()}[code] == queue


def test_what_the_queue_calls_exists():
    assert all(callable(import_string(kind.entry)) for kind in kinds.kinds())


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["manage.py", "rqworker", "short"], "worker"),
        (["manage.py", "reconcile"], "reconciler"),
        (["manage.py", "seed"], "command"),
        (["manage.py"], "command"),
    ],
)
def test_each_kind_of_process_writes_a_log_of_its_own(arguments, named):
    assert process_kind("command", arguments) == named
