/* Groups of features beside the 36: menus show those that the dataset has measured, the menu
   Feature groups has others measured, and what it measured is drawn once it is there. */

import { toast } from "../js/toasts.js";
import { page } from "./state.js";

const $ = (selector) => document.querySelector(selector);
const $$ = (selector) => document.querySelectorAll(selector);
const sets = () => [...$$("[data-feature-set]")];
const words = (text) => (text ?? "").split(" ").filter(Boolean);
const measured = () => words($("#explorer-line")?.dataset.groups);

/* What the address names stays in its menu, but cannot be chosen again. */
const paint = () => {
  const there = measured();
  $$("optgroup[data-feature-group]").forEach((group) => {
    const isThere = there.includes(group.dataset.featureGroup);
    const isChosen = [...group.children].some((option) => option.selected);
    group.disabled = !isThere;
    group.hidden = !isThere && !isChosen;
  });
  const chosen = page.list("on");
  sets().forEach((button) => {
    const { featureSet: code, isGroup } = button.dataset, isOn = chosen.includes(code);
    if (button.getAttribute("aria-pressed") !== String(isOn)) button.setAttribute("aria-pressed", String(isOn));
    button.hidden = Boolean(isGroup) && !there.includes(code) && !isOn;
  });
};
document.addEventListener("page:state", paint);
document.addEventListener("explorer:filters", paint);

/* A projection is of at least one set. */
document.addEventListener("click", ({ target }) => {
  const code = target.closest?.("[data-feature-set]")?.dataset.featureSet;
  if (!code) return;
  const chosen = page.list("on"), isOn = chosen.includes(code);
  if (isOn && chosen.length === 1) { toast({ level: "warning", title: "One group stays", text: "A projection is of at least one group of features." }); return; }
  page.go({ on: sets().map((button) => button.dataset.featureSet).filter((one) => (one === code ? !isOn : chosen.includes(one))).join(",") });
});

/* The menu */
const button = $("#groups-button"), place = $("#groups-menu");
const fetch = () => {
  const dataset = new URLSearchParams(page.state.filter).get("dataset") ?? $("#explorer-line")?.dataset.dataset ?? "";
  window.htmx.ajax("GET", `${button.dataset.url}?${new URLSearchParams({ dataset })}`, { target: place, swap: "innerHTML" });
};
button?.addEventListener("show.bs.dropdown", fetch);
document.addEventListener("explorer:filters", () => { if (button?.classList.contains("show")) fetch(); else place?.replaceChildren(); });
document.addEventListener("htmx:afterSettle", () => {
  const found = $("#feature-groups"), line = $("#explorer-line");
  if (!found || !line || words(found.dataset.measured).join() === measured().join()) return;
  line.dataset.groups = found.dataset.measured;
  paint();
  document.dispatchEvent(new Event("explorer:changed")); // ranking, boxes and columns have more to show
  document.dispatchEvent(new Event("explorer:columns"));
});
