/* Review of labels: keys for what the page's buttons do. */

const ACTS = { c: "confirm", r: "relabel", j: "after", k: "before" };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select") || document.querySelector(".modal.show")) return;
  const act = ACTS[event.key.toLowerCase()];
  const button = act && document.querySelector(`#label-review [data-review="${act}"]`);
  if (!button) return;
  event.preventDefault();
  button.click();
});
