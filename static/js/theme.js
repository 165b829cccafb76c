/* Runs before the first paint: theme and navigation width as the person left them, and the zone in which the server writes times. */
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const read = (key) => {
    try { return localStorage.getItem(key); } catch { return null; }
  };
  const write = (key, value) => {
    try { localStorage.setItem(key, value); } catch { /* private mode: the choice lasts for this page */ }
  };
  const stored = root.dataset.themeStored; // as the person chose on any device
  if (stored) write("portal-theme", stored);
  let choice = stored || read("portal-theme") || "system";
  const keep = () => {
    if (!root.dataset.themeUrl) return;
    const headers = { ...JSON.parse(document.body.getAttribute("hx-headers")), "HX-Request": "true" };
    const body = new URLSearchParams({ theme: choice });
    fetch(root.dataset.themeUrl, { method: "POST", headers, body, credentials: "same-origin" }).catch(() => {});
  };
  const navKey = () => `portal-nav-${root.dataset.navDefault || "wide"}`;

  const paint = () => {
    const theme = choice === "system" ? (dark.matches ? "dark" : "light") : choice;
    root.dataset.themePreference = choice;
    if (root.dataset.bsTheme === theme && root.dataset.painted) return;
    root.dataset.bsTheme = theme;
    root.dataset.painted = "1";
    document.dispatchEvent(new CustomEvent("portal:theme", { detail: { theme } }));
  };
  const setNav = (width) => { root.dataset.nav = width; };

  window.portal = {
    get theme() { return root.dataset.bsTheme; },
    setTheme(next) { choice = next; write("portal-theme", next); paint(); keep(); },
    toggleNav() {
      const next = root.dataset.nav === "rail" ? "wide" : "rail";
      setNav(next);
      write(navKey(), next);
      document.dispatchEvent(new CustomEvent("portal:nav", { detail: { width: next } }));
      window.dispatchEvent(new Event("resize"));
    },
  };
  dark.addEventListener("change", paint);
  window.addEventListener("storage", (event) => {
    if (event.key === "portal-theme" && event.newValue) { choice = event.newValue; paint(); }
  });
  const zone = root.dataset.timeZone || Intl.DateTimeFormat().resolvedOptions().timeZone;
  const cookie = `portal-zone=${encodeURIComponent(zone || "")}`;
  if (zone && !document.cookie.split("; ").includes(cookie)) {
    document.cookie = `${cookie}; path=/; max-age=31536000; SameSite=Lax${location.protocol === "https:" ? "; Secure" : ""}`;
  }
  paint();
  setNav(read(navKey()) || root.dataset.navDefault || "wide");
})();
