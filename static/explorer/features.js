/* Clicks on the features' figures: a row chooses a group, a bar its values, a cell a pair. */

import { answer } from "../js/dash.js";
import { plot } from "../js/figures.js";
import { ofRange } from "./selection.js";
import { page, select } from "./state.js";

const GRAPHS = ["explorer-feature", "explorer-histogram", "explorer-correlation"];
const STILL_PX = 4;
const $$ = (selector) => document.querySelectorAll(selector);

const toggle = (code) => {
  const chosen = page.list("groups");
  const next = chosen.includes(code) ? chosen.filter((one) => one !== code) : [...chosen, code].slice(-page.limits.mostGroups);
  page.go({ groups: next.join(",") });
};

const selectRange = (graph, low, high, code = "") => {
  const { feature, by } = graph.layout.meta;
  select(ofRange(feature, low, high, by === "class" ? code : ""));
};

/* Anywhere in its row, also on its name, a click chooses a group. */
const rows = (graph) => {
  let from = null;
  graph.addEventListener("pointerdown", (event) => { from = event.button === 0 ? [event.clientX, event.clientY] : null; }, true);
  addEventListener("pointerup", (event) => {
    if (!from || Math.hypot(event.clientX - from[0], event.clientY - from[1]) > STILL_PX) { from = null; return; }
    from = null;
    const codes = graph.layout.meta?.codes, axis = graph._fullLayout?.yaxis;
    if (!codes || !axis) return;
    const y = event.clientY - graph.getBoundingClientRect().top - axis._offset;
    if (y < 0 || y > axis._length) return;
    const code = codes[Math.round(axis.p2d(y))];
    if (code) toggle(code);
  }, true);
};
const bars = (graph) => {
  graph.on("plotly_click", ({ points: [point] }) => selectRange(graph, ...point.customdata, point.data.meta.code));
  graph.on("plotly_selected", (chosen) => {
    if (!chosen?.range) return;
    const ends = graph.layout.meta.log ? chosen.range.x.map((end) => 10 ** end) : chosen.range.x;
    selectRange(graph, Math.min(...ends), Math.max(...ends));
  });
  const clear = () => page.state.sel && select(null);
  graph.on("plotly_doubleclick", clear);
  graph.on("plotly_deselect", clear);
};
const cells = (graph) => {
  graph.on("plotly_click", ({ points: [point] }) => {
    const codes = graph.layout.meta?.codes;
    if (point.data.type === "heatmap") page.go({ corr: "scatter", fx: codes[point.pointNumber[1]], fy: codes[point.pointNumber[0]] });
  });
};
const ATTACH = { "explorer-feature": rows, "explorer-histogram": bars, "explorer-correlation": cells };
const attach = () => GRAPHS.forEach((id) => {
  const graph = plot(id);
  if (!graph?.on || graph.dataset.attached) return;
  graph.dataset.attached = "1";
  ATTACH[id](graph);
  if (id === "explorer-feature") graph.on("plotly_afterplot", scale);
});
new MutationObserver(attach).observe(document.querySelector(".explorer-main"), { childList: true, subtree: true });

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-group]");
  if (button) toggle(button.dataset.group);
});

/* Words beside a title that have no room are read where the mouse rests. */
document.addEventListener("mouseover", ({ target }) => {
  if (target.matches?.(".explorer-panels .meta")) target.title = target.scrollWidth > target.clientWidth ? target.textContent : "";
});

/* Where the address leaves axis and pair open, the controls say what the server chose. */
let pair = null;
const scale = () => {
  if (page.state.axis) return;
  const log = plot("explorer-feature")?.layout?.meta?.log;
  $$("[data-set^='axis=']").forEach((button) => button.setAttribute("aria-pressed", String(log !== undefined && (button.dataset.set === "axis=log") === log)));
};
const paint = () => {
  if (pair) $$("select[data-key=fx], select[data-key=fy]").forEach((field) => { field.value = page.state[field.dataset.key] || pair[field.dataset.key]; });
  scale();
};
document.addEventListener("page:state", paint);
answer("explorer", { paired(facts) { pair = facts || null; paint(); } });
