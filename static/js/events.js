/* Live pages. The socket only says "read this again"; what is shown comes from the rows.
   On every connect everything live is read again, and while the socket is down it is polled. */

import { expired, isExpired, refused, unanswered } from "./requests.js";
import { toast } from "./toasts.js";

const { htmx } = window;
const { eventsUrl, noticesUrl, bellUrl } = document.body.dataset;
const POLL_MS = 5000, OWN_POLL_MS = 2000, GAP_MS = 400, SILENT_MS = 60000;
const state = document.getElementById("live-state");
const ask = (url, headers = {}) => fetch(url, { headers: { "HX-Request": "true", ...headers }, credentials: "same-origin" });

/* Expired session */
document.addEventListener("portal:expired", () => {
  clearInterval(poller);
  socket?.close();
});
document.addEventListener("portal:refused", ({ detail: { status, said } }) => { if (status) refused(status, said); else unanswered(); });
if (window.PerformanceObserver) { // also notices the requests of embedded figures
  new PerformanceObserver((list) => {
    if (list.getEntries().some((entry) => entry.responseStatus === 401)) expired();
  }).observe({ type: "resource" });
}

/* Reading again: one request per part at a time, the last wish wins */
const running = new Map();
const key = (element) => element.id;
// An answer on its way would find its target replaced, and be lost; one that goes elsewhere may take its time.
const targetOf = (asker) => {
  const holder = asker.closest("[hx-target]"), target = holder?.getAttribute("hx-target");
  return !target || target === "this" ? holder || asker : document.querySelector(target);
};
const concerns = (element) => (asker) => element.contains(asker) || element.contains(targetOf(asker));
// A button that is replaced while it is pressed is never clicked.
const busy = (element) => element.matches(":active") || element.querySelector(".dropdown-menu.show") || element.matches(":has(:is(select, textarea, input:not([type=checkbox], [type=radio])):focus)") || all(".htmx-request").some(concerns(element));
const reread = async (element) => {
  const id = key(element);
  if (isExpired() || !id) return;
  // An answer under way to what holds this part may be older than the news, and would undo them.
  const holder = element.parentElement?.closest("[data-live-url]");
  if (holder && running.has(key(holder))) running.set(key(holder), true);
  if (running.has(id)) { running.set(id, true); return; }
  running.set(id, false);
  let gap = GAP_MS;
  try {
    if (!busy(element)) await replace(element);
    else running.set(id, true);
  } catch { // no answer, or an error in its place: what was to be read is still unread
    running.set(id, true);
    gap = POLL_MS;
  }
  await new Promise((resolve) => setTimeout(resolve, gap));
  const again = running.get(id);
  running.delete(id);
  const current = document.getElementById(id);
  if (again && current?.dataset.liveUrl) reread(current); // what it has become may be still
};
const replace = async (element) => {
  const response = await ask(element.dataset.liveUrl);
  if (response.status === 401) return expired();
  if (response.status === 404) return gone(element);
  if (response.status >= 500) throw new Error(response.status);
  if (!response.ok) return;
  const parsed = document.createElement("template");
  parsed.innerHTML = await response.text();
  if (!element.isConnected) return;
  if (busy(element)) return running.set(key(element), true);
  const fresh = parsed.content.firstElementChild;
  const said = fresh.outerHTML;
  if (said === seen.get(element)) return;
  const focused = element.contains(document.activeElement) ? document.activeElement.id : "";
  element.replaceWith(fresh);
  forget({ target: fresh }); // what holds it no longer shows what was said of it
  seen.set(fresh, said);
  htmx.process(fresh);
  document.dispatchEvent(new CustomEvent("portal:fresh", { detail: { id: fresh.id } }));
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  // What a card has become changes the list's totals, and perhaps its order.
  if (element.dataset.live === "dataset" && statusOf(element) !== statusOf(fresh)) all('[data-live="datasets"]').forEach(reread);
};
const statusOf = (element) => element.querySelector("[data-status]")?.dataset.status;
const gone = (element) => {
  const list = document.querySelector('[data-live="datasets"]');
  if (list) reread(list);
  else if (element.dataset.live === "dataset") location.assign("/datasets/");
};
const all = (selector) => [...document.querySelectorAll(selector)];
// What the server said of each part when it was drawn: the same again touches nothing.
const seen = new WeakMap(all("[data-live-url]").map((part) => [part, part.outerHTML]));
const forget = ({ target }) => all("[data-live-url]").filter((part) => part.contains(target)).forEach((part) => seen.delete(part));
document.addEventListener("htmx:afterSwap", forget);
document.addEventListener("htmx:oobAfterSwap", forget);
const rereadAll = () => {
  const parts = all("[data-live-url]");
  parts.filter((part) => !part.parentElement.closest("[data-live-url]")).forEach(reread);
  readNotices();
};

