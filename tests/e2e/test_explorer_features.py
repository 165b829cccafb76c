import math
import re

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.e2e.axe import findings
from tests.e2e.exploring import address, drawn, opened, says
from tests.e2e.viewing import double_click

pytestmark = pytest.mark.browser

PLOT = "document.querySelector('#{} .js-plotly-plot')"
DRAWN = ":is(.boxlayer path, .barlayer path, .scatterlayer .point, .heatmaplayer image)"
N_COPIES = 200


@pytest.fixture
def dataset(portal):
    return portal.make_dataset(portal.make_user("engineer"), per_class=4, visibility="shared")


@pytest.fixture
def many(portal, dataset):
    """Return the dataset with so many signals that a worker is at t-SNE for some seconds."""
    portal.run(copied, dataset)
    return dataset


def copied(dataset):
    from signals.models import Signal
    from vibration.features import FEATURE_NAMES

    random = np.random.default_rng(1)
    originals = list(dataset.store.signals.order_by("row"))
    copies = []
    for copy in range(N_COPIES):
        for one in originals:
            values = {field.attname: getattr(one, field.attname) for field in one._meta.fields}
            values |= {
                "id": None,
                "row": one.row + 100 * (copy + 1),
                "label": f"{one.label}-{copy}",
            }
            for name in FEATURE_NAMES:
                if values[name] is not None:
                    values[name] *= 1 + 0.05 * random.standard_normal()
            copies.append(Signal(**values))
    Signal.objects.bulk_create(copies)
    dataset.store.n_signals = dataset.store.signals.count()
    dataset.store.version += 1
    dataset.store.save()


def explorer_of(portal, dataset, more="", user=None, **context):
    owner = user or dataset.store.owner
    page = opened(portal, owner, f"?dataset={dataset.pk}{more}", color_scheme="light", **context)
    return page


def shown(page, graph):
    """Bring a figure into sight and wait until it is drawn."""
    page.locator(f"#{graph}").scroll_into_view_if_needed()
    page.wait_for_selector(f"#{graph} {DRAWN}", state="attached")
    page.wait_for_load_state("networkidle")


def place(page, graph, x, y):
    """Return where a point of a figure, in its axes' own units, stands on the page."""
    page.evaluate(f"document.getElementById('{graph}').scrollIntoView({{ block: 'center' }})")
    return page.evaluate(
        f"""([x, y]) => {{
          const graph = {PLOT.format(graph)}, box = graph.getBoundingClientRect();
          const {{ xaxis, yaxis }} = graph._fullLayout;
          return [box.left + xaxis._offset + xaxis.d2p(x), box.top + yaxis._offset + yaxis.d2p(y)];
        }}""",
        [x, y],
    )


def points_of(page, graph="explorer-projection"):
    """Return x, y and the id of every point that is drawn."""
    return page.evaluate(
        f"""{PLOT.format(graph)}._fullData.flatMap(
          ({{ x, y, customdata }}) => Array.from(x, (one, at) => [one, y[at], customdata[at]]))"""
    )


def draw_around(page, points):
    """Draw a lasso around points of the projection, no farther than its frame."""
    x, y = np.array([point[:2] for point in points]).T
    left, top = place(page, "explorer-projection", x.min(), y.max())
    right, bottom = place(page, "explorer-projection", x.max(), y.min())
    width, height = (right - left) / 2, (bottom - top) / 2
    box = page.locator("#explorer-projection .nsewdrag").first.bounding_box()
    for step in range(33):
        angle = 2 * math.pi * step / 32
        across = left + width + (1.5 * width + 8) * math.cos(angle)
        up = top + height + (1.5 * height + 8) * math.sin(angle)
        across = min(max(across, box["x"] + 1), box["x"] + box["width"] - 1)
        page.mouse.move(across, min(max(up, box["y"] + 1), box["y"] + box["height"] - 1))
        if step == 0:
            page.mouse.down()
    page.mouse.up()


