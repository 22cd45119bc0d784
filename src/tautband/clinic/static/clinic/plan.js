// @ts-check
// Keeps the plan in one piece while htmx swaps parts of it: the body map hears what is chosen, and an
// answer that comes back after its rows were already replaced lands in the rows that stand there now.

const body = () => document.getElementById("plan-body");

document.addEventListener("htmx:beforeSwap", (event) => {
  const detail = /** @type {CustomEvent} */ (event).detail;
  const now = body();
  if (now && detail.target instanceof HTMLElement && detail.target.id === "plan-body" && !detail.target.isConnected) {
    detail.target = now;
  }
});

document.addEventListener("htmx:afterSettle", () => {
  const map = document.querySelector("body-map");
  const rows = body();
  if (map && rows) map.setAttribute("chosen", rows.dataset.chosen ?? "[]");
});

// A row whose details stand open is replaced after each change in them; they stay open.
/** @type {string[]} */
let opened = [];

document.addEventListener("htmx:beforeSwap", () => {
  const rows = body();
  opened = rows ? Array.from(rows.querySelectorAll("li details[open][id]"), (each) => each.id) : [];
});

document.addEventListener("htmx:afterSwap", () => {
  for (const id of opened) {
    const details = document.getElementById(id);
    if (details instanceof HTMLDetailsElement) details.open = true;
  }
});
