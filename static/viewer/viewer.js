/* The viewer's part in the browser: theme and width for the figures, zoom, keys, title. */
(() => {
  const PICKER = "viewer-picker", SCREEN = "viewer-screen", TIME = "viewer-time", GUTTERS_PX = 72;
  const screen = () => {
    const graph = document.getElementById(TIME);
    return { theme: window.portal.theme, width_px: Math.max(200, Math.round((graph?.clientWidth || innerWidth) - GUTTERS_PX)) };
  };
  let sent;
  const send = () => {
    sent = screen();
    window.dash_clientside.set_props(SCREEN, { data: sent });
  };

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    viewer: {
      screen() { sent = screen(); return sent; },
      zoom(relayout) { // the server draws what is zoomed to; another signal or range starts anew
        const { no_update: same, callback_context: context } = window.dash_clientside;
        if (!context.triggered.some(({ prop_id: prop }) => prop.endsWith(".relayoutData"))) return null;
        const from = relayout?.["xaxis.range[0]"], to = relayout?.["xaxis.range[1]"];
        if (Number.isFinite(from) && Number.isFinite(to)) return [from, to];
        return relayout && ("xaxis.autorange" in relayout || "xaxis.range" in relayout) ? null : same;
      },
      range() {
        const full = window.dash_clientside.callback_context.triggered_id === "viewer-range-full";
        return [full ? "full" : "low", String(!full), String(full)];
      },
      label(signal) {
        document.title = signal ? `${signal.label} – Signal Viewer` : "Signal Viewer";
        return signal ? signal.label : "";
      },
      toast(message) {
        if (message) window.portal.toast(message);
        return window.dash_clientside.no_update;
      },
    },
  });

  document.addEventListener("portal:theme", () => { if (sent) send(); });
  let resized;
  addEventListener("resize", () => {
    clearTimeout(resized);
    resized = setTimeout(() => {
      if (sent && Math.abs(screen().width_px / sent.width_px - 1) > 0.1) send();
    }, 200);
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector(".modal.show")) return;
    if (event.target.closest("input, textarea, select, [contenteditable=true]")) return;
    const side = { j: "is-right", k: "is-left" }[event.key.toLowerCase()];
    if (!side) return;
    event.preventDefault();
    step(side);
  });
  // A key pressed before the neighbours of the new signal came would step from the old one.
  const step = (side, patience = 60) => {
    const shown = new URLSearchParams(location.search).get("signal");
    if (document.querySelector(".viewer-place")?.dataset.signal === shown) document.querySelector(`.viewer-step.${side}`)?.click();
    else if (patience) setTimeout(step, 50, side, patience - 1);
  };
  document.addEventListener("focusin", (event) => { if (event.target.id === PICKER) event.target.select(); });
})();
