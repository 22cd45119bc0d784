// @ts-check
// The server's word for this person wins; what this browser remembers fills in where the server knows nothing.
// Runs before the page is painted, so that a dark room stays dark. Blocking on purpose, and tiny.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  try {
    if ("themeKnown" in root.dataset) return;
    const theme = localStorage.getItem(`theme:${root.dataset.person ?? ""}`);
    if (theme === "dark" || theme === "light") root.dataset.bsTheme = theme;
  } catch {
    // Storage may be forbidden; the server's theme stands.
  }
})();
