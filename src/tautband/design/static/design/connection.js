// @ts-check
// Says in place when the server cannot be reached. It never touches a form: what was typed stays.
// The words come from the page (#connection data-lost, data-slow, data-failed), so that they are translated.

import { renew } from "./token.js";

const place = document.getElementById("connection");

/** @param {"lost" | "slow" | "failed"} what */
function say(what) {
  if (!place) return;
  place.textContent = place.dataset[what] ?? "";
  place.hidden = false;
}

function clear() {
  if (place) place.hidden = true;
}

document.addEventListener("htmx:sendError", () => say("lost"));
document.addEventListener("htmx:timeout", () => say("slow"));
document.addEventListener("htmx:responseError", (event) => {
  say("failed");
  // Signed in anew in another tab: with the token of now the same press works.
  if (/** @type {CustomEvent<{xhr?: XMLHttpRequest}>} */ (event).detail?.xhr?.status === 403) renew();
});
document.addEventListener("htmx:afterRequest", (event) => {
  const detail = /** @type {CustomEvent<{successful?: boolean}>} */ (event).detail;
  if (detail?.successful) clear();
});
window.addEventListener("offline", () => say("lost"));
window.addEventListener("online", clear);

// A plain form cannot be sent while offline: the browser would replace the page with its own error and lose the words.
document.addEventListener("submit", (event) => {
  if (navigator.onLine || event.defaultPrevented) return;
  event.preventDefault();
  say("lost");
});
