/* A part of a bar selects its signals. */

import { select } from "./state.js";

const attach = () => {
  const graph = document.querySelector("#explorer-bars .js-plotly-plot");
  if (!graph?.on || graph.dataset.attached) return;
  graph.dataset.attached = "1";
  graph.on("plotly_click", ({ points: [point] }) => select(point.customdata));
};
new MutationObserver(attach).observe(document.querySelector(".explorer-main"), { childList: true, subtree: true });
