"""What is asked at each address: its parts filled in, and forms that would be taken."""

import json
import re
from typing import Any

from bearing_portal.dashboards.embedding.dispatch import APPS
from tests.bearing_portal.dashboards.conftest import outputs_of
from tests.security.world import World
from vibration.features.groups import FEATURE_GROUPS

NAMES = {"/documentation/<slug:name>/": "security", "/docs/<path:name>": "page.html"}
FORM = "application/x-www-form-urlencoded"


def methods_of(route: str) -> tuple[str, ...]:
    if route.endswith("/chunks/") or route.endswith("files/<file_id>"):
        return ("HEAD", "PATCH", "DELETE")
    if route in ("/api/v1/", "/api/v1/docs", "/api/v1/openapi.json"):
        return ("GET",)
    if route.startswith("/api/v1/"):
        return ("GET", "POST", "PUT", "PATCH", "DELETE")
    return ("GET", "POST")


def filled(world: World, route: str) -> str:
    """Return a path with what there is in place of `<int:pk>`."""
    values = _values(world, route)
    if route.startswith("/^"):
        return "/api/nothing"
    path = re.sub(r"<(?:[a-z]+:)?([a-z_]+)>", lambda part: str(values.get(part[1], 1)), route)
    return re.sub(r"\^|\$|\(\?P.*", "", path)


def _values(world: World, route: str) -> dict[str, Any]:
    things = world.things
    bundle = APPS["viewer"].page.bundles[0]
    values = {
        "dataset_id": world.simulated.pk,
        "signal_id": world.signal.pk,
        "signal_pk": world.signal.pk,
        "experiment_id": things["experiment"].pk,
        "import_id": things["draft"].pk,
        "file_id": things["file"].pk,
        "job_id": world.queued.job_id,
        "split_pk": things["split"].pk,
        "download_pk": things["building" if "cancel" in route else "download"].pk,
        "verification_pk": things["verification"].pk,
        "recording_pk": things["recording"].pk,
        "specimen_pk": things["specimen"].pk,
        "member_pk": world.simulated.store.members.order_by("pk")[0].pk,
        "number": 2,
        "actual": 0,
        "said": 0,
        "key": things["projection"].key,
        "ident": "viewer",
        "name": NAMES.get(route, bundle.name),
        "digest": bundle.digest,
        "code": "csv" if "export" in route else "npz",
    }
    return values | {"pk": _pk(world, route)}


def _pk(world: World, route: str) -> Any:
    things = world.things
    for begin, thing in (
        ("/datasets/import/file/", things["file"]),
        ("/datasets/import/more/", world.recorded),
        ("/datasets/import/", things["draft"]),
        ("/datasets/<int:pk>/restore/", world.trashed),
        ("/datasets/<int:pk>/purge/", world.trashed),
        ("/datasets/<int:pk>/cancel/", world.queued),
        ("/datasets/<int:pk>/recordings/", world.recorded),
        ("/datasets/<int:pk>/specimens/", world.recorded),
        ("/datasets/", world.simulated),
        ("/experiments/sim-to-real/", things["transfer"]),
        ("/experiments/<int:pk>/cancel/", things["asked"]),
        ("/experiments/", things["experiment"]),
        ("/uploads/", things["upload"]),
        ("/inference/", things["prediction"]),
        ("/notifications/", things["notice"]),
        ("/data-explorer/views/", things["view"]),
        ("/signal-viewer/", world.signal),
        ("/accounts/sessions/", things["session"]),
        ("/accounts/tokens/", things["token"]),
    ):
        if route.startswith(begin):
            return thing.pk
    return 1