def test_from_the_ranking_to_boxes_histogram_and_scatter(portal, dataset):
    page = explorer_of(portal, dataset)
    page.locator("#explorer-ranking").scroll_into_view_if_needed()
    expect(page.locator(".ranking-row")).to_have_count(11)
    page.get_by_role("button", name="Show all 36").click()
    expect(page.locator(".ranking-row")).to_have_count(36)
    page.locator(".ranking-row", has_text="Skewness").click()
    expect(page.locator("#explorer-feature-title")).to_have_text("Skewness")
    expect(page.locator(".ranking-row[aria-pressed=true]")).to_contain_text("Skewness")

    shown(page, "explorer-feature")
    expect(page.locator("#explorer-feature .boxlayer path.box")).to_have_count(3)
    left = page.locator("#explorer-feature .nsewdrag").first.bounding_box()
    page.mouse.click(left["x"] - 20, left["y"] + left["height"] * 5 / 6)  # the name of the last
    expect(page.locator("[data-group=wear]")).to_have_attribute("aria-pressed", "true")
    assert "groups=wear" in address(page)
    page.locator("summary", has_text="Groups").click()
    page.locator("[data-group=healthy]").click()
    expect(page.locator("#explorer-histogram .legendtext")).to_have_count(2)

    edges = page.evaluate(
        f"Array.from({PLOT.format('explorer-histogram')}._fullData[0].customdata[0])"
    )
    bar = page.evaluate(
        f"""(() => {{ const [wear] = {PLOT.format("explorer-histogram")}._fullData;
          const at = Array.from(wear.y).findIndex((n) => n > 0);
          return [wear.x[at], wear.y[at] / 2, wear.y[at]]; }})()"""
    )
    assert len(edges) == 2
    page.mouse.click(*place(page, "explorer-histogram", *bar[:2]))
    says(page, "of 12 selected")
    assert re.search(r"sel=range:skewness:[-\d.e]+,[-\d.e]+:(wear|healthy)", address(page))
    page.keyboard.press("Escape")
    expect(page.locator(".chip.is-selection")).to_have_count(0)

    shown(page, "explorer-correlation")
    page.mouse.click(*place(page, "explorer-correlation", 3, 5))
    expect(page.locator("#explorer-correlation-title")).to_have_text("Two features")
    expect(page.locator("#explorer-correlation .scatterlayer .point")).to_have_count(12)
    kept = address(page)
    assert "corr=scatter" in kept
    page.reload()
    drawn(page)
    shown(page, "explorer-correlation")
    for key in ("fx", "fy"):
        chosen = page.locator(f"select[data-key={key}]").input_value()
        assert f"{key}={chosen}" in kept


def test_a_projection_is_computed_with_progress_cancelled_and_kept_in_the_address(portal, many):
    page = explorer_of(portal, many)
    shown(page, "explorer-projection")
    meta, note = (
        page.locator("#explorer-projection-meta"),
        page.locator("#explorer-projection-note"),
    )
    expect(meta).to_contain_text("PCA")
    page.get_by_role("button", name="t-SNE").click()
    expect(note).to_contain_text("press Compute")
    compute = page.get_by_role("button", name="Compute")
    compute.click()
    state = page.locator("#explorer-projection-state")
    expect(state.get_by_role("progressbar")).to_be_visible()
    expect(compute).to_be_disabled()
    state.get_by_role("button", name="Cancel").click()
    expect(note).to_contain_text("cancelled; nothing was kept")

    page.get_by_label("Perplexity").fill("20")
    page.keyboard.press("Tab")
    compute.click()
    expect(state).to_contain_text(re.compile(r"\d+ of 500 steps"))
    expect(meta).to_contain_text("t-SNE · perplexity 20")
    expect(state).to_be_empty()
    expect(note).to_be_empty()
    assert re.search("projection=[0-9a-f]{32}&perplexity=20", address(page))
    before = points_of(page)
    page.reload()
    drawn(page)
    shown(page, "explorer-projection")
    expect(meta).to_contain_text("t-SNE · perplexity 20")
    assert points_of(page) == before
    more = address(page).removeprefix(f"?dataset={many.pk}")
    other = explorer_of(portal, many, more, portal.make_user("viewer"))
    shown(other, "explorer-projection")
    assert points_of(other) == before

    page.get_by_role("button", name="UMAP-like").click()
    expect(note).to_contain_text("Shown: t-SNE · perplexity 20")
    expect(meta).to_contain_text("t-SNE")  # what is shown is what was run


