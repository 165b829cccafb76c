from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from common.commands import PortalCommand, whole_number
from monitoring.events import SHORTEST_KEEPING, events_remove_old
from monitoring.retention import KEPT, expired_prune, notices_prune, samples_prune

PRUNERS = {
    "samples": (samples_prune, 1),
    "notices": (notices_prune, 0),
    "events": (lambda *, before: events_remove_old(before=before), SHORTEST_KEEPING.days),
}
LONGEST_DAYS = 36_500


class Command(PortalCommand):
    help = (
        "Remove old health samples, read notices and events, and what expired, such as uploads. "
        "The reconciler removes samples and uploads by itself; run this daily where notices and "
        "events must go too."
    )
    example = "prune\nprune --events-days 90 --notices-days 30"

    def add_arguments(self, parser: ArgumentParser) -> None:
        for name, (_, fewest) in PRUNERS.items():
            parser.add_argument(
                f"--{name}-days",
                type=whole_number(fewest, LONGEST_DAYS),
                default=KEPT[name].days,
                metavar="N",
                help=f"keep {name} of so many days (default {KEPT[name].days})",
            )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        for name, (prune, _) in PRUNERS.items():
            days = options[f"{name}_days"]
            n_removed = prune(before=now - timedelta(days=days))
            self.stdout.write(f"{name}: {n_removed} older than {days} days removed")
        for name, n_removed in expired_prune(now=now).items():
            self.stdout.write(f"{name}: {n_removed} expired removed")
