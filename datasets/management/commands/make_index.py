from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.db import connection

from common.commands import PortalCommand, whole_number
from common.errors import Invalid
from common.text import thousands
from datasets.management.owners import owner_named
from datasets.services.index_rows import MOST_ROWS, index_make, next_name
from monitoring.management.progress import progress_bar
from signals.models import Signal


class Command(PortalCommand):
    help = (
        "Write a dataset of index rows without waveforms, whose features are chance: to try the "
        "pages at a size. It is no data; on a portal in use it needs --yes."
    )
    example = 'make_index 100000 --yes\nmake_index 1000000 --name "A million" --yes'

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("n", type=whole_number(1, MOST_ROWS), metavar="N", help="rows")
        parser.add_argument("--name", help="name of the dataset; default: Index and a number")
        parser.add_argument("--owner", metavar="USERNAME", help="default: the first superuser")
        parser.add_argument("--shared", action="store_true", help="everybody may see it")
        parser.add_argument("--yes", action="store_true", help="not only where DEBUG is on")

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEBUG or options["yes"]):
            raise Invalid("This writes rows that are no data; add --yes if you mean it.")
        name = options["name"] or next_name()
        with progress_bar(name, total=options["n"], unit="row") as show:
            dataset = index_make(
                owner=owner_named(options["owner"]),
                name=name,
                n=options["n"],
                visibility="shared" if options["shared"] else "private",
                progress=show,
            )
        with connection.cursor() as cursor:  # the planner and index-only scans need fresh facts
            cursor.execute("SET statement_timeout = 0")
            cursor.execute(f"VACUUM ANALYZE {connection.ops.quote_name(Signal._meta.db_table)}")
        rows = thousands(options["n"])
        self.stdout.write(f"Dataset “{dataset.name}” (id {dataset.pk}) has {rows} index rows.")
