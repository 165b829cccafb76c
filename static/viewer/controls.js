/* How the controls are worked: menus that close, tabs with arrow keys, and the keys of the page. */

import { toast } from "../js/toasts.js";
import { page, shown } from "./state.js";
import { createSteps } from "./steps.js";

const $ = (selector) => document.querySelector(selector);

/* A menu opens to where there is room; Escape and a click beside it close it. */
const opened = () => [...document.querySelectorAll(".viewer-menu[open]")];
const place = (menu) => {
  const body = menu.querySelector(".menu-body");
  body.classList.toggle("is-start", menu.getBoundingClientRect().left + body.offsetWidth < innerWidth - 8);
};
document.addEventListener("toggle", ({ target }) => {
  if (!target.matches?.(".viewer-menu") || !target.open) return;
  opened().forEach((menu) => { if (menu !== target) menu.open = false; });
  place(target);
}, true);
const beside = (event) => opened().forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
document.addEventListener("pointerdown", beside, true);
document.addEventListener("focusin", beside);
document.addEventListener("click", (event) => {
  const menu = event.target.closest?.(".viewer-menu [data-tool]")?.closest(".viewer-menu");
  if (menu) menu.open = false;
});

/* Tabs: one of them is in the order of the Tab key, the arrow keys choose. */
const tabs = () => [...document.querySelectorAll(".viewer-tab")];
const rove = () => tabs().forEach((tab) => { tab.tabIndex = tab.getAttribute("aria-selected") === "true" ? 0 : -1; });
document.addEventListener("page:state", rove);
const turn = (event) => {
  const all = tabs(), now = all.indexOf(event.target), last = all.length - 1;
  const next = { ArrowLeft: now ? now - 1 : last, ArrowRight: now === last ? 0 : now + 1, Home: 0, End: last }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  all[next].click();
  all[next].focus();
};

/* Keys that step wait for the signal they lead from. */
const LOOK_MS = 50;
let looker;
const steps = createSteps({
  at: () => page.state.signal,
  shownAt: () => (shown() ? $(".viewer-steps [data-from]")?.dataset.from : undefined),
  step: (side) => $(`.viewer-step.${side}`)?.click(),
  tell(n) {
    $(".viewer-steps")?.setAttribute("aria-busy", String(n > 0));
    if (n) looker ??= setInterval(() => steps.look(), LOOK_MS);
    else { clearInterval(looker); looker = undefined; }
  },
});
const lost = () => { if (steps.drop()) toast({ level: "warning", title: "The step was not taken", text: "The signal it leads from did not come. Open it again." }); };
document.addEventListener("portal:refused", lost);
document.addEventListener("viewer:opened", ({ detail }) => { if (!detail) lost(); });
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || $(".modal.show")) return;
  const [menu] = opened();
  if (event.key === "Escape" && menu) {
    event.stopImmediatePropagation();
    menu.open = false;
    menu.querySelector("summary").focus();
    return;
  }
  if (event.target.matches?.(".viewer-tab")) turn(event);
  if (event.target.closest?.("input, textarea, select, [contenteditable=true]")) return;
  const side = { j: "is-right", k: "is-left" }[event.key.toLowerCase()];
  if (!side) return;
  event.preventDefault();
  steps.press(side);
});
