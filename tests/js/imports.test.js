import { batches, chosen, dropped, isLitter, size, span } from "/imports/collect.js";
import { equal, test } from "./harness.js";

const entry = (path, inner) => ({
  fullPath: path,
  isFile: !inner,
  file: (done) => done(new File(["x"], path.split("/").pop())),
  createReader: () => {
    const portions = [inner?.slice(0, 1) ?? [], inner?.slice(1) ?? [], []];
    return { readEntries: (done) => done(portions.shift()) };
  },
});
const transfer = (...entries) => ({ items: entries.map((each) => ({ webkitGetAsEntry: () => each })), files: [] });

test("files keep their path below the folder", () => {
  const file = new File(["x"], "a.csv");
  equal(chosen([file]).map((each) => each.path), ["a.csv"]);
});
test("what systems leave behind is not sent", () => {
  equal(["a/.DS_Store", "__MACOSX/a", ".git/x", "a/Thumbs.db", "a/b.csv", "2003.10.22.12.06.24"].map(isLitter), [true, true, true, true, false, false]);
});
test("a dropped folder is walked to its end, however it is portioned", async () => {
  const folder = entry("/rig", [entry("/rig/a.csv"), entry("/rig/day", [entry("/rig/day/b.csv")]), entry("/rig/.hidden")]);
  equal((await dropped(transfer(folder, entry("/c.csv")))).map((each) => each.path), ["rig/a.csv", "rig/day/b.csv", "c.csv"]);
});
test("long lists are offered in parts", () => equal(batches([1, 2, 3, 4, 5], 2), [[1, 2], [3, 4], [5]]));
test("sizes and spans are short", () => {
  equal([size(1500), size(2e9), size(12_345_678)], ["1.5 kB", "2.0 GB", "12 MB"]);
  equal([span(0.2), span(90), span(7200)], ["1 s", "2 min", "2.0 h"]);
});
