// @ts-check
// Whoever signs in again in another tab gets a new token, and every form of this page still holds the old one. This asks
// for the token of now and puts it into the page, so that what was typed here can be sent. It changes nothing else.

/** Whether the page now holds a token that counts; false while nobody is signed in. @returns {Promise<boolean>} */
export async function renew() {
  // The person's own page: it names no patient, and holds a form.
  const own = document.querySelector("a.who");
  if (!(own instanceof HTMLAnchorElement)) return false;
  try {
    const answer = await fetch(own.href, { credentials: "same-origin", headers: { "X-Requested-With": "fetch" } });
    if (!answer.ok || answer.redirected) return false;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("input[name=csrfmiddlewaretoken]");
    if (!(fresh instanceof HTMLInputElement) || !fresh.value) return false;
    for (const held of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) {
      /** @type {HTMLInputElement} */ (held).value = fresh.value;
    }
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": fresh.value }));
    return true;
  } catch {
    return false;
  }
}
