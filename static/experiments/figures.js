/* Figures of a result: asked for once in the theme that is shown, and again when that changes. */

import { fetched } from "../js/requests.js";

const CONFIG = { displayModeBar: false, responsive: true, showTips: false };
let asked = 0;

const draw = async () => {
  const holder = document.querySelector("[data-experiment-figures]");
  if (!holder || !window.Plotly) return;
  asked += 1;
  const turn = asked, answer = await fetched(`${holder.dataset.experimentFigures}?theme=${window.portal.theme}`);
  if (!answer || turn !== asked) return;
  const figures = await answer.json();
  Object.entries(figures).forEach(([name, { data, layout }]) => {
    const place = document.querySelector(`#experiment-${CSS.escape(name)} > div`);
    if (place) window.Plotly.react(place, data, layout, CONFIG);
  });
};

document.addEventListener("portal:theme", draw);
document.addEventListener("htmx:afterSettle", ({ detail }) => { if (detail.target?.id === "main" || document.querySelector("[data-experiment-figures] > div:empty")) draw(); });
if (document.readyState === "complete") draw();
else window.addEventListener("load", draw);
