/* Passing words in the corner. An error stays until it is closed; the rest goes by itself. */

const TOAST_MS = 6000;

export const toast = ({ level = "info", title, text = "", url = "", action: own = null }) => {
  const template = document.getElementById("toast-template");
  if (!template) return;
  const note = template.content.firstElementChild.cloneNode(true);
  const icon = document.querySelector(`#toast-icons .for-${level}`);
  if (icon) note.querySelector(".toast-icon").append(icon.cloneNode(true));
  note.setAttribute("role", level === "error" ? "alert" : "status");
  note.querySelector("strong").textContent = title;
  note.querySelector(".toast-text span").textContent = text;
  const link = note.querySelector(".toast-action");
  if (url.startsWith("/") && !url.startsWith("//")) link.href = url; else link.remove();
  note.querySelector("button").addEventListener("click", () => note.remove());
  if (own) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-link toast-action", textContent: own.label });
    button.addEventListener("click", () => { note.remove(); own.run(); });
    note.querySelector(".toast-text").after(button);
  }
  document.getElementById("toasts").append(note);
  if (level === "error") return;
  let timer;
  const hold = () => clearTimeout(timer);
  const release = () => { hold(); timer = setTimeout(() => note.remove(), TOAST_MS); };
  note.addEventListener("mouseenter", hold);
  note.addEventListener("mouseleave", release);
  note.addEventListener("focusin", hold);
  note.addEventListener("focusout", release);
  release();
};
