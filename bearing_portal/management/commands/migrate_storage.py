from argparse import ArgumentParser
from typing import Any

from common.commands import PortalCommand
from common.storage.moving import portal_bytes, portal_copy
from common.storage.url import EXAMPLE
from common.text import counted, size
from monitoring.management.progress import progress_bar
from monitoring.models import Job

FOLDER = "folder"


class Command(PortalCommand):
    help = (
        "Copy the portal's files into a bucket, or from one back into its data folder. Each file "
        "is read back and compared by its checksum. Interrupted, it goes on when it is called "
        "again; called again after work went on, it copies what is new."
    )
    example = f'migrate_storage "{EXAMPLE}"\nmigrate_storage {FOLDER}'
    on_interrupt = "Interrupted; call it again and it goes on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "target", help=f"a bucket as STORAGE_URL names it, or “{FOLDER}” for the data folder"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        url = "" if options["target"] == FOLDER else options["target"]
        if Job.objects.filter(status__in=Job.ACTIVE).exists():
            self.stderr.write("Jobs wait or run: what they make later needs another call.")
        with progress_bar("Files", total=portal_bytes(), unit="B") as show:
            moved = portal_copy(url, step=show)
        then = "set STORAGE_URL to the bucket" if url else "unset STORAGE_URL"
        self.stdout.write(
            f"{counted(moved.n_files, 'file')}, {size(moved.size_bytes)}: {moved.n_copied} copied "
            f"now, {moved.n_removed} removed that are gone.\n"
            f"Stop the portal, call this once more, {then}, and start it again."
        )
