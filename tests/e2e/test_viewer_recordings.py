"""Published recordings, uploaded as a person does: each documented fault is listed and drawn."""

import pytest
from playwright.sync_api import expect

from signals.services.bearings import bearings_seed
from tests.e2e.viewing import drawn, line_of
from tests.vibration.test_recordings import FOLDER, PEAKS, by_file

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not PEAKS, reason=f"no EXPECTED_PEAKS.csv in {FOLDER}"),
]
BEARINGS = {"cwru": "SKF 6205-2RS", "mfpt": "NICE (MFPT)"}


def upload(page, row):
    page.goto("/signal-viewer/")
    page.get_by_role("button", name="Upload").click()
    page.locator("#id_file").set_input_files(FOLDER / row["file"])
    page.locator("#upload-submit").click()
    if row["file"].startswith("cwru"):  # its makers say the rate on their page, not in the file
        page.get_by_label("Sampling rate (Hz)").fill(row["fs_hz"])
        page.locator("#upload-submit").click()
    page.wait_for_url("**/signal-viewer/?signal=*")


@pytest.mark.parametrize("row", PEAKS, ids=by_file)
def test_the_line_of_the_fault_is_found_and_drawn(portal, log_in, row):
    portal.run(bearings_seed)
    page = log_in(portal.make_user("viewer"))
    upload(page, row)
    page.locator(".inspector-bearing select[data-key=bearing]").select_option(
        label=BEARINGS[row["file"].split("/")[0]]
    )
    page.get_by_role("tab", name="Envelope").click()
    listed = page.locator("#viewer-found tr", has=page.get_by_text(row["fault"], exact=True))
    expect(listed).to_have_class("is-found")
    drawn(page)
    measured, tolerance = float(row["measured_hz"]), float(row["tolerance_hz"])
    assert float(listed.locator("td").nth(1).inner_text()) == pytest.approx(measured, abs=tolerance)
    near = [point for point in line_of(page) if abs(point[0] / measured - 1) < 0.02]
    assert max(near, key=lambda point: point[1])[0] == pytest.approx(measured, abs=tolerance)
