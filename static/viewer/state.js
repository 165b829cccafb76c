/* What the viewer alone does with its state: marks, filter, comparison, and what its controls need. */

import { answer, put } from "../js/dash.js";
import { createPageState, declaration } from "../js/page-state.js";
import { dialog, download, fetched } from "../js/requests.js";
import { toast } from "../js/toasts.js";

const PAIRS = ["band", "db"], GUTTERS_PX = 72, LEAST_PX = 200;
const $ = (selector) => document.querySelector(selector);
const $$ = (selector) => document.querySelectorAll(selector);

const width = (graph) => String(Math.max(LEAST_PX, Math.round(($(`#${graph}`)?.clientWidth || innerWidth) - GUTTERS_PX)));
/* The cursor's place over frequency means nothing over quefrency, or over orders. */
const beside = (changes, state) => {
  const tabs = [changes.tab, state.tab ?? null];
  const isOther = "track" in changes || ("tab" in changes && tabs[0] !== tabs[1] && tabs.includes("cepstrum"));
  return isOther ? { cursor: null, ...changes } : changes;
};
export const page = createPageState(declaration(), { root: ".viewer", width, beside });
const { go, limits } = page;

let signal = null, proposed = null;
export const shown = () => signal;
export const marks = () => page.list("marks");
export const open = (id) => go({ signal: String(id) });

/* Numbers that Dash's fields hold follow the address, and it them. */
const written = {};
const numbers = () => {
  if (!page.started) return;
  const { state } = page, wanted = { hp: state.hp ?? "" };
  PAIRS.forEach((key) => { [wanted[`${key}-low`], wanted[`${key}-high`] = ""] = (state[key] || "").split(","); });
  if (signal) {
    const top = Math.floor(signal.fs_hz / 2), band = (state.band || `0,${top}`).split(",").map(Number);
    const text = JSON.stringify(band);
    if (written.slider !== text || written.top !== top) {
      Object.assign(written, { slider: text, top });
      put("viewer-band-slider", { max: top, value: band });
    }
  }
  for (const [name, text] of Object.entries(wanted)) {
    if (written[name] === text) continue;
    written[name] = text;
    put(`viewer-in-${name}`, { value: text === "" ? null : Number(text) });
  }
};
document.addEventListener("change", (event) => {
  const name = event.target.id?.match(/^viewer-in-(.+)$/)?.[1];
  if (!name) return;
  if (name === "hp") { go({ hp: event.target.value }); return; }
  const [key] = name.split("-");
  const [low, high] = ["low", "high"].map((end) => $(`input#viewer-in-${key}-${end}, #viewer-in-${key}-${end} input`)?.value ?? "");
  Object.assign(written, { [`${key}-low`]: low, [`${key}-high`]: high });
  if ((low === "") === (high === "")) go({ [key]: low === "" ? null : `${low},${high}` });
});

/* What needs a shaft speed, or its angle, is off without; its title says why. */
const able = () => {
  const needs = (selector, has, why) => $$(selector).forEach((element) => {
    element.disabled = !has;
    element.title = has ? "" : why;
  });
  const speed = Boolean(signal?.shaft_hz);
  needs('[data-set="x=orders"], [data-mark="shaft"], [data-mark="sub"], [data-mark="bearing"], [data-mark="sidebands"]', speed, "The shaft speed of this signal is not known.");
  needs('[data-toggle="track"]', Boolean(signal?.tracked), "Needs a tacho channel in the same file, or a recipe.");
  needs('[data-mark="expected"]', page.current("spec") === "psd", "The class's expected spectrum is a PSD.");
};
const TITLES = { acceleration: "Acceleration", velocity: "Velocity", displacement: "Displacement" };
const paint = () => {
  const { state } = page, tab = page.current("tab"), on = marks(), off = page.list("off"), kept = page.list("compare");
  const press = (button, isOn) => button.setAttribute("aria-pressed", String(isOn));
  $$("[data-mark]").forEach((button) => press(button, on.includes(button.dataset.mark)));
  $$("[data-part]").forEach((button) => press(button, !off.includes(button.dataset.part)));
  $$("[data-integrated]").forEach((part) => { part.hidden = !state.q; });
  const heading = $("#viewer-time-title"), title = TITLES[page.current("q")];
  if (heading && heading.textContent !== title) heading.textContent = title;
  $("#viewer-analysis")?.setAttribute("aria-labelledby", `viewer-tab-${tab}`);
  const words = $("#viewer-compare .btn-text"), n = kept.length && Math.min(limits.mostCompared, new Set([...kept, state.signal]).size);
  if (words) words.textContent = n ? `Compare ${n} of ${limits.mostCompared}` : "Compare";
  const panels = $(".viewer-panels");
  if (panels && panels.dataset.tab !== tab) panels.dataset.tab = tab;
  numbers();
  able();
};
document.addEventListener("page:state", paint);

