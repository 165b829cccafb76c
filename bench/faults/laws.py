"""What has to hold after each fault."""

import os
import re
import time
from collections import Counter
from dataclasses import dataclass, field

from bench.faults.crowd import Crowd
from bench.faults.house import House
from bench.faults.kinds import Fault
from bench.faults.waiting import until

SERVICE_S = 180.0
PAGES_WAIT_S = 300.0
PAGES_BACK_S = 10.0  # the law, where the machine has a core for each that wants one
JOBS_S = 300.0
N_BEFORE, BEFORE_S = 5, 120.0  # writes acknowledged since the fault before


@dataclass
class Outcome:
    """What one fault did, and which laws it broke."""

    name: str
    service_s: float | None = None  # until the service is back, from the end of the fault
    pages_s: float | None = None  # until the pages are back, from then
    jobs_s: float | None = None  # until every job has ended
    told: Counter[str] = field(default_factory=Counter)
    n_acknowledged: int = 0
    jobs: Counter[str] = field(default_factory=Counter)
    said: list[str] = field(default_factory=list)  # what people read, where it is looked at
    broken: list[str] = field(default_factory=list)


def struck(fault: Fault, house: House, crowd: Crowd, held_s: float) -> Outcome:
    """Do it while people are at work, wait for the portal, and look at what remains."""
    outcome = Outcome(fault.name)
    enough = crowd.ledger.n_acknowledged + N_BEFORE
    if not until(lambda: crowd.ledger.n_acknowledged >= enough, BEFORE_S):
        outcome.broken.append(f"nobody could write within {BEFORE_S:.0f} s before it")
    n_refused = len(crowd.log.refused)
    runner = house.runner.pid
    n_failed = len(_failed_jobs())
    n_news, n_ended = crowd.page.n_news, crowd.page.n_ended
    with fault.strike(house, held_s) as is_back:
        over_s = time.monotonic()
        if until(is_back, SERVICE_S):
            service_s = time.monotonic()
            outcome.service_s = service_s - over_s
            _pages_law(outcome, crowd, service_s)
        else:
            outcome.broken.append(f"the service was not back after {SERVICE_S:.0f} s")
        outcome.told = crowd.refusals_since(n_refused)
        if outcome.told["500"]:
            outcome.broken.append(
                f"{outcome.told['500']} answers were mistakes of the portal (500)"
            )
        with crowd.paused():
            _jobs_law(outcome, over_s)
            _ledger_law(outcome, crowd)
            _storage_law(outcome)
        if fault.says:
            said = crowd.sentences_since(n_refused) | set(_failed_jobs()[n_failed:])
            _words_law(outcome, said, fault.says)
        if fault.is_unnoticed:
            _unnoticed_law(outcome, n_failed)
            if crowd.page.n_news == n_news:
                outcome.broken.append("an open page heard no news of jobs")
            if crowd.page.n_ended != n_ended:
                outcome.broken.append("the socket of an open page ended")
    if house.runner.poll() is not None or house.runner.pid != runner:
        outcome.broken.append("the runner itself ended")
    return outcome


def _pages_law(outcome: Outcome, crowd: Crowd, service_s: float) -> None:
    back_s = crowd.pages_back_s(service_s, PAGES_WAIT_S)
    if back_s is None:
        outcome.broken.append(f"the pages were not back after {PAGES_WAIT_S:.0f} s")
        return
    outcome.pages_s = back_s - service_s
    if outcome.pages_s > PAGES_BACK_S * crowding():
        outcome.broken.append(f"the pages were back only {outcome.pages_s:.1f} s after the service")


def crowding() -> float:
    """Return how many wait for each core of this machine, at least one."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def _jobs_law(outcome: Outcome, over_s: float) -> None:
    from django.db import connection

    from monitoring.models import Job

    connection.close()  # it may be one from before
    if until(lambda: not Job.objects.filter(status__in=Job.ACTIVE).exists(), JOBS_S, step_s=0.5):
        outcome.jobs_s = time.monotonic() - over_s
    else:
        left = Job.objects.filter(status__in=Job.ACTIVE).values_list("title", "status", "attempt")
        outcome.broken.append(f"jobs hang: {list(left)}")
    outcome.jobs = Counter(Job.objects.values_list("status", flat=True))


def _failed_jobs() -> list[str]:
    from django.db import connection

    from monitoring.models import Job

    connection.close()  # it may be one from before
    failed = Job.objects.filter(status=Job.Status.FAILED).order_by("finished_at")
    return [f"{title}: {error}" for title, error in failed.values_list("title", "error")]


def _words_law(outcome: Outcome, said: set[str], must_say: str) -> None:
    """Whoever was refused something knows what is wrong, and what to do."""
    # Of those that differ in a number only, one.
    outcome.said = sorted({re.sub(r"\d+", "0", each): each for each in said}.values())
    unclear = [each for each in outcome.said if not re.search(must_say, each)]
    outcome.broken += [f"somebody was told only: “{each}”" for each in unclear]


def _unnoticed_law(outcome: Outcome, n_failed: int) -> None:
    if outcome.told:
        outcome.broken.append("people were told something, which they should not have noticed")
    outcome.broken += [f"a job failed: {each}" for each in _failed_jobs()[n_failed:]]


def _ledger_law(outcome: Outcome, crowd: Crowd) -> None:
    outcome.n_acknowledged = crowd.ledger.n_acknowledged
    outcome.broken += [f"lost: {each}" for each in crowd.ledger.missing()]


def _storage_law(outcome: Outcome) -> None:
    from bearing_portal.operations.storage_check import storage_check

    outcome.broken += [found.sentence for found in storage_check()]
