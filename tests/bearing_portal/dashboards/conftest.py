import json
from pathlib import Path

import pytest

URL = "/dash/app/viewer/_dash-update-component"


@pytest.fixture(autouse=True)
def storage(settings, tmp_path) -> Path:
    """Give each test a storage folder of its own."""
    settings.STORAGE_DIR = tmp_path / "storage"
    return settings.STORAGE_DIR


@pytest.fixture
def owner(db):
    from tests.factories import make_user

    return make_user("engineer")


@pytest.fixture
def signal(owner):
    from tests.factories import make_dataset

    return make_dataset(owner).store.signals.first()


@pytest.fixture
def call(client):
    """Call a callback of the viewer by its name, through its address, as the browser does."""

    def post(name, *values, client=client, **headers):
        body = json.dumps(body_of(name, *values))
        return client.post(URL, body, content_type="application/json", headers=headers)

    return post


def body_of(name, *values, app="viewer"):
    """Return what the browser sends: inputs, then states, in order."""
    from bearing_portal.dashboards.embedding.dispatch import APPS

    callbacks = APPS[app].shared.callback_map.items()
    output, entry = next(
        (output, entry)
        for output, entry in callbacks
        if "callback" in entry and entry["callback"].__name__ == name
    )
    names = entry["inputs"] + entry["state"]
    given = [{**prop, "value": value} for prop, value in zip(names, values, strict=True)]
    n_inputs = len(entry["inputs"])
    return {
        "output": output,
        "outputs": outputs_of(entry["output"]),
        "inputs": given[:n_inputs],
        "state": given[n_inputs:],
        "changedPropIds": [f"{given[0]['id']}.{given[0]['property']}"],
    }


def outputs_of(output):
    if isinstance(output, list):
        return [outputs_of(one) for one in output]
    return {"id": output.component_id, "property": output.component_property}
