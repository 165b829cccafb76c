"""Published recordings, imported: the viewer lists and draws the faults that were documented."""

import re

import pytest

from signals.models import Bearing, Signal
from signals.services.bearings import bearings_seed
from tests.bearing_portal.dashboards.viewer.test_panels import line_of
from tests.commands.running import called
from tests.vibration.test_recordings import FOLDER, PEAKS, by_file

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not PEAKS, reason=f"no EXPECTED_PEAKS.csv in {FOLDER}"),
]
BEARINGS = {"cwru": "SKF 6205-2RS", "mfpt": "NICE (MFPT)"}


def _found(line):
    """Return the pattern of a row that counts as found, and of its frequency."""
    cell = '<td class="num">([^<]*)</td>'
    first = cell.replace("(", "").replace(")", "")
    return f'"is-found" title="[^"]*"><th scope="row">{line}</th>{first}{cell}'


@pytest.mark.parametrize("row", PEAKS, ids=by_file)
def test_the_line_of_the_fault_is_found_and_drawn(ask, figure_of, owner, row):
    bearings_seed()
    bearing = Bearing.objects.get(name=BEARINGS[row["file"].split("/")[0]])
    called(
        "import_recordings", str(FOLDER / row["file"]), "--dataset", "Published",
        "--fs", row["fs_hz"], "--channel", row["signal"], "--owner", owner.username,
    )  # fmt: skip
    signal = Signal.objects.get(store__dataset__name="Published")
    asked = {"tab": "envelope", "scale": "linear", "bearing": str(bearing.pk)}
    measured, tolerance = float(row["measured_hz"]), float(row["tolerance_hz"])

    listed = ask("show_analysis", signal, **asked)["response"]["viewer-found"]["html"]
    (found,) = re.findall(_found(row["fault"]), listed)
    assert float(found) == pytest.approx(measured, abs=tolerance)

    f_hz, amplitude = line_of(figure_of("show_analysis", signal, **asked))
    near = abs(f_hz / measured - 1) < 0.02
    assert f_hz[near][amplitude[near].argmax()] == pytest.approx(measured, abs=tolerance)
