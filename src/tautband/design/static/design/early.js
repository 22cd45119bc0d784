// @ts-check
// Runs before the page is painted, so that a dark room stays dark. Blocking on purpose, and tiny.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  try {
    const theme = localStorage.getItem(`theme:${root.dataset.person ?? ""}`);
    if (theme === "dark" || theme === "light") root.dataset.bsTheme = theme;
  } catch {
    // Storage may be forbidden; the server's theme stands.
  }
})();