def given_at(world: World, method: str, route: str) -> dict[str, Any]:
    """Return what is sent: of a form what it asks for, so that only rights stand in the way."""
    names = _names(world)
    if method in ("GET", "HEAD"):
        tus = TUS if "chunks" in route or "files" in route else {}
        return {"QUERY_STRING": QUERIES.get(route, "").format(**names)} | tus
    if method in ("PATCH", "DELETE") or "chunks" in route:
        return HEADERS.get(method, TUS)
    body = BODIES.get((method, route))
    if body or route.startswith("/api/v1/"):
        said = json.dumps(body(world) if body else {})
        return {"data": said, "content_type": "application/json"}
    asked = QUERIES.get(route, "") if route in BY_ADDRESS else ""
    return {
        "data": FORMS.get(route, "").format(**names),
        "content_type": FORM,
        "QUERY_STRING": asked.format(**names),
    }


def _names(world: World) -> dict[str, Any]:
    return {
        "dataset": world.simulated.pk,
        "signal": world.signal.pk,
        "other": world.recorded.pk,
        "experiment": world.things["experiment"].pk,
        "asked": world.things["asked"].pk,
        "wear": world.wear.pk,
        "stranger": world.people["stranger"].get_username(),
        "group": next(iter(FEATURE_GROUPS)),
    }


