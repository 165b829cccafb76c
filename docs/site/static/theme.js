/* Before the first paint: light or dark as chosen in the portal, and what is chosen here counts there. */
(() => {
  const key = "portal-theme";
  const read = () => {
    try { return localStorage.getItem(key); } catch { return null; }
  };
  const write = (value) => {
    try { localStorage.setItem(key, value); } catch { /* private mode: the choice lasts for this page */ }
  };
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const { body, documentElement: root } = document;
  const paint = () => {
    const theme = body.dataset.theme;
    root.dataset.bsTheme = theme === "auto" ? (dark.matches ? "dark" : "light") : theme;
  };
  const choose = (choice) => {
    body.dataset.theme = choice === "light" || choice === "dark" ? choice : "auto";
    paint();
  };
  choose(read());
  dark.addEventListener("change", paint);
  window.addEventListener("storage", (event) => {
    if (event.key === key) choose(event.newValue);
  });
  new MutationObserver(() => {
    paint();
    write(body.dataset.theme === "auto" ? "system" : body.dataset.theme);
  }).observe(body, { attributeFilter: ["data-theme"] });
  document.addEventListener("DOMContentLoaded", () => {
    for (const link of document.querySelectorAll(".to-portal")) {
      link.hidden = !location.pathname.startsWith("/docs/");
    }
  });
})();
