/* What the explorer alone does with its state: the filter, which the server takes first, the line
   above the panels, sections, and panels that are asked once they come near the sight. */

import { answer } from "../js/dash.js";
import { createPageState, declaration } from "../js/page-state.js";
import { dialog, fetched } from "../js/requests.js";
import { toast } from "../js/toasts.js";

const $ = (selector) => document.querySelector(selector);
const $$ = (selector) => document.querySelectorAll(selector);
const inSight = new Set();
const near = () => new Set([...inSight].map((part) => part.dataset.asks));
export const isNear = (store) => near().has(store);

/* Rows of the table come first: panels are asked once they are there, or late. */
const PATIENCE_MS = 1500;
let rows = null;
export const awaitRows = (come) => {
  const late = new Promise((done) => { setTimeout(done, PATIENCE_MS); });
  const mine = Promise.race([come, late]).finally(() => { if (rows === mine) rows = null; });
  rows = mine;
};

export const page = createPageState(declaration(), {
  root: ".explorer",
  empty: "dataset=", // an address without anything opens the newest dataset; this one means all
  isAsked: isNear,
  first: () => rows,
  /* Rows that are checked are so among all. */
  trim: (store, { sel, ...data }) => (sel === undefined || (store === "explorer-ask-table" && sel.startsWith("ids:")) ? data : { ...data, sel }),
});
const { go } = page;
export const select = (text) => go({ sel: text && text !== page.state.sel ? text : null });

/* The form and the line as the server writes them. What they are of is kept, so that a step back
   asks for them again and nothing else does. The newest question lets go of the one before. */
const shown = { filter: page.state.filter, sel: page.state.sel };
let asking = null, applying = null;
const swap = (text) => {
  const fresh = new DOMParser().parseFromString(text, "text/html");
  for (const id of ["explorer-filters", "explorer-line"]) {
    const part = fresh.getElementById(id), old = document.getElementById(id);
    if (!part || !old) continue;
    part.removeAttribute("hx-swap-oob");
    const scrolled = old.querySelector(".filters-body")?.scrollTop || 0;
    const place = old.contains(document.activeElement) && document.activeElement.id;
    old.replaceWith(part);
    if (scrolled) part.querySelector(".filters-body").scrollTop = scrolled;
    if (place) document.getElementById(place)?.focus();
  }
  document.dispatchEvent(new Event("explorer:filters"));
  document.dispatchEvent(new Event("portal:fresh"));
};
const written = async (url) => {
  asking?.abort();
  const mine = asking = new AbortController(), { signal } = mine;
  const found = await fetched(url, { signal }), text = found && (await found.text().catch(() => ""));
  if (mine !== asking) return false;
  if (text) { swap(text); dropLost(); }
  return Boolean(text);
};
/* A filter is applied once the server has taken it: then its form and its line are there too. What
   is selected meanwhile goes with the old filter. */
export const filtered = async (filter) => {
  const mine = applying = Symbol(filter);
  $(".explorer")?.setAttribute("aria-busy", "true");
  document.dispatchEvent(new CustomEvent("explorer:filtering", { detail: filter }));
  const isTaken = await written(`filters/?${filter}`);
  if (applying !== mine) return;
  applying = null;
  $(".explorer")?.removeAttribute("aria-busy");
  if (!isTaken) { told(); return; }
  Object.assign(shown, { filter, sel: undefined });
  $("#explorer-trouble")?.remove();
  go({ filter });
};
/* A selection that the server could not find is dropped; its line says so. */
const dropLost = () => {
  if (!page.state.sel || !$("#explorer-line[data-sel-dropped]")) return;
  shown.sel = undefined;
  go({ sel: null });
};
const line = () => written(`line/${page.address()}`);
const told = () => {
  const { filter, sel } = page.state, isOther = filter !== shown.filter;
  if (!isOther && (sel === shown.sel || applying)) return;
  Object.assign(shown, { filter, sel });
  applying = null;
  $(".explorer")?.removeAttribute("aria-busy");
  if (isOther) written(`filters/${page.address()}`); else line();
};
document.addEventListener("page:state", told);

document.addEventListener("click", (event) => {
  const at = event.target.closest?.("[data-filter-query], [data-select], [data-share], [data-section], [data-view-new]");
  if (!at?.closest(".explorer, #dialog") || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const { filterQuery, select: chosen, section, viewNew } = at.dataset;
  if (filterQuery !== undefined) { event.preventDefault(); filtered(filterQuery); }
  else if (chosen !== undefined) select(chosen || null);
  else if (section) { event.preventDefault(); jump(section); }
  else if (viewNew) keep(viewNew);
  else page.share("these signals");
});
const keep = (url) => {
  window.bootstrap.Dropdown.getInstance($("#views-button"))?.hide();
  dialog(`${url}?${new URLSearchParams({ query: page.query() })}`);
};
document.addEventListener("keydown", (event) => {
  const busy = event.defaultPrevented || event.target.closest?.("input, select, textarea, dialog, .modal, .dropdown-menu, .ag-root-wrapper") || $(".modal.show, .offcanvas.show, .is-alone");
  if (event.key === "Escape" && page.state.sel && !busy) select(null);
});
const jump = (section) => {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  document.getElementById(`section-${section}`)?.scrollIntoView({ behavior: calm ? "auto" : "smooth" });
};

/* A panel is asked for once it comes near the sight; the bar says which section is in it. */
let watch = null, spy = null;
const observe = () => {
  watch ??= new IntersectionObserver((entries) => {
    entries.forEach(({ target, isIntersecting }) => { if (isIntersecting) inSight.add(target); else inSight.delete(target); });
    if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
    document.dispatchEvent(new Event("explorer:near"));
    page.ask();
  }, { rootMargin: "400px" });
  spy ??= new IntersectionObserver((entries) => entries.forEach(({ target, isIntersecting }) => {
    if (isIntersecting) $$("[data-section]").forEach((link) => { if (`section-${link.dataset.section}` === target.id) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current"); });
  }), { rootMargin: "-25% 0px -70% 0px" });
  $$("[data-asks]:not([data-watched])").forEach((part) => { part.dataset.watched = "1"; watch.observe(part); });
  $$("[id^=section-]:not([data-watched])").forEach((part) => { part.dataset.watched = "1"; spy.observe(part); });
};
new MutationObserver((changes) => {
  observe();
  if (changes.some(({ target }) => target.closest?.("[data-panel]") || target.id === "react-entry-point")) page.sync();
}).observe($(".explorer-main"), { childList: true, subtree: true });

answer("explorer", {
  start() { setTimeout(() => { dropLost(); observe(); page.start(); }); },
  toast(message) { if (message) toast(message); },
});
document.addEventListener("explorer:changed", () => { line(); queueMicrotask(() => page.ask(true)); }); // rows first
