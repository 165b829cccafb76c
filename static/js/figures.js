/* What any figure of a page can do: show its numbers as a table, go out as picture, drawing or CSV,
   and stand alone. Buttons say which: `data-tool` and `data-graph`; the panel is their section. */

import { save } from "./requests.js";

const ROWS = 500, TITLE_PX = 20;
export const plot = (id) => document.querySelector(`#${CSS.escape(id)} .js-plotly-plot`);
const all = (values) => Array.from(values ?? []);
const element = (name, text, attributes = {}) => Object.assign(document.createElement(name), { textContent: text, ...attributes });
/* Plotly reads markup in every text: what is shown as it is written is escaped, and read back here. */
const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&#123;": "{" };
const plain = (text) => String(text ?? "").replace(/<[^>]+>/g, "").replace(/&(amp|lt|gt|#123);/g, (entity) => ENTITIES[entity]);
export const asText = (words) => String(words ?? "").replace(/[&<>{]/g, (sign) => Object.keys(ENTITIES).find((entity) => ENTITIES[entity] === sign));
const titleOf = (axis, fallback) => axis?.title?.text || fallback;

/* Numbers: a figure brings its own in `meta.twin`, or they are read from its traces. */
const ofMap = (trace, layout) => {
  const rows = [], width = trace.x.length;
  const level = (row, column) => trace.z[row]?.[column] ?? (ArrayBuffer.isView(trace.z) ? trace.z[row * width + column] : null);
  for (let row = 0; row < trace.y.length; row += 1) for (let column = 0; column < width; column += 1) rows.push([trace.y[row], trace.x[column], level(row, column)]);
  return { head: [titleOf(layout.yaxis, "Row"), titleOf(layout.xaxis, "Column"), trace.name || "Value"], rows };
};
const ofBins = (traces) => {
  const counts = traces.map((trace) => all(trace.y));
  const rows = all(traces[0].customdata).map(([low, high], bin) => [low, high, ...counts.map((count) => count[bin])]);
  return { head: ["From", "To", ...traces.map((trace) => trace.name)], rows };
};
const ofPoints = (traces, layout) => {
  const named = traces.some((trace) => Array.isArray(trace.text));
  const rows = traces.flatMap((trace) => {
    const x = all(trace.x), y = all(trace.y);
    return x.map((value, place) => [...(named ? [trace.text?.[place] ?? ""] : []), trace.name, value, y[place]]);
  });
  return { head: [...(named ? ["Signal"] : []), "Group", titleOf(layout.xaxis, "x"), titleOf(layout.yaxis, "y")], rows };
};
const readNumbers = (graph) => {
  const { layout } = graph, { twin } = layout.meta || {}; // Plotly's own has a title where there is none
  if (twin) return twin;
  const traces = graph._fullData.filter((trace) => trace.visible === true && trace.hoverinfo !== "skip");
  if (!traces.length) return { head: ["Value"], rows: [] };
  if (traces[0].type === "heatmap") return ofMap(traces[0], layout);
  if (traces[0].type === "bar" && traces[0].customdata?.[0]?.length === 2) return ofBins(traces);
  return ofPoints(traces, layout);
};

/* A page that knows more of its figures says how they are read and called. */
const own = {
  numbersOf: readNumbers,
  fileOf: (id) => plot(id).layout.meta?.file || id,
  titleOf: (id) => plot(id).closest("section")?.querySelector("h2")?.textContent || own.fileOf(id),
};
/* What a figure brings of its own is written as it is; the texts of traces are read back. */
const numbersOf = (id) => {
  const graph = plot(id), found = own.numbersOf(graph), read = (value) => (typeof value === "string" ? plain(value) : value);
  return found === graph.layout.meta?.twin ? found : { head: found.head.map(read), rows: found.rows.map((row) => row.map(read)) };
};
/* What a spreadsheet would run as a formula gets an apostrophe; its own alphabet is not ours. */
const BOM = "\ufeff";
const harmless = (text) => (/^[=+\-@＝＋－＠\t\r\n]/.test(text) ? `'${text}` : text);
const cell = (value) => (typeof value === "number" ? (Number.isFinite(value) ? Number(value.toPrecision(7)) : "") : `"${harmless(String(value ?? "")).replaceAll('"', '""')}"`);
const csv = (id) => {
  const { head, rows } = numbersOf(id);
  const text = [head, ...rows].map((row) => row.map(cell).join(",")).join("\r\n");
  save(new Blob([`${BOM}${text}\r\n`], { type: "text/csv" }), `${own.fileOf(id)}.csv`);
};
const picture = (id, format) => {
  const graph = plot(id), style = getComputedStyle(graph.closest(".panel") || document.body);
  const ground = { paper_bgcolor: style.backgroundColor, plot_bgcolor: style.backgroundColor };
  const margin = { ...graph._fullLayout.margin };
  const layout = { ...graph.layout, ...ground, margin: { ...margin, t: margin.t + TITLE_PX }, title: { text: asText(own.titleOf(id)), font: { size: 12 }, x: 0.01 } };
  const size = { width: graph.clientWidth, height: graph.clientHeight + TITLE_PX };
  window.Plotly.downloadImage({ data: graph.data, layout, config: {} }, { format, filename: own.fileOf(id), ...size, scale: format === "png" ? 2 : 1 });
};

/* The table twin, which follows its figure while it stands open. */
const shown = (value) => (typeof value === "number" ? (Number.isFinite(value) ? String(Number(value.toPrecision(5))).replace("-", "\u2212") : "–") : String(value ?? "") || "–");
const twinOf = (id) => {
  const { head, rows } = numbersOf(id);
  const twin = element("div", "", { className: "twin", tabIndex: 0 });
  twin.dataset.graph = id;
  twin.setAttribute("role", "region");
  twin.setAttribute("aria-label", "Numbers of the figure");
  const table = element("table", "", { className: "table" });
  const first = table.createTHead().insertRow();
  head.forEach((name, place) => first.append(element("th", name, { scope: "col", className: typeof rows[0]?.[place] === "number" ? "num" : "" })));
  const body = table.createTBody(), step = Math.max(1, Math.ceil(rows.length / ROWS));
  for (let index = 0; index < rows.length; index += step) {
    const row = body.insertRow();
    rows[index].forEach((value) => {
      const one = row.insertCell();
      one.textContent = shown(value);
      if (typeof value === "number") one.className = "num";
    });
  }
  const words = step > 1 ? `Every ${step}th of ${rows.length} rows; the CSV has all.` : `${rows.length} rows.`;
  twin.append(element("p", words, { className: "text-2" }), table);
  return twin;
};
/* It leaves the head free, however high that is: there is the button that closes it. */
const below = (twin) => { twin.style.top = `${twin.parentElement.firstElementChild.offsetHeight}px`; };
const openTwin = (id) => document.querySelector(`.twin[data-graph="${CSS.escape(id)}"]`);
const table = (id, button) => {
  const old = openTwin(id);
  button.setAttribute("aria-pressed", String(!old));
  if (old) return old.remove();
  const twin = twinOf(id), part = button.closest("[data-part], section");
  part.append(twin);
  below(twin);
  watch(id);
  return twin.focus();
};
const watched = new WeakSet();
const watch = (id) => {
  const graph = plot(id);
  if (watched.has(graph)) return;
  watched.add(graph);
  graph.on("plotly_afterplot", () => {
    const old = openTwin(id);
    if (!old) return;
    const fresh = twinOf(id), had = document.activeElement === old, { scrollTop } = old;
    old.replaceWith(fresh);
    below(fresh);
    fresh.scrollTop = scrollTop;
    if (had) fresh.focus();
  });
};

/* Alone: the panel's neighbours give way until it is pressed again, or Escape. */
let before = 0;
const expand = (button) => {
  const panel = button.closest("section"), on = panel.classList.toggle("is-alone");
  const around = panel.closest("[data-panels]") || panel.parentElement;
  const scroller = document.scrollingElement;
  if (on) before = scroller.scrollTop;
  around.classList.toggle("has-alone", on);
  panel.querySelectorAll("[data-tool=expand]").forEach((one) => one.setAttribute("aria-pressed", String(on)));
  window.dispatchEvent(new Event("resize"));
  scroller.scrollTop = on ? 0 : before;
};
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-tool]");
  if (!button || !plot(button.dataset.graph)) return;
  const { tool, graph } = button.dataset;
  if (tool === "csv") csv(graph);
  else if (tool === "table") table(graph, button);
  else if (tool === "expand") expand(button);
  else picture(graph, tool);
  const menu = button.closest("details");
  if (menu) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  const alone = document.querySelector(".is-alone [data-tool=expand]");
  if (event.key !== "Escape" || !alone || document.querySelector(".modal.show")) return;
  event.stopImmediatePropagation();
  alone.click();
  alone.focus();
}, true);

export const use = (page) => Object.assign(own, page);
