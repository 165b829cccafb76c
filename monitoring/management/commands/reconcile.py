import signal
from typing import Any

from common.commands import PortalCommand
from monitoring.health.alerts import AlertWatch, is_alerting
from monitoring.jobs.reconcile import Reconciler


class Command(PortalCommand):
    help = (
        "Keep rows, queues and files in step until it is stopped: end or retry jobs whose worker "
        "died, hand lost jobs to the queue again, take the minute's health sample, remove what "
        "expired, tell who is to be told of a check that stays red. Of several "
        "started only one works, the others stand by."
    )
    example = "reconcile"

    def handle(self, *args: Any, **options: Any) -> None:
        reconciler = Reconciler()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: reconciler.stop())
        if is_alerting():
            AlertWatch(is_its_turn=lambda: not reconciler.stands_by).start()
        reconciler.run()
