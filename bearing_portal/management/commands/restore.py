from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from bearing_portal.operations.backup import backup_read, backup_restore
from common.commands import PortalCommand
from common.text import counted
from monitoring.management.progress import progress_bar


class Command(PortalCommand):
    help = (
        "Bring a backup into an empty database and an empty storage. Every file is compared with "
        "its checksum; the rows come last."
    )
    example = "restore /backups/portal"
    on_interrupt = "Interrupted; empty the storage, then restore again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="of a backup")

    def handle(self, *args: Any, **options: Any) -> None:
        total = backup_read(options["folder"]).size_bytes
        with progress_bar("Files", total=total, unit="B") as show:
            said = backup_restore(options["folder"], step=show)
        self.stdout.write(
            f"Restored the backup of {said.taken_at[:19]}: the database and "
            f"{counted(said.n_files, 'file')}. Now run `prepare`, then start the portal."
        )
