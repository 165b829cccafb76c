import { nearest, peak, read, snapped } from "/viewer/points.js";
import { createSteps } from "/viewer/steps.js";
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

/* Signals 1, 2, 3 … of which the last is 5: the address goes at once, the page comes later. */
const walk = () => {
  const own = { at: 1, shown: 1, taken: [], waits: 0 };
  own.steps = createSteps({
    at: () => own.at,
    shownAt: () => own.shown,
    step(side) {
      own.taken.push(`${own.at}${side}`);
      own.at = Math.max(1, Math.min(5, own.at + (side === "j" ? 1 : -1)));
    },
    tell(n) { own.waits = n; },
  });
  own.come = () => { own.shown = own.at; own.steps.look(); };
  return own;
};
test("a press acts at once where its signal is there", () => {
  const own = walk();
  own.steps.press("j");
  equal([own.at, own.waits], [2, 0]);
});
test("presses wait for the signal they lead from, however late it comes, and all of them act", () => {
  const own = walk();
  own.shown = null;
  for (const side of ["j", "j", "k"]) own.steps.press(side);
  for (let late = 0; late < 1000; late += 1) own.steps.look();
  equal([own.taken, own.waits], [[], 3]);
  own.come();
  equal([own.taken, own.waits], [["1j"], 2]);
  own.come();
  own.come();
  equal([own.taken, own.at, own.waits], [["1j", "2j", "3k"], 2, 0]);
});
test("presses at the last signal come to nothing and wait for nothing", () => {
  const own = walk();
  own.at = own.shown = 5;
  own.steps.press("j");
  own.steps.press("j");
  equal([own.at, own.waits], [5, 0]);
});
test("presses are not meant for another signal that was gone to meanwhile", () => {
  const own = walk();
  own.shown = null;
  own.steps.press("j");
  own.at = 4;
  own.come();
  equal([own.at, own.taken, own.waits], [4, [], 0]);
});
test("presses are let go where their signal cannot be shown, and counted", () => {
  const own = walk();
  equal(own.steps.drop(), 0);
  own.steps.press("j");
  own.steps.press("j");
  equal([own.steps.drop(), own.waits], [1, 0]);
});
