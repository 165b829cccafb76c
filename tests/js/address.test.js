import { changed, current, isSameStep, list, question, read, stepOf, write } from "/js/address.js";
import { equal, test } from "./harness.js";

const { viewer, explorer } = await (await fetch("/declared.json")).json();
const LOOK = { theme: () => "dark", width: () => "800" };
const asked = (store, search, declared = viewer) =>
  question(declared, declared.questions.find((one) => one.store === store), read(declared, search), LOOK);

test("the filter stays a query with repeated keys", () => {
  const state = read(explorer, "?dataset=3&class=wear&class=healthy&kind=violin");
  equal(state, { filter: "dataset=3&class=wear&class=healthy", kind: "violin" });
});
test("an address is written as it was read", () => {
  for (const search of ["class=a&class=b&t=0.25,1.5&marks=shaft,mains", "tag=a%2Cb&sel=range:rms:0,1", "sel=lasso:k:1,2;3,4"]) equal(write(read(explorer, search)), search);
});
test("a key named filter in the address is not the filter", () => equal(read(viewer, "?filter=class%3Dwear").filter, ""));
test("a key at its default is left out", () => {
  const state = changed(viewer, read(viewer, "?q=velocity&t=1,2&signal=5"), { q: "acceleration", hp: "" });
  equal(state, { filter: "", t: "1,2", signal: "5" });
});
test("what is made up is read as the default", () => {
  equal(current(viewer, read(viewer, "?q=jerk"), "q"), "acceleration");
  equal(current(viewer, read(viewer, "?q=velocity"), "q"), "velocity");
});
test("marks that are missing are those at first, empty ones none", () => {
  equal(list(viewer, read(viewer, ""), "marks"), viewer.keys.marks.atFirst);
  equal(list(viewer, read(viewer, "?marks="), "marks"), []);
  equal(changed(viewer, { filter: "" }, { marks: "" }).marks, "");
  equal(changed(viewer, { filter: "", marks: "" }, { marks: viewer.keys.marks.atFirst.join() }), { filter: "" });
});
test("another signal forgets zooms and parts of the old one, and keeps the rest", () => {
  const state = read(viewer, "?signal=5&t=1,2&f=3,4&off=floor&q=velocity&cursor=7");
  equal(changed(viewer, state, { signal: "6" }), { filter: "", signal: "6", q: "velocity", cursor: "7" });
  equal(changed(viewer, state, { q: "displacement" }).t, "1,2");
});
test("another filter forgets what was selected in the old one", () => {
  const state = read(explorer, "?class=wear&sel=ids:1,2&groups=a,b&grid={}&kind=violin");
  equal(changed(explorer, state, { filter: "class=healthy" }), { filter: "class=healthy", kind: "violin" });
  equal(changed(explorer, state, { filter: "class=wear" }), { filter: "class=wear", kind: "violin" });
});
test("rows that were checked in a selection go with it", () => {
  const state = read(explorer, "?sel=class:wear&checked=1,2");
  equal(changed(explorer, state, { sel: null }), { filter: "" });
  equal(changed(explorer, state, { filter: "class=healthy" }), { filter: "class=healthy" });
  equal(changed(explorer, state, { checked: "1" }).sel, "class:wear");
});
test("a condition of the filter is set and taken away by its own key", () => {
  const one = changed(viewer, { filter: "dataset=3" }, { class: "wear" });
  equal(one.filter, "dataset=3&class=wear");
  equal(changed(viewer, one, { class: null }).filter, "dataset=3");
});
test("a panel is asked with the keys it depends on and no others", () => {
  const time = asked("viewer-ask-time", "?signal=5&t=1,2&win=hann&q=velocity");
  equal(time, { signal: "5", t: "1,2", q: "velocity", theme: "dark", w: "800" });
});
test("the analysis is asked with the keys of its tab alone", () => {
  const envelope = asked("viewer-ask-analysis", "?signal=5&tab=envelope&win=flattop&fe=1,2&f=3,4");
  equal([envelope.win, envelope.f, envelope.fe], [undefined, undefined, "1,2"]);
});
test("marks that the browser draws by itself ask nothing again", () => {
  const plain = asked("viewer-ask-analysis", "?signal=5&marks=shaft,mains");
  equal(asked("viewer-ask-analysis", "?signal=5&marks=mains,shaft,harmonics"), plain);
});
test("without a signal nothing but the signal is asked, the kurtogram in its tab alone", () => {
  equal(viewer.questions.map(({ store }) => asked(store, "")).filter(Boolean), [{ filter: "" }]);
  equal(asked("viewer-ask-kurtogram", "?signal=5"), null);
  equal(asked("viewer-ask-kurtogram", "?signal=5&tab=envelope").signal, "5");
});
test("what is dragged is one step while it lasts, what is chosen is always its own", () => {
  const zoom = { t: "1,2" }, last = stepOf(zoom, 1000);
  equal(isSameStep(viewer, last, zoom, 1500), true);
  equal(isSameStep(viewer, last, zoom, 2500), false);
  equal(isSameStep(viewer, last, { f: "1,2" }, 1500), false);
  equal(isSameStep(viewer, null, zoom, 1500), false);
  equal(isSameStep(viewer, stepOf({ q: "velocity" }, 1000), { q: "displacement" }, 1001), false);
  equal(isSameStep(explorer, stepOf({ sel: "ids:1" }, 1000), { sel: "ids:1,2" }, 1001, { merge: true }), true);
});
