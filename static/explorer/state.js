/* The state of the explorer is the page's address. Controls change it, panels are asked for what it
   says, and every change can be reloaded, sent and gone back from. */
(() => {
  const FILTER = ["dataset", "class", "severity", "tag", "rpm_min", "rpm_max", "load_min", "load_max", "rms_min", "rms_max", "per_class", "text", "originals"];
  const DEFAULTS = { rank: "f", kind: "box", by: "class", corr: "matrix", measure: "spearman", method: "pca", colour: "class", copies: "no" };
  const SLICES = {
    "explorer-ask-overview": ["sel"],
    "explorer-ask-ranking": ["rank", "ranked", "copies", "feature"],
    "explorer-ask-feature": ["feature", "rank", "copies", "kind", "by", "axis", "groups", "sel"],
    "explorer-ask-correlation": ["corr", "measure", "fx", "fy", "rank", "copies", "sel"],
    "explorer-ask-projection": ["method", "perplexity", "neighbours", "min_dist", "metric", "seed", "projection", "colour", "sel"],
    "explorer-ask-table": ["sel"],
  };
  const WITHOUT_FIGURE = ["explorer-ask-table"];
  const $ = (selector) => document.querySelector(selector);
  const $$ = (selector) => document.querySelectorAll(selector);

  /* The filter stays a query; everything else is a text under its key. */
  const fromAddress = () => {
    const given = new URLSearchParams(location.search), read = { filter: "" }, filter = new URLSearchParams();
    for (const [key, value] of given) if (FILTER.includes(key)) filter.append(key, value); else read[key] = value;
    read.filter = filter.toString();
    return read;
  };
  let state = fromAddress();
  /* A selection that the server could not find is dropped; its line says so. */
  const dropLost = () => {
    if (!state.sel || !document.querySelector("#explorer-line[data-sel-dropped]")) return;
    delete state.sel;
    history.replaceState(null, "", address());
  };
  let started = false;
  const inSight = new Set(), sent = {};
  const near = () => new Set([...inSight].map((part) => part.dataset.asks));

  const query = () => {
    const { filter, ...rest } = state;
    const more = new URLSearchParams(rest).toString().replaceAll("%2C", ",").replaceAll("%3A", ":").replaceAll("%2F", "/").replaceAll("%3B", ";");
    return [filter, more].filter(Boolean).join("&");
  };
  /* An address without anything opens the newest dataset; this one says that all are meant. */
  const address = () => `?${query() || "dataset="}`;

  const slice = (id) => {
    const asked = { filter: state.filter };
    SLICES[id].forEach((key) => { if (state[key] !== undefined) asked[key] = state[key]; });
    if (id === "explorer-ask-table" && asked.sel?.startsWith("ids:")) delete asked.sel; // they are checked among all
    if (!WITHOUT_FIGURE.includes(id)) asked.theme = window.portal.theme;
    return asked;
  };
  /* Rows of the table come first: figures are asked for once they are there, or late. */
  const ask = async (again = false) => {
    if (!started) return;
    await window.explorerTable?.rows?.();
    for (const id of near()) {
      const data = slice(id), text = JSON.stringify(data);
      if (!again && sent[id] === text) continue;
      sent[id] = text;
      window.dash_clientside.set_props(id, { data: again ? { ...data, again: String(Date.now()) } : data });
    }
  };

  const go = (changes, { push = false } = {}) => {
    for (const [key, value] of Object.entries(changes)) {
      if (value === null || value === undefined || value === "" || value === DEFAULTS[key]) delete state[key]; else state[key] = String(value);
    }
    const before = location.search;
    if (address() !== before) history[push ? "pushState" : "replaceState"](null, "", address());
    sync();
    if ("sel" in changes) line();
    ask();
  };
  const select = (text) => go({ sel: text && text !== state.sel ? text : null }, { push: true });

  /* A filter is applied once the server has taken it: then its form and its line are there too. */
  let asking = 0;
  const filtered = async (filter) => {
    const mine = (asking += 1), next = { ...state, filter };
    ["sel", "checked", "groups", "grid"].forEach((key) => delete next[key]);
    $(".explorer")?.setAttribute("aria-busy", "true");
    window.explorerTable?.prefetch?.(filter);
    const answer = await window.portal.fetched(`/data-explorer/filters/?${filter}`);
    if (mine !== asking) return;
    $(".explorer")?.removeAttribute("aria-busy");
    if (!answer) return;
    const text = await answer.text();
    state = next;
    if (address() !== location.search) history.pushState(null, "", address());
    swap(text);
    $("#explorer-trouble")?.remove();
    sync();
    ask();
  };
  const swap = (text) => {
    const fresh = new DOMParser().parseFromString(text, "text/html");
    for (const id of ["explorer-filters", "explorer-line"]) {
      const part = fresh.getElementById(id), old = document.getElementById(id);
      if (!part || !old) continue;
      part.removeAttribute("hx-swap-oob");
      const scrolled = old.querySelector(".filters-body")?.scrollTop || 0;
      const place = old.contains(document.activeElement) && document.activeElement.id;
      old.replaceWith(part);
      if (scrolled) part.querySelector(".filters-body").scrollTop = scrolled;
      if (place) document.getElementById(place)?.focus();
    }
    document.dispatchEvent(new Event("explorer:filters"));
    document.dispatchEvent(new Event("portal:fresh"));
  };
  let lining = 0;
  const line = async () => {
    const mine = (lining += 1);
    const answer = await window.portal.fetched(`/data-explorer/line/${address()}`);
    if (!answer || mine !== lining) return;
    swap(await answer.text());
    dropLost();
  };

  addEventListener("popstate", () => {
    const before = state;
    state = fromAddress();
    sync();
    if (before.filter !== state.filter) {
      window.portal.fetched(`/data-explorer/filters/${location.search}`).then(async (answer) => { if (answer) swap(await answer.text()); dropLost(); ask(); });
    } else {
      if (before.sel !== state.sel) line();
      ask();
    }
  });

  /* Controls show what the address says. */
  const current = (key) => state[key] ?? DEFAULTS[key] ?? "";
  const press = (element, on) => { if (element.getAttribute("aria-pressed") !== String(on)) element.setAttribute("aria-pressed", String(on)); };
  const sync = () => {
    $$(".explorer [data-set]").forEach((button) => {
      const [key, value] = button.dataset.set.split("=");
      press(button, current(key) === value || (!current(key) && button.dataset.default === "1"));
    });
    $$(".explorer [data-toggle-key]").forEach((button) => press(button, Boolean(state[button.dataset.toggleKey])));
    $$(".explorer select[data-key]").forEach((select) => {
      const wanted = current(select.dataset.key) || select.options[0]?.value;
      if (select.value !== wanted) select.value = wanted;
    });
    $$(".explorer [data-when]").forEach((part) => {
      const [key, values] = part.dataset.when.split("=");
      part.hidden = !values.split(" ").includes(current(key));
    });
    document.dispatchEvent(new Event("explorer:state"));
  };

  document.addEventListener("click", (event) => {
    const at = event.target.closest?.("[data-filter-query], [data-select], [data-set], [data-toggle-key], [data-share], [data-section], [data-view-new]");
    if (!at || !at.closest(".explorer, #dialog") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const { filterQuery, select: chosen, set, toggleKey, section, viewNew } = at.dataset;
    if (filterQuery !== undefined) { event.preventDefault(); filtered(filterQuery); }
    else if (chosen !== undefined) select(chosen || null);
    else if (set) { const [key, value] = set.split("="); go({ [key]: at.dataset.default === "1" ? null : value }); }
    else if (toggleKey) go({ [toggleKey]: state[toggleKey] ? null : at.dataset.value || "1" });
    else if (section) { event.preventDefault(); jump(section); }
    else if (viewNew) keep(viewNew);
    else share();
  });
  const keep = (url) => {
    bootstrap.Dropdown.getInstance($("#views-button"))?.hide();
    htmx.ajax("GET", `${url}?${new URLSearchParams({ query: query() })}`, { target: "#dialog-content", swap: "innerHTML" });
  };
  document.addEventListener("change", (event) => {
    const key = event.target.dataset?.key;
    if (key && event.target.closest(".explorer")) go({ [key]: event.target.value });
  });
  document.addEventListener("keydown", (event) => {
    const busy = event.defaultPrevented || event.target.closest?.("input, select, textarea, dialog, .modal, .dropdown-menu, .ag-root-wrapper") || $(".modal.show, .offcanvas.show, .is-alone");
    if (event.key === "Escape" && state.sel && !busy) select(null);
  });

  const share = async () => {
    const kept = await navigator.clipboard?.writeText(location.href).then(() => true, () => false);
    window.portal.toast(kept
      ? { level: "success", title: "Link copied", text: "It opens what you see now, for whoever may see these signals." }
      : { level: "warning", title: "The link was not copied", text: "The browser keeps the clipboard closed: copy the address of this page." });
  };
  const jump = (section) => {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    document.getElementById(`section-${section}`)?.scrollIntoView({ behavior: calm ? "auto" : "smooth" });
  };

  /* A panel is asked for once it comes near the sight; the bar says which section is in it. */
  const main = () => $(".explorer-main");
  let watch = null, spy = null;
  const observe = () => {
    watch ??= new IntersectionObserver((entries) => {
      entries.forEach(({ target, isIntersecting }) => { if (isIntersecting) inSight.add(target); else inSight.delete(target); });
      if (entries.some(({ isIntersecting }) => isIntersecting)) { document.dispatchEvent(new Event("explorer:near")); ask(); }
    }, { rootMargin: "400px" });
    spy ??= new IntersectionObserver((entries) => entries.forEach(({ target, isIntersecting }) => {
      if (isIntersecting) $$("[data-section]").forEach((link) => { if (`section-${link.dataset.section}` === target.id) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current"); });
    }), { rootMargin: "-25% 0px -70% 0px" });
    $$("[data-asks]:not([data-watched])").forEach((part) => { part.dataset.watched = "1"; watch.observe(part); });
    $$("[id^=section-]:not([data-watched])").forEach((part) => { part.dataset.watched = "1"; spy.observe(part); });
  };
  new MutationObserver((changes) => {
    observe();
    if (changes.some(({ target }) => target.closest?.("[data-panel]") || target.id === "react-entry-point")) sync();
  }).observe(main(), { childList: true, subtree: true });

  const none = () => window.dash_clientside.no_update;
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    explorer: {
      start() { dropLost(); setTimeout(() => { started = true; observe(); sync(); ask(); }); return none(); },
      toast(message) { if (message) window.portal.toast(message); return none(); },
    },
  });
  document.addEventListener("portal:theme", () => ask());
  document.addEventListener("explorer:changed", () => { Object.keys(sent).forEach((id) => { if (!near().has(id)) delete sent[id]; }); line(); ask(true); });

  window.explorer = { get state() { return state; }, get query() { return query(); }, go, select, filtered, isNear: (id) => near().has(id) };
})();
