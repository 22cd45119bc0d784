// @ts-check
// Shows how far an import is: first how much of the files is sent, then, asking the server, how much is read
// and how many patients are in. Without it the form is sent as a plain one, and the answer is the same page.

const EVERY_MS = 800;

/** @returns {HTMLElement | null} */
const place = () => document.querySelector("[data-import-progress]");

/** @type {number | undefined} */
let asking;

/** @param {number} percent @param {string} words */
function show(percent, words) {
  const here = place();
  if (!here) return;
  let bar = here.querySelector("progress");
  let line = here.querySelector("p");
  if (!bar || !line) {
    bar = document.createElement("progress");
    bar.max = 100;
    line = document.createElement("p");
    line.className = "sub";
    here.replaceChildren(bar, line);
  }
  bar.value = percent;
  line.textContent = words;
  here.hidden = false;
}

function stopAsking() {
  window.clearInterval(asking);
  asking = undefined;
}

function askNow() {
  const here = place();
  if (here) here.dispatchEvent(new CustomEvent("ask"));
}

/** Whether it is about the form of this page, which the answer may have replaced by then. @param {Event} event */
const isOurs = (event) => {
  const from = /** @type {CustomEvent} */ (event).detail?.elt ?? event.target;
  return from instanceof HTMLFormElement && from.id === "import-form";
};

document.addEventListener("htmx:xhr:progress", (event) => {
  if (!isOurs(event)) return;
  const { loaded, total } = /** @type {CustomEvent<{loaded: number, total: number}>} */ (event).detail;
  if (!total || asking !== undefined) return;
  const percent = Math.floor((100 * loaded) / total);
  show(percent, (place()?.dataset.sending ?? "").replace("%d", String(percent)));
  if (loaded === total) asking = window.setInterval(askNow, EVERY_MS);
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (isOurs(event)) stopAsking();
});

// What came in is what the person waited for: it is shown and read first.
document.addEventListener("htmx:afterSettle", () => {
  const report = document.getElementById("report");
  if (report && !report.dataset.seen) {
    report.dataset.seen = "yes";
    report.focus();
  }
});
