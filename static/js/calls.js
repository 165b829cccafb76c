/* Answers of the server to Dash that are no answers become words for the person. Dash itself shows
   nothing, and on 400 and 401 it reads the same body twice and fails. */
(() => {
  const CALL = /\/_dash-(update-component|layout|dependencies)/;
  const NOTHING = { status: 204 };
  /* Drawn before the deferred scripts have run, a figure would fetch each of them a second time. */
  const scripts = new Promise((resolve) => {
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", resolve, { once: true });
    else resolve();
  });
  const fetch = window.fetch.bind(window);
  /* What was drawn before must not stay under the name of what was asked for. */
  const empty = (options, title, text) => {
    const { output = "" } = JSON.parse(typeof options?.body === "string" ? options.body : "{}");
    const words = `<b>${title}</b><br>${text.replaceAll("<", "&lt;").replace(/(.{50,80}?) /g, "$1<br>")}`;
    const place = { x: 0.5, y: 0.5, xref: "paper", yref: "paper", showarrow: false };
    const hidden = { visible: false, fixedrange: true };
    for (const [, id] of output.matchAll(/([\w-]+)\.figure/g)) {
      const layout = { paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", font: { color: getComputedStyle(document.body).color }, xaxis: hidden, yaxis: hidden, annotations: [{ text: words, ...place }] };
      window.dash_clientside.set_props(id, { figure: { data: [], layout } });
    }
  };
  const say = async (answer, options) => {
    const said = await answer.json().catch(() => ({}));
    const incident = said.incident ? ` Incident ${said.incident}.` : "";
    const title = said.title || "That did not work", text = `${said.sentence || `The portal answered ${answer.status}.`}${incident}`;
    empty(options, title, text);
    window.portal.toast?.({ level: "error", title, text });
  };
  window.fetch = async (...args) => {
    const url = String(args[0]?.url ?? args[0]);
    if (!CALL.test(url)) return fetch(...args);
    let answer;
    try { answer = await fetch(...args); } catch {
      const title = "No connection", text = "The portal did not answer. Try again in a moment.";
      empty(args[1], title, text);
      window.portal.toast?.({ level: "error", title, text });
      return new Response(null, NOTHING);
    }
    if (url.includes("_dash-layout")) await scripts;
    if (answer.ok) return answer;
    if (answer.status === 401) {
      empty(args[1], "You are logged out", "Log in again to see this.");
      window.portal.expired?.();
    } else await say(answer, args[1]);
    return url.includes("update-component") ? new Response(null, NOTHING) : answer;
  };
})();
