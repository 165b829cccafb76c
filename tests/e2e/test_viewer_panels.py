import csv
import io
import re

import numpy as np
import pytest
from playwright.sync_api import expect

from signals.models import Signal
from tests.e2e.viewing import (
    address,
    drag,
    drawn,
    levels_of,
    line_of,
    range_of,
    reset,
    settled,
)
from tests.factories import make_bearing

pytestmark = pytest.mark.browser


def readout(page):
    text = page.locator("#viewer-readout").inner_text().replace("\n", " ")
    return text.replace("\N{MINUS SIGN}", "-")


def put_cursor(page, share=0.3):
    """Click into the analysis panel; return where the address says the cursor stands."""
    box = page.locator("#viewer-spectrum .nsewdrag").first.bounding_box()
    page.mouse.click(box["x"] + box["width"] * share, box["y"] + box["height"] / 2)
    page.wait_for_url("**cursor=*")
    page.mouse.move(2, 2)
    settled(page)
    return float(re.search(r"cursor=([\d.]+)", address(page)).group(1))


def read_at(line, x):
    """Return the point of a line that is nearest to x."""
    return min(line, key=lambda point: abs(point[0] - x))


def highest_at(line, x):
    """Return the highest of the point nearest to x and its neighbours."""
    index = line.index(read_at(line, x))
    return max(line[max(0, index - 1) : index + 2], key=lambda point: point[1])


def saved(page, click):
    with page.expect_download() as download:
        click()
    return download.value.suggested_filename, download.value.path().read_bytes()


def test_zooms_in_time_and_frequency_are_shared_by_the_panels(viewer):
    drag(viewer, "viewer-time")
    assert range_of(viewer) == pytest.approx([0.5, 0.7], abs=0.02)
    assert range_of(viewer, "viewer-map") == range_of(viewer)
    expect(viewer.locator("#viewer-time-meta")).to_contain_text("every sample shown")
    expect(viewer.locator("#viewer-spectrum-meta")).to_contain_text("region 0.49")
    drag(viewer, "viewer-map", x=(0.1, 0.6), y=(0.2, 0.6))
    assert range_of(viewer, "viewer-map", "yaxis") == range_of(viewer, "viewer-spectrum")
    assert range_of(viewer, "viewer-map") == range_of(viewer)
    viewer.reload()
    drawn(viewer)
    assert range_of(viewer, "viewer-map", "yaxis") == range_of(viewer, "viewer-spectrum")
    reset(viewer, "viewer-map")
    assert range_of(viewer) == [0, 2]
    viewer.locator("summary", has_text="Method").click()
    viewer.get_by_role("button", name="Full range").click()
    settled(viewer)
    assert range_of(viewer, "viewer-spectrum") == [0, 2048]
    assert range_of(viewer, "viewer-map", "yaxis") == [0, 2048]


VIEWS = ["", "&x=orders&log=1", "&tab=envelope", "&tab=cepstrum"]


def test_the_cursor_reads_what_the_line_holds(viewer, portal):
    plain, pk = viewer.url, re.search(r"signal=(\d+)", viewer.url)[1]
    shaft_hz = portal.run(Signal.objects.get, pk=pk).shaft_hz
    for view in VIEWS:
        viewer.goto(f"{plain}{view}&marks=harmonics,sidebands")
        drawn(viewer)
        stands, line = put_cursor(viewer), line_of(viewer)
        x = stands / shaft_hz if "orders" in view else stands
        own, second = read_at(line, x), highest_at(line, 2 * x)
        assert own[0] == pytest.approx(x, rel=1e-5)
        if "cepstrum" in view:
            assert float(readout(viewer).split()[3]) == pytest.approx(own[1], rel=1e-3)
            continue
        assert f" {own[1]:.1f} dB" in readout(viewer)
        assert f"H2 {second[0]:.2f} · {second[1]:.1f}" in readout(viewer)
        one = 1.0 if "orders" in view else shaft_hz
        assert f"+1X {highest_at(line, x + one)[1]:.1f}" in readout(viewer)


