/* The projection: areas drawn upon it select, its numbers go into the address, and while a worker
   is at it its progress is shown. */
(() => {
  const ID = "explorer-projection", MOST_VERTICES = 60, DIGITS = 5, CLEAR_MS = 300;
  const NUMBERS = ["perplexity", "neighbours", "min_dist", "seed"];
  const { plot } = window.figures;
  const { explorer } = window;
  const $ = (selector) => document.querySelector(selector);
  const none = () => window.dash_clientside.no_update;

  /* Ramer, Douglas and Peucker: corners that lie within a tolerance of the line of others go. */
  const away = ([x, y], [x1, y1], [x2, y2]) => {
    const dx = x2 - x1, dy = y2 - y1, length = dx * dx + dy * dy;
    const share = length ? Math.max(0, Math.min(1, ((x - x1) * dx + (y - y1) * dy) / length)) : 0;
    return Math.hypot(x - x1 - share * dx, y - y1 - share * dy);
  };
  const reduced = (points, tolerance) => {
    if (points.length < 3) return points;
    let farthest = 0, at = 0;
    for (let index = 1; index < points.length - 1; index += 1) {
      const distance = away(points[index], points[0], points.at(-1));
      if (distance > farthest) [farthest, at] = [distance, index];
    }
    if (farthest <= tolerance) return [points[0], points.at(-1)];
    return [...reduced(points.slice(0, at + 1), tolerance).slice(0, -1), ...reduced(points.slice(at), tolerance)];
  };
  const simplified = (points) => {
    const xs = points.map(([x]) => x), ys = points.map(([, y]) => y);
    let tolerance = 1e-3 * Math.hypot(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys));
    const half = Math.floor(points.length / 2); // a closed line has no ends: it is cut in two
    for (;;) {
      const kept = [...reduced(points.slice(0, half + 1), tolerance).slice(0, -1), ...reduced([...points.slice(half), points[0]], tolerance).slice(0, -1)];
      if (kept.length <= MOST_VERTICES) return kept;
      tolerance *= 1.5;
    }
  };
  const corners = ({ lassoPoints, range }) => {
    if (lassoPoints) return simplified(lassoPoints.x.map((x, index) => [x, lassoPoints.y[index]]));
    const [[left, right], [bottom, top]] = [range.x, range.y];
    return [[left, bottom], [right, bottom], [right, top], [left, top]];
  };

  /* Dragging selects an area or zooms; a finger scrolls the page until one of them is chosen. */
  let drag = matchMedia("(pointer: coarse)").matches ? "" : "lasso";
  const dragged = () => {
    const graph = plot(ID), wanted = drag || false;
    if (graph?._fullLayout && graph._fullLayout.dragmode !== wanted) window.Plotly.relayout(graph, { dragmode: wanted });
    document.querySelectorAll("[data-drag]").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.drag === drag)));
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-drag]");
    if (!button) return;
    drag = drag === button.dataset.drag && matchMedia("(pointer: coarse)").matches ? "" : button.dataset.drag;
    dragged();
  });

  let cleared = 0;
  const attach = () => {
    const graph = plot(ID);
    if (!graph?.on || graph.dataset.attached) return;
    graph.dataset.attached = "1";
    graph.on("plotly_selected", (area) => {
      const key = graph.layout.meta?.key;
      if (!key || !(area?.lassoPoints || area?.range) || Date.now() - cleared < CLEAR_MS) return;
      const points = corners(area);
      if (points.length < 3) return;
      const text = points.map((point) => point.map((value) => Number(value.toPrecision(DIGITS))).join(",")).join(";");
      explorer.go({ sel: `lasso:${key}:${text}` }, { push: true });
    });
    const clear = () => {
      cleared = Date.now();
      if (drag !== "zoom" && explorer.state.sel) explorer.select(null);
    };
    graph.on("plotly_doubleclick", clear);
    graph.on("plotly_deselect", clear);
    graph.on("plotly_click", ({ points: [point], event }) => {
      if (!point?.customdata) return;
      const kept = explorer.state.sel?.startsWith("ids:") && event.shiftKey ? explorer.state.sel.slice(4).split(",") : [];
      const id = String(point.customdata);
      const ids = kept.includes(id) ? kept.filter((one) => one !== id) : [...kept, id];
      explorer.go({ sel: ids.length ? `ids:${ids.join(",")}` : null }, { push: true });
    });
    graph.on("plotly_afterplot", dragged);
    dragged();
  };
  new MutationObserver(attach).observe($(".explorer-main"), { childList: true, subtree: true });

  /* Numbers of the methods. */
  const written = {};
  const numbers = () => NUMBERS.forEach((key) => {
    const text = explorer.state[key] ?? "";
    if (written[key] === text || !$(`#explorer-in-${key}`)) return;
    written[key] = text;
    window.dash_clientside.set_props(`explorer-in-${key}`, { value: text === "" ? null : Number(text) });
  });
  document.addEventListener("explorer:state", numbers);
  document.addEventListener("change", (event) => {
    const key = event.target.id?.match(/^explorer-in-(\w+)$/)?.[1];
    if (!NUMBERS.includes(key)) return;
    written[key] = event.target.value;
    explorer.go({ [key]: event.target.value });
  });

  /* Progress: a part of the page that is read again at each hint, and polled without a socket. */
  let asked = null, working = null;
  const ask = () => asked && window.dash_clientside.set_props("explorer-ask-projection", { data: { ...asked, again: String(Date.now()) } });
  const place = () => $("#explorer-projection-state");
  const show = async (key) => {
    if (working === key) return;
    working = key;
    if (!key) { place()?.replaceChildren(); return; }
    const answer = await window.portal.fetched(`/data-explorer/projection/${key}/`);
    if (!answer || working !== key) return;
    const parsed = document.createElement("template");
    parsed.innerHTML = await answer.text();
    const part = parsed.content.firstElementChild;
    place()?.replaceChildren(part);
    window.htmx.process(part);
    if (!part.hasAttribute("data-live-poll")) ended();
  };
  const ended = () => { working = null; place()?.replaceChildren(); ask(); };
  document.addEventListener("portal:fresh", ({ detail }) => {
    const part = document.getElementById(detail?.id);
    if (part?.matches(".projection-state") && !part.hasAttribute("data-live-poll")) ended();
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.target.id === "projection-cancel") document.dispatchEvent(new Event("portal:reread"));
  });

  Object.assign(window.dash_clientside.explorer, {
    projectionAsked(data) { asked = data || null; return none(); },
    projected(facts) { show(facts?.working || null); return none(); },
    askedFor(answer) {
      if (!answer) return none();
      if (explorer.state.projection === answer.key) ask(); else explorer.go({ projection: answer.key });
      return none();
    },
  });
})();
