/* Frame: theme and navigation switches, dialogs, command palette, keyboard. */

import { refused, unanswered } from "./requests.js";
import { toast } from "./toasts.js";

const { bootstrap, htmx, portal } = window;

const $ = (selector, root = document) => root.querySelector(selector);
const modal = (id) => bootstrap.Modal.getOrCreateInstance(document.getElementById(id));
const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)").matches;
if (reducedMotion) document.querySelectorAll(".modal").forEach((el) => el.classList.remove("fade"));

const markTheme = () => document.querySelectorAll("[data-theme-choice]").forEach((button) =>
  button.setAttribute("aria-pressed", String(button.dataset.themeChoice === document.documentElement.dataset.themePreference)));
markTheme();

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme-choice], [data-nav-toggle], [data-palette], [data-cheat-sheet]");
  if (!button) return;
  if (button.closest("#palette")) modal("palette").hide();
  if (button.dataset.themeChoice) { portal.setTheme(button.dataset.themeChoice); markTheme(); }
  else if ("navToggle" in button.dataset) portal.toggleNav();
  else if ("palette" in button.dataset) openPalette();
  else modal("cheat-sheet").show();
});

/* A dialog's content comes from the server; it is shown when it has arrived. */
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "dialog-content" && event.detail.target.children.length) modal("dialog").show();
});
document.addEventListener("portal:toast", ({ detail: { undo, ...words } }) => {
  const action = undo ? { label: "Undo", run: () => htmx.ajax("POST", undo, { swap: "none", target: "body" }) } : null;
  toast({ ...words, action });
});
document.addEventListener("dialog:close", () => modal("dialog").hide());
$("#dialog")?.addEventListener("hidden.bs.modal", () => { $("#dialog-content").replaceChildren(); });

/* A card opens what it is about, where nothing on it means something else. */
document.addEventListener("click", (event) => {
  const card = event.target.closest("[data-opens]");
  if (!card || event.target.closest("a, button, .dropdown-menu") || getSelection()?.type === "Range") return;
  if (event.ctrlKey || event.metaKey) open(card.dataset.opens, "_blank", "noopener");
  else location.assign(card.dataset.opens);
});

/* Focus returns to where a dialog was opened from: to the menu's button where a menu has closed,
   to the same control of a part that was read again meanwhile, else to the page. */
let opener = null;
const remember = (element) => { if (!$(".modal.show")) opener = element; };
const returnFocus = () => {
  const from = opener?.closest(".dropdown-menu") ? opener.closest(".dropdown")?.querySelector("[data-bs-toggle]") : opener;
  opener = null;
  const target = from?.isConnected ? from : from?.id && document.getElementById(from.id);
  (target || $("#main")).focus({ preventScroll: true });
};
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target?.id === "dialog-content") remember(event.detail.elt);
});
document.querySelectorAll(".modal").forEach((element) => {
  element.addEventListener("show.bs.modal", () => { if (!opener) remember(document.activeElement); });
  element.addEventListener("shown.bs.modal", () => $("[autofocus], #palette-input", element)?.focus());
  element.addEventListener("hidden.bs.modal", returnFocus);
});

/* What the server said about a form, told to its fields too. */
const tellFields = () => {
  document.querySelectorAll("[data-errors-for]").forEach((slot) => {
    const field = document.getElementById(`id_${slot.dataset.errorsFor}`);
    const wrong = slot.childElementCount > 0;
    field?.classList.toggle("is-invalid", wrong);
    field?.setAttribute("aria-invalid", String(wrong));
  });
  document.querySelectorAll("[data-count-for]").forEach((count) => {
    const heading = document.getElementById(`count-${count.dataset.countFor}`);
    if (heading) heading.textContent = count.textContent;
  });
};
/* A button stays where it is while the words beside it are read again: a press that has begun counts. */
const tellButtons = () => document.querySelectorAll("[data-closes]").forEach((reason) => {
  const button = document.getElementById(reason.dataset.closes);
  if (!button || button.form.classList.contains("htmx-request")) return;
  button.disabled = reason.textContent.trim() !== "";
  if (button.form.dataset.asked && !button.disabled) { delete button.form.dataset.asked; button.form.requestSubmit(button); }
});
/* Enter right after typing: the form is sent once what was typed has been checked, unless it changes meanwhile. */
document.addEventListener("keydown", ({ key, isComposing, target }) => {
  const form = key === "Enter" && !isComposing && target.matches?.("input") && target.form;
  const button = form && $("[type=submit]:disabled", form);
  if (button && $(`[data-closes="${button.id}"]`)) form.dataset.asked = "1";
});
document.addEventListener("input", ({ target }) => { if (target.form) delete target.form.dataset.asked; });
const tellHeader = () => {
  const meta = $("[data-page-meta]");
  if (meta) $(".page-meta").textContent = meta.textContent;
};
document.addEventListener("htmx:afterSettle", () => { tellFields(); tellButtons(); tellHeader(); });
document.addEventListener("portal:fresh", tellHeader);
addEventListener("load", () => {
  const button = $("[data-autoclick]");
  if (!button) return;
  button.click();
  const address = new URL(location.href); // the dialog is open: a reload must not open it again
  address.searchParams.delete("dialog");
  history.replaceState(history.state, "", address);
});

