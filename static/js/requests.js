/* What a page asks, and what it says where it is refused; the page stays where it is. */

import { toast } from "./toasts.js";

/* An ended session is said once, with the way back to what was looked at. */
let ended = false;
export const isExpired = () => ended;
export const expired = () => {
  const template = document.getElementById("expired-template");
  if (ended || !template) return;
  ended = true;
  const note = template.content.firstElementChild.cloneNode(true);
  const link = note.querySelector("a");
  link.href = `${link.getAttribute("href")}?next=${encodeURIComponent(location.pathname + location.search)}`;
  document.body.append(note);
  document.dispatchEvent(new Event("portal:expired"));
};

export const unanswered = () => toast({ level: "error", title: "No connection", text: "The portal did not answer. Try again in a moment." });

/* `said` is the JSON of an answer that is ours; any other has no sentence of its own. */
export const refused = (status, said = {}) => {
  if (status === 401) { expired(); return; }
  const incident = said.incident ? ` Incident ${said.incident}.` : "";
  toast({ level: "error", title: said.title || "That did not work", text: `${said.sentence || `The portal answered ${status}.`}${incident}` });
};

/* The answer, or nothing where it was refused: that has then been said, unless nobody waits for it.
   What is let go by its signal comes to nothing and is not said. */
export const fetched = async (url, { signal, isQuiet = false } = {}) => {
  let answer;
  try { answer = await fetch(url, { headers: { "HX-Request": "true" }, signal }); } catch {
    if (!isQuiet && !signal?.aborted) unanswered();
    return null;
  }
  if (answer.ok) return answer;
  if (!isQuiet) refused(answer.status, await answer.json().catch(() => ({})));
  return null;
};

export const save = (blob, name) => {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
};

export const download = async (url) => {
  const answer = await fetched(url);
  if (!answer) return;
  const [, name = "signal"] = answer.headers.get("Content-Disposition")?.match(/filename="([^"]+)"/) || [];
  save(await answer.blob(), name);
};

/* A dialog of the server, shown by the frame once it has come. */
/* What had the focus is where it returns to when the dialog closes. */
export const dialog = (url) => window.htmx.ajax("GET", url, { source: document.activeElement ?? document.body, target: "#dialog-content", swap: "innerHTML" });
