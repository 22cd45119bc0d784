// @ts-check
// Keeps a page in one piece while htmx swaps the part of it that lists muscles (marked data-chosen): the body
// map hears what is chosen; an answer that comes back after its part was already replaced lands in the part
// that stands there now; what is folded out stays so; and what was typed meanwhile is put back and sent.

/** @returns {HTMLElement | null} */
const part = () => document.querySelector("[data-chosen]");

/** @param {EventTarget | Element | null} target @returns {target is HTMLInputElement | HTMLSelectElement} */
const isField = (target) => target instanceof HTMLInputElement || target instanceof HTMLSelectElement;

document.addEventListener("htmx:beforeSwap", (event) => {
  const detail = /** @type {CustomEvent} */ (event).detail;
  const now = part();
  if (now && detail.target instanceof HTMLElement && detail.target.id === now.id && !detail.target.isConnected) {
    detail.target = now;
  }
});

document.addEventListener("htmx:afterSettle", () => {
  const map = document.querySelector("body-map");
  const rows = part();
  if (map && rows) map.setAttribute("chosen", rows.dataset.chosen ?? "[]");
});

/** What stood folded out before a swap. @type {string[]} */
let opened = [];
/** Where somebody was typing. @type {{id: string, from: number | null, to: number | null} | null} */
let cursor = null;

/** What was typed and has not been sent, by the id of its field. @type {Map<string, string>} */
const unsent = new Map();

/** The fields of the form that a request came from. @param {Event} event */
function fieldsOf(event) {
  const detail = /** @type {CustomEvent} */ (event).detail;
  const from = detail.requestConfig?.elt ?? detail.elt;
  const form = from instanceof HTMLFormElement ? from : from?.closest?.("form");
  return form instanceof HTMLFormElement ? [...form.elements].filter((each) => isField(each)) : [];
}

/** Whether a field no longer says what the server wrote in it. @param {HTMLInputElement | HTMLSelectElement} field */
function isChanged(field) {
  if (field instanceof HTMLInputElement) return field.value !== field.defaultValue;
  const written = [...field.options].find((option) => option.defaultSelected) ?? field.options[0];
  return field.value !== (written?.value ?? "");
}

document.addEventListener("input", (event) => {
  const field = event.target;
  if (!isField(field) || !field.id || field.getAttribute("role") === "combobox") return;
  if (part()?.contains(field)) unsent.set(field.id, field.value);
});

/** How many changes are on their way. */
let flying = 0;
/** The address of a form that waits until they have arrived. */
let waiting = "";

/** Forms that send themselves when something in them changes, and hold something not sent. @returns {Set<HTMLFormElement>} */
function unsentForms() {
  const fields = [...unsent.keys()].map((id) => document.getElementById(id)).filter((each) => isField(each));
  const forms = fields.map((field) => field.form).filter((form) => form !== null);
  return new Set(forms.filter((form) => (form.getAttribute("hx-trigger") ?? "").includes("change")));
}

// A plan is settled with what stands in its rows: what was typed a moment ago is sent first.
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.hasAttribute("hx-post") || !part()?.contains(form)) return;
    if (!flying && !unsentForms().size) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting = form.action;
  },
  true,
);

document.addEventListener("htmx:beforeSend", () => {
  flying += 1;
});

document.addEventListener("htmx:afterRequest", (event) => {
  flying -= 1;
  // Refused or lost: it is told in place, and whoever pressed the button decides again.
  if (!(/** @type {CustomEvent<{successful?: boolean}>} */ (event).detail.successful)) waiting = "";
});

// Whoever leaves the page in the same moment leaves nothing behind.
window.addEventListener("pagehide", () => {
  for (const form of unsentForms()) navigator.sendBeacon(form.action, new FormData(form));
  unsent.clear();
});

document.addEventListener("htmx:beforeRequest", (event) => {
  for (const field of fieldsOf(event)) unsent.delete(field.id);
});

for (const failure of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, (event) => {
    for (const field of fieldsOf(event)) {
      if (field.id && field.type !== "hidden" && isChanged(field)) unsent.set(field.id, field.value);
    }
  });
}

document.addEventListener("htmx:beforeSwap", () => {
  const rows = part();
  opened = rows ? Array.from(rows.querySelectorAll("details[open][id]"), (each) => each.id) : [];
  const held = document.activeElement;
  const typing = held instanceof HTMLInputElement ? held : null;
  cursor = held?.id ? { id: held.id, from: typing?.selectionStart ?? null, to: typing?.selectionEnd ?? null } : null;
});

document.addEventListener("htmx:afterSwap", () => {
  for (const id of opened) {
    const details = document.getElementById(id);
    if (details instanceof HTMLDetailsElement) details.open = true;
  }
  for (const [id, value] of [...unsent]) {
    const field = document.getElementById(id);
    if (!isField(field)) {
      unsent.delete(id);
    } else {
      field.value = value;
    }
  }
  // htmx gives the focus back itself, but not into something that was folded in at that moment.
  const place = cursor && document.getElementById(cursor.id);
  if (!cursor || !place || place === document.activeElement) return;
  place.focus({ preventScroll: true });
  if (place instanceof HTMLInputElement && cursor.from !== null) place.setSelectionRange(cursor.from, cursor.to);
});

// Only now does htmx hear the new fields. What is still being typed is sent when it is left.
document.addEventListener("htmx:afterSettle", () => {
  for (const id of [...unsent.keys()]) {
    const field = document.getElementById(id);
    if (field && field !== document.activeElement) field.dispatchEvent(new Event("change", { bubbles: true }));
  }
  if (!waiting || flying || unsentForms().size) return;
  const form = [...document.forms].find((each) => each.action === waiting && !each.hasAttribute("hx-post"));
  waiting = "";
  form?.requestSubmit();
});

// A browser does not call it a change when it was put back by a script and then left.
document.addEventListener("focusout", (event) => {
  const field = event.target;
  if (isField(field) && unsent.has(field.id)) field.dispatchEvent(new Event("change", { bubbles: true }));
});
