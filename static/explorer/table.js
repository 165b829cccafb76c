/* The explorer's table: rows from the server, what is checked, pages, actions on rows. The address
   holds sort, column filters and checked rows; the grid follows it, and it follows the grid. */

import { answer, put as give } from "../js/dash.js";
import { thousands } from "../js/numbers.js";
import { dialog, fetched } from "../js/requests.js";
import { toast } from "../js/toasts.js";
import * as cells from "./cells.js";
import { idsOf, ofIds } from "./selection.js";
import { awaitRows, isNear, page as address } from "./state.js";

let why = "";
const BY_HAND = new Set(["checkboxSelected", "spaceKey", "rowClicked"]);
const GRID = "explorer-table-grid", ASK = "explorer-ask-table", PAUSE_MS = 150;
const { pageRows: BLOCK, mostChecked: MOST, mostFiltered: MOST_FILTERED } = address.limits;
const $ = (selector) => document.querySelector(selector);
const touch = matchMedia("(pointer: coarse), (max-width: 767.98px)");
let api = null, begun = false, total = 0, shown = null, failed = false;
const state = () => address.state;

/* What the address says of the table. */
const isIds = () => (state().sel || "").startsWith("ids:");
const narrowing = () => (isIds() ? "" : state().sel || "");
const fromAddress = () => new Set((isIds() ? idsOf(state().sel) : address.list("checked")).map(Number));
let checked = new Set(), writing = null;
const query = (more = {}) => {
  const { filter = "", sort = "", grid = "" } = state();
  const given = Object.entries({ filter, sort, grid, sel: narrowing(), ...more }).filter(([, value]) => value !== "" && value !== undefined && value !== null);
  return new URLSearchParams(given).toString();
};
const marked = () => (begun ? checked : fromAddress());
const chosen = () => ({ sel: ofIds([...marked()]) ?? narrowing() });
const viewerUrl = (id) => {
  const { filter } = state();
  return `${address.declared.links.viewer}?signal=${id}${filter && `&${filter}`}`;
};

/* Rows. An answer belongs to its request: what was asked before a change is never shown after. The
   first of a filter are asked for while the server looks at it, the next ones as one scrolls on. */
const rowsUrl = (more) => `table/rows/?${query(more)}`;
let early = null, settle = null;
const ahead = (url) => {
  if (early?.url === url) return;
  early?.given.abort();
  const given = new AbortController();
  early = { url, given, found: read(url, { isQuiet: true, signal: given.signal }) };
};
const read = async (url, how) => (await fetched(url, how))?.json().catch(() => null);
/* What was asked for ahead, else asked for now. */
const came = async (url, signal) => {
  const found = early?.url === url ? await early.found : null;
  if (early?.url === url) early = null;
  return found ?? (signal.aborted ? null : read(url, { signal }));
};
const source = () => {
  const given = new AbortController();
  let live = true;
  return {
    async getRows({ startRow, endRow, sortModel, filterModel, successCallback, failCallback }) {
      const [by] = sortModel, keys = Object.keys(filterModel);
      const sort = by ? `${by.sort === "desc" ? "-" : ""}${by.colId}` : "";
      const grid = keys.length ? JSON.stringify(filterModel) : "";
      const found = await came(rowsUrl({ sort, grid, start: startRow, end: endRow }), given.signal);
      if (!live) return;
      settle?.();
      failed = !found;
      if (!found) { failCallback(); foot(); return; }
      const { rows, total: n, why: reason = "" } = found;
      total = n;
      why = reason;
      successCallback(rows, n);
      mark();
      foot();
    },
    destroy() { live = false; given.abort(); },
  };
};
const again = () => {
  if (!api || !begun) return;
  settle?.();
  awaitRows(new Promise((done) => { settle = done; }));
  api.setGridOption("datasource", source());
  api.ensureIndexVisible(0, "top");
};
document.addEventListener("explorer:filtering", ({ detail: filter }) => {
  if (begun && isNear(ASK)) ahead(rowsUrl({ filter, sel: "", sort: sorted(), grid: "", start: 0, end: BLOCK }));
});
const onwards = () => {
  const next = BLOCK * (1 + Math.floor(api.getLastDisplayedRowIndex() / BLOCK));
  const isHalf = api.getLastDisplayedRowIndex() % BLOCK > BLOCK / 2;
  if (isHalf && next < total && !api.getDisplayedRowAtIndex(next)?.data) ahead(rowsUrl({ sort: sorted(), grid: filters(), start: next, end: next + BLOCK }));
};

