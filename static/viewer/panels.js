/* What every panel can do: its zoom goes into the address, and its numbers have names. */

import { plot, use } from "../js/figures.js";
import { page, shown } from "./state.js";
import { rangeOf, span } from "./zoom.js";

const GRAPHS = ["viewer-time", "viewer-spectrum", "viewer-map", "viewer-kurtogram"];
/* A double click resets: Plotly then reports the range it began with, the portal its own. */
const zoomed = (id, change, reset) => {
  const { go } = page;
  const upright = Object.keys(change).find((key) => /^yaxis\d*\./.test(key))?.split(".")[0] || "yaxis";
  const x = reset ? null : rangeOf(change, "xaxis"), y = reset ? null : rangeOf(change, upright);
  if (id === "viewer-time") return x !== undefined && go({ t: x && span(...x) });
  if (id === "viewer-map") {
    const log = plot(id)._fullLayout.yaxis.type === "log";
    const changes = {};
    if (x !== undefined) changes.t = x && span(...x);
    if (y !== undefined) changes.f = y && span(...(log ? y.map((edge) => 10 ** edge) : y));
    return go(changes);
  }
  if (x === undefined) return undefined;
  const layout = plot(id)._fullLayout, scale = layout.meta?.scale || 1;
  const plain = x && (layout.xaxis.type === "log" ? x.map((edge) => 10 ** edge) : x);
  const tab = page.current("tab");
  if (tab === "cepstrum") return go({ fc: plain && span(...plain) });
  if (tab === "spectrum" && page.current("track") === "1") return go({ fo: plain && span(...plain) });
  const hz = plain && plain.map((edge) => edge / scale);
  return go({ [tab === "envelope" ? "fe" : "f"]: hz && span(...hz) });
};

const attach = () => GRAPHS.forEach((id) => {
  const graph = plot(id);
  if (!graph?.on || graph.dataset.attached) return;
  graph.dataset.attached = "1";
  let twice = false;
  graph.on("plotly_doubleclick", () => { twice = true; zoomed(id, {}, true); setTimeout(() => { twice = false; }, 300); });
  graph.on("plotly_relayout", (change) => {
    if (!twice && Object.keys(change).some((key) => /^[xy]axis/.test(key))) zoomed(id, change, false);
  });
  if (id === "viewer-kurtogram") graph.on("plotly_click", ({ points: [point] }) => {
    const level = Number(graph._fullLayout.meta.levels[point.y]), whole = Math.floor(level);
    const n = level === whole ? 2 ** whole : 3 * 2 ** (whole - 1), width = shown().fs_hz / 2 / n;
    const first = Math.floor(point.x / width) * width;
    page.go({ band: `${Math.round(first)},${Math.round(first + width)}` });
  });
  if (id === "viewer-map") {
    graph.on("plotly_hover", ({ points: [point] }) => tell(point));
    graph.on("plotly_unhover", () => tell(null));
  }
  document.dispatchEvent(new CustomEvent("viewer:plot", { detail: { id, graph } }));
});
new MutationObserver(attach).observe(document.querySelector(".viewer") || document.body, { childList: true, subtree: true });

/* Levels of a map travel as bytes; the words get back what they mean. */
const tell = (point) => {
  const place = document.getElementById("viewer-map-meta");
  if (!place) return;
  const meta = point?.fullData?.meta;
  place.dataset.hover = meta && Number.isFinite(point.z)
    ? `${point.x.toFixed(4)} s · ${point.y.toFixed(2)} Hz · ${(meta.low + (point.z / 255) * (meta.high - meta.low)).toFixed(1)} dB`.replaceAll("-", "\u2212")
    : "";
};

/* Numbers of a figure: a row for each point, a column for each line. */
const numbersOf = (graph) => {
  const { xaxis, yaxis } = graph._fullLayout;
  const traces = graph._fullData.filter((trace) => trace.visible && !["x2", "x9"].includes(trace.xaxis));
  const x = xaxis.title?.text || "x", y = yaxis.title?.text || "y";
  if (traces[0]?.type === "heatmap") {
    const rows = [];
    traces.forEach((trace) => {
      const { low = 0, high = 255 } = trace.meta || {};
      const level = (z) => (trace.meta ? low + (z / 255) * (high - low) : z);
      for (let row = 0; row < trace.y.length; row += 1) for (let column = 0; column < trace.x.length; column += 1) rows.push([trace.name, trace.x[column], trace.y[row], Number(level(trace.z[row]?.[column] ?? trace.z[row * trace.x.length + column]).toFixed(2))]);
    });
    return { head: ["Signal", x, y, "Level (dB)"], rows };
  }
  traces.sort((one, other) => (one.hoverinfo === "skip") - (other.hoverinfo === "skip")); // the signal comes before what is expected of it
  const rows = traces.flatMap((trace, index) => (graph.calcdata[trace.index ?? index] || []).map((point) => [trace.name, point.x, point.y]));
  return { head: ["Line", x, y], rows };
};
const nameOf = (id) => `${shown()?.label || "signal"}-${id.replace("viewer-", "")}`;
use({ numbersOf, fileOf: nameOf, titleOf: nameOf });