def test_a_lasso_selects_and_two_people_see_their_own(portal, dataset):
    page = explorer_of(portal, dataset)
    other = explorer_of(
        portal,
        dataset,
        "&class=wear&class=healthy&class=imbalance&per_class=4",
        portal.make_user("viewer"),
    )
    for each in (page, other):
        shown(each, "explorer-projection")
    first, *rest = points_of(page)
    nearest = sorted(rest, key=lambda point: math.dist(point[:2], first[:2]))[:3]
    draw_around(page, [first, *nearest])
    says(page, "of 12 selected")
    traces = f"{PLOT.format('explorer-projection')}._fullData"
    inside = page.evaluate(f"{traces}.flatMap((trace) => trace.selectedpoints).length")
    assert inside >= 4
    says(page, f"{inside} of 12 selected")
    assert len(re.search("sel=lasso:[^&]*", address(page)).group().split(";")) <= 60
    page.reload()
    drawn(page)
    shown(page, "explorer-projection")
    says(page, f"{inside} of 12 selected")
    expect(page.locator("#explorer-projection .shapelayer path")).to_have_count(1)

    expect(other.locator(".chip.is-selection")).to_have_count(0)
    other.locator(".class-legend button", has_text="Wear").click()
    says(other, "4 of 12 selected")
    says(page, f"{inside} of 12 selected")

    double_click(page, "explorer-projection", position={"x": 5, "y": 5})
    expect(page.locator(".chip.is-selection")).to_have_count(0)
    expect(page.locator("#explorer-projection .shapelayer path")).to_have_count(0)
    page.get_by_role("button", name="Box", exact=True).last.click()
    x, y = zip(*(point[:2] for point in points_of(page)), strict=True)
    page.mouse.move(*place(page, "explorer-projection", min(x), min(y)))
    page.mouse.down()
    page.mouse.move(*place(page, "explorer-projection", max(x), max(y)), steps=4)
    page.mouse.up()
    says(page, "of 12 selected")
    assert len(re.search("sel=lasso:[^&]*", address(page)).group().split(";")) == 4


def test_figures_go_out_as_table_picture_drawing_and_numbers(portal, dataset):
    page = explorer_of(portal, dataset)
    begins = {"png": b"\x89PNG", "svg": b"<svg", "csv": b'\xef\xbb\xbf"'}
    for graph in (
        "explorer-feature",
        "explorer-histogram",
        "explorer-projection",
        "explorer-correlation",
    ):
        shown(page, graph)
        table = page.locator(f"[data-tool=table][data-graph={graph}]")
        table.click()
        twin = page.get_by_role("region", name="Numbers of the figure")
        expect(twin.get_by_role("row").nth(1)).to_be_visible()
        table.click()
        expect(twin).to_have_count(0)
        for kind, start in begins.items():
            page.locator(f"details:has([data-graph={graph}]) summary[aria-label^=Download]").click()
            with page.expect_download() as download:
                page.locator(f"[data-tool={kind}][data-graph={graph}]").click()
            assert download.value.suggested_filename.endswith(f".{kind}")
            assert download.value.path().read_bytes().startswith(start)
    page.locator("[data-tool=expand][data-graph=explorer-projection]").click()
    expect(page.locator("#explorer-ranking")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator("#explorer-ranking")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_panels_have_no_finding(portal, dataset, scheme):
    query = f"?dataset={dataset.pk}&groups=wear,healthy&corr=scatter&method=tsne&sel=class:wear"
    page = opened(portal, dataset.store.owner, query, color_scheme=scheme)
    for graph in ("explorer-feature", "explorer-histogram", "explorer-correlation"):
        shown(page, graph)
    expect(page.locator("#explorer-projection-note")).to_contain_text("press Compute")
    page.get_by_role("button", name="PCA").click()
    shown(page, "explorer-projection")
    page.locator("summary", has_text="Groups").click()
    assert findings(page) == []