/* From the address to the grid. */
const sorted = () => {
  const by = api.getColumnState().find(({ sort }) => sort);
  return by ? `${by.sort === "desc" ? "-" : ""}${by.colId}` : "";
};
const filters = () => { const model = api.getFilterModel(); return Object.keys(model).length ? JSON.stringify(model) : ""; };
/* Only what changed in the address: the grid tells of its own changes a moment later. */
let seen = null;
const reflect = () => {
  const { sort = "", grid = "" } = state(), said = `${sort}\n${grid}`;
  if (said === seen) return;
  seen = said;
  if (sorted() !== sort) {
    const by = sort.replace(/^-/, "");
    api.applyColumnState({ state: by ? [{ colId: by, sort: sort.startsWith("-") ? "desc" : "asc" }] : [], defaultState: { sort: null } });
  }
  if (filters() === grid) return;
  let model = null;
  try { model = grid ? JSON.parse(grid) : null; } catch { /* what cannot be read filters nothing */ }
  api.setFilterModel(model);
};
const follow = () => {
  if (!begun) return;
  if (writing === null) checked = fromAddress();
  reflect();
  const wanted = `${state().filter || ""}\n${narrowing()}`;
  if (wanted !== shown && isNear(ASK)) {
    clearTimeout(writing);
    writing = null;
    checked = fromAddress();
    shown = wanted;
    again();
  }
  mark();
  foot();
};

/* What is checked. */
const mark = () => {
  api.forEachNode((node) => {
    const on = Boolean(node.data) && checked.has(node.data.id);
    if (node.data && node.isSelected() !== on) node.setSelected(on, false, "api");
  });
  cells.tell({});
};
const write = () => {
  clearTimeout(writing);
  writing = setTimeout(() => {
    writing = null;
    const ids = [...checked];
    address.go(narrowing() ? { checked: ids.join() } : { sel: ofIds(ids) }, { merge: true });
  }, PAUSE_MS);
  foot();
  cells.tell({});
};
const tooMany = () => {
  toast({ level: "warning", title: `${MOST_FILTERED} columns are filtered`, text: "No more can be at once: clear one of them first." });
  api.setFilterModel(JSON.parse(state().grid || "null"));
};
const full = () => toast({ level: "warning", title: `${MOST} rows are checked`, text: "No more can be checked one by one. With none checked, an action is for all rows of the table." });
const check = ({ node, source: by }) => {
  if (!node.data || !BY_HAND.has(by)) return; // rows that go away are no longer selected either
  const { id } = node.data, on = node.isSelected();
  if (on && !checked.has(id) && checked.size >= MOST) { node.setSelected(false, false, "api"); full(); return; }
  if (on) checked.add(id); else checked.delete(id);
  write();
};
const checkAll = async () => {
  if (checked.size) checked.clear();
  else {
    const found = await fetched(`table/ids/?${query()}`);
    if (!found) { cells.tell({}); return; }
    checked = new Set((await found.json()).ids);
  }
  mark();
  write();
};