/* Notices */
let latest = Number(document.body.dataset.latestNotice || 0);
let reading = false, readAgain = false;
const readNotices = async () => {
  if (isExpired()) return;
  readAgain = reading; // a notice may have come after the answer under way was written
  if (reading) return;
  reading = true;
  try {
    const response = await ask(`${noticesUrl}?after=${latest}`);
    if (response.status === 401) return expired();
    if (!response.ok) return;
    const { unread, latest: newest, notices } = await response.json();
    latest = Math.max(latest, newest);
    notices.forEach(toast);
    paintUnread(unread);
    if (notices.length && document.querySelector(".notices-menu.show")) loadBell();
  } catch { /* no connection: asked again on connect or poll */ } finally {
    reading = false;
    if (readAgain) readNotices();
  }
};
const paintUnread = (unread) => {
  const badge = document.getElementById("unread");
  badge.classList.toggle("is-none", !unread);
  badge.replaceChildren(...(unread ? [String(unread), hidden(" unread")] : []));
};
const hidden = (text) => Object.assign(document.createElement("span"), { className: "visually-hidden", textContent: text });
const loadBell = () => htmx.ajax("GET", bellUrl, { target: "#notices", swap: "innerHTML" });
document.getElementById("bell").addEventListener("show.bs.dropdown", loadBell);

/* Hints */
const hear = ({ type, id }) => {
  if (type === "notification") return readNotices();
  if (type === "progress") return all(`[data-live="dataset"][data-live-job="${CSS.escape(id)}"]`).forEach(reread);
  if (!["dataset", "experiment", "job"].includes(type)) return;
  const attribute = type === "job" ? "data-live-job" : "data-live-id";
  const parts = type === "experiment" ? [] : all(`[data-live="dataset"][${attribute}="${CSS.escape(id)}"]`);
  if (parts.length) parts.forEach(reread);
  else if (type === "dataset") all('[data-live="datasets"]').forEach(reread);
  all('[data-live="page"]').forEach(reread);
};

/* Socket: back-off with jitter, a word when it is down, polling meanwhile */
let socket, poller, attempts = 0, lastHeard = Date.now();
const say = (paused) => {
  state.dataset.socket = paused ? "paused" : "on";
  state.classList.toggle("is-paused", paused);
  state.textContent = paused ? "Live updates paused" : "";
};
const connect = () => {
  if (isExpired()) return;
  socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${eventsUrl}`);
  let opened = 0;
  socket.addEventListener("open", () => {
    opened = lastHeard = Date.now();
    clearInterval(poller);
    poller = undefined;
    say(false);
    rereadAll();
  });
  socket.addEventListener("message", (event) => { lastHeard = Date.now(); hear(JSON.parse(event.data)); });
  socket.addEventListener("close", (event) => {
    if (event.code === 4401) return expired();
    if (isExpired() || leaving) return;
    say(true);
    poller ??= setInterval(() => { if (!document.hidden) rereadAll(); }, POLL_MS);
    attempts = opened && Date.now() - opened > 10000 ? 0 : attempts + 1;
    const wait = Math.min(30000, 500 * 2 ** attempts);
    setTimeout(connect, wait / 2 + Math.random() * wait / 2);
  });
};
let leaving = false;
window.addEventListener("pagehide", () => { leaving = true; socket?.close(); });
window.addEventListener("pageshow", (event) => { if (event.persisted) { leaving = false; connect(); } });
setInterval(() => { // a connection that fell asleep says nothing, not even goodbye
  if (socket?.readyState === WebSocket.OPEN && Date.now() - lastHeard > SILENT_MS) socket.close();
}, 10000);
document.addEventListener("visibilitychange", () => { if (!document.hidden) rereadAll(); });
setInterval(() => { // somebody else's job gives no hints
  if (!document.hidden) all("[data-live-poll]").forEach(reread);
}, OWN_POLL_MS);
document.addEventListener("datasets:changed", rereadAll);
document.addEventListener("uploads:changed", rereadAll);
document.addEventListener("portal:reread", rereadAll);
document.addEventListener("click", (event) => { if (event.target.closest("[data-reread]")) rereadAll(); });
connect();
