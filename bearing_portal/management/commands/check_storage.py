import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from bearing_portal.operations.storage_check import storage_check, storage_repair
from common.commands import FAILED, PortalCommand
from common.storage.moving import portal_bytes
from common.text import counted
from monitoring.management.progress import progress_bar


class Command(PortalCommand):
    help = (
        "Compare the files of the storage with the rows of the database: files that are missing, "
        "that have another size or checksum, and those that belong to nothing."
    )
    example = "check_storage\ncheck_storage --sizes --json\ncheck_storage --repair"
    on_interrupt = "Interrupted; nothing was changed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--repair",
            action="store_true",
            help="remove what belongs to nothing, make the files of simulated datasets again",
        )
        parser.add_argument(
            "--sizes", action="store_true", help="compare sizes only, without reading every file"
        )
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        with progress_bar("Files", total=portal_bytes(), unit="B") as show:
            found = storage_check(checksums=not options["sizes"], step=show)
        done = [storage_repair(each) if options["repair"] else "" for each in found]
        if options["json"]:
            rows = [
                {"kind": each.kind, "key": each.key, "said": each.sentence, "repaired": bool(how)}
                for each, how in zip(found, done, strict=True)
            ]
            self.stdout.write(json.dumps({"findings": rows}))
        else:
            for each, how in zip(found, done, strict=True):
                self.stdout.write(f"{each.sentence} {how}".rstrip())
        left = done.count("")
        if left:
            raise CommandError(
                f"{counted(left, 'file')} not as the rows say. Restore what is missing or altered "
                "from a backup; --repair does what can be done without.",
                returncode=FAILED,
            )
        if not options["json"]:
            self.stdout.write("Rows and files speak of each other.")
