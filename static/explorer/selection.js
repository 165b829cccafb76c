/* A selection as the address says it; `signals/exploration/selection.py` reads it. */

const RANGE_DIGITS = 6, LASSO_DIGITS = 5;

/* Ends are rounded outwards, so that the values at the edges stay inside. */
const outward = (value, up) => {
  if (!value || !Number.isFinite(value)) return String(value || 0);
  const rounded = Number(value.toPrecision(RANGE_DIGITS));
  if (up ? rounded >= value : rounded <= value) return String(rounded);
  const unit = 10 ** (Math.floor(Math.log10(Math.abs(value))) - RANGE_DIGITS + 1);
  return String(Number((rounded + (up ? unit : -unit)).toPrecision(RANGE_DIGITS)));
};
export const ofRange = (feature, low, high, code = "") => `range:${feature}:${outward(low, false)},${outward(high, true)}${code && `:${code}`}`;

/* Ramer, Douglas and Peucker: corners that lie within a tolerance of the line of others go. */
const away = ([x, y], [x1, y1], [x2, y2]) => {
  const dx = x2 - x1, dy = y2 - y1, length = dx * dx + dy * dy;
  const share = length ? Math.max(0, Math.min(1, ((x - x1) * dx + (y - y1) * dy) / length)) : 0;
  return Math.hypot(x - x1 - share * dx, y - y1 - share * dy);
};
const reduced = (points, tolerance) => {
  if (points.length < 3) return points;
  let farthest = 0, at = 0;
  for (let index = 1; index < points.length - 1; index += 1) {
    const distance = away(points[index], points[0], points.at(-1));
    if (distance > farthest) [farthest, at] = [distance, index];
  }
  if (farthest <= tolerance) return [points[0], points.at(-1)];
  return [...reduced(points.slice(0, at + 1), tolerance).slice(0, -1), ...reduced(points.slice(at), tolerance)];
};
/* A closed line with at most so many corners. */
export const simplified = (points, most) => {
  const xs = points.map(([x]) => x), ys = points.map(([, y]) => y);
  let tolerance = 1e-3 * Math.hypot(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys));
  const half = Math.floor(points.length / 2); // a closed line has no ends: it is cut in two
  for (;;) {
    const kept = [...reduced(points.slice(0, half + 1), tolerance).slice(0, -1), ...reduced([...points.slice(half), points[0]], tolerance).slice(0, -1)];
    if (kept.length <= most) return kept;
    tolerance *= 1.5;
  }
};
/* The corners of what Plotly says was drawn, a line or a box. */
export const corners = ({ lassoPoints, range }, most) => {
  if (lassoPoints) return simplified(lassoPoints.x.map((x, index) => [x, lassoPoints.y[index]]), most);
  const [[left, right], [bottom, top]] = [range.x, range.y];
  return [[left, bottom], [right, bottom], [right, top], [left, top]];
};
export const ofLasso = (key, points) => `lasso:${key}:${points.map((point) => point.map((value) => Number(value.toPrecision(LASSO_DIGITS))).join()).join(";")}`;

/* The next rows chosen where one more is clicked: it alone, or among those that are kept. */
export const ofIds = (ids) => (ids.length ? `ids:${ids.join()}` : null);
export const idsOf = (sel) => (sel?.startsWith("ids:") ? sel.slice(4).split(",") : []);

/* Recordings of runs, from the lowest to the highest number chosen of each. */
export const ofSpans = (places) => {
  const spans = new Map();
  for (const [run, position] of places) {
    const [low, high] = spans.get(run) ?? [position, position];
    spans.set(run, [Math.min(low, position), Math.max(high, position)]);
  }
  return spans.size ? `run:${[...spans].map(([run, [low, high]]) => `${run}:${low},${high}`).join(";")}` : null;
};
