/* The upload dialog: what is chosen or dropped, and how large it is, before anything is sent. */

const $ = (id) => document.getElementById(id);
const megabytes = (bytes) => (bytes / 1e6).toFixed(bytes % 1e6 >= 5e4 || !(bytes % 1e6) ? 1 : 6).replace(/\.0$/, "");

/* Another file brings other questions. */
const forget = () => {
  const questions = $("upload-questions");
  questions.querySelector("fieldset")?.remove();
  $("errors-file").replaceChildren();
};
const refuse = (sentence) => {
  const line = $("upload-refusal").content.firstElementChild.cloneNode(true);
  line.querySelector("span").textContent = sentence;
  $("errors-file").replaceChildren(line);
};
const chosen = (input) => {
  const file = input.files[0];
  forget();
  $("upload-name").textContent = file ? file.name : "Choose a file, or drop it here";
  const tooLarge = file && file.size > Number(input.dataset.maxBytes);
  if (tooLarge) refuse(`${file.name} has ${megabytes(file.size)} MB; at most ${input.dataset.maxMb} MB can be uploaded. Cut the recording shorter, or keep fewer of its channels.`);
  input.setAttribute("aria-invalid", String(Boolean(tooLarge)));
  $("upload-submit").disabled = !file || tooLarge;
  $("upload-why").textContent = file ? (tooLarge ? "Choose a smaller file" : "") : "Choose a file to continue";
};
document.addEventListener("change", (event) => {
  if (event.target.id === "id_file") chosen(event.target);
  const number = event.target.dataset?.unknownFor && $(event.target.dataset.unknownFor);
  if (number) number.disabled = event.target.checked;
});

const area = (event) => event.target.closest?.("#upload-drop");
document.addEventListener("dragover", (event) => {
  if (!$("upload-drop")) return;
  event.preventDefault(); // a file dropped beside the area would take the place of the page
  $("upload-drop").classList.toggle("is-over", Boolean(area(event)));
});
document.addEventListener("drop", (event) => {
  if (!$("upload-drop")) return;
  event.preventDefault();
  $("upload-drop").classList.remove("is-over");
  if (!area(event) || !event.dataTransfer.files.length) return;
  const one = new DataTransfer();
  one.items.add(event.dataTransfer.files[0]);
  $("id_file").files = one.files;
  chosen($("id_file"));
});

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.id !== "upload-form") return;
  event.target.querySelector(".upload-busy-text").textContent = "Sending";
});
document.addEventListener("htmx:xhr:progress", (event) => {
  const text = event.target.id === "upload-form" && event.target.querySelector(".upload-busy-text");
  if (text && event.detail.lengthComputable && event.detail.loaded === event.detail.total) text.textContent = "Reading the file";
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id !== "upload-questions" && event.detail.elt?.id !== "upload-questions") return;
  document.querySelectorAll("[data-unknown-for]").forEach((box) => { $(box.dataset.unknownFor).disabled = box.checked; });
  const fields = [...document.querySelectorAll("#upload-questions .form-control, #upload-questions .form-select")];
  (fields.find((field) => field.getAttribute("aria-invalid") === "true") || fields[0] || $("id_file"))?.focus();
});