def test_arrow_keys_move_the_cursor_enter_pins_it_escape_takes_it_away(viewer):
    stands, line = put_cursor(viewer), line_of(viewer)
    following = line[line.index(read_at(line, stands)) + 1]
    viewer.locator("#viewer-cursor-place").focus()
    viewer.keyboard.press("ArrowRight")
    viewer.keyboard.press("Enter")
    assert address(viewer).endswith(f"cursor={following[0]:g}")
    expect(viewer.locator("#viewer-readout .is-cursor")).to_have_text(f"{following[0]:.3f} Hz")
    viewer.keyboard.press("Escape")
    expect(viewer.locator("#viewer-readout")).to_contain_text("Point at the lines")
    assert "cursor" not in address(viewer)


def test_a_part_switched_off_changes_every_panel(viewer):
    before = line_of(viewer, "viewer-time"), line_of(viewer), levels_of(viewer)
    viewer.locator("summary", has_text="Parts of this record").click()
    viewer.locator("[data-part]").first.click()
    settled(viewer)
    after = line_of(viewer, "viewer-time"), line_of(viewer), levels_of(viewer)
    assert [one != other for one, other in zip(before, after, strict=True)] == [True] * 3
    viewer.locator("[data-part]").first.click()
    settled(viewer)
    assert line_of(viewer, "viewer-time") == before[0]


def test_signals_are_compared_over_each_other_or_stacked(viewer, signals):
    viewer.get_by_role("button", name="Keep for comparison").click()
    viewer.keyboard.press("j")
    expect(viewer.locator("#viewer-compare")).to_have_text("Compare 2 of 8")
    expect(viewer.locator("#viewer-time-meta")).to_contain_text(signals[1].label)
    expect(viewer.locator("#viewer-map .heatmaplayer image")).to_have_count(3)  # with the scale
    viewer.locator("#viewer-compare").click()
    dialog = viewer.locator("#dialog")
    expect(dialog.get_by_role("row", name=re.compile("^RMS"))).to_contain_text("%")
    dialog.get_by_role("button", name="Stacked").click()
    settled(viewer)
    assert "layout=stacked" in address(viewer)
    assert viewer.locator("#viewer-spectrum .subplot.xy2").count() == 1
    dialog.get_by_role("button", name=f"Take {signals[1].label} out").click()
    expect(dialog.get_by_text("1 signal on screen")).to_be_visible()
    expect(viewer.locator("#viewer-compare")).to_have_text("Compare")


def test_order_tracking_shows_orders(viewer):
    viewer.locator("summary", has_text="Method").click()
    viewer.get_by_role("button", name="Order tracking").click()
    expect(viewer.locator("#viewer-spectrum-meta")).to_contain_text("order tracking")
    viewer.keyboard.press("Escape")
    expect(viewer.locator(".viewer-menu[open]")).to_have_count(0)
    drag(viewer, "viewer-spectrum")
    assert range_of(viewer, "viewer-spectrum") == pytest.approx([1.25, 1.75], abs=0.05)
    assert "fo=1." in address(viewer)


def test_the_band_comes_from_fields_proposal_kurtogram_or_the_slider(viewer):
    viewer.get_by_role("tab", name="Envelope").click()
    viewer.wait_for_selector("#viewer-kurtogram .heatmaplayer image")
    meta = viewer.locator("#viewer-spectrum-meta")
    viewer.get_by_label("Band from").fill("500")
    viewer.get_by_label("Band to").fill("1500")
    viewer.keyboard.press("Tab")
    expect(meta).to_contain_text("band 500–1500 Hz")
    viewer.get_by_role("button", name="Use proposed").click()
    low, high = re.match(
        r"(\d+)–(\d+)", viewer.locator("#viewer-kurtogram-meta").inner_text()
    ).groups()
    expect(meta).to_contain_text(f"band {low}–{high} Hz")
    box = viewer.locator("#viewer-kurtogram .nsewdrag").first.bounding_box()
    levels = viewer.evaluate(
        "document.querySelector('#viewer-kurtogram .js-plotly-plot')._fullLayout.meta.levels"
    )
    second = (levels.index("1") + 0.5) / len(levels)  # level 1 halves the band
    viewer.mouse.click(box["x"] + box["width"] * 0.75, box["y"] + box["height"] * second)
    expect(meta).to_contain_text("band 1024–2048 Hz")
    viewer.get_by_role("slider").first.focus()
    viewer.keyboard.press("ArrowRight")
    expect(meta).to_contain_text("band 1025–2048 Hz")
    viewer.get_by_role("button", name="Whole band").click()
    expect(meta).to_contain_text("whole band")


