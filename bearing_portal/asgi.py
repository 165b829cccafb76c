"""What is served, by `bearing_portal.serve`. The importing process is a web process: it alone pools
connections.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bearing_portal.settings.development")
os.environ["PORTAL_PROCESS"] = "web"
# Requests share the cores among them: threads within one would wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import django

from bearing_portal.operations.configuration import load_settings_or_exit

load_settings_or_exit()
django.setup(set_prefix=False)

from bearing_portal.handler import PortalHandler  # noqa: E402 - needs the apps loaded above
from bearing_portal.routing import build_application  # noqa: E402

application = build_application(PortalHandler())
