import { patchChildren } from "/js/patch.js";
import { equal, test } from "./harness.js";

const fragment = (html) => {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
};
/* What shows `before`, changed by `script`, and then shows `after`. */
const shown = (before, after, script = () => {}) => {
  const live = document.createElement("div");
  document.body.append(live);
  patchChildren(live, fragment(""), fragment(before));
  script(live);
  patchChildren(live, fragment(before), fragment(after));
  live.remove();
  return live;
};
const DETAILS = (n) => `<details><summary>Time</summary>${n}</details>`;

test("whatever was there, the new is shown", () => {
  const all = ["", "a", "<b>a</b>", "<b>a</b>c", "<i>a</i><b class=\"x\">d</b>", "<ul><li>1</li><li>2</li></ul>", "<ul><li>2</li></ul>"];
  equal(all.flatMap((one) => all.filter((other) => shown(one, other).innerHTML !== other)), []);
});
test("an element that stays keeps the focus", () => {
  let before;
  const live = shown("<button>1</button>", "<button class=\"on\">2</button>", (place) => { before = place.firstChild; });
  equal([live.firstChild === before, live.innerHTML], [true, "<button class=\"on\">2</button>"]);
});
test("a part that somebody opened stays open", () => equal(shown(DETAILS(1), DETAILS(2), (live) => { live.firstChild.open = true; }).firstChild.open, true));
test("what a script has set stays where the new says nothing of it", () => {
  const press = (live) => live.firstChild.setAttribute("aria-pressed", "true");
  equal(shown("<button aria-pressed=\"false\">1</button>", "<button aria-pressed=\"false\">2</button>", press).firstChild.getAttribute("aria-pressed"), "true");
});
test("what a script has written into an empty place stays", () => {
  const write = (live) => live.firstChild.append("written");
  equal(shown("<p></p>", "<p class=\"x\"></p>", write).innerHTML, "<p class=\"x\">written</p>");
});
