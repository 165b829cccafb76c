"""Whatever a program sends, each address, form, callback and socket answers, and none with 500."""

import json
import os
import re
from itertools import chain

import numpy as np
import pytest
from channels.testing import WebsocketCommunicator
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import URLPattern, get_resolver

from bearing_portal.dashboards.embedding.dispatch import APPS
from common.errors import Invalid
from monitoring.notices.consumers import EventsConsumer
from tests.bearing_portal.dashboards.conftest import outputs_of
from tests.factories import make_dataset, make_user
from tests.signals.recordings import npy, upload

PATIENCE_S = 60  # a busy machine is no failure
DIGITS = "9" * 5000
HOSTILE = (
    DIGITS,
    "-" + DIGITS,
    "\0",
    "a\0b",
    "1e400",
    "-1e308,1e308",
    "nan",
    "\u202e",
    "٣",
    "²",
    "[" * 3000,
    "ids:" + DIGITS,
    "lasso:" + "x" * 64 + ":1,1;2,2;3,1",
    "a&" * 1999,
    "'\"<>%",
    "",
)
HOSTILE_JSON = (
    *(json.dumps(value) for value in HOSTILE),
    DIGITS,
    "1e999",
    "-1",
    "null",
    "true",
    "[]",
    "{}",
    '"\\ud800"',
    "[" * 3000 + "]" * 3000,
    '{"signal": 5, "filter": {}}',
)


def words(text):
    return text.split()


STATE_KEYS = words("""
    signal compare layout off t q hp machine tab spec win seg avg scale x log track r f fo fe fc
    marks bearing band tf tfw tfo map db theme w dataset class severity tag rpm_min rpm_max
    load_min load_max rms_min rms_max per_class text filter sel feature rank ranked kind by axis
    groups corr measure fx fy method perplexity neighbours min_dist metric seed projection sort
    grid start end
""")
OTHER_KEYS = words("""
    q page sort status order name query description visibility classes severities noises
    per_class augmentation seed fs_hz duration_s speed_rpm mains mains_hz rpm unit file tag
    untag undo do delete text first_name last_name email theme page_size column reset
    fault_class severity bearing all username password next old_password new_password1
    new_password2 chosen dataset level lines before after search service id shared replace
    action select_across _selected_action apply p o e all n dialog show kind since
""")
ADMIN_KEYS = words("""
    q p o e all id__exact name tags tag action _selected_action _popup term
""")
# The description of the interface takes no values, and tells of incidents.
LEFT_OUT = ("logout", "static", "openapi.json")
# The suite sends each page a part of the keys, each page another; `make test-all` sends all.
EVERY = 1 if os.environ.get("HYPOTHESIS_PROFILE") == "explore" else 4
AT_ONCE = 8


def paths():
    """Return every address of the portal, its arguments filled with what is there."""
    for path in sorted(set(_under(get_resolver().url_patterns, ""))):
        if not any(word in path for word in LEFT_OUT):
            yield path


def _under(patterns, prefix):
    for pattern in patterns:
        path = prefix + str(pattern.pattern).replace("^", "").replace("$", "")
        if isinstance(pattern, URLPattern):
            yield path
        elif path != "admin/":  # of its many alike pages those of our own models, below
            yield from _under(pattern.url_patterns, path)


def filled(path, value):
    """Return a path with each of its arguments in place of `<int:pk>`."""
    parts = [value if part.startswith("<") else part for part in path.split("/")]
    return "/" + "/".join(parts)


@pytest.fixture
def signal(db):
    return make_dataset(visibility="shared", name="Pump").store.signals.first()


@pytest.fixture
def browser(signal):
    client = Client(raise_request_exception=False)
    client.force_login(make_user("superuser"))
    return client


@pytest.fixture
def prove():
    """Collect what went wrong, so that a run tells all of it."""
    wrong = []

    def note(answer, *told):
        content = b"" if answer.streaming else answer.content
        # 503 is a word too: no worker runs here.
        if answer.status_code in (500, 502, 504) or re.search(rb"ncident(?!_)", content):
            wrong.append((answer.status_code, *(str(part)[:200] for part in told)))

    yield note
    assert wrong == []


def keys_of(path):
    if path.startswith("/admin"):
        return ADMIN_KEYS
    if path.startswith(("/data-explorer", "/signal-viewer")):
        return [*STATE_KEYS, *("name", "query", "column", "do", "undo", "tag", "delete", "untag")]
    return OTHER_KEYS


def admin_paths():
    for model in admin.site._registry:
        if model._meta.app_label in ("signals", "datasets", "monitoring", "auth"):
            yield f"/admin/{model._meta.app_label}/{model._meta.model_name}/"


def hostile(keys, n):
    """Yield some keys at a time, with values: one refused first must not hide all others."""
    firsts = range(0, len(keys), AT_ONCE)
    for first in firsts[n % min(EVERY, len(firsts)) :: EVERY]:
        yield {
            key: HOSTILE[(n + place + first) % len(HOSTILE)]
            for place, key in enumerate(keys[first : first + AT_ONCE])
        }


def test_no_value_of_any_parameter_breaks_a_page(browser, signal, prove):
    addresses = [filled(path, str(signal.pk)) for path in paths()]
    for n, path in enumerate(chain(addresses, admin_paths())):
        for given in hostile(keys_of(path), n):
            prove(browser.get(path, given), path, given)


