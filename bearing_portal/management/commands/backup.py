from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from bearing_portal.operations.backup import backup_make
from common.commands import PortalCommand
from common.storage.moving import portal_bytes
from common.text import counted, size
from monitoring.management.progress import progress_bar


class Command(PortalCommand):
    help = (
        "Take a backup of the database and all files, of one moment, while people work. Into the "
        "folder of an earlier one only new files are copied."
    )
    example = "backup /backups/portal"
    on_interrupt = "Interrupted; an earlier backup in this folder is still whole."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="a new folder, or that of a backup")

    def handle(self, *args: Any, **options: Any) -> None:
        with progress_bar("Files", total=portal_bytes(), unit="B") as show:
            said = backup_make(options["folder"], step=show)
        files = f"{counted(said.n_files, 'file')}, {size(said.size_bytes)}"
        self.stdout.write(f"The backup of {said.taken_at[:19]} is whole: the database and {files}.")
