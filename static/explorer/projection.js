/* The projection: areas drawn upon it select, its numbers go into the address, and while a worker
   is at it its progress is shown. */

import { answer, put } from "../js/dash.js";
import { plot } from "../js/figures.js";
import { fetched } from "../js/requests.js";
import { corners, idsOf, ofIds, ofLasso } from "./selection.js";
import { page, select } from "./state.js";

const ID = "explorer-projection", CLEAR_MS = 300;
const NUMBERS = Object.keys(page.declared.keys).filter((key) => "lowest" in page.declared.keys[key]);
const $ = (selector) => document.querySelector(selector);

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
    const points = corners(area, page.limits.mostVertices);
    if (points.length >= 3) page.go({ sel: ofLasso(key, points) });
  });
  const clear = () => {
    cleared = Date.now();
    if (drag !== "zoom" && page.state.sel) select(null);
  };
  graph.on("plotly_doubleclick", clear);
  graph.on("plotly_deselect", clear);
  graph.on("plotly_click", ({ points: [point], event }) => {
    if (!point?.customdata) return;
    const kept = event.shiftKey ? idsOf(page.state.sel) : [], id = String(point.customdata);
    page.go({ sel: ofIds(kept.includes(id) ? kept.filter((one) => one !== id) : [...kept, id]) });
  });
  graph.on("plotly_afterplot", dragged);
  dragged();
};
new MutationObserver(attach).observe($(".explorer-main"), { childList: true, subtree: true });

/* Numbers of the methods. */
const written = {};
const numbers = () => NUMBERS.forEach((key) => {
  const text = page.state[key] ?? "";
  if (written[key] === text || !$(`#explorer-in-${key}`)) return;
  written[key] = text;
  put(`explorer-in-${key}`, { value: text === "" ? null : Number(text) });
});
document.addEventListener("page:state", numbers);
document.addEventListener("change", (event) => {
  const key = event.target.id?.match(/^explorer-in-(\w+)$/)?.[1];
  if (!NUMBERS.includes(key)) return;
  written[key] = event.target.value;
  page.go({ [key]: event.target.value });
});

/* Progress: a part of the page that is read again at each hint, and polled without a socket. */
let asked = null, working = null;
const ask = () => asked && put("explorer-ask-projection", { data: { ...asked, again: String(Date.now()) } });
const place = () => $("#explorer-projection-state");
const show = async (key) => {
  if (working === key) return;
  working = key;
  if (!key) { place()?.replaceChildren(); return; }
  const found = await fetched(`projection/${key}/`);
  if (!found || working !== key) return;
  const parsed = document.createElement("template");
  parsed.innerHTML = await found.text();
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

answer("explorer", {
  projectionAsked(data) { asked = data || null; },
  projected(facts) { show(facts?.working || null); },
  askedFor(found) {
    if (!found) return;
    if (page.state.projection === found.key) ask(); else page.go({ projection: found.key });
  },
});