DATASET = "filter=dataset%3D{dataset}"
TABLE = DATASET + "&sel=ids%3A{signal}"
RECIPE = (
    "name=New&per_class=50&classes=healthy&classes=wear&severities=mild&seed=0&fs_hz=20480"
    "&duration_s=5&speed_rpm=3600"
)
BEARING = (
    "name=6000&n_elements=9&element_diameter_mm=8&pitch_diameter_mm=39&contact_angle_deg=0&source=x"
)
QUERIES: dict[str, str] = {
    "/data-explorer/table/compare/": TABLE,
    "/data-explorer/table/rows/": DATASET + "&start=0&end=10",
    "/data-explorer/table/ids/": DATASET,
    "/data-explorer/table/relabel/": TABLE,
    "/data-explorer/table/remove/": "dataset={dataset}&" + TABLE,
    "/data-explorer/table/tag/": TABLE,
    "/data-explorer/filters/": "dataset={dataset}",
    "/data-explorer/line/": "dataset={dataset}",
    "/data-explorer/groups/": "dataset={dataset}",
    "/data-explorer/columns/": "dataset={dataset}",
    "/data-explorer/export/<slug:code>/": "dataset={dataset}",
    "/data-explorer/": "dataset={dataset}",
    "/datasets/<int:pk>/versions/changes.csv": "first=1&second=2",
    "/datasets/<int:pk>/versions/compare/": "first=1&second=2",
    "/inference/spectra.csv": "experiment={experiment}&signal={signal}",
    "/inference/": "experiment={experiment}&signal={signal}",
    "/inference/batch/": "experiment={experiment}&dataset={dataset}",
    "/experiments/compare/": "a={experiment}&b={asked}",
    "/experiments/compare/<slug:code>.csv": "experiment={experiment}",
    "/signal-viewer/": "signal={signal}",
    "/signal-viewer/random/": "signal={signal}",
    "/signal-viewer/script/": "signal={signal}",
    "/signal-viewer/compare/": "signal={signal}",
    "/api/v1/signals": "dataset={dataset}",
    "/api/v1/features": "dataset={dataset}",
    "/training/": "dataset={dataset}",
}
FORMS: dict[str, str] = {
    "/accounts/settings/theme/": "theme=dark",
    "/accounts/tokens/new/": "name=rig&days=30",
    "/data-explorer/groups/": "dataset={dataset}&group={group}",
    "/data-explorer/table/relabel/": TABLE + "&fault_class={wear}&reason=heard",
    "/data-explorer/table/remove/": "dataset={dataset}&" + TABLE + "&reason=clipped",
    "/data-explorer/table/tag/": TABLE + "&name=seen",
    "/data-explorer/views/new/": "name=New&query=class%3Dwear",
    "/data-explorer/views/<int:pk>/": "name=Other",
    "/datasets/<int:pk>/edit/": "name=Other",
    "/datasets/<int:pk>/features/": "group={group}",
    "/datasets/<int:pk>/labels/<int:signal_pk>/relabel/": "class=wear&reason=heard",
    "/datasets/<int:pk>/members/": "member={stranger}&right=read",
    "/datasets/<int:pk>/members/<int:member_pk>/": "right=label",
    "/datasets/<int:pk>/share/": "visibility=shared",
    "/datasets/<int:pk>/splits/new/": "name=second&ratios=1:1&by=none&seed=3",
    "/datasets/<int:pk>/verification/new/": "what=all",
    "/datasets/create/": RECIPE,
    "/datasets/create/recipe/": "name=New&text=per_class%3A+50",
    "/datasets/import/bearing/": BEARING,
    "/datasets/import/<int:pk>/answer/": "action=forget&everything=true",
    "/experiments/<int:pk>/edit/": "name=Other",
    "/experiments/sim-to-real/": "first={dataset}&second={other}&model=logistic",
    "/inference/batch/": "experiment={experiment}&dataset={dataset}",
    "/signal-viewer/<int:pk>/notes/": "text=heard",
    "/training/": "dataset={dataset}&features=time&model=forest&protocol=group&title=New",
}
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "/api/v1/datasets"): lambda world: {"name": "New"},
    ("POST", "/api/v1/experiments"): lambda world: {
        "dataset": world.simulated.pk,
        "features": ["time"],
        "model": "forest",
    },
    ("POST", "/api/v1/imports/<import_id>/files"): lambda world: {
        "files": [{"path": "b.npy", "size": 10}]
    },
    ("POST", "/api/v1/imports/<import_id>/labels"): lambda world: {"classes": {}},
    ("POST", "/dash/app/<slug:ident>/_dash-update-component"): lambda world: _call(),
    ("POST", "/dash/app/<slug:ident>/_dash-update-components"): lambda world: [_call()],
    ("POST", "/datasets/import/<int:pk>/files/"): lambda world: {"files": []},
}
BY_ADDRESS = {"/inference/batch/"}  # what is sent there is in the address
# What the state of a thing stands in the way of: rights are asked before, as others' words show.
NOT_NOW = {
    "POST /api/v1/imports/<import_id>/answers",
    "POST /api/v1/imports/<import_id>/import",
    "POST /api/v1/imports/<import_id>/read",
    "POST /data-explorer/table/relabel/",
    "POST /datasets/<int:pk>/features/",
    "POST /datasets/<int:pk>/retry/",
    "POST /datasets/import/<int:pk>/files/",
    "POST /datasets/import/<int:pk>/import/",
    "POST /datasets/import/<int:pk>/labels/table/",
    "POST /datasets/import/<int:pk>/read/",
    "POST /datasets/import/<int:pk>/specimen/",
    "POST /datasets/import/<int:pk>/stop/",
    "POST /experiments/<int:pk>/retry/",
    "POST /experiments/sim-to-real/<int:pk>/delete/",
    "POST /experiments/sim-to-real/<int:pk>/retry/",
    "GET /experiments/sim-to-real/<int:pk>/report.json",
    "POST /inference/runs/<int:pk>/delete/",
    "POST /inference/runs/<int:pk>/retry/",
    "GET /readyz",
    "POST /uploads/new/",  # without a file; whoever is logged in may send one
}
TUS = {"HTTP_TUS_RESUMABLE": "1.0.0"}
HEADERS: dict[str, dict[str, Any]] = {
    "HEAD": TUS,
    "GET": {},
    "PATCH": TUS
    | {
        "data": b"\x93",
        "content_type": "application/offset+octet-stream",
        "HTTP_UPLOAD_OFFSET": "0",
    },
    "DELETE": TUS,
}


def _call() -> dict[str, Any]:
    output, entry = next(
        (output, entry)
        for output, entry in APPS["viewer"].shared.callback_map.items()
        if "callback" in entry
    )
    given = [{**prop, "value": {}} for prop in entry["inputs"] + entry["state"]]
    return {
        "output": output,
        "outputs": outputs_of(entry["output"]),
        "inputs": given,
        "state": [],
        "changedPropIds": [],
    }