def test_a_bearing_is_tried_then_attached_and_its_lines_listed(portal, viewer):
    bearing = portal.run(make_bearing, name="6205")
    viewer.reload()
    drawn(viewer)
    viewer.locator(".inspector-bearing select").select_option(label="6205")
    viewer.get_by_role("tab", name="Envelope").click()
    expect(viewer.locator("#viewer-spectrum .annotation", has_text="BPFO").first).to_be_visible()
    expect(viewer.locator("#viewer-found").get_by_role("row")).to_have_count(13)
    viewer.get_by_role("button", name="Attach").click()
    viewer.get_by_label("Bearing", exact=True).last.select_option(str(bearing.pk))
    viewer.locator("#dialog").get_by_role("button", name="Attach").click()
    expect(viewer.locator(".inspector-bearing option").first).to_have_text("6205 (attached)")


def test_the_record_goes_out_in_each_format_as_far_as_it_is_in_sight(viewer, signals):
    drag(viewer, "viewer-time")
    first, last = range_of(viewer)
    stem = f"{signals[1].label}-"
    for suffix in ("npy", "csv", "mat", "wav", "uff"):
        viewer.get_by_role("button", name="Export").click()
        name, content = saved(viewer, viewer.locator(f"[data-export={suffix}]").click)
        assert name.startswith(stem)
        assert name.endswith(f"s.{suffix}")
        if suffix == "npy":
            expected = (last - first) * signals[1].fs_hz
            assert np.load(io.BytesIO(content)).size == pytest.approx(expected, abs=6)


def test_a_figure_goes_out_as_picture_drawing_and_numbers(viewer):
    begins = {"png": b"\x89PNG", "svg": b"<svg", "csv": b'\xef\xbb\xbf"'}
    for graph in ("viewer-time", "viewer-spectrum", "viewer-map"):
        for kind, start in begins.items():
            viewer.locator(f"[data-panel={graph}] summary[aria-label^=Download]").click()
            button = viewer.locator(f"[data-tool={kind}][data-graph={graph}]")
            name, content = saved(viewer, button.click)
            assert name.endswith(f".{kind}")
            assert content.startswith(start)
            if graph == "viewer-spectrum" and kind == "csv":
                rows = list(csv.reader(io.StringIO(content.decode())))
                written = [[float(x), float(y)] for _, x, y in rows[1 : len(line_of(viewer)) + 1]]
                assert np.allclose(written, line_of(viewer), rtol=1e-5)


def test_a_panel_shows_its_numbers_and_stands_alone(viewer):
    button = viewer.locator("[data-tool=table][data-graph=viewer-spectrum]")
    button.click()
    twin = viewer.get_by_role("region", name="Numbers of the figure")
    first = twin.get_by_role("cell").nth(2).inner_text()
    viewer.keyboard.press("j")
    expect(twin.get_by_role("cell").nth(2)).not_to_have_text(first)
    button.click()
    expect(twin).to_have_count(0)
    viewer.locator("[data-tool=expand][data-graph=viewer-spectrum]").click()
    expect(viewer.locator("#viewer-time")).to_be_hidden()
    viewer.keyboard.press("Escape")
    expect(viewer.locator("#viewer-time")).to_be_visible()


def test_the_view_is_copied_as_python_and_remarked_upon(viewer):
    viewer.get_by_role("button", name="Copy as Python").click()
    expect(viewer.locator("#script-text")).to_contain_text("averaged_spectrum(")
    viewer.keyboard.press("Escape")
    expect(viewer.locator("#script-text")).to_have_count(0)
    viewer.get_by_role("button", name="0 notes").click()
    viewer.get_by_label("New tag").fill("whirl-onset")
    viewer.keyboard.press("Enter")
    expect(viewer.locator("#dialog .tag")).to_contain_text("whirl-onset")
    viewer.get_by_label("New note").fill("Begins to whirl")
    viewer.get_by_role("button", name="Add note").click()
    expect(viewer.locator(".note-row")).to_contain_text("Begins to whirl")
    viewer.get_by_role("button", name="Close").click()
    expect(viewer.locator(".remarks")).to_contain_text("whirl-onset")
    expect(viewer.locator(".remarks")).to_contain_text("1 note")