/* The line below: rows, pages. */
const put = (id, text) => { const part = document.getElementById(id); if (part && part.textContent !== text) part.textContent = text; };
const rowHeight = () => (touch.matches ? 44 : 32);
const page = () => {
  const { top, bottom } = api.getVerticalPixelRange(), pages = Math.max(1, Math.ceil(total / BLOCK));
  const atEnd = total > BLOCK && bottom >= total * rowHeight() - 1;
  return { now: atEnd ? pages : Math.min(pages, Math.floor(top / rowHeight() / BLOCK + 0.02) + 1), pages };
};
const foot = () => {
  if (!api || !begun) return;
  const { now, pages } = page(), first = (now - 1) * BLOCK, keys = Object.keys(api.getFilterModel());
  const names = keys.map((key) => api.getColumn(key)?.getColDef().headerName).filter(Boolean);
  put("explorer-rows", failed ? "The rows did not come." : total ? `Rows ${thousands(first + 1)}–${thousands(Math.min(first + BLOCK, total))} of ${thousands(total)}` : "No rows");
  put("explorer-checked", checked.size ? `${thousands(checked.size)} checked` : "");
  put("explorer-filtered", names.length ? `Filtered by ${names.join(", ")}` : "");
  put("explorer-pages", `of ${thousands(pages)}`);
  const field = $("#explorer-page");
  if (field && field !== document.activeElement && field.value !== String(now)) field.value = String(now);
  const set = (code, hidden, disabled = false) => document.querySelectorAll(`[data-table=${code}]`).forEach((button) => { button.hidden = hidden; button.disabled = disabled; });
  set("before", false, now <= 1);
  set("after", false, now >= pages);
  set("uncheck", !checked.size);
  set("retry", !failed);
  document.querySelectorAll(".explorer-pager [data-table=unfilter]").forEach((button) => { button.hidden = !keys.length; });
  const empty = $("#explorer-table-empty");
  empty.hidden = failed || total > 0 || !(keys.length || why);
  put("explorer-table-why", keys.length ? "No signal passes the column filters." : why);
  empty.querySelector("[data-table=unfilter]").hidden = !keys.length;
  actions();
};
const actions = () => {
  const n = checked.size || total;
  const what = checked.size ? `${thousands(n)} checked` : narrowing() ? `the ${thousands(n)} selected` : `all ${thousands(n)}`;
  const verbs = { tag: "Tag", compare: "Compare", predict: "Have a model predict", relabel: "Relabel", remove: "Remove from the dataset:", csv: "Save as CSV:", parquet: "Save as Parquet:", download: "Download, in every format:" };
  document.querySelectorAll(".explorer-table-panel [data-bulk]").forEach((button) => {
    button.title = `${verbs[button.dataset.bulk]} ${what}`;
    button.disabled = !n;
  });
};
/* What the person may do with these signals says the line. */
const permit = () => {
  const may = ($("#explorer-line")?.dataset.may || "").split(" ");
  for (const act of ["relabel", "remove"]) document.querySelectorAll(`.explorer-table-panel [data-bulk=${act}]`).forEach((button) => { button.hidden = !may.includes(act); });
};
document.addEventListener("explorer:filters", permit);
const turn = (to) => api.ensureIndexVisible(Math.min(Math.max(0, to - 1) * BLOCK, Math.max(0, total - 1)), "top");

/* Actions, for the rows checked, else for those selected, else for all. */
const act = (code) => {
  const given = query(chosen());
  if (["csv", "parquet", "predict", "download"].includes(code)) {
    const wanted = new URLSearchParams(state().filter || "");
    const { sel } = chosen();
    if (sel) wanted.set("sel", sel);
    if (state().sort) wanted.set("sort", state().sort);
    if (state().grid && !marked().size) wanted.set("grid", state().grid);
    if (code === "predict") { location.assign(`/inference/batch/?${wanted}`); return; }
    if (code === "download") { dialog(`download/?${wanted}`); return; }
    Object.assign(document.createElement("a"), { href: `export/${code}/?${wanted}`, download: "" }).click();
    return;
  }
  dialog(`table/${code}/?${given}`);
};
const TABLE = {
  before: () => turn(page().now - 1),
  after: () => turn(page().now + 1),
  unfilter: () => api.setFilterModel(null),
  uncheck: () => { checked.clear(); mark(); write(); },
  retry: () => again(),
};
document.addEventListener("click", (event) => {
  const at = event.target.closest?.("[data-bulk], [data-table]");
  if (!at || at.disabled) return;
  if (at.dataset.bulk) act(at.dataset.bulk); else if (api) TABLE[at.dataset.table]?.();
});
document.addEventListener("change", (event) => {
  if (event.target.id !== "explorer-page" || !api) return;
  const wanted = Math.round(Number(event.target.value)), { pages } = page();
  if (wanted >= 1) turn(Math.min(wanted, pages));
  event.target.blur();
  foot();
});

/* Keys on a head, beside those of the grid: its filter, or the box that checks all rows. */
document.addEventListener("keydown", (event) => {
  const head = event.target.matches?.(`#${GRID} .ag-header-cell`) && event.target;
  if (!head) return;
  const box = head.querySelector(".form-check-input"), filter = head.querySelector(".head-filter");
  const wanted = [" ", "Enter"].includes(event.key) && box ? box : event.key === "Enter" && (event.ctrlKey || event.metaKey) ? filter : null;
  if (!wanted) return;
  event.preventDefault();
  event.stopPropagation();
  wanted.click();
}, true);

