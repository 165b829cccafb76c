/* The Import page: what is chosen or dropped is sent; what is chosen in the table is counted. */

import { chosen, dropped, size, span } from "./collect.js";
import { begin, read, Sending } from "./send.js";

const $ = (id) => document.getElementById(id);
let sending = null;

/* Sending */
const refuse = (sentences) => {
  const lines = sentences.map((sentence) => {
    const line = $("import-refusal").content.firstElementChild.cloneNode(true);
    line.querySelector("span").textContent = sentence;
    return line;
  });
  $("import-refused").replaceChildren(...lines);
};
const paint = ({ total, sent, done, files, isPaused, leftS }) => {
  const percent = total ? (100 * sent) / total : 100;
  $("import-sending").hidden = false;
  $("import-bar").setAttribute("aria-valuenow", String(Math.round(percent)));
  $("import-bar").firstElementChild.setAttribute("width", `${percent.toFixed(1)}%`);
  $("import-sent").textContent = `${done} of ${files.length} files, ${size(sent)} of ${size(total)}`;
  $("import-left").textContent = isPaused ? "paused" : Number.isFinite(leftS) ? `about ${span(leftS)} left` : "";
  $("import-pause").textContent = isPaused ? "Go on" : "Pause";
};
const send = async (files) => {
  if (sending) return;
  const place = $("import-drop"), { new: fresh, chunk_bytes: chunkBytes, max_bytes: most } = JSON.parse(place.dataset.sending);
  refuse([]);
  const total = files.reduce((sum, { file }) => sum + file.size, 0);
  if (!files.length) { refuse(["There is no file in what you chose."]); return; }
  if (total > most) { refuse([`These files have ${size(total)} together, more than the ${size(most)} that an import holds. Divide them among several.`]); return; }
  try {
    const { files: to, read: then, page } = place.dataset;
    const urls = to ? { files: to, read: then, page } : await begin(fresh);
    sending = new Sending(files, { urls, chunkBytes, changed: paint });
    if (location.pathname !== urls.page) history.replaceState(history.state, "", urls.page);
    Object.assign(place.dataset, { files: urls.files, read: urls.read, page: urls.page });
    await sending.offer();
    paint(sending);
    await sending.run();
    const { failed } = sending;
    if (failed.length) refuse(failed.slice(0, 10));
    await read(urls.read).catch((error) => { if (!failed.length) throw error; });
    sending = null;
    if (!failed.length) location.assign(urls.page);
  } catch (error) {
    sending = null;
    refuse([error.message]);
  }
};
addEventListener("beforeunload", (event) => { if (sending && !sending.isPaused) event.preventDefault(); });

document.addEventListener("change", (event) => {
  if (event.target.id !== "import-files" && event.target.id !== "import-folder") return;
  const files = chosen(event.target.files);
  event.target.value = "";
  send(files);
});
document.addEventListener("click", (event) => {
  if (event.target.id !== "import-pause" || !sending) return;
  if (sending.isPaused) sending.goOn();
  else sending.pause();
});
document.addEventListener("dragover", (event) => {
  if (!$("import-drop")) return;
  event.preventDefault(); // a file dropped beside the area would take the place of the page
  $("import-drop").classList.toggle("is-over", Boolean(event.target.closest?.("#import-drop")));
});
document.addEventListener("drop", async (event) => {
  if (!$("import-drop")) return;
  event.preventDefault();
  $("import-drop").classList.remove("is-over");
  if (event.target.closest?.("#import-drop")) send(await dropped(event.dataTransfer));
});

/* What is chosen in the table */
const boxes = () => [...document.querySelectorAll('#import-table input[name="file"]')];
const count = () => {
  const words = $("chosen-count"), every = $("choose-everything");
  if (!words) return;
  const all = boxes(), n = all.filter((box) => box.checked).length, everything = Boolean(every?.checked);
  words.textContent = everything ? "all of the list" : n ? `${n} chosen` : "none chosen: tick files above";
  ["answer-submit", "answer-leave", "answer-take", "answer-forget"].forEach((id) => { $(id).disabled = !n && !everything; });
  const head = $("choose-all");
  if (!head) return;
  head.checked = n > 0 && n === all.length;
  head.indeterminate = n > 0 && n < all.length;
};
document.addEventListener("change", (event) => {
  if (event.target.id === "choose-all") boxes().forEach((box) => { box.checked = event.target.checked; });
  if (event.target.closest("#import-table")) count();
});
/* A picture's row is marked, without reading the table again. */
document.addEventListener("htmx:afterSettle", (event) => {
  count();
  const shown = document.querySelector('#import-file input[name="shown"]')?.value;
  document.querySelectorAll("#import-table tr.is-shown").forEach((row) => row.classList.remove("is-shown"));
  if (shown) $(`file-${shown}`)?.classList.add("is-shown");
  if (event.detail.target?.id === "import-work") document.querySelector("#answers-form .is-invalid")?.focus();
});
document.addEventListener("portal:fresh", count);
count();
