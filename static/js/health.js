/* When to ask again: parts that name an interval are due each time it has passed, unless their page
   is hidden or they are paused. What is asked and where the answer goes is htmx's. */

const { htmx } = window;
const due = new WeakMap();
const KEY = "portal-paused", LOG_EVERY = 3;
let rounds = 0;
const kept = () => { try { return sessionStorage.getItem(KEY) || ""; } catch { return ""; } };
const keep = (id) => { try { sessionStorage.setItem(KEY, id); } catch { /* this tab only, then */ } };

const isPaused = (part) => document.querySelector(`[data-pause="${part.id}"][aria-pressed="true"]`) !== null;
const look = () => {
  if (document.hidden) return;
  const now = performance.now();
  document.querySelectorAll("[data-every-s]").forEach((part) => {
    const step = Number(part.dataset.everyS) * 1000;
    if (!due.has(part)) { due.set(part, now + step); return; }
    if (due.get(part) > now || isPaused(part)) return;
    due.set(part, now + step);
    htmx.trigger(part, "portal:due");
    if (part.id === "health-live" && (rounds = (rounds + 1) % LOG_EVERY) === 0) document.dispatchEvent(new CustomEvent("health:refresh"));
  });
};

const press = (button, pressed) => {
  button.setAttribute("aria-pressed", String(pressed));
  button.querySelector("span").textContent = pressed ? "Resume" : "Pause";
  document.getElementById(button.dataset.pause)?.classList.toggle("is-paused", pressed);
};
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-pause]");
  if (!button) return;
  const pressed = button.getAttribute("aria-pressed") !== "true";
  press(button, pressed);
  keep(pressed ? button.dataset.pause : "");
  const part = document.getElementById(button.dataset.pause);
  if (!pressed && part) { due.set(part, 0); look(); }
});
document.querySelectorAll("[data-pause]").forEach((button) => { if (kept() === button.dataset.pause) press(button, true); });

document.addEventListener("visibilitychange", look);
setInterval(look, 500);