/* Columns. */
const menu = () => $(".explorer-columns");
document.addEventListener("toggle", ({ target }) => {
  if (target === menu() && target.open) window.htmx.ajax("GET", `${target.dataset.url}?${new URLSearchParams({ dataset: $("#explorer-line")?.dataset.dataset ?? "" })}`, { target: "#explorer-columns", swap: "innerHTML" });
}, true);
document.addEventListener("pointerdown", (event) => { if (menu()?.open && !menu().contains(event.target)) menu().open = false; }, true);
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !menu()?.open) return;
  event.stopPropagation(); // of the menu alone: the selection stays
  menu().open = false;
  menu().querySelector("summary").focus();
}, true);
let stale = false;
document.addEventListener("explorer:columns", () => {
  const now = String(Date.now());
  stale = true;
  give("explorer-ask-columns", { data: now });
  give("explorer-ask-table", { data: { filter: state().filter, sel: narrowing(), again: now } });
});
document.addEventListener("explorer:changed", () => { if (isNear(ASK)) again(); else shown = null; });
document.addEventListener("explorer:said", ({ detail }) => {
  const { undo, undoAt = "table/tag/undo/", ...words } = detail;
  toast({ text: "", ...words, ...(undo ? { action: { label: "Undo", run: () => window.htmx.ajax("POST", undoAt, { values: { undo }, swap: "none", target: "body" }) } } : {}) });
});

/* The grid begins once its columns are there and the table comes near the sight. */
let near = false;
let definitions = "", order = [];
/* New definitions of columns that are there already leave them where they stand. */
const arrange = () => {
  const now = api.getColumnState().filter(({ colId }) => order.some((column) => column.colId === colId));
  if (now.map(({ colId, hide }) => colId + hide).join() !== order.map(({ colId, hide }) => colId + hide).join()) api.applyColumnState({ state: order, applyOrder: true });
};
const ready = async () => {
  api ??= await window.dash_ag_grid.getApiAsync(GRID);
  if (begun) return;
  listen();
  begin();
};
const begin = () => {
  if (begun || !near || !api?.getColumn("label")) return;
  begun = true;
  checked = fromAddress();
  heights();
  reflect();
  shown = `${state().filter || ""}\n${narrowing()}`;
  api.setGridOption("datasource", source());
  $(`#${GRID} .ag-root`)?.setAttribute("aria-label", "Signals");
  foot();
};
const heights = () => { api.setGridOption("rowHeight", rowHeight()); };
const open = (data, isNew = false) => { if (data) { if (isNew) window.open(viewerUrl(data.id), "_blank", "noopener"); else location.assign(viewerUrl(data.id)); } };
let listening = false;
const listen = () => {
  if (listening) return;
  listening = true;
  const on = (name, call) => api.addEventListener(name, call);
  on("gridColumnsChanged", begin);
  on("newColumnsLoaded", arrange);
  on("displayedColumnsChanged", begin);
  on("sortChanged", () => { if (begun && sorted() !== (state().sort || "")) address.go({ sort: sorted() || null }); });
  on("filterChanged", () => {
    if (!begun || filters() === (state().grid || "")) return;
    if (Object.keys(api.getFilterModel()).length > MOST_FILTERED) { tooMany(); return; }
    address.go({ grid: filters() || null });
  });
  on("rowSelected", check);
  on("modelUpdated", () => { if (begun) { mark(); foot(); } });
  on("bodyScroll", () => { foot(); onwards(); });
  on("cellClicked", ({ data, column, event }) => {
    if (column.getColId().startsWith("ag-Grid-Selection") || event.target.closest("a, input, button")) return;
    open(data, event.ctrlKey || event.metaKey);
  });
  on("cellKeyDown", ({ data, event }) => { if (event.key === "Enter") { event.preventDefault(); open(data); } });
};
touch.addEventListener("change", () => { if (begun) { heights(); again(); } });
document.addEventListener("page:state", follow);
document.addEventListener("explorer:near", follow);

const place = () => {
  const spot = $("#explorer-page-place");
  if (!spot || spot.firstChild) return;
  spot.append(Object.assign(document.createElement("input"), { id: "explorer-page", className: "form-control page-number", type: "text", inputMode: "numeric", autocomplete: "off", value: "1" }));
  spot.firstChild.setAttribute("aria-label", "Page");
};
answer("explorerTable", {
  asked(slice) {
    if (!slice) return;
    near = true;
    begin();
  },
  heads(heads) { if (heads) cells.tell({ heads }); },
  columns(content) {
    if (!content) return;
    place();
    const { marks, levels } = content, text = JSON.stringify(content.columns);
    cells.tell({ marks, levels });
    if (text !== definitions) {
      definitions = text;
      order = content.columns.map(({ colId, hide }) => ({ colId, hide }));
      give(GRID, { columnDefs: content.columns });
    }
    permit();
    if (stale) { stale = false; again(); }
    ready();
  },
});
cells.use({ viewerUrl, checkAll, counts: () => ({ n: checked.size, total: begun ? total : 0 }) });
