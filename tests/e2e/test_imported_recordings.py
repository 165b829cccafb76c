"""An imported run: its page, its signals in the viewer, its bearings in the explorer."""

import numpy as np
import pytest
from playwright.sync_api import expect

from signals.models import Signal
from tests.datasets.importing import imported, planned
from tests.e2e.viewing import drawn
from vibration.formats.examples import bearing_signal

pytestmark = pytest.mark.browser


@pytest.fixture
def owner(portal):
    return portal.make_user("engineer")


@pytest.fixture
def dataset(portal, owner, tmp_path):
    def make():
        from tests.factories import make_catalogue

        make_catalogue()
        files = [
            planned(
                tmp_path / f"{specimen}-{n}.npy",
                np.vstack(
                    [
                        bearing_signal(4096, seed=8 * n + k + 100 * b, severity=0.4 * n)
                        for k in range(2)
                    ]
                ).astype(np.float32),
                specimen=specimen,
                run="to failure",
                position=n,
                label="outer_race" if n == 3 else "healthy",
                fs_hz=20_000.0,
                rpm=1800.0,
            )
            for b, specimen in enumerate(("Bearing 1", "Bearing 2"))
            for n in (1, 2, 3)
        ]
        from signals.models import FaultClass

        FaultClass.objects.get_or_create(
            code="outer_race",
            defaults={
                "name": "Outer race", "short_name": "Outer race", "label_prefix": "ORF",
                "family": "rolling", "position": 90, "colour": "#1668af", "symbol": "x",
                "dash": "dash",
            },
        )  # fmt: skip
        return imported(*files, owner=owner, licence="CC BY 4.0", segment_samples=2048)

    return portal.run(make)


def test_an_imported_run_is_walked_and_filtered(portal, log_in, owner, dataset):
    page = log_in(owner)
    page.goto(f"/datasets/{dataset.pk}/")
    expect(page.locator("#recordings")).to_contain_text("6 recordings of 2 specimens, 2 runs")
    with page.expect_download() as download:
        page.locator("#recordings").get_by_role("link", name="Download", exact=True).first.click()
    assert download.value.suggested_filename == "Bearing 1-1.npy"

    def first_of(segment, position):
        return portal.run(
            lambda: (
                Signal.objects.filter(
                    recording__position=position, segment=segment, channel="channel 1"
                )
                .order_by("pk")
                .values_list("pk", flat=True)[0]
            )
        )

    page.goto(f"/signal-viewer/?signal={first_of(1, 1)}")
    drawn(page)
    page.get_by_role("button", name="Next segment").click()
    page.wait_for_url(f"**signal={first_of(2, 1)}*")
    expect(page.locator(".inspector")).to_contain_text("Segment 2 of 2")
    page.get_by_role("button", name="Next recording").click()
    page.wait_for_url(f"**signal={first_of(2, 2)}*")
    expect(page.locator(".inspector")).to_contain_text("Recording 2, 3 in the run")

    page.goto(f"/data-explorer/?dataset={dataset.pk}&specimen=Bearing+2")
    expect(page.locator("#explorer-filters")).to_contain_text("Bearing 1")
    expect(page.get_by_text("12 of 24").first).to_be_visible()
