/* The state of a page is its address. Controls change it, panels are asked for what it says, and
   every change can be reloaded, sent and gone back from. Each page makes one state, from what its
   `state.py` declares; the rules are in `address.js`. */

import { changed, current, isSameStep, list, question, read, stepOf, write } from "./address.js";
import { put } from "./dash.js";
import { toast } from "./toasts.js";

const $$ = (selector) => document.querySelectorAll(selector);

export const declaration = () => JSON.parse(document.getElementById("page-state").textContent);

/* `root` holds the controls. A page may say what an address without anything is, what a change
   brings with it, which panels are asked now, what they wait for, and what of a question is left out. */
export const createPageState = (declared, { root, width = () => "", empty = "", beside = (changes) => changes, isAsked = () => true, first = () => null, trim = (_, data) => data }) => {
  let state = read(declared, location.search), last = null, started = false, awaited = null, isAnew = false;
  const sent = {};
  const look = { theme: () => window.portal.theme, width };

  const page = {
    get state() { return state; },
    get started() { return started; },
    declared,
    limits: declared.limits,
    current: (key) => current(declared, state, key),
    list: (key) => list(declared, state, key),
    query: () => write(state),
    address: () => `?${write(state) || empty}`,
    asked: (store) => JSON.parse(sent[store] ?? "null"),

    ask(again = false) {
      if (!started) return;
      const coming = first();
      if (coming) { wait(coming, again); return; }
      for (const asked of declared.questions) {
        const { store } = asked;
        if (!isAsked(store)) {
          if (again) delete sent[store]; // what it was asked is out of date, once it is asked
          continue;
        }
        const plain = question(declared, asked, state, look);
        if (!plain) continue;
        const data = trim(store, plain), text = JSON.stringify(data);
        if (!again && sent[store] === text) continue;
        sent[store] = text;
        put(store, { data: again ? { ...data, again: String(Date.now()) } : data });
      }
    },

    /* `merge` joins changes of one gesture; `quiet` is for what nobody chose, which Back skips. */
    go(changes, { merge = false, quiet = false } = {}) {
      const all = beside(changes, state), now = Date.now(), before = page.address();
      state = changed(declared, state, all);
      if (page.address() !== before) {
        const isOne = quiet || isSameStep(declared, last, all, now, { merge });
        history[isOne ? "replaceState" : "pushState"](null, "", page.address() === "?" ? location.pathname : page.address());
        if (!quiet) last = stepOf(all, now);
      }
      page.sync();
      page.ask();
    },

    start() {
      started = true;
      page.sync();
      page.ask();
    },

    /* Controls show what the address says. */
    sync() {
      $$(`${root} [data-set], #dialog [data-set]`).forEach((button) => {
        const [key, value] = button.dataset.set.split("=");
        press(button, page.current(key) === value || (!page.current(key) && button.dataset.default === "1"));
      });
      $$(`${root} [data-toggle]`).forEach((button) => press(button, Boolean(page.current(button.dataset.toggle.split("=")[0]))));
      $$(`${root} select[data-key]`).forEach((select) => {
        const plain = [...select.options].find((option) => option.value === "") ?? select.options[0];
        const wanted = page.current(select.dataset.key) || plain?.value;
        if (select.value !== wanted) select.value = wanted;
      });
      $$(`${root} [data-when]`).forEach((part) => {
        const [key, values] = part.dataset.when.split("=");
        part.hidden = !values.split(" ").includes(page.current(key));
      });
      document.dispatchEvent(new Event("page:state"));
    },

    async share(whoever) {
      const kept = await navigator.clipboard?.writeText(location.href).then(() => true, () => false);
      toast(kept
        ? { level: "success", title: "Link copied", text: `It opens what you see now, for whoever may see ${whoever}.` }
        : { level: "warning", title: "The link was not copied", text: "The browser keeps the clipboard closed: copy the address of this page." });
    },
  };

  const wait = async (coming, again) => {
    isAnew ||= again;
    if (awaited === coming) return;
    awaited = coming;
    await coming;
    if (awaited !== coming) return;
    const wasAnew = isAnew;
    awaited = null;
    isAnew = false;
    page.ask(wasAnew);
  };

  document.addEventListener("click", (event) => {
    const at = event.target.closest?.("[data-set], [data-toggle], [data-clear]");
    if (!at?.closest(`${root}, #dialog`) || at.disabled) return;
    const { set, toggle, clear } = at.dataset;
    if (set) { const [key, value] = set.split("="); page.go({ [key]: at.dataset.default === "1" ? null : value }); }
    else if (toggle) { const [key, value = "1"] = toggle.split("="); page.go({ [key]: page.current(key) ? null : value }); }
    else page.go({ [clear]: null });
  });
  document.addEventListener("change", (event) => {
    const { key } = event.target.dataset ?? {};
    if (key && event.target.closest(root)) page.go({ [key]: event.target.value });
  });
  addEventListener("popstate", () => {
    state = read(declared, location.search);
    last = null;
    page.sync();
    page.ask();
  });
  document.addEventListener("portal:theme", () => page.ask());
  return page;
};

const press = (element, on) => {
  const attribute = element.getAttribute("role") === "tab" ? "aria-selected" : "aria-pressed";
  if (element.getAttribute(attribute) !== String(on)) element.setAttribute(attribute, String(on));
};
