/* The measuring cursor over the analysis panel: a line, its harmonics and its side-bands, and what
   the shown line reads there. It follows the mouse; a click or Enter pins it into the address. */

import { nearest, peak, read, snapped } from "./points.js";
import { marks, page, shown } from "./state.js";

const GRAPH = "viewer-spectrum", HARMONICS = 6, SIDE_BANDS = 3, LETTER_PX = 7, NAMESPACE = "http://www.w3.org/2000/svg";
const place = () => document.getElementById("viewer-cursor-place");
let graph, overlay, hovered = null;

const axis = () => graph?._fullLayout?.xaxis;
const scale = () => graph._fullLayout.meta?.scale || 1;
const isCepstrum = () => page.current("tab") === "cepstrum";
const isTracked = () => page.current("track") === "1" && page.current("tab") === "spectrum";
const line = () => {
  const index = graph._fullData.findIndex((trace) => trace.line && trace.line.dash !== "dot" && trace.hoverinfo !== "skip");
  return index < 0 ? [] : graph.calcdata[index] || [];
};
const pinned = () => { const value = parseFloat(page.state.cursor); return Number.isFinite(value) ? value : null; };
/* In the address the cursor stands in Hz (ms, or orders where the shaft is tracked). */
const isOwnUnit = () => isCepstrum() || isTracked();
const pinnedOnAxis = () => { const value = pinned(); return value === null || isOwnUnit() ? value : value * scale(); };

const number = (value, digits) => (Number.isFinite(value) ? value.toFixed(digits).replace("-", "\u2212") : "–");
const levelText = (value) => (isDb() ? number(value, 1) : Number.isFinite(value) ? Number(value.toPrecision(4)).toString().replace("-", "\u2212") : "–");
const isDb = () => page.current("scale") === "db" && !isCepstrum();
const unit = () => (isCepstrum() ? "ms" : scale() !== 1 || isTracked() ? "X" : "Hz");

const hasSidebands = () => marks().includes("sidebands") && !isCepstrum();
const shaft = () => {
  const hz = shown()?.shaft_hz;
  if (!hz) return null;
  return isCepstrum() ? 1000 / hz : isTracked() ? 1 : hz * scale();
};
const cells = (x, points) => {
  const own = read(points, x), one = shaft(), first = one ? peak(points, one) : null;
  const parts = [["Cursor", `${number(x, x < 100 ? 3 : 2)} ${unit()}`, "is-cursor"]];
  if (one && unit() === "Hz") parts.push(["", `${number(x / one, 3)}X`]);
  parts.push(["", `${levelText(own?.y)}${isDb() ? " dB" : ""}`]);
  const { range, type } = axis(), last = type === "log" ? 10 ** range[1] : range[1];
  if (marks().includes("harmonics")) for (let k = 2; k <= HARMONICS && k * x <= last; k += 1) {
    const there = peak(points, k * x);
    if (there) parts.push([`H${k}`, `${number(there.x, 2)} · ${levelText(there.y)}`, "is-pair"]);
  }
  if (hasSidebands() && one) for (const side of [-1, 1]) {
    const there = peak(points, x + side * one);
    if (there) parts.push([`${side < 0 ? "\u2212" : "+"}1X`, levelText(there.y)]);
  }
  if (first) {
    parts.push([isCepstrum() ? "1T" : "1X", `${number(first.x, 2)} · ${levelText(first.y)}`, "is-pair"]);
    if (own && isDb()) parts.push(["Δ cursor–1X", `${number(own.y - first.y, 1)} dB`]);
  }
  return parts;
};
const tell = (x, points) => {
  const strip = document.getElementById("viewer-readout");
  if (!strip) return;
  const parts = x === null ? [["", "Point at the lines, or use the arrow keys, to measure", "text-3"]] : cells(x, points);
  strip.replaceChildren(...parts.map(([name, value, look = ""]) => {
    const cell = document.createElement("span");
    const label = Object.assign(document.createElement("span"), { className: "text-3", textContent: name });
    const figure = Object.assign(document.createElement("b"), { className: look, textContent: value });
    cell.append(...(name ? [label, figure] : [figure]));
    return cell;
  }));
};

