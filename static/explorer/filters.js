/* The filter's form: two handles on one track, fields that show the same number, Apply. */

import { filtered } from "./state.js";

const form = () => document.getElementById("explorer-filters");
const paint = (span) => {
  const [low, high] = span.querySelectorAll("[data-end]");
  const share = (input) => (100 * (Number(input.value) - Number(input.min))) / (Number(input.max) - Number(input.min) || 1);
  span.querySelector(".span-slider").style.setProperty("--from", `${share(low)}%`);
  span.querySelector(".span-slider").style.setProperty("--to", `${share(high)}%`);
};
/* A handle at its end is no condition; the two never cross. */
const slid = (handle) => {
  const span = handle.closest("[data-span]"), [low, high] = span.querySelectorAll("[data-end]");
  if (Number(low.value) > Number(high.value)) handle.value = handle === low ? high.value : low.value;
  const [least, most] = span.querySelectorAll("[type=number]");
  least.value = low.value === low.min ? "" : low.value;
  most.value = high.value === high.max ? "" : high.value;
  paint(span);
};
const typed = (field) => {
  const span = field.closest("[data-span]");
  span.querySelectorAll("[type=number]").forEach((input, index) => {
    const handle = span.querySelectorAll("[data-end]")[index];
    handle.value = input.value === "" ? (index ? handle.max : handle.min) : input.value;
  });
  paint(span);
};
const NONE_LEFT = { class: "Choose at least one fault class.", severity: "Choose at least one severity." };
const check = () => {
  for (const [name, sentence] of Object.entries(NONE_LEFT)) {
    const boxes = [...form().querySelectorAll(`[name=${name}]`)];
    boxes[0]?.setCustomValidity(boxes.length && boxes.every((box) => !box.checked) ? sentence : "");
  }
};
document.addEventListener("input", ({ target }) => {
  if (!target.closest?.("#explorer-filters")) return;
  if (target.dataset.end) slid(target);
  else if (target.closest("[data-span]")) typed(target);
  else if (target.dataset.rangeOf) document.getElementById(target.dataset.rangeOf).value = target.value === target.max ? "" : target.value;
  else {
    const range = form().querySelector(`[data-range-of="${target.id}"]`);
    if (range) range.value = target.value || range.max;
  }
});
document.addEventListener("change", ({ target }) => { if (target.closest?.("#explorer-filters")) check(); });

/* What another dataset, or another split, does not have. */
const OF_DATASET = ["version", "split", "side", "recording"];
const foreign = () => {
  const { dataset, split } = form().dataset;
  if (form().elements.dataset.value !== dataset) return new Set(OF_DATASET);
  return new Set((form().elements.split?.value ?? "") === split ? [] : ["side"]);
};
/* What lets everything through is left out of the address. */
const query = () => {
  const given = new URLSearchParams();
  const all = (name) => [...form().querySelectorAll(`[name=${name}]`)].every((box) => box.checked);
  const lost = foreign();
  for (const [key, value] of new FormData(form())) {
    if (value === "" || lost.has(key) || (key in NONE_LEFT && all(key)) || (key === "side" && all(key))) continue;
    given.append(key, value);
  }
  return given.toString();
};
document.addEventListener("submit", (event) => {
  if (event.target !== form()) return;
  event.preventDefault();
  check();
  if (!form().reportValidity()) return;
  window.bootstrap.Offcanvas.getInstance(document.getElementById("explorer-side"))?.hide();
  filtered(query());
});
const begin = () => { form().querySelectorAll("[data-span]").forEach(paint); check(); };
document.addEventListener("explorer:filters", begin);
begin();
