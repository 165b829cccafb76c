"""What the browser tests share: when a page is still, and the Signal Viewer's figures as seen."""

from playwright.sync_api import TimeoutError as TooLate

LINE = ".scatterlayer path.js-line"
PLOT = "document.querySelector('#{} .js-plotly-plot')"
# The line of the signal itself, not of what is expected of it.
OWN = "{}.calcdata[{}._fullData.findIndex((trace) => trace.hoverinfo !== 'skip')]"

# Resolves after two frames in a row in which nothing was awaited, or says what still was.
STILL = """(limit_ms) => {
  const answered = () => {
    const { completed, stored, ...open } = window.store.getState().callbacks;
    return Object.values(open).every((calls) => !calls.length);
  };
  const lacks = ({ id }) => {
    const { layout, paths } = window.store.getState(), graph = document.getElementById(id);
    const { figure } = paths.strs[id].reduce((at, key) => at[key], layout).props;
    const plot = graph.querySelector(".js-plotly-plot");
    const isPending = graph.querySelector(".dash-graph--pending") || plot?.data !== figure.data;
    if (isPending) return [`${id}: drawing`];
    const { width, height } = plot._fullLayout, place = plot.getBoundingClientRect();
    const fits = Math.abs(width - place.width) < 1 && Math.abs(height - place.height) < 1;
    return fits ? [] : [`${id}: ${width}x${height} in ${place.width}x${place.height}`];
  };
  const moves = ({ playState, effect }) =>
    playState === "running" && effect.getComputedTiming().endTime < Infinity;
  const awaited = () => {
    if (document.querySelector(".viewer") && !window.store) return ["Dash"];
    const graphs = [...document.querySelectorAll(".viewer-graph")];
    return [
      ...(!window.store || answered() ? [] : ["an answer to Dash"]),
      ...(window.openRequests() ? ["an answer"] : []),
      ...(document.getAnimations().some(moves) ? ["an animation"] : []),
      ...graphs.filter((graph) => graph.getClientRects().length).flatMap(lacks),
    ];
  };
  return new Promise((done, fail) => {
    const end = performance.now() + limit_ms;
    let frames = 0;
    const look = () => {
      const missing = awaited();
      frames = missing.length ? 0 : frames + 1;
      if (frames > 2) done();
      else if (performance.now() > end) fail(new Error(`still awaited: ${missing.join(", ")}`));
      else requestAnimationFrame(look);
    };
    look();
  });
}"""
STILL_MS = 120_000


def drawn(page):
    """Wait until every panel shows what the address says."""
    for graph in ("viewer-time", "viewer-spectrum"):
        page.wait_for_selector(f"#{graph} {LINE}", state="attached")
    page.wait_for_selector("#viewer-map .heatmaplayer image", state="attached")
    page.wait_for_selector("#viewer-steps .btn")
    settled(page)


def settled(page):
    """Wait until nothing is asked or moves, and every figure in sight shows the last answer.

    What a click asks for stands in Dash's store before the click returns, so that nothing is missed
    between a click and its request, or between an answer and its drawing.
    """
    page.evaluate(f"({STILL})({STILL_MS})")


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
    moved(page, page.mouse.up)


def reset(page, graph):
    moved(page, lambda: double_click(page, graph))


TRIES, EACH_MS = 5, 10_000


def double_click(page, graph, **where):
    """Click twice until the address changes: on a busy machine the figure counts two single clicks
    where the second comes later than 300 ms.
    """
    before = page.url
    for left in reversed(range(TRIES)):
        page.locator(f"#{graph} .nsewdrag").first.dblclick(**where)
        try:
            page.wait_for_url(lambda url: url != before, timeout=EACH_MS)
            return
        except TooLate:
            if not left:
                raise


def moved(page, action):
    """Do what changes the address, and wait until the panels follow."""
    before = page.url
    action()
    page.wait_for_url(lambda url: url != before)
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
