/* What a page asks outside of Dash: a refusal becomes words, and the page stays where it is. */
(() => {
  /* The answer, or nothing where it was refused: that has then been said. */
  const fetched = async (url) => {
    let answer;
    try { answer = await fetch(url, { headers: { "HX-Request": "true" } }); } catch {
      window.portal.toast({ level: "error", title: "No connection", text: "The portal did not answer. Try again in a moment." });
      return null;
    }
    if (answer.ok) return answer;
    if (answer.status === 401) { window.portal.expired?.(); return null; }
    const said = await answer.json().catch(() => ({}));
    window.portal.toast({ level: "error", title: said.title || "That did not work", text: said.sentence || `The portal answered ${answer.status}.` });
    return null;
  };
  const save = (blob, name) => {
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };
  const download = async (url) => {
    const answer = await fetched(url);
    if (!answer) return;
    const [, name = "signal"] = answer.headers.get("Content-Disposition")?.match(/filename="([^"]+)"/) || [];
    save(await answer.blob(), name);
  };
  Object.assign(window.portal, { fetched, save, download });
})();
