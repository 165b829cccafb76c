import { nearest, peak, read, snapped } from "/viewer/points.js";
import { rangeOf, span } from "/viewer/zoom.js";
import { equal, test } from "./harness.js";

const LINE = [1, 5, 2, 9, 3].map((y, x) => ({ x, y }));

test("the nearest point is the nearest, at both ends too", () => {
  for (let tenth = -10; tenth <= 60; tenth += 1) {
    const x = tenth / 10, best = Math.min(...LINE.map((point) => Math.abs(point.x - x)));
    equal(Math.abs(LINE[nearest(LINE, x)].x - x), best);
  }
  equal(nearest([], 1), -1);
});
test("beyond the line nothing is read", () => equal([read(LINE, -0.1), read(LINE, 4.1), read([], 0)], [null, null, null]));
test("a line's peak is within one point of where it is looked for", () => equal([peak(LINE, 2).x, peak(LINE, 4).x, peak(LINE, 0).x], [3, 3, 1]));
test("the cursor goes to the highest point within its reach", () => {
  equal(snapped(LINE, 2, 1.5), 3);
  equal(snapped(LINE, 2, 0.5), 2);
  equal(snapped([], 2, 1), 2);
});
test("a zoom keeps the digits its two ends need", () => {
  equal(span(0.1234567891, 0.9876543219), "0.123457,0.987654");
  equal(span(1000.00001, 1000.00002), "1000.00001,1000.00002");
});
test("a change of an axis is a range, let go, or none of it", () => {
  equal(rangeOf({ "xaxis.range[0]": 1, "xaxis.range[1]": 2 }, "xaxis"), [1, 2]);
  equal(rangeOf({ "xaxis.range": [1, 2] }, "xaxis"), [1, 2]);
  equal([rangeOf({ "xaxis.autorange": true }, "xaxis"), rangeOf({}, "xaxis")], [null, undefined]);
});
