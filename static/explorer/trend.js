/* The trend of runs: a click opens a recording in the viewer, a drag across selects recordings. */

import { plot } from "../js/figures.js";
import { ofSpans } from "./selection.js";
import { page, select } from "./state.js";

const ID = "explorer-trend", CLEAR_MS = 300;
let cleared = 0;

const machine = document.querySelector("[data-key=machine]")?.closest(".option-group");

const attach = () => {
  const graph = plot(ID);
  if (machine && graph?.layout?.meta) machine.hidden = !graph.layout.meta.zones;  // of velocity alone
  if (!graph?.on || graph.dataset.attached) return;
  graph.dataset.attached = "1";
  graph.on("plotly_click", ({ points: [point] }) => {
    if (point?.customdata) location.assign(`${page.declared.links.viewer}?signal=${point.customdata[0]}`);
  });
  graph.on("plotly_selected", (area) => {
    if (!area?.points?.length || Date.now() - cleared < CLEAR_MS) return;
    page.go({ sel: ofSpans(area.points.map(({ data, customdata }) => [data.meta.run, Number(customdata[1])])) });
  });
  const clear = () => {
    cleared = Date.now();
    if (page.state.sel?.startsWith("run:")) select(null);
  };
  graph.on("plotly_doubleclick", clear);
  graph.on("plotly_deselect", clear);
};
new MutationObserver(attach).observe(document.querySelector(".explorer-main"), { childList: true, subtree: true });