/* What is typed while an answer is on its way stays: the answer knows of what stood there when it was asked. */
const TYPED_IN = "textarea[id], input[id]:not([type=hidden], [type=checkbox], [type=radio], [type=file])";
let typed = [];
document.addEventListener("htmx:beforeSwap", ({ detail: { target, requestConfig: { formData: asked, verb } } }) => {
  // Only of a look: what a form has written may be about the next thing.
  const isNew = ({ name, value }) => verb === "get" && asked.has(name) && !asked.getAll(name).includes(value);
  typed = [...target.querySelectorAll(TYPED_IN)].filter(isNew).map(({ id, value }) => [id, value]);
});
document.addEventListener("htmx:afterSwap", () => typed.forEach(([id, value]) => {
  const field = document.getElementById(id);
  if (field) field.value = value;
}));
document.addEventListener("htmx:afterSettle", () => {
  const fields = typed.map(([id]) => document.getElementById(id));
  typed = [];
  fields.forEach((field) => field?.dispatchEvent(new Event("change", { bubbles: true })));
});

/* A button that is replaced while it is pressed is never clicked: what polls itself is drawn by its next answer. */
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.matches('[hx-trigger^="every"]:active')) detail.shouldSwap = false;
});

/* Only answers meant for a person are swapped in: 422 is a form with its errors. */
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 422) { event.detail.shouldSwap = true; event.detail.isError = false; }
});
document.addEventListener("htmx:responseError", (event) => {
  const { status, responseText } = event.detail.xhr;
  let said = {};
  try { said = JSON.parse(responseText); } catch { /* an answer that is not ours has no sentence */ }
  refused(status, said);
});
document.addEventListener("htmx:sendError", unanswered);

/* Two fields that show one number. */
document.addEventListener("input", (event) => {
  const twin = event.target.dataset?.twin && document.getElementById(event.target.dataset.twin);
  if (twin && twin.value !== event.target.value) {
    twin.value = event.target.value;
    twin.dispatchEvent(new Event("change", { bubbles: true }));
  }
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-check-all]");
  if (!button) return;
  const boxes = [...document.getElementsByName(button.dataset.checkAll)];
  const turnOn = boxes.some((box) => !box.checked);
  boxes.forEach((box) => { box.checked = turnOn; });
  boxes[0].dispatchEvent(new Event("change", { bubbles: true }));
});

/* Browsers give the clipboard to pages over TLS and on this machine only. */
const copied = async (source) => {
  try {
    await navigator.clipboard.writeText(source.textContent);
    return true;
  } catch {
    getSelection().selectAllChildren(source);
    return false;
  }
};
document.addEventListener("click", async (event) => {
  const source = document.getElementById(event.target.closest("[data-copy]")?.dataset.copy);
  if (!source) return;
  if (await copied(source)) toast({ level: "success", title: "Copied", text: "It is on the clipboard." });
  else toast({ level: "warning", title: "Not copied", text: "The text is selected: press Ctrl+C." });
});

/* Command palette */
const input = $("#palette-input");
const openPalette = () => {
  if (!input) return;
  input.value = "";
  modal("palette").show();
  htmx.trigger(input, "palette-open");
};
const options = () => [...document.querySelectorAll("#palette-results [role=option]")];
const choose = (step) => {
  const all = options();
  if (!all.length) return;
  const now = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
  const next = (now + step + all.length) % all.length;
  all.forEach((option, index) => option.setAttribute("aria-selected", String(index === next)));
  input.setAttribute("aria-activedescendant", all[next].id);
  all[next].scrollIntoView({ block: "nearest" });
};
input?.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown") { event.preventDefault(); choose(1); }
  else if (event.key === "ArrowUp") { event.preventDefault(); choose(-1); }
  else if (event.key === "Enter") { event.preventDefault(); $("#palette-results [aria-selected=true]")?.click(); }
});
/* What was chosen before this letter is not what is meant now. */
input?.addEventListener("input", () => options().forEach((option) => option.setAttribute("aria-selected", "false")));
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target.id === "palette-results" && !$("#palette-results [aria-selected=true]")) choose(1);
});

/* Keyboard */
const destinations = { h: "home", d: "datasets", e: "explorer", s: "viewer" };
let awaitingGo = false;
const typing = (target) => target.closest("input, textarea, select, [contenteditable=true]");
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); openPalette(); return; }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || $(".modal.show")) return;
  if (awaitingGo) {
    awaitingGo = false;
    const link = $(`[data-go="${destinations[event.key]}"]`);
    if (link) { event.preventDefault(); location.assign(link.href); }
    return;
  }
  if (event.key === "?" && $("#cheat-sheet")) modal("cheat-sheet").show();
  else if (event.key === "[") portal.toggleNav();
  else if (event.key === "g") { awaitingGo = true; setTimeout(() => { awaitingGo = false; }, 1200); }
});
