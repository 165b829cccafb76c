"""The published recordings and the reported cases, brought through the Import page."""

import csv
import html
import json
import re
from collections import defaultdict

import pytest
from django.urls import reverse

from datasets.imports.services.receiving import CHUNK_BYTES
from datasets.jobs import import_dataset, read_import
from datasets.models import Dataset, ImportDraft, ImportFile
from signals.models import Signal
from signals.selectors import signal_samples
from tests.datasets.imports.drafting import patch
from tests.vibration.formats.published import CASES, RECORDINGS
from vibration.machines.bearings import Line
from vibration.machines.lines import find_lines
from vibration.spectra.envelope import envelope_spectrum

pytestmark = pytest.mark.django_db(transaction=True)
FRAGMENT = {"HX-Request": "true"}
TABLE, PEAKS = RECORDINGS / "MANIFEST.csv", RECORDINGS / "EXPECTED_PEAKS.csv"
INDEX = CASES / "CASES.json"
NO_VIBRATION = ("temperature", "sound pressure", "same signal as the ASCII twin")
published = pytest.mark.skipif(not TABLE.is_file(), reason=f"no recordings in {RECORDINGS}")
reported = pytest.mark.skipif(not INDEX.is_file(), reason=f"no cases in {CASES}")
CHANNEL = re.compile(
    r'aria-label="Keep (?P<name>[^"]*)".*?<td class="num">(?P<n>[^<]*)</td>'
    r'<td class="num">(?P<rate>[^<]*)<.*?<td class="num">(?P<speed>[^<]*)<.*?<td>(?P<unit>[^<]*)<',
    re.DOTALL,
)


def sent(client, files):
    """Send files chunk by chunk and have them read, as the page does; return the draft."""
    said = client.post(reverse("imports:new"), headers=FRAGMENT).json()
    offered = [{"path": name, "size": path.stat().st_size} for name, path in files.items()]
    body = json.dumps({"files": offered})
    answer = client.post(said["files"], body, content_type="application/json", headers=FRAGMENT)
    assert len(answer.json()["files"]) == len(files)
    rows = by_path()
    for name, path in files.items():
        content = path.read_bytes()
        for offset in range(0, len(content), CHUNK_BYTES):
            part = content[offset : offset + CHUNK_BYTES]
            assert patch(client, rows[name], part, offset).status_code == 204
    client.post(said["read"], headers=FRAGMENT)
    draft = ImportDraft.objects.get()
    read_import(str(draft.job_id))
    return draft


def by_path():
    return {row.path: row for row in ImportFile.objects.all()}


def number(text):
    digits = re.sub(r"[^\d.]", "", html.unescape(text))
    return float(digits) if digits else None


def previewed(client, file):
    """Return the channels of a file as its preview says them."""
    page = client.get(reverse("imports:row", args=[file.pk]), headers=FRAGMENT).content.decode()
    return [
        (html.unescape(found["name"]), number(found["n"]), number(found["rate"]),
         number(found["speed"]), html.unescape(found["unit"]).strip())
        for found in CHANNEL.finditer(page)
    ]  # fmt: skip


def answered(client, draft, files, **values):
    chosen = [file.pk for file in files]
    answer = client.post(
        reverse("imports:answer", args=[draft.pk]), {"file": chosen, **values}, headers=FRAGMENT
    )
    assert answer.status_code == 200, answer.content.decode()[-2000:]


def known(text):
    return float(text) if text not in ("", "unknown") else None


def proved_previewed(client, row, file):
    """Prove that a file is shown as its row of the table says; tell whether its rate is open."""
    name = row["file"]
    assert file.status == "read", (name, file.reason)
    channels = previewed(client, file)
    assert max(each[1] for each in channels) == int(row["n_samples"]), name
    if row["rpm_source"] == "stored in file":
        assert float(row["rpm"]) in {each[3] for each in channels}, name
    rates = {each[2] for each in channels}
    if rates == {None}:
        return True
    right = pytest.approx(float(row["fs_hz"]), rel=1e-4)  # shown to a few digits
    assert any(rate == right for rate in rates if rate), name
    return False


@published
def test_the_published_files_become_a_dataset_as_their_table_says(client, owner):
    client.force_login(owner)
    table = {row["file"]: row for row in csv.DictReader(TABLE.open(encoding="utf-8"))}
    assert len(table) == 37
    draft = sent(client, {name: RECORDINGS / name for name in table})
    files = by_path()
    open_at = defaultdict(list)
    for name, row in table.items():
        if row["label"].startswith(("NEGATIVE", "FORMAT PROBE")):
            assert files[name].status == "refused", name
            assert files[name].reason.endswith("."), name
        elif row["format"] == "json":
            assert files[name].status == "beside", name
        elif proved_previewed(client, row, files[name]):
            open_at[known(row["fs_hz"])].append(files[name])
    answered(client, draft, open_at.pop(None), action="leave")
    for fs_hz, waiting in open_at.items():
        answered(client, draft, waiting, fs_hz=fs_hz)
    page = reverse("imports:import", args=[draft.pk])
    answer = client.post(page, {"name": "Published"}, headers=FRAGMENT)
    assert answer.status_code == 204, answer.content.decode()
    dataset = Dataset.objects.get()
    import_dataset(str(dataset.job_id))
    dataset.refresh_from_db()
    assert dataset.status == "ready"
    stored = defaultdict(list)
    for signal in Signal.objects.select_related("recording"):
        stored[signal.recording.name].append(signal)
    measured = {name for name, row in table.items() if known(row["fs_hz"]) is not None}
    no_vibration = {name for name in measured if table[name]["label"].startswith(NO_VIBRATION)}
    assert set(stored) == measured - no_vibration
    for name, signals in stored.items():
        assert {each.n_samples for each in signals} == {int(table[name]["n_samples"])}, name
        right = pytest.approx(float(table[name]["fs_hz"]), rel=1e-5)
        assert all(each.fs_hz == right for each in signals), name
    for row in csv.DictReader(PEAKS.open(encoding="utf-8")):
        proved_line(owner, row, stored[row["file"]])


def proved_line(owner, row, signals):
    """Prove that a fault's frequency stands in what was stored where it was published."""
    (signal,) = [each for each in signals if each.channel == row["signal"]]
    spectrum = envelope_spectrum(signal_samples(owner, signal), signal.fs_hz)
    line = Line(row["fault"], 1, float(row["order"]), float(row["expected_hz"]))
    (found,) = find_lines(*spectrum, [line])
    assert found.is_found is not row["fault"].startswith("CONTROL")
    if found.is_found:
        right = pytest.approx(float(row["measured_hz"]), abs=float(row["tolerance_hz"]))
        assert found.measured_hz == right


@reported
def test_the_reported_files_are_previewed_as_their_list_says(client, owner):
    client.force_login(owner)
    cases = json.loads(INDEX.read_text(encoding="utf-8"))
    sent(client, {case["file"]: CASES / case["file"] for case in cases})
    files = by_path()
    for case in cases:
        file = files[case["file"]]
        assert (file.status == "read") is case["accept"], (case["id"], file.reason)
        if not case["accept"]:
            assert file.reason.endswith("."), case["id"]
            continue
        found = previewed(client, file)
        right = [(c["name"], c["n_samples"], c["fs_hz"]) for c in case["channels"]]
        assert [each[:3] for each in found] == right, case["id"]
        assert found[0][3] == case["rpm"], case["id"]
        for each, channel in zip(found, case["channels"], strict=True):
            assert "unit" not in channel or each[4] == (channel["unit"] or "–"), case["id"]
