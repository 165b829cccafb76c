/* The state of the viewer is the page's address. Controls change it, panels are asked for what it
   says, and every change can be reloaded, sent and gone back from. */
(() => {
  const FILTER = ["dataset", "class", "severity", "tag", "rpm_min", "rpm_max", "load_min", "load_max", "rms_min", "rms_max", "per_class", "text"];
  const SHOWN = ["signal", "compare", "layout", "off"];
  const OF_TAB = {
    spectrum: ["spec", "win", "seg", "avg", "track", "ppr", "tacho", "f", "fo"],
    envelope: ["band", "fe"],
    cepstrum: ["fc"],
  };
  const ZOOMS = ["t", "f", "fo", "fe", "fc"];
  const DEFAULTS = {
    q: "acceleration", tab: "spectrum", spec: "psd", win: "hann", avg: "power", scale: "db", x: "hz",
    tf: "stft", tfo: "96", map: "Viridis", layout: "overlaid",
  };
  const MARKS = ["shaft", "sub", "mains", "expected", "bearing", "harmonics", "sidebands"];
  const MARKS_AT_FIRST = ["shaft", "sub", "mains", "expected", "bearing"];
  const PAIRS = ["band", "db"], GUTTERS_PX = 72, MOST_COMPARED = 8;
  const $$ = (selector) => document.querySelectorAll(selector);
  const $ = (selector) => document.querySelector(selector);

  const fromAddress = () => {
    const given = new URLSearchParams(location.search);
    return Object.fromEntries([...new Set(given.keys())].map((key) => [key, given.getAll(key).join(",")]));
  };
  let state = fromAddress();
  let signal = null, started = false;
  const sent = {};

  const ids = (key) => (state[key] || "").split(",").filter(Boolean);
  const marks = () => (state.marks === undefined ? [...MARKS_AT_FIRST] : ids("marks"));
  const look = (graph = "viewer-time") => ({
    theme: window.portal.theme,
    w: String(Math.max(200, Math.round(($(`#${graph}`)?.clientWidth || innerWidth) - GUTTERS_PX))),
  });
  const pick = (...keys) => Object.fromEntries(keys.flat().filter((key) => state[key] !== undefined).map((key) => [key, state[key]]));

  const asked = () => {
    const tab = state.tab || DEFAULTS.tab;
    const asks = { "viewer-ask-signal": pick("signal", FILTER) };
    if (!state.signal) return asks;
    const drawn = marks().filter((name) => name !== "harmonics").sort().join(",");
    const analysis = pick(SHOWN, "t", "tab", "r", "scale", "x", "log", "bearing", "unit", "mains", OF_TAB[tab]);
    asks["viewer-ask-time"] = { ...pick(SHOWN, "t", "q", "hp", "machine", "unit", "ppr", "tacho"), ...look() };
    asks["viewer-ask-analysis"] = { ...analysis, marks: drawn, ...look("viewer-spectrum") };
    asks["viewer-ask-map"] = { ...pick(SHOWN, "t", "f", "r", "tf", "tfw", "tfo", "map", "db", "unit", "bearing"), ...look() };
    asks["viewer-ask-side"] = pick("signal", "off");
    if (tab === "envelope") asks["viewer-ask-kurtogram"] = { ...pick("signal", "off", "t", "map"), ...look() };
    return asks;
  };
  const ask = (again = false) => {
    if (!started) return;
    for (const [id, data] of Object.entries(asked())) {
      const text = JSON.stringify(data);
      if (!again && sent[id] === text) continue;
      sent[id] = text;
      window.dash_clientside.set_props(id, { data: again ? { ...data, again: String(Date.now()) } : data });
    }
  };

  const address = () => {
    const given = Object.entries(state).filter(([key, value]) => value !== "" || key === "marks");
    const text = new URLSearchParams(given).toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
    return text ? `?${text}` : location.pathname;
  };
  const go = (changes, { push = false } = {}) => {
    for (const [key, value] of Object.entries(changes)) {
      const none = value === null || value === undefined || (value === "" && key !== "marks") || value === DEFAULTS[key];
      if (none) delete state[key]; else state[key] = String(value);
    }
    history[push ? "pushState" : "replaceState"](null, "", address());
    sync();
    ask();
  };
  const open = (id, more = {}) => {
    const forgotten = Object.fromEntries([...ZOOMS, "off", "ppr", "tacho"].map((key) => [key, null]));
    go({ ...forgotten, signal: String(id), ...more }, { push: true });
  };
  addEventListener("popstate", () => {
    state = fromAddress();
    sync();
    ask();
  });

  /* Controls show what the address says. */
  const current = (key) => state[key] ?? DEFAULTS[key] ?? "";
  const press = (element, on) => {
    const attribute = element.getAttribute("role") === "tab" ? "aria-selected" : "aria-pressed";
    if (element.getAttribute(attribute) !== String(on)) element.setAttribute(attribute, String(on));
  };
  const sync = () => {
    const tab = current("tab"), on = marks(), off = ids("off");
    $$("[data-set]").forEach((button) => {
      const [key, value] = button.dataset.set.split("=");
      press(button, current(key) === value || (!current(key) && button.dataset.default === "1"));
    });
    $$("[data-toggle]").forEach((button) => press(button, state[button.dataset.toggle] === "1"));
    $$("[data-mark]").forEach((button) => press(button, on.includes(button.dataset.mark)));
    $$("[data-part]").forEach((button) => press(button, !off.includes(button.dataset.part)));
    $$("select[data-key]").forEach((select) => {
      const wanted = current(select.dataset.key) || [...select.options].find((option) => option.value === "")?.value || select.options[0]?.value;
      if (select.value !== wanted) select.value = wanted;
    });
    $$("[data-tabs]").forEach((part) => { part.hidden = !part.dataset.tabs.split(" ").includes(tab); });
    $$("[data-integrated]").forEach((part) => { part.hidden = !["velocity", "displacement"].includes(state.q); });
    const title = { velocity: "Velocity", displacement: "Displacement", speed: "Speed" }[state.q] || signal?.quantity || "Acceleration";
    const heading = $("#viewer-time-title");
    if (heading && heading.textContent !== title) heading.textContent = title;
    const panel = $("#viewer-analysis");
    panel?.setAttribute("aria-labelledby", `viewer-tab-${tab}`);
    const words = $("#viewer-compare .btn-text"), kept = ids("compare"), n = kept.length && Math.min(MOST_COMPARED, new Set([...kept, state.signal]).size);
    if (words) words.textContent = n ? `Compare ${n} of ${MOST_COMPARED}` : "Compare";
    const panels = $(".viewer-panels");
    if (panels && panels.dataset.tab !== tab) panels.dataset.tab = tab;
    numbers();
    able();
    document.dispatchEvent(new Event("viewer:state"));
  };
  const shownNumber = {};
  const numbers = () => {
    const wanted = { hp: state.hp ?? "", ppr: state.ppr ?? "" };
    PAIRS.forEach((key) => {
      const [low = "", high = ""] = (state[key] || "").split(",");
      wanted[`${key}-low`] = low;
      wanted[`${key}-high`] = high;
    });
    if (signal && started) {
      const top = Math.floor(signal.fs_hz / 2), band = (state.band || `0,${top}`).split(",").map(Number);
      const text = JSON.stringify(band);
      if (shownNumber.slider !== text || shownNumber.top !== top) {
        Object.assign(shownNumber, { slider: text, top });
        window.dash_clientside.set_props("viewer-band-slider", { max: top, value: band });
      }
    }
    for (const [name, text] of Object.entries(wanted)) {
      if (shownNumber[name] === text || !started) continue;
      shownNumber[name] = text;
      window.dash_clientside.set_props(`viewer-in-${name}`, { value: text === "" ? null : Number(text) });
    }
  };
  /* What needs a shaft speed, or its angle, is off without; its title says why. */
  const able = () => {
    const needs = (selector, has, why) => $$(selector).forEach((element) => {
      element.disabled = !has;
      element.title = has ? "" : why;
    });
    const speed = Boolean(signal?.shaft_hz);
    needs('[data-set="x=orders"], [data-mark="shaft"], [data-mark="sub"], [data-mark="bearing"], [data-mark="sidebands"]', speed, "The shaft speed of this signal is not known.");
    needs('[data-toggle="track"], [data-set="q=speed"]', Boolean(signal?.tracked), "Needs a tacho channel in the same file, or a recipe.");
    needs('select[data-key="unit"]', Boolean(signal?.is_acceleration), "Only acceleration is shown in other units.");
    needs('[data-mark="expected"]', current("spec") === "psd", "The class's expected spectrum is a PSD.");
  };

  /* The cursor's place over frequency means nothing over quefrency. */
  const set = (key, value) => {
    const isOther = key === "tab" && value !== current("tab") && [value, current("tab")].includes("cepstrum");
    go({ [key]: value, ...(isOther ? { cursor: null } : {}) });
  };
  document.addEventListener("click", (event) => {
    const element = event.target.closest?.("[data-set], [data-toggle], [data-mark], [data-part], [data-open], [data-clear], [data-filter], [data-action], [data-dialog], [data-export], [data-use-proposed], [data-uncompare]");
    if (!element || element.disabled) return;
    const data = element.dataset;
    if (data.set) set(...data.set.split("="));
    else if (data.toggle) go({ [data.toggle]: state[data.toggle] === "1" ? null : "1", cursor: null });
    else if (data.mark) {
      const on = marks();
      const next = MARKS.filter((name) => (name === data.mark ? !on.includes(name) : on.includes(name)));
      go({ marks: next.join() === MARKS_AT_FIRST.join() ? null : next.join() });
    } else if (data.part) {
      const off = ids("off");
      go({ off: (off.includes(data.part) ? off.filter((name) => name !== data.part) : [...off, data.part]).join() });
    } else if (data.open) open(data.open);
    else if (data.clear) go({ [data.clear]: null });
    else if (data.filter) { const [key, value] = data.filter.split("="); go({ [key]: value }, { push: true }); }
    else if (data.useProposed) proposed && go({ band: proposed.map((edge) => Math.round(edge)).join() });
    else if (data.uncompare) { go({ compare: ids("compare").filter((id) => id !== data.uncompare).join() }); dialog(`/signal-viewer/compare/${address()}`); }
    else if (data.dialog) dialog(data.dialog + (state.t ? `?t=${state.t}` : ""));
    else if (data.export) { event.preventDefault(); window.portal.download(`/signal-viewer/${state.signal}/export/${data.export}/${address()}`); }
    else if (data.action) ACTIONS[data.action]?.();
  });
  document.addEventListener("change", (event) => {
    const { key } = event.target.dataset || {};
    if (key && event.target.closest(".viewer")) return go({ [key]: event.target.value });
    const name = event.target.id?.match(/^viewer-in-(.+)$/)?.[1];
    if (!name) return undefined;
    if (name === "hp" || name === "ppr") return go({ [name]: event.target.value });
    const pair = name.split("-")[0];
    const [low, high] = ["low", "high"].map((end) => $(`input#viewer-in-${pair}-${end}, #viewer-in-${pair}-${end} input`)?.value ?? "");
    shownNumber[`${pair}-low`] = low;
    shownNumber[`${pair}-high`] = high;
    return low !== "" && high !== "" && go({ [pair]: `${low},${high}` }) || (low === "" && high === "" && go({ [pair]: null }));
  });

  const dialog = (url) => htmx.ajax("GET", url, { target: "#dialog-content", swap: "innerHTML" });
  const ACTIONS = {
    async random() {
      const answer = await window.portal.fetched(`/signal-viewer/random/${address()}`);
      if (answer) open((await answer.json()).signal);
    },
    add() {
      const kept = ids("compare");
      if (kept.includes(state.signal)) return go({ compare: kept.filter((id) => id !== state.signal).join() });
      if (kept.length >= MOST_COMPARED) return window.portal.toast({ level: "warning", title: "Comparison is full", text: "At most 8 signals are compared; take one out first." });
      go({ compare: [...kept, state.signal].join() });
      return window.portal.toast({ level: "success", title: `${signal?.label || "Signal"} is kept for comparison`, text: "It is drawn with whatever you open next." });
    },
    compare() { dialog(`/signal-viewer/compare/${address()}`); },
    script() { dialog(`/signal-viewer/script/${address()}`); },
    async permalink() {
      const kept = await navigator.clipboard?.writeText(location.href).then(() => true, () => false);
      if (!kept) return window.portal.toast({ level: "warning", title: "The link was not copied", text: "The browser keeps the clipboard closed: copy the address of this page." });
      return window.portal.toast({ level: "success", title: "Link copied", text: "It opens what you see now, for whoever may see this signal." });
    },
    unfilter() { go(Object.fromEntries(FILTER.map((key) => [key, null])), { push: true }); },
    uncompareAll() { go({ compare: null, layout: null }); document.dispatchEvent(new Event("dialog:close")); },
  };

  let proposed = null;
  const none = () => window.dash_clientside.no_update;
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    viewer: {
      start() { setTimeout(() => { started = true; sync(); ask(); }); return none(); },
      opened(facts) {
        signal = facts || null;
        if (started && state.signal && !signal) window.portal.toast({ level: "error", title: "There is no such signal", text: "It may have been deleted, or it is not shared with you." });
        $(".viewer")?.style.setProperty("--class-colour", signal?.colour || "");
        document.title = signal ? `${signal.label} – Signal Viewer · Bearing Portal` : "Signal Viewer · Bearing Portal";
        document.dispatchEvent(new CustomEvent("viewer:opened", { detail: signal }));
        sync();
        return none();
      },
      proposed(band) { proposed = band || null; return none(); },
      slide(value) {
        const limit = signal && signal.fs_hz / 2;
        if (!limit || !value) return none();
        const [low, high] = value.map(Math.round), whole = low <= 0 && high >= Math.floor(limit);
        const text = whole ? null : `${low},${high}`;
        if ((state.band ?? null) !== text && JSON.stringify(value) !== shownNumber.slider) go({ band: text });
        return none();
      },
      toast(message) { if (message) window.portal.toast(message); return none(); },
    },
  });

  document.addEventListener("portal:theme", () => ask());
  document.addEventListener("viewer:changed", () => ask(true));
  let resized;
  addEventListener("resize", () => {
    clearTimeout(resized);
    resized = setTimeout(() => {
      const before = JSON.parse(sent["viewer-ask-time"] || "{}").w;
      if (before && Math.abs(look().w / before - 1) > 0.1) ask();
    }, 200);
  });
  /* What Dash draws later takes its state from the address too. */
  new MutationObserver((changes) => {
    if (changes.some(({ target }) => target.closest?.("#viewer-inspector, #viewer-steps, #viewer-filter") || target.id === "react-entry-point")) sync();
  }).observe(document.querySelector(".viewer") || document.body, { childList: true, subtree: true });

  window.viewer = { get state() { return state; }, get signal() { return signal; }, go, open, marks };
})();
