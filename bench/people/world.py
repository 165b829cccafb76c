"""What there is to look at in a portal of its own, and who looks."""

import logging
import os
from collections.abc import Mapping

from bench.people.browsing import OPENING, PANELS, World, calls_of
from bench.served.portal import people, sample_signals, session_of


def world_of(url: str, environment: Mapping[str, str], n_people: int) -> tuple[World, list[str]]:
    """Set this process up as one of that portal's; return its world and a session a person."""
    os.environ.update(environment)
    for name in ("DATABASE_URL", "REDIS_URL", "PORTAL_PROCESS"):
        os.environ.pop(name, None)
    import django

    django.setup()
    logging.getLogger("portal.security").setLevel(logging.WARNING)  # hundreds log in below
    from bearing_portal.dashboards.explorer.app import explorer_app
    from bearing_portal.dashboards.viewer.app import viewer_app
    from bearing_portal.operations.sample import NAME
    from datasets.models import Dataset

    sessions = [session_of(person) for person in people(n_people)]
    signals = sample_signals()
    calls = {
        (app._uid, name): call
        for app, names in ((explorer_app, PANELS), (viewer_app, (*OPENING, "show_map")))
        for name, call in calls_of(app, names).items()
    }
    dataset = Dataset.objects.get(name=NAME).pk
    return World(url.removeprefix("http://"), dataset, signals, calls), sessions
