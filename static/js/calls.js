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
  const say = async (answer) => {
    const said = answer ? await answer.json().catch(() => ({})) : null;
    await scripts;
    document.dispatchEvent(new CustomEvent("portal:refused", { detail: { status: answer?.status, said } }));
  };
  window.fetch = async (...args) => {
    const url = String(args[0]?.url ?? args[0]);
    if (!CALL.test(url)) return fetch(...args);
    let answer;
    try { answer = await fetch(...args); } catch {
      await say(null);
      return new Response(null, NOTHING);
    }
    if (url.includes("_dash-layout")) await scripts;
    if (answer.ok) return answer;
    await say(answer.clone());
    return url.includes("update-component") ? new Response(null, NOTHING) : answer;
  };
})();
