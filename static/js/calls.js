/* Answers of the server to Dash that are no answers become words for the person. Dash itself shows
   nothing, and on 400 and 401 it reads the same body twice and fails. No module: it must stand
   before Dash asks for the first time, and hands its words to the modules, which come later. */
(() => {
  const CALL = /\/_dash-(update-component|layout|dependencies)/;
  const NOTHING = { status: 204 };
  /* What the page brings: it need not be asked for. */
  const brought = (url) => {
    const name = url.match(/\/_(dash-(?:layout|dependencies))$/)?.[1], place = name && document.getElementById(name);
    return place && new Response(place.textContent, { headers: { "Content-Type": "application/json" } });
  };
  /* Modules, which say what was refused, have run by then. */
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
    let answer = brought(url);
    if (answer) return answer;
    try { answer = await fetch(...args); } catch {
      await say(null);
      return new Response(null, NOTHING);
    }
    if (answer.ok) return answer;
    await say(answer.clone());
    return url.includes("update-component") ? new Response(null, NOTHING) : answer;
  };
})();
