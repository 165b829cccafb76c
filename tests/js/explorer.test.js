import { isSame, ofBin, ofName } from "/explorer/conditions.js";
import { corners, idsOf, ofIds, ofLasso, ofRange, ofSpans, simplified } from "/explorer/selection.js";
import { equal, near, test } from "./harness.js";

const circle = (n) => Array.from({ length: n }, (_, k) => [Math.cos((2 * Math.PI * k) / n), Math.sin((2 * Math.PI * k) / n)]);
const area = (points) => Math.abs(points.reduce((sum, [x, y], k) => {
  const [x2, y2] = points[(k + 1) % points.length];
  return sum + x * y2 - x2 * y;
}, 0)) / 2;

test("the ends of a range are rounded outwards", () => {
  equal(ofRange("rms", 0.12345678, 0.98765432), "range:rms:0.123456,0.987655");
  equal(ofRange("rms", -0.12345678, 0), "range:rms:-0.123457,0");
  equal(ofRange("rms", 1, 2, "wear"), "range:rms:1,2:wear");
});
test("a lasso keeps to its number of corners and nearly to its area", () => {
  const kept = simplified(circle(5000), 60);
  equal(kept.length <= 60 && kept.length >= 3, true);
  near(area(kept), Math.PI, 0.05);
});
test("corners on a straight line go", () => {
  const square = [[0, 0], [1, 0], [2, 0], [2, 2], [1, 2], [0, 2]];
  near(area(simplified(square, 60)), 4);
});
test("a box has four corners", () => equal(corners({ range: { x: [0, 2], y: [1, 3] } }, 60), [[0, 1], [2, 1], [2, 3], [0, 3]]));
test("a lasso is written with the projection it was drawn upon", () => equal(ofLasso("k", [[1.23456789, 2], [3, 4], [5, 6]]), "lasso:k:1.2346,2;3,4;5,6"));
test("rows are written by their ids, and read again", () => {
  equal([ofIds([3, 4]), ofIds([])], ["ids:3,4", null]);
  equal([idsOf("ids:3,4"), idsOf("class:wear"), idsOf(undefined)], [["3", "4"], [], []]);
});
test("bins are half open, the first and the last hold what lies beyond", () => {
  const bins = { edges: [0, 1, 2, 3, 4], counts: [1, 2, 3, 4] };
  const within = (low, high) => ({ filterType: "number", operator: "AND", conditions: [
    { filterType: "number", type: "greaterThanOrEqual", filter: low },
    { filterType: "number", type: "lessThan", filter: high },
  ] });
  equal(bins.counts.map((_, place) => ofBin(bins, place)), [
    { filterType: "number", type: "lessThan", filter: 1 },
    within(1, 2),
    within(2, 3),
    { filterType: "number", type: "greaterThanOrEqual", filter: 3 },
  ]);
});
test("signals without a class are those that are blank", () => {
  equal(ofName({ code: "none", name: "None" }), { filterType: "text", type: "blank" });
  equal(isSame(ofName({ code: "wear", name: "Wear" }), { type: "equals", filter: "Wear" }), true);
  equal(isSame(ofBin({ edges: [0, 1, 2, 3], counts: [1, 2, 3] }, 1), ofBin({ edges: [0, 1, 2, 3], counts: [1, 2, 3] }, 1)), true);
  equal(isSame(null, ofName({ code: "wear", name: "Wear" })), false);
});

test("chosen recordings of runs become a span of each run", () => {
  equal(ofSpans([[3, 9], [3, 4], [12, 1]]), "run:3:4,9;12:1,1");
  equal(ofSpans([]), null);
});
