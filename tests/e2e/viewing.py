"""What the tests of the Signal Viewer share: its figures, read as a person sees them."""

LINE = ".scatterlayer path.js-line"
PLOT = "document.querySelector('#{} .js-plotly-plot')"
# The line of the signal itself, not of what is expected of it.
OWN = "{}.calcdata[{}._fullData.findIndex((trace) => trace.hoverinfo !== 'skip')]"


def drawn(page):
    """Wait until every panel shows what the address says."""
    for graph in ("viewer-time", "viewer-spectrum"):
        page.wait_for_selector(f"#{graph} {LINE}", state="attached")
    page.wait_for_selector("#viewer-map .heatmaplayer image", state="attached")
    page.wait_for_selector("#viewer-steps .btn")
    settled(page)


def settled(page):
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(150)  # until what came has been drawn


def range_of(page, graph="viewer-time", axis="xaxis"):
    return page.evaluate(f"{PLOT.format(graph)}.layout.{axis}.range.slice()")


def line_of(page, graph="viewer-spectrum"):
    """Return the points of the signal's line as the figure holds them."""
    plot = PLOT.format(graph)
    own = OWN.format(plot, plot)
    return page.evaluate(f"{own}.map(({{x, y}}) => [x, y])")


def levels_of(page):
    """Return the bytes of the map."""
    return page.evaluate(f"Array.from({PLOT.format('viewer-map')}._fullData[0].z).flat().join()")


def drag(page, graph, x=(0.25, 0.35), y=(0.5, 0.5)):
    """Draw a rectangle with the mouse, in shares of a figure's width and height."""
    box = page.locator(f"#{graph} .nsewdrag").first.bounding_box()
    (left, right), (top, bottom) = x, y
    page.mouse.move(box["x"] + box["width"] * left, box["y"] + box["height"] * top)
    page.mouse.down()
    right, bottom = box["x"] + box["width"] * right, box["y"] + box["height"] * bottom
    page.mouse.move(right, bottom, steps=4)
    with page.expect_response("**/_dash-update-component?*"):
        page.mouse.up()
    settled(page)


def reset(page, graph):
    with page.expect_response("**/_dash-update-component?*"):
        page.locator(f"#{graph} .nsewdrag").first.dblclick()
    settled(page)


def address(page):
    return page.evaluate("decodeURIComponent(location.search)")


def state_of(page):
    """Return what every control says, as name and value."""
    return page.evaluate(
        """() => [...document.querySelectorAll(
            ".viewer :is([aria-pressed], [role=tab], select, .viewer-number input)",
        )].map((one) => [
          one.dataset.set || one.dataset.mark || one.dataset.key || one.id || one.textContent,
          one.getAttribute("aria-pressed") || one.getAttribute("aria-selected") || one.value,
        ])"""
    )