const draw = (x) => {
  if (!graph?._fullLayout?.xaxis || !overlay) return;
  const { xaxis, yaxis } = graph._fullLayout, points = line();
  overlay.replaceChildren();
  const labels = [...graph.querySelectorAll(".infolayer .annotation")];
  labels.forEach((label) => { label.style.visibility = ""; });
  tell(x, points);
  if (x === null) return;
  const left = overlay.getBoundingClientRect().left;
  /* Where labels would touch, the cursor's stays before a mark's, a mark's before a harmonic's. */
  const isFree = (px, words, look) => {
    const half = words.length * LETTER_PX / 2 + 2;
    const touched = labels.filter((label) => { const box = label.getBoundingClientRect(); return box.bottom - graph.getBoundingClientRect().top <= top && box.left - left < px + half && box.right - left > px - half; });
    if (look === "is-cursor") touched.forEach((label) => { label.style.visibility = "hidden"; });
    const own = look !== "is-cursor" && Math.abs(px - xaxis._offset - xaxis.d2p(x)) < half + 24;
    return look === "is-cursor" || (!touched.length && !own);
  };
  const top = graph._fullLayout._size.t, bottom = top + graph._fullLayout._size.h;
  const stroke = (where, look, label, point) => {
    const px = xaxis._offset + xaxis.d2p(where);
    if (!Number.isFinite(px) || px < xaxis._offset || px > xaxis._offset + xaxis._length) return;
    const mark = document.createElementNS(NAMESPACE, "line");
    for (const [name, value] of Object.entries({ x1: px, x2: px, y1: top, y2: bottom, class: look })) mark.setAttribute(name, value);
    overlay.append(mark);
    if (point) {
      const dot = document.createElementNS(NAMESPACE, "circle");
      for (const [name, value] of Object.entries({ cx: xaxis._offset + xaxis.d2p(point.x), cy: yaxis._offset + yaxis.d2p(point.y), r: 4, class: look })) dot.setAttribute(name, value);
      if (Number.isFinite(yaxis.d2p(point.y))) overlay.append(dot);
    }
    if (label && isFree(px, label, look)) {
      const text = document.createElementNS(NAMESPACE, "text");
      for (const [name, value] of Object.entries({ x: px, y: top - 6, class: look, "text-anchor": "middle" })) text.setAttribute(name, value);
      text.textContent = label;
      overlay.append(text);
    }
  };
  const on = marks(), one = shaft();
  if (on.includes("harmonics")) for (let k = 2; k <= HARMONICS; k += 1) stroke(k * x, "is-harmonic", `H${k}`, peak(points, k * x));
  if (hasSidebands() && one) for (let k = 1; k <= SIDE_BANDS; k += 1) [-1, 1].forEach((side) => stroke(x + side * k * one, "is-sideband", "", null));
  stroke(x, "is-cursor", one && unit() === "Hz" ? `${number(x / one, 3)}X` : number(x, 2), read(points, x));
};

let waiting;
const pin = (x) => {
  clearTimeout(waiting);
  page.go({ cursor: x === null ? null : Number((isOwnUnit() ? x : x / scale()).toPrecision(7)) });
};
/* Later, unless something else is asked for first: a double click zooms out and pins nothing. */
const pinSoon = (x) => { clearTimeout(waiting); waiting = setTimeout(pin, 400, x); };
const where = (event) => {
  const box = graph.getBoundingClientRect(), one = axis();
  const px = event.clientX - box.left - one._offset;
  return px < 0 || px > one._length ? null : [one.p2d(px), Math.abs(one.p2d(px + 6) - one.p2d(px))];
};

document.addEventListener("viewer:plot", ({ detail }) => {
  if (detail.id !== GRAPH) return;
  graph = detail.graph;
  overlay = document.createElementNS(NAMESPACE, "svg");
  overlay.setAttribute("class", "cursor-overlay");
  overlay.setAttribute("aria-hidden", "true");
  place().append(overlay);
  graph.on("plotly_afterplot", () => { hovered = null; redraw(); });
  let down = null;
  graph.addEventListener("mousemove", (event) => {
    const found = axis() && where(event);
    hovered = found && !event.buttons ? snapped(line(), ...found) : null;
    redraw();
  });
  graph.addEventListener("mouseleave", () => { hovered = null; redraw(); });
  graph.addEventListener("mousedown", (event) => { down = [event.clientX, event.clientY]; }, true);
  document.addEventListener("mouseup", (event) => {
    const still = down && Math.hypot(event.clientX - down[0], event.clientY - down[1]) < 4;
    down = null;
    if (event.detail > 1) clearTimeout(waiting);
    if (!still || event.detail > 1) return; // Plotly covers the page while a button is down
    const found = where(event);
    if (found) pinSoon(snapped(line(), ...found));
  }, true);
  redraw();
});
let isDue = false;
const redraw = () => {
  if (isDue || !graph?._fullLayout) return;
  isDue = true;
  requestAnimationFrame(() => { isDue = false; draw(hovered ?? pinnedOnAxis()); });
};
document.addEventListener("keydown", (event) => {
  if (!graph || !axis() || document.activeElement !== place()) return;
  const points = line(), step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (event.key === "Escape") { hovered = null; pin(null); redraw(); }
  else if (event.key === "Enter" && hovered !== null) pin(hovered);
  else if (step && points.length) {
    event.preventDefault();
    const start = hovered ?? pinnedOnAxis() ?? axis().p2d(axis()._length / 2);
    const index = Math.min(points.length - 1, Math.max(0, nearest(points, start) + step * (event.shiftKey ? 10 : 1)));
    hovered = points[index].x;
    redraw();
    pinSoon(points[index].x);
  }
});
document.addEventListener("page:state", redraw);
