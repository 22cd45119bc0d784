// @ts-check
// Light or dark: the button, the key D, and remembering it for this person on this machine.
// The cookie "theme" lets the server draw the first page right; it holds nothing but the word.

const root = document.documentElement;

/** @param {string} theme "light" or "dark" */
function show(theme) {
  root.dataset.bsTheme = theme;
  for (const button of document.querySelectorAll("[data-theme-switch]")) {
    const word = button.querySelector("[data-theme-word]");
    const words = /** @type {HTMLElement} */ (button).dataset;
    if (word) word.textContent = (theme === "dark" ? words.dark : words.light) ?? theme;
  }
}

function toggle() {
  const theme = root.dataset.bsTheme === "dark" ? "light" : "dark";
  show(theme);
  try {
    localStorage.setItem(`theme:${root.dataset.person ?? ""}`, theme);
  } catch {
    // Storage may be forbidden; the cookie still remembers.
  }
  const secure = location.protocol === "https:" ? "; Secure" : "";
  remember(theme);
  document.cookie = `theme=${theme}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
}

/** Tell the server, so that the choice follows the person; a failure costs nothing. @param {string} theme */
function remember(theme) {
  const url = root.dataset.themeUrl;
  if (!url) return;
  const token = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";
  const options = { method: "POST", body: new URLSearchParams({ theme }), headers: { "X-CSRFToken": token } };
  fetch(url, { ...options, credentials: "same-origin" }).catch(() => {});
}

/** Whether keys pressed here are somebody's typing. @param {EventTarget | null} target */
function typing(target) {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input, select, textarea"));
}

show(root.dataset.bsTheme ?? "light");
document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  if (target.closest("[data-theme-switch]")) toggle();
  if (target.closest("[data-print]")) window.print();
});
document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "d" || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (!typing(event.target)) toggle();
});
