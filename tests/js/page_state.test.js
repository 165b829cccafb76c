import { createPageState } from "/js/page-state.js";
import { equal, test, until } from "./harness.js";

const { viewer } = await (await fetch("/declared.json")).json();
const stores = {};
window.portal = { theme: "light" };
window.dash_clientside = { set_props: (id, { data }) => { stores[id] = data; } };
document.body.innerHTML = `<div class="root">
  <button data-set="q=acceleration" data-default="1"></button><button data-set="q=velocity"></button>
  <button data-toggle="log"></button><button data-clear="band"></button>
  <select data-key="win"><option value="hann"></option><option value="hamming"></option></select>
  <div data-when="tab=envelope cepstrum"></div></div>`;
history.replaceState(null, "", "/page/?signal=5");
const page = createPageState(viewer, { root: ".root", width: () => "800" });
page.start();
const $ = (selector) => document.querySelector(selector);
const search = () => decodeURIComponent(location.search);
const back = async () => {
  const before = location.search;
  history.back();
  await until(() => location.search !== before);
  await until(() => page.address() === (location.search || "?"));
};
/* Beginning at one address, whatever the tests before have left. */
const at = (query) => {
  history.pushState(null, "", `/page/?${query}`);
  dispatchEvent(new PopStateEvent("popstate"));
};

test("a control writes into the address and shows what it says", () => {
  at("signal=5");
  $("[data-set='q=velocity']").click();
  equal(search(), "?signal=5&q=velocity");
  equal([...document.querySelectorAll("[data-set]")].map((one) => one.getAttribute("aria-pressed")), ["false", "true"]);
  $("[data-set='q=acceleration']").click();
  equal(search(), "?signal=5");
});
test("a switch turns on and off, a choice is taken, a key is cleared", () => {
  at("signal=5&band=1,2");
  $("[data-toggle=log]").click();
  equal(search(), "?signal=5&band=1,2&log=1");
  $("[data-toggle=log]").click();
  $("[data-clear=band]").click();
  $("select").value = "hamming";
  $("select").dispatchEvent(new Event("change", { bubbles: true }));
  equal(search(), "?signal=5&win=hamming");
});
test("a choice that is made up shows as the default", () => {
  at("signal=5&win=triangle&q=jerk");
  equal($("select").value, "hann");
  equal($("[data-set='q=acceleration']").getAttribute("aria-pressed"), "true");
});
test("parts of other choices are hidden", () => {
  at("signal=5");
  equal($("[data-when]").hidden, true);
  page.go({ tab: "cepstrum" });
  equal($("[data-when]").hidden, false);
});
test("back undoes one control at a time", async () => {
  at("signal=5");
  $("[data-set='q=velocity']").click();
  $("[data-toggle=log]").click();
  await back();
  equal(search(), "?signal=5&q=velocity");
  await back();
  equal(search(), "?signal=5");
  equal($("[data-set='q=acceleration']").getAttribute("aria-pressed"), "true");
});
test("back undoes a zoom as a whole, however often it moved", async () => {
  at("signal=5");
  for (const t of ["0,3", "0,2", "0,1"]) page.go({ t });
  equal(page.state.t, "0,1");
  await back();
  equal(search(), "?signal=5");
});
test("what nobody chose is no step, and what changes nothing neither", () => {
  at("signal=5");
  const { length } = history;
  page.go({ checked: "1" }, { quiet: true });
  page.go({ q: "acceleration" });
  equal(history.length, length);
});
test("a panel is asked again when its part of the address changed, and only then", () => {
  at("signal=5");
  stores["viewer-ask-time"] = null;
  stores["viewer-ask-map"] = null;
  page.go({ q: "velocity" });
  equal([stores["viewer-ask-time"]?.q, stores["viewer-ask-map"]], ["velocity", null]);
});

/* A page whose panels wait, and are asked where they are said to be in sight. */
const waiting = (isAsked) => {
  const own = { coming: null };
  const made = createPageState(viewer, { root: ".none", width: () => "800", isAsked, first: () => own.coming });
  own.come = () => { own.coming = null; };
  return [made, own];
};
test("panels wait for what comes first, then are asked what the address says by then", async () => {
  at("signal=5");
  const [held, own] = waiting(() => true);
  let done = null;
  own.coming = new Promise((resolve) => { done = resolve; }).then(own.come);
  held.start();
  equal(held.asked("viewer-ask-time"), null);
  held.go({ q: "velocity" });
  done();
  await until(() => held.asked("viewer-ask-time"));
  equal(held.asked("viewer-ask-time").q, "velocity");
});
test("what is out of sight is asked once it is seen, and asked anew where it was out of date", () => {
  at("signal=5");
  let isSeen = false;
  const [hidden] = waiting(() => isSeen);
  hidden.start();
  hidden.go({ q: "velocity" });
  equal(hidden.asked("viewer-ask-time"), null);
  isSeen = true;
  hidden.ask();
  equal(hidden.asked("viewer-ask-time").q, "velocity");
  isSeen = false;
  hidden.ask(true);
  equal(hidden.asked("viewer-ask-time"), null);
});
