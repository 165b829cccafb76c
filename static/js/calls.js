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
  /* Calls of one moment travel together; each is answered as soon as its own answer has come: a
     line with its status, its place among the calls, and what it holds. Quick ones come first. */
  const SEVERAL = "_dash-update-components";
  let gathered = [];
  const together = (url, options) => new Promise((resolve, reject) => {
    const call = { url, options, resolve, reject };
    replace(call);
    gathered.push(call);
    if (gathered.length === 1) setTimeout(send);
  });
  /* Dash drops an answer once the same was asked anew. A request none of whose answers is wanted any
     more is let go; while one is, the others come with it. */
  const newest = new Map();
  const replace = (call) => {
    const { output } = JSON.parse(call.options.body), old = newest.get(output);
    newest.set(output, call);
    if (!old) return;
    old.isOld = true;
    const open = old.batch?.calls ?? [];
    if (open.length && open.every(({ isOld }) => isOld)) old.batch.given.abort();
  };
  const send = async () => {
    const asked = gathered, calls = [...asked], [first, ...rest] = asked, { url } = first, given = new AbortController();
    const options = { ...first.options, signal: given.signal };
    calls.forEach((call) => { call.batch = { calls, given }; });
    gathered = [];
    const nothing = (call, status) => {
      scripts.then(() => empty(call.options, wordsOf(status)));
      call.resolve(new Response(null, NOTHING));
    };
    try {
      if (!rest.length) { first.resolve(await fetch(url, options)); calls.shift(); return; }
      const body = `[${calls.map((call) => call.options.body).join(",")}]`;
      const answer = await fetch(url.replace("_dash-update-component", SEVERAL), { ...options, body });
      if (!answer.ok) { first.resolve(answer); rest.forEach((call) => nothing(call, answer.status)); calls.length = 0; return; }
      for await (const line of linesOf(answer.body)) {
        const end = line.indexOf(" ", 4), status = Number(line.slice(0, 3)), text = line.slice(end + 1);
        const call = asked[Number(line.slice(4, end))];
        calls.splice(calls.indexOf(call), 1);
        call.resolve(new Response(text || null, { status, headers: { "Content-Type": "application/json" } }));
      }
      if (calls.length) throw new TypeError("The answer ended early.");
    } catch (error) {
      if (given.signal.aborted) { calls.forEach((call) => call.resolve(new Response(null, NOTHING))); return; }
      calls.shift()?.reject(error); // it is said once
      calls.forEach((call) => nothing(call, 0));
    }
  };
  const linesOf = async function* (body) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    for (let rest = ""; ;) {
      // oxlint-disable-next-line no-await-in-loop -- a stream is read in its order
      const { value, done } = await reader.read();
      if (done) return;
      const lines = (rest + value).split("\n");
      rest = lines.pop();
      yield* lines;
    }
  };
  window.fetch = async (...args) => {
    const url = String(args[0]?.url ?? args[0]);
    if (!CALL.test(url)) return fetch(...args);
    let answer = brought(url);
    if (answer) return answer;
    try { answer = await (url.includes("update-component") ? together(url, args[1]) : fetch(...args)); } catch {
      await say(null, args[1]);
      return new Response(null, NOTHING);
    }
    if (answer.ok) return answer;
    await say(answer.clone(), args[1]);
    return url.includes("update-component") ? new Response(null, NOTHING) : answer;
  };
})();
