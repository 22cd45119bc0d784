// @ts-check
// − and + beside a number: <div class="stepper" data-stepper data-step="0.5"><button type="button" data-by="-1">…
// Steps land on whole multiples of the step, stay inside min and max, and count in decimals, never in binary fractions.
// A change is announced to the form like typing, so that htmx and autosave hear it.

/** Decimal places of a number as written. @param {string} written */
const places = (written) => (written.split(".")[1] ?? "").length;

/**
 * @param {HTMLInputElement} input
 * @param {number} direction -1 or 1
 * @param {string} step how much one press is, as written
 */
function move(input, direction, step) {
  const digits = Math.max(places(step), places(input.value));
  const scale = 10 ** digits;
  const by = Math.round(Number(step) * scale);
  const now = Math.round(Number(input.value || "0") * scale);
  if (!by || Number.isNaN(now)) return;
  const rest = ((now % by) + by) % by;
  let next = direction > 0 ? now - rest + by : rest ? now - rest : now - by;
  if (input.min !== "") next = Math.max(next, Math.round(Number(input.min) * scale));
  if (input.max !== "") next = Math.min(next, Math.round(Number(input.max) * scale));
  const words = (next / scale).toFixed(digits);
  input.value = digits ? words.replace(/\.?0+$/, "") : words;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

document.addEventListener("click", (event) => {
  const button = /** @type {Element} */ (event.target).closest("[data-stepper] button[data-by]");
  if (!(button instanceof HTMLButtonElement)) return;
  const stepper = /** @type {HTMLElement} */ (button.closest("[data-stepper]"));
  const input = stepper.querySelector("input");
  if (!input || input.disabled || input.readOnly) return;
  const written = stepper.dataset.step ?? (input.step && input.step !== "any" ? input.step : "1");
  move(input, Number(button.dataset.by), written);
});
