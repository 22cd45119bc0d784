// @ts-check
// Keeps what is being typed: a form with data-draft-url sends its fields there 800 ms after the last change.
//   <form method="post" data-draft-url="/…/draft" data-draft-status="#draft-status">
//   <span class="saved" id="draft-status" role="status" data-saved="…" data-failed="…" data-refused="…"></span>
// (design/_draft_status.html draws that element in the language of the page)
// The draft address answers 2xx with no body. Nothing is ever taken out of the form, whatever the answer.
// Password and file fields are not sent. Submitting the form stops a draft that is still waiting.
// A refused draft mostly means that the sign-in has ended. Then the form is not submitted, which would lose what was typed
// since; once somebody has signed in again in another tab, the draft is sent again, and the form can be.

import { renew } from "./token.js";

/** @type {WeakMap<HTMLFormElement, number>} */
const waiting = new WeakMap();
/** @type {WeakMap<HTMLFormElement, number>} */
const order = new WeakMap();
/** Forms whose last draft was refused. @type {Set<HTMLFormElement>} */
const refused = new Set();

/** @param {HTMLFormElement} form @param {"saved" | "failed" | "refused"} state */
function tell(form, state) {
  const place = form.dataset.draftStatus
    ? document.querySelector(form.dataset.draftStatus)
    : form.querySelector(".saved");
  if (!(place instanceof HTMLElement)) return;
  place.dataset.state = state;
  const time = new Date().toTimeString().slice(0, 8);
  const words = {
    saved: `${place.dataset.saved ?? "Saved"} ${time}`,
    failed: place.dataset.failed ?? "Not sent: no connection. What you typed stays here.",
    refused: place.dataset.refused ?? "Not saved: open the page again in another tab and sign in. What you typed stays here.",
  };
  place.textContent = words[state];
}

/** @param {HTMLFormElement} form */
function fields(form) {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    const input = form.elements.namedItem(name);
    if (typeof value !== "string" || (input instanceof HTMLInputElement && input.type === "password")) continue;
    body.append(name, value);
  }
  return body;
}

/** @param {HTMLFormElement} form */
async function send(form) {
  const turn = (order.get(form) ?? 0) + 1;
  order.set(form, turn);
  const body = fields(form);
  try {
    const answer = await fetch(form.dataset.draftUrl ?? "", {
      method: "POST",
      body,
      credentials: "same-origin",
      headers: { "X-CSRFToken": body.get("csrfmiddlewaretoken") ?? "", "X-Requested-With": "fetch" },
      signal: AbortSignal.timeout(15000),
      redirect: "manual",
    });
    if (order.get(form) !== turn) return;
    if (answer.ok) refused.delete(form);
    else refused.add(form);
    tell(form, answer.ok ? "saved" : "refused");
  } catch {
    if (order.get(form) === turn) tell(form, "failed");
  }
}

/** @param {Event} event */
function changed(event) {
  const form = /** @type {HTMLInputElement | null} */ (event.target)?.form;
  if (!(form instanceof HTMLFormElement) || !form.dataset.draftUrl) return;
  clearTimeout(waiting.get(form));
  waiting.set(form, window.setTimeout(() => send(form), 800));
}

document.addEventListener("input", changed);
document.addEventListener("change", changed);
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement)) return;
  clearTimeout(waiting.get(form));
  if (!refused.has(form)) return;
  event.preventDefault();
  if (await renew()) {
    refused.delete(form);
    form.requestSubmit(event.submitter);
  } else {
    tell(form, "refused");
  }
});

/** Back from the tab where somebody signed in. */
async function again() {
  if (document.visibilityState !== "visible" || !refused.size || !(await renew())) return;
  for (const form of [...refused]) send(form);
}

window.addEventListener("focus", again);
document.addEventListener("visibilitychange", again);
window.addEventListener("online", () => {
  for (const form of document.querySelectorAll("form[data-draft-url]")) {
    const status = document.querySelector(/** @type {HTMLFormElement} */ (form).dataset.draftStatus ?? ".saved");
    if (status instanceof HTMLElement && status.dataset.state === "failed") send(/** @type {HTMLFormElement} */ (form));
  }
});
