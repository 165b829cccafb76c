/* Answers of the server to Dash that are no answers become words for the person. Dash itself shows
   nothing, and on 400 and 401 it reads the same body twice and fails. No module: it must stand
   before Dash asks for the first time, and hands its words to the modules, which come later. */
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
  const empty = (options, text) => {
    const { output = "" } = JSON.parse(typeof options?.body === "string" ? options.body : "{}");
    const words = text.replaceAll("<", "&lt;").replace(/(.{50,80}?) /g, "$1<br>");
    const axis = { visible: false, fixedrange: true }, clear = "rgba(0,0,0,0)";
    const layout = {
      paper_bgcolor: clear, plot_bgcolor: clear, font: { color: getComputedStyle(document.body).color }, xaxis: axis, yaxis: axis,
      annotations: [{ text: words, x: 0.5, y: 0.5, xref: "paper", yref: "paper", showarrow: false }],
    };
    for (const [, id] of output.matchAll(/([\w-]+)\.figure/g)) window.dash_clientside.set_props(id, { figure: { data: [], layout } });
  };
  const wordsOf = (status, said) => {
    if (!status) return "The portal did not answer. Try again in a moment.";
    if (status === 401) return "You are logged out. Log in again to see this.";
    return said?.sentence || `The portal answered ${status}. Try again.`;
  };
  const say = async (answer, options) => {
    const said = answer ? await answer.json().catch(() => ({})) : null;
    await scripts;
    empty(options, wordsOf(answer?.status, said));
    document.dispatchEvent(new CustomEvent("portal:refused", { detail: { status: answer?.status, said } }));
  };
  window.fetch = async (...args) => {
    const url = String(args[0]?.url ?? args[0]);
    if (!CALL.test(url)) return fetch(...args);
    let answer;
    try { answer = await fetch(...args); } catch {
      await say(null, args[1]);
      return new Response(null, NOTHING);
    }
    if (url.includes("_dash-layout")) await scripts;
    if (answer.ok) return answer;
    await say(answer.clone(), args[1]);
    return url.includes("update-component") ? new Response(null, NOTHING) : answer;
  };
})();
