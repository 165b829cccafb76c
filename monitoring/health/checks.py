"""Checks of the system, each with what to do when it fails."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from redis.exceptions import RedisError
from rq import Worker

from common.storage import folder_make, stored, work_folder
from common.valkey import valkey
from monitoring.jobs.kinds import queues_used
from monitoring.jobs.reconcile import reconciler_silence_s

WORKER_SILENCE = timedelta(seconds=90)
LONGEST_RECONCILER_SILENCE_S = 120.0  # a sweep of a large storage takes its time
LOWEST_FREE_BYTES = 2 * 2**30
LARGEST_CLOCK_GAP_S = 5.0
SCIENCE = ("numpy", "scipy", "h5py", "pywt", "vibration.simulation", "vibration.features")


@dataclass(frozen=True)
class Check:
    """One finding: what was looked at, whether it is well, what was seen, what to do."""

    name: str
    ok: bool
    detail: str
    advice: str = ""


def run_checks() -> list[Check]:
    """Look at everything the portal needs; a check never raises for what it checks."""
    return [
        check_database(),
        check_valkey(),
        check_workers(),
        check_reconciler(),
        check_storage(),
        check_science(),
        check_migrations(),
        check_clock(),
    ]


def check_database() -> Check:
    def look() -> str:
        began_s = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            version = cursor.fetchone()[0]
        return f"PostgreSQL {version} answers in {_ms_since(began_s)} ms"

    return _look("database", look, "Start PostgreSQL, or correct DATABASE_URL.")


def check_valkey() -> Check:
    def look() -> str:
        began_s = time.perf_counter()
        server = valkey().info("server")
        name = "Valkey" if "valkey_version" in server else "Redis"
        version = server.get("valkey_version", server.get("redis_version", "?"))
        return f"{name} {version} answers in {_ms_since(began_s)} ms"

    return _look("valkey", look, "Start Valkey, or correct REDIS_URL.")


def check_workers() -> Check:
    try:
        workers = workers_heard()
    except (RedisError, OSError) as error:
        return Check("workers", False, f"Unknown: {error}", "Start Valkey first.")
    served = {name for worker in workers for name in worker.queue_names()}
    unserved = [name for name in queues_used() if name not in served]
    detail = f"{len(workers)} worker{'' if len(workers) == 1 else 's'}"
    if not workers:
        return Check("workers", False, detail, "Start a worker: jobs wait until one runs.")
    if unserved:
        names = " and ".join(unserved)
        detail += f", none of them for {names}"
        advice = f"Start a worker for {names}: its jobs wait until one runs."
        return Check("workers", False, detail, advice)
    return Check("workers", True, f"{detail} for {', '.join(sorted(served))}")


def workers_heard() -> list[Worker]:
    """Return the workers that sent a sign of life lately."""
    heard_since = datetime.now(UTC) - WORKER_SILENCE
    return [
        worker
        for worker in Worker.all(connection=valkey())
        if worker.last_heartbeat is not None and worker.last_heartbeat >= heard_since
    ]


def is_served(queue: str) -> bool | None:
    """Tell whether a worker listens to a queue; None where nobody can be asked."""
    try:
        return any(queue in worker.queue_names() for worker in workers_heard())
    except (RedisError, OSError):
        return None


def check_reconciler() -> Check:
    advice = "Start it: python manage.py reconcile. Jobs of killed workers wait for it."
    try:
        silence_s = reconciler_silence_s()
    except DatabaseError as error:
        return Check(
            "reconciler", False, f"Unknown: {_first_line(error)}", "Start PostgreSQL first."
        )
    if silence_s is None:
        return Check("reconciler", False, "None runs", advice)
    if silence_s > LONGEST_RECONCILER_SILENCE_S:
        return Check("reconciler", False, f"Silent for {silence_s:.0f} s", advice)
    return Check("reconciler", True, "Watches the running jobs")


def check_storage() -> Check:
    folder = work_folder()
    advice = "Make the data folder writable for the portal, or name another one in DATA_DIR."
    try:
        folder_make(folder)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".health-") as file:
            file.write(b"written")
            file.flush()
            os.fsync(file.fileno())
        free_bytes = shutil.disk_usage(folder).free
        if stored().path is None:  # a bucket: this machine's folder is only where it works
            stored(".health").put_bytes(b"written")
            stored(".health").discard()
    except OSError as error:
        return Check("storage", False, f"Not writable: {error.strerror}", advice)
    roomy = free_bytes >= LOWEST_FREE_BYTES
    return Check(
        "storage",
        roomy,
        f"Writable, {free_bytes / 1e9:.1f} GB free",
        "" if roomy else "Delete datasets that are not needed, or enlarge the disk.",
    )


def check_science() -> Check:
    missing = [name for name in SCIENCE if not _is_importable(name)]
    if missing:
        advice = "Install the locked requirements again."
        return Check("science", False, f"Not importable: {', '.join(missing)}", advice)
    return Check("science", True, f"{len(SCIENCE)} modules importable")


def check_migrations() -> Check:
    try:
        executor = MigrationExecutor(connection)
        n_pending = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError as error:
        return Check(
            "migrations", False, f"Unknown: {_first_line(error)}", "Start PostgreSQL first."
        )
    if n_pending:
        return Check("migrations", False, f"{n_pending} pending", "Run python manage.py migrate.")
    return Check("migrations", True, "None pending")


def check_clock() -> Check:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            gap_s = abs((datetime.now(UTC) - cursor.fetchone()[0]).total_seconds())
    except DatabaseError as error:
        return Check("clock", False, f"Unknown: {_first_line(error)}", "Start PostgreSQL first.")
    near = gap_s <= LARGEST_CLOCK_GAP_S
    detail = f"{gap_s:.1f} s from the database's clock"
    return Check("clock", near, detail, "" if near else "Synchronise both machines' clocks (NTP).")


def _look(name: str, look: Callable[[], str], advice: str) -> Check:
    try:
        return Check(name, True, look())
    except (DatabaseError, RedisError, OSError) as error:
        return Check(name, False, f"No answer: {_first_line(error)}", advice)


def _is_importable(name: str) -> bool:
    try:
        import_module(name)
    except ImportError:
        return False
    return True


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _ms_since(began_s: float) -> int:
    return round((time.perf_counter() - began_s) * 1000)