const CLICKS = {
  mark(name) {
    const on = marks();
    go({ marks: page.declared.keys.marks.among.filter((one) => on.includes(one) !== (one === name)).join() });
  },
  part(name) {
    const off = page.list("off");
    go({ off: (off.includes(name) ? off.filter((one) => one !== name) : [...off, name]).join() });
  },
  open,
  filter(text) { const [key, value] = text.split("="); go({ [key]: value }); },
  useProposed() { if (proposed) go({ band: proposed.map((edge) => Math.round(edge)).join() }); },
  uncompare(id) {
    go({ compare: page.list("compare").filter((one) => one !== id).join() });
    dialog(`compare/${page.address()}`);
  },
  dialog(url) { dialog(url + (page.state.t ? `?t=${page.state.t}` : "")); },
  export(code) { download(`${page.state.signal}/export/${code}/${page.address()}`); },
  action(name) { ACTIONS[name]?.(); },
};
const ACTIONS = {
  async random() {
    const found = await fetched(`random/${page.address()}`);
    if (found) open((await found.json()).signal);
  },
  add() {
    const kept = page.list("compare"), own = page.state.signal;
    if (kept.includes(own)) { go({ compare: kept.filter((id) => id !== own).join() }); return; }
    if (kept.length >= limits.mostCompared) {
      toast({ level: "warning", title: "Comparison is full", text: `At most ${limits.mostCompared} signals are compared; take one out first.` });
      return;
    }
    go({ compare: [...kept, own].join() });
    toast({ level: "success", title: `${signal?.label || "Signal"} is kept for comparison`, text: "It is drawn with whatever you open next." });
  },
  compare() { dialog(`compare/${page.address()}`); },
  script() { dialog(`script/${page.address()}`); },
  permalink() { page.share("this signal"); },
  unfilter() { go({ filter: "" }); },
  uncompareAll() { go({ compare: null, layout: null }); document.dispatchEvent(new Event("dialog:close")); },
};
const SELECTOR = "[data-mark], [data-part], [data-open], [data-filter], [data-action], [data-dialog], [data-export], [data-use-proposed], [data-uncompare]";
document.addEventListener("click", (event) => {
  const at = event.target.closest?.(SELECTOR);
  if (!at || at.disabled) return;
  const name = Object.keys(CLICKS).find((key) => at.dataset[key] !== undefined);
  if (name === "export") event.preventDefault();
  CLICKS[name](at.dataset[name]);
});

answer("viewer", {
  start() { setTimeout(page.start); },
  opened(facts) {
    signal = facts || null;
    if (page.started && page.state.signal && !signal) toast({ level: "error", title: "There is no such signal", text: "It may have been deleted, or it is not shared with you." });
    $(".viewer")?.style.setProperty("--class-colour", signal?.colour || "");
    document.title = signal ? `${signal.label} – Signal Viewer · Bearing Portal` : "Signal Viewer · Bearing Portal";
    document.dispatchEvent(new CustomEvent("viewer:opened", { detail: signal }));
    able();
    numbers();
  },
  proposed(band) { proposed = band || null; },
  slide(value) {
    const limit = signal && signal.fs_hz / 2;
    if (!limit || !value) return;
    const [low, high] = value.map(Math.round), isWhole = low <= 0 && high >= Math.floor(limit);
    const text = isWhole ? null : `${low},${high}`;
    if ((page.state.band ?? null) !== text && JSON.stringify(value) !== written.slider) go({ band: text });
  },
  toast(message) { if (message) toast(message); },
});

document.addEventListener("viewer:changed", () => page.ask(true));
let resized;
addEventListener("resize", () => {
  clearTimeout(resized);
  resized = setTimeout(() => {
    const before = page.asked("viewer-ask-time")?.w;
    if (before && Math.abs(width("viewer-time") / before - 1) > 0.1) page.ask();
  }, 200);
});
/* What Dash draws later takes its state from the address too. */
new MutationObserver((changes) => {
  if (changes.some(({ target }) => target.closest?.("#viewer-inspector, #viewer-steps, #viewer-filter") || target.id === "react-entry-point")) page.sync();
}).observe($(".viewer") || document.body, { childList: true, subtree: true });
