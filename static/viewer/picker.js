/* Type an id, a label, a class, a dataset or a tag; choose with the arrow keys or the mouse. */

import { fetched } from "../js/requests.js";
import { toast } from "../js/toasts.js";
import { open, page, shown } from "./state.js";

const make = (name, attributes = {}, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
};
const input = make("input", {
  id: "viewer-picker", class: "viewer-picker-input", type: "text", role: "combobox", autocomplete: "off", spellcheck: "false",
  "aria-label": "Signal", "aria-expanded": "false", "aria-controls": "viewer-matches", "aria-autocomplete": "list", placeholder: "Signal, class, dataset, tag",
});
const list = make("ul", { id: "viewer-matches", class: "viewer-matches", role: "listbox", "aria-label": "Signals", hidden: "" });
let found = [], chosen = -1, waiting, latest = 0;

const close = () => {
  list.hidden = true;
  chosen = -1;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
};
const restore = () => { input.value = shown()?.label || ""; };
const choose = (index) => {
  chosen = found.length ? (index + found.length) % found.length : -1;
  [...list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === chosen)));
  if (chosen >= 0) { input.setAttribute("aria-activedescendant", `viewer-match-${chosen}`); list.children[chosen].scrollIntoView({ block: "nearest" }); }
};
const take = (match) => { close(); open(match.id); };
const show = (matches, text) => {
  found = matches;
  list.replaceChildren(...(matches.length ? matches.map((match, index) => {
    const option = make("li", { id: `viewer-match-${index}`, role: "option", "aria-selected": "false" },
      make("span", { class: "mono" }, match.label), make("span", { class: "text-2" }, match.class || ""), make("span", { class: "text-3" }, match.dataset || match.why || ""));
    option.addEventListener("mousedown", (event) => { event.preventDefault(); take(match); });
    return option;
  }) : [make("li", { class: "text-2", role: "option", "aria-disabled": "true" }, `No signal matches “${text.slice(0, 40)}”.`)]));
  list.hidden = false;
  input.setAttribute("aria-expanded", "true");
  choose(0);
};
const search = async () => {
  const text = input.value.trim(), mine = (latest += 1);
  if (!text) { close(); return; }
  const own = page.state.signal || "";
  const answer = await fetched(`find/?${new URLSearchParams({ q: text, signal: own })}`);
  if (!answer || mine !== latest || document.activeElement !== input) return;
  show((await answer.json()).signals, text);
};
input.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(search, 150); });
input.addEventListener("focus", () => input.select());
input.addEventListener("blur", () => { close(); restore(); });
input.addEventListener("keydown", async (event) => {
  if (event.key === "ArrowDown") { event.preventDefault(); choose(chosen + 1); }
  else if (event.key === "ArrowUp") { event.preventDefault(); choose(chosen - 1); }
  else if (event.key === "Escape") { close(); restore(); }
  else if (event.key === "Enter") {
    event.preventDefault();
    clearTimeout(waiting);
    if (list.hidden || !found.length) await search();
    const exact = found.find((match) => match.label.toLowerCase() === input.value.trim().toLowerCase());
    const match = found[chosen] || exact;
    if (match) { take(match); input.blur(); }
    else toast({ level: "error", title: "Not found", text: `There is no signal “${input.value.trim().slice(0, 40)}” that you may see.` });
  }
});
const mount = () => {
  const place = document.getElementById("viewer-picker-place");
  if (place && !place.contains(input)) { place.append(input, list); restore(); }
};
document.addEventListener("viewer:opened", () => { mount(); if (document.activeElement !== input) restore(); });
new MutationObserver(mount).observe(document.querySelector(".viewer") || document.body, { childList: true, subtree: true });