@pytest.mark.parametrize(
    "address",
    [
        "/datasets/?q=",
        "/datasets/?class=",
        "/datasets/{dataset}/?class=",
        "/datasets/{dataset}/?severity=",
        "/search/?q=",
        "/signal-viewer/find/?q=",
        "/system-health/logs/?q=",
    ],
)
def test_a_letter_that_no_text_may_hold_is_refused_with_a_sentence(browser, signal, address):
    answer = browser.get(address.format(dataset=signal.store.dataset.pk) + "a%00b")
    assert answer.status_code in (200, 400)
    assert b"ncident" not in answer.content


def test_no_value_of_any_field_breaks_a_form(browser, signal, prove):
    addresses = [filled(path, str(signal.pk)) for path in paths()]
    for n, path in enumerate(chain(addresses, admin_paths())):
        for given in hostile(keys_of(path), n):
            prove(browser.post(path, given), path, given)


@pytest.mark.parametrize("value", [DIGITS, "9" * 25, "0", "-1", "\0", "\u202e", "a\0b", "%00"])
def test_no_part_of_a_path_breaks_it(browser, prove, value):
    for path in paths():
        if "<" in path:
            prove(browser.get(filled(path, value)), path, value)
    for path in admin_paths():
        prove(browser.get(f"{path}{value}/change/"), path, value)


def callbacks():
    for ident in ("viewer", "explorer"):
        for output, entry in APPS[ident].shared.callback_map.items():
            if "callback" in entry:
                yield ident, output, entry


@pytest.mark.parametrize("value", HOSTILE_JSON)
def test_no_value_breaks_a_callback(browser, signal, prove, value):
    turn = HOSTILE_JSON.index(value) % EVERY
    for ident, output, entry in list(callbacks())[turn::EVERY]:
        for asked in (value, _state_of(signal, value)):
            names = entry["inputs"] + entry["state"]
            given = ", ".join(f'{json.dumps(name)[:-1]}, "value": {asked}}}' for name in names)
            body = (
                f'{{"output": {json.dumps(output)}, "outputs": '
                f'{json.dumps(outputs_of(entry["output"]))}, "inputs": [{given}], "state": [], '
                f'"changedPropIds": []}}'
            )
            address = f"/dash/app/{ident}/_dash-update-component"
            answer = browser.post(address, body, content_type="application/json")
            prove(answer, output, asked, answer.content)


def _state_of(signal, value):
    """Return a state of either page in which every other key holds the value."""
    dataset = signal.store.dataset.pk
    state = [f'"{key}": {value}' for key in STATE_KEYS if key not in ("signal", "filter")]
    fixed = [f'"signal": "{signal.pk}"', f'"filter": "dataset={dataset}"']
    return "{" + ", ".join([*fixed, *state]) + "}"


@pytest.mark.parametrize("body", [b"[" * 100_000, b"\xff\xfe", b"", b"[" + b"9" * 5000 + b"]"])
def test_no_body_breaks_a_callback(browser, body):
    address = "/dash/app/viewer/_dash-update-component"
    answer = browser.post(address, body, content_type="application/json")
    assert answer.status_code == 400


@pytest.mark.django_db(transaction=True)
async def test_a_socket_lives_on_whatever_it_is_sent():
    page = WebsocketCommunicator(EventsConsumer.as_asgi(), "/ws/events/")
    page.scope["user"] = await _a_user()
    await page.connect(PATIENCE_S)
    for text in ("[" * 100_000, "no JSON", DIGITS, "null", "[]", '{"type": []}', "\0"):
        await page.send_to(text_data=text)
    await page.send_to(bytes_data=b"\xff\x00")
    await page.send_json_to({"type": "ping"})
    assert await page.receive_json_from(PATIENCE_S) == {"type": "pong"}
    await page.disconnect()


async def _a_user():
    from asgiref.sync import sync_to_async

    return await sync_to_async(make_user)("viewer")


RECORDINGS = {
    "huge": (np.full(5000, 1e20, "f8"), 20_480.0),
    "huge and turning": (1e20 * np.sin(np.arange(5000.0)), 20_480.0),
    "slow": (np.sin(np.arange(600.0)), 5.0),
    "slower": (np.sin(np.arange(600.0)), 0.01),
    "tiny": (np.full(5000, 1e-30), 20_480.0),
    "short": (np.ones(2), 1.0),
}


@pytest.mark.parametrize("name", RECORDINGS)
def test_no_recording_breaks_a_panel(browser, prove, name):
    samples, fs_hz = RECORDINGS[name]
    owner = get_user_model().objects.get(is_superuser=True)
    try:
        made = upload(npy(samples), owner=owner, fs_hz=fs_hz)
    except Invalid:
        return  # a sentence is an answer too
    signal = made.stores.get().signals.first()
    asked_of = {"q": "velocity", "avg": "peak", "track": "1", "x": "orders"}
    for tab, tf in (("spectrum", "stft"), ("envelope", "cwt"), ("cepstrum", "wigner")):
        asked = {"signal": str(signal.pk), "tab": tab, "tf": tf, **asked_of}
        asked_of = {}
        for ident, output, entry in callbacks():
            if ident != "viewer" or len(entry["inputs"] + entry["state"]) != 1:
                continue
            body = {
                "output": output,
                "outputs": outputs_of(entry["output"]),
                "inputs": [{**prop, "value": asked} for prop in entry["inputs"]],
                "state": [],
                "changedPropIds": [],
            }
            address = "/dash/app/viewer/_dash-update-component"
            answer = browser.post(address, body, content_type="application/json")
            prove(answer, output, asked, answer.content)
