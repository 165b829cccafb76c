/* Answers of the server to Dash that are no answers become words for the person. Dash itself shows
   nothing, and on 400 and 401 it reads the same body twice and fails. */
(() => {
  const CALL = /\/_dash-(update-component|layout|dependencies)/;
  const NOTHING = { status: 204 };
  /* What the page brings: it need not be asked for. */
  const brought = (url) => {
    const name = url.match(/\/_(dash-(?:layout|dependencies))$/)?.[1], place = name && document.getElementById(name);
    return place && new Response(place.textContent, { headers: { "Content-Type": "application/json" } });
  };
  const fetch = window.fetch.bind(window);
  const say = async (answer) => {
    const said = await answer.json().catch(() => ({}));
    const incident = said.incident ? ` Incident ${said.incident}.` : "";
    const text = `${said.sentence || `The portal answered ${answer.status}.`}${incident}`;
    window.portal.toast?.({ level: "error", title: said.title || "That did not work", text });
  };
  window.fetch = async (...args) => {
    const url = String(args[0]?.url ?? args[0]);
    if (!CALL.test(url)) return fetch(...args);
    let answer = brought(url);
    if (answer) return answer;
    try { answer = await fetch(...args); } catch {
      window.portal.toast?.({ level: "error", title: "No connection", text: "The portal did not answer. Try again in a moment." });
      return new Response(null, NOTHING);
    }
    if (answer.ok) return answer;
    if (answer.status === 401) window.portal.expired?.();
    else await say(answer);
    return url.includes("update-component") ? new Response(null, NOTHING) : answer;
  };
})();
