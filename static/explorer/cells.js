/* Cells and heads of the explorer's table, as AG Grid finds them by name. */

import { number, thousands } from "../js/numbers.js";
import { isSame, ofBin, ofName } from "./conditions.js";

const NONE = "–", BAR_H = 20;
const h = (...args) => window.React.createElement(...args);
const shared = { heads: null, marks: {}, levels: {} };
const watchers = new Set();
export const tell = (content) => { Object.assign(shared, content); watchers.forEach((call) => call()); };

const symbol = (code) => (shared.marks[code] ? h("img", { src: shared.marks[code], alt: "", className: "symbol" }) : null);
const bars = (level) => h("svg", { className: "severity-bars", viewBox: "0 0 15 12", "aria-hidden": "true", focusable: "false" },
  [1, 2, 3, 4].map((bar) => h("rect", { key: bar, className: bar <= level ? `level-${level}` : "", x: (bar - 1) * 4, y: 12 - bar * 3, width: 3, height: bar * 3, rx: 0.8 })));

const ExplorerNumber = ({ value, data, digits }) => (data ? number(value, digits) : null);
const ExplorerText = ({ value, data }) => data && h("span", { title: value || undefined }, value || NONE);
const ExplorerLabel = ({ value, data }) => data && h("a", { href: table.viewerUrl(data.id), tabIndex: -1, className: "cell-link", title: value }, value);
const ExplorerClass = ({ data }) => data && h("span", { className: "cell-mark" }, symbol(data.class_code), data.class || NONE);
const ExplorerSeverity = ({ data }) => data && (data.severity ? h("span", { className: "severity" }, bars(shared.levels[data.severity_code] || 0), data.severity) : NONE);
const ExplorerTags = ({ value, data }) => data && h("span", { className: "cell-tags", title: value.join(", ") }, value.map((name) => h("span", { key: name, className: "tag" }, name)));
const chosen = document.documentElement.dataset.timeZone;
const zone = chosen ? { timeZone: chosen } : {};
const ExplorerTime = ({ value, data }) => {
  if (!data || !value) return null;
  const moment = new Date(value);
  const day = moment.toLocaleDateString("en-GB", { ...zone, day: "numeric", month: "short" });
  const time = moment.toLocaleTimeString("en-GB", { ...zone, hour: "2-digit", minute: "2-digit" });
  return h("time", { dateTime: value, title: moment.toISOString().replace("T", " ").replace(/\.\d+Z$/, " UTC") }, `${day}, ${time}`);
};

/* A bar is a condition on its column; the condition of one that is set is taken away. */
const toggle = (api, column, condition) => {
  const model = { ...api.getFilterModel() };
  if (isSame(model[column], condition)) delete model[column]; else model[column] = condition;
  api.setFilterModel(model);
};

const share = (n, most, least) => Math.max(n ? 1.5 : least, (BAR_H * n) / most);
const drawn = (kind, column) => {
  const { heads } = shared;
  if (!heads) return null;
  if (kind === "number") {
    const bins = heads.bins[column];
    if (!bins) return null;
    return { words: bins.words, bars: bins.counts.map((n, place) => ({ n, condition: ofBin(bins, place), title: `${number(bins.edges[place])} to ${number(bins.edges[place + 1])}` })) };
  }
  const rows = heads[kind];
  if (!rows) return null;
  return { words: rows.map(({ name, n }) => `${name} ${n}`).join(", "), bars: rows.map((row) => ({ n: row.n, condition: ofName(row), title: row.name, colour: row.colour, level: row.level })) };
};
const Bars = ({ kind, column, api, model }) => {
  const head = drawn(kind, column);
  if (!head) return h("div", { className: "head-bars" });
  const most = Math.max(...head.bars.map(({ n }) => n), 1), count = head.bars.length, least = kind === "number" ? 0 : 1.5;
  const marked = head.bars.some(({ condition }) => isSame(model, condition));
  return h("svg", { className: `head-bars is-${kind}`, viewBox: `0 0 ${count} ${BAR_H}`, preserveAspectRatio: "none", role: "img", "aria-label": head.words },
    head.bars.map(({ n, condition, title, colour, level }, place) => h("g", {
      key: place,
      className: `head-bar${marked && !isSame(model, condition) ? " is-off" : ""}${level ? ` level-${level}` : ""}`,
      onClick: (event) => { event.stopPropagation(); toggle(api, column, condition); },
    },
    h("title", null, `${title}: ${thousands(n)}`),
    h("rect", { className: "head-reach", x: place, y: 0, width: 1, height: BAR_H }),
    h("rect", { className: "head-fill", x: place + 0.06, y: BAR_H - share(n, most, least), width: 0.88, height: share(n, most, least), ...(colour ? { fill: colour } : {}) }))));
};

const ExplorerHead = ({ displayName: plain, column, api, kind, meaning, enableSorting, progressSort, showFilter }) => {
  const { useEffect, useRef, useReducer } = window.React;
  const [, again] = useReducer((count) => count + 1, 0);
  const opener = useRef(null);
  useEffect(() => {
    const events = ["sortChanged", "filterChanged", "filterActiveChanged"];
    events.forEach((name) => column.addEventListener(name, again));
    watchers.add(again);
    return () => { events.forEach((name) => column.removeEventListener(name, again)); watchers.delete(again); };
  }, [column]);
  const id = column.getColId(), sort = column.getSort(), model = api.getFilterModel()[id];
  const displayName = shared.heads?.titles?.[id] ?? plain;
  const words = sort ? `, sorted ${sort === "asc" ? "upwards" : "downwards"}` : "";
  const name = enableSorting
    ? h("button", { type: "button", className: "head-name", tabIndex: -1, title: meaning || undefined, "aria-label": `${displayName}${words}`, onClick: (event) => progressSort(event.shiftKey) }, displayName, sort && h("span", { className: `head-sort is-${sort}` }))
    : h("span", { className: "head-name", title: meaning || undefined }, displayName);
  const filter = column.isFilterAllowed() && h("button", { ref: opener, type: "button", tabIndex: -1, className: `head-filter${model ? " is-on" : ""}`, "aria-label": `Filter ${displayName}`, onClick: () => showFilter(opener.current) }, h("span", { className: "glyph is-funnel" }));
  return h("div", { className: "head" }, h("div", { className: "head-line" }, name, filter), h(Bars, { kind, column: id, api, model }));
};

const ExplorerCheckAll = () => {
  const { useEffect, useReducer, useRef } = window.React;
  const [, again] = useReducer((count) => count + 1, 0);
  const box = useRef(null);
  useEffect(() => { watchers.add(again); return () => watchers.delete(again); }, []);
  const { n = 0, total = 0 } = table.counts?.() ?? {};
  useEffect(() => { if (box.current) box.current.indeterminate = n > 0 && n < total; });
  return h("input", { ref: box, type: "checkbox", className: "form-check-input", tabIndex: -1, checked: n > 0 && n >= total, "aria-label": n ? "Uncheck all rows" : "Check all rows of the table", title: n ? "Uncheck all" : "Check all rows", onChange: () => table.checkAll() });
};

window.dashAgGridComponentFunctions = Object.assign(window.dashAgGridComponentFunctions || {}, {
  ExplorerNumber, ExplorerText, ExplorerLabel, ExplorerClass, ExplorerSeverity, ExplorerTags, ExplorerTime, ExplorerHead, ExplorerCheckAll,
});
/* The table of which these are the cells. */
const table = {};
export const use = (own) => Object.assign(table, own);
