// @ts-check
// Add a muscle by typing: three letters of its English, Latin or everyday name. Markup: design/_muscle_picker.html.
//
//   <form data-muscle-picker data-search-url="/muscles" method="post" action="/…/rows" hx-post="/…/rows" …>
//     <input name="q" role="combobox" aria-controls="muscle-results" …>
//     <ul id="muscle-results" role="listbox">                 filled from GET search-url?q=…
//       <li role="presentation"><span class="words">Levator scapulae</span>
//         <button type="submit" role="option" name="muscle_side" value="levator_scapulae:left" …>Left</button> …
//
// Keys: "/" goes to the input; Down and Up walk over the muscles, Left and Right over the sides of one; Enter adds what is
// marked; Escape empties. Enter never guesses a side: with nothing marked it only marks the first choice.
// A choice sends the form with one hidden input, muscle_side, and from the map (<body-map form="…">) also map_x, map_y,
// map_view and map_version. Choices wait for one another: two quick taps are two rows, never one row twice.

const LETTERS = 3;

/** @typedef {{form: HTMLFormElement, input: HTMLInputElement, list: HTMLElement, at: number, timer: number, asked: string}} Picker */

/** @type {WeakMap<HTMLFormElement, Picker>} */
const pickers = new WeakMap();

/** @param {EventTarget | null} target @returns {Picker | null} */
function pickerOf(target) {
  const form = target instanceof Element ? target.closest("form[data-muscle-picker]") : null;
  if (!(form instanceof HTMLFormElement)) return null;
  const known = pickers.get(form);
  if (known) return known;
  const input = form.querySelector("input[role=combobox]");
  const list = form.querySelector("[role=listbox]");
  if (!(input instanceof HTMLInputElement) || !(list instanceof HTMLElement)) return null;
  const picker = { form, input, list, at: -1, timer: 0, asked: "" };
  pickers.set(form, picker);
  return picker;
}

/** What waits to be sent, by the id of the form: the form itself may be replaced by the answer.
 * @type {Map<string, {busy: boolean, typed: boolean, waiting: {fields: Record<string, string>, typed: boolean}[]}>} */
const lines = new Map();

/** @param {string} id */
function lineOf(id) {
  const line = lines.get(id) ?? { busy: false, typed: false, waiting: [] };
  lines.set(id, line);
  return line;
}

/** Send a choice, after those before it. @param {string} id @param {Record<string, string>} fields @param {boolean} typed */
function choose(id, fields, typed) {
  const line = lineOf(id);
  line.waiting.push({ fields, typed });
  if (!line.busy) next(id);
}

/** @param {string} id */
function next(id) {
  const line = lineOf(id);
  const form = document.getElementById(id);
  const choice = line.waiting.shift();
  if (!choice || !(form instanceof HTMLFormElement)) return;
  line.typed = choice.typed;
  for (const old of form.querySelectorAll("input[data-choice]")) old.remove();
  // Put in by an answer, what stands there for a browser without scripts is real, and would be sent as well.
  for (const plain of form.querySelectorAll("noscript")) plain.remove();
  for (const [name, value] of Object.entries(choice.fields)) {
    const input = Object.assign(document.createElement("input"), { type: "hidden", name, value });
    input.dataset.choice = "";
    form.append(input);
  }
  form.requestSubmit();
}

/** @param {Picker} picker @returns {HTMLButtonElement[]} */
const options = (picker) => [...picker.list.querySelectorAll("button")].filter((b) => b.getAttribute("role") === "option");

/** @param {Picker} picker @param {number} at */
function mark(picker, at) {
  const all = options(picker);
  picker.at = all.length ? Math.max(-1, Math.min(at, all.length - 1)) : -1;
  all.forEach((option, index) => {
    option.setAttribute("aria-selected", String(index === picker.at));
    option.closest("li")?.classList.toggle("at", option.closest("li") === all[picker.at]?.closest("li"));
    option.classList.toggle("btn-primary", index === picker.at);
    option.classList.toggle("btn-quiet", index !== picker.at);
  });
  const marked = all[picker.at];
  if (marked) {
    picker.input.setAttribute("aria-activedescendant", marked.id);
    marked.scrollIntoView({ block: "nearest" });
  } else picker.input.removeAttribute("aria-activedescendant");
}

/** @param {Picker} picker */
function empty(picker) {
  picker.list.replaceChildren();
  picker.input.setAttribute("aria-expanded", "false");
  mark(picker, -1);
}

/** @param {Picker} picker */
async function search(picker) {
  const words = picker.input.value.trim();
  picker.asked = words;
  if (words.length < LETTERS) {
    empty(picker);
    return;
  }
  const url = new URL(picker.form.dataset.searchUrl ?? "", location.href);
  url.searchParams.set("q", words);
  const count = picker.form.querySelector("[data-muscle-count]");
  try {
    const answer = await fetch(url, { credentials: "same-origin", headers: { "X-Requested-With": "fetch" } });
    if (picker.asked !== words || !answer.ok) return;
    const template = document.createElement("template");
    template.innerHTML = await answer.text();
    if (picker.asked !== words) return;
    // A button with a name would be remembered by htmx and sent again with the next choice.
    for (const button of template.content.querySelectorAll("button[role=option]")) button.removeAttribute("name");
    picker.list.replaceChildren(template.content);
    const found = picker.list.querySelectorAll("li").length;
    const say = count instanceof HTMLElement ? count.dataset : {};
    if (!found) {
      const none = document.createElement("li");
      none.className = "none";
      none.setAttribute("role", "presentation");
      none.textContent = say.none ?? "";
      picker.list.append(none);
    }
    if (count) count.textContent = found ? `${found} ${say.some ?? ""}` : (say.none ?? "");
    picker.input.setAttribute("aria-expanded", "true");
    mark(picker, -1);
  } catch {
    empty(picker);
  }
}

/** The next option of another muscle, or of the same one. @param {Picker} picker @param {string} key */
function walk(picker, key) {
  const all = options(picker);
  const from = all[picker.at];
  if (!from) {
    mark(picker, 0);
    return;
  }
  const line = from.closest("li");
  if (key === "ArrowRight" || key === "ArrowLeft") {
    const step = (key === "ArrowRight") === (getComputedStyle(picker.list).direction === "ltr") ? 1 : -1;
    const next = all[picker.at + step];
    if (next?.closest("li") === line) mark(picker, picker.at + step);
  } else if (key === "ArrowDown") {
    const next = all.findIndex((option, index) => index > picker.at && option.closest("li") !== line);
    if (next >= 0) mark(picker, next);
  } else {
    const before = all[picker.at - 1] ? all.slice(0, picker.at).findLast((option) => option.closest("li") !== line) : undefined;
    const first = before ? all.findIndex((option) => option.closest("li") === before.closest("li")) : -1;
    mark(picker, first);
  }
}

document.addEventListener("input", (event) => {
  const picker = pickerOf(event.target);
  if (!picker || event.target !== picker.input) return;
  clearTimeout(picker.timer);
  picker.timer = window.setTimeout(() => search(picker), 120);
});

document.addEventListener("keydown", (event) => {
  const target = event.target;
  const typing = target instanceof HTMLElement && (target.isContentEditable || target.matches("input, select, textarea"));
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const input = document.querySelector("form[data-muscle-picker] input[role=combobox]");
    if (input instanceof HTMLInputElement) {
      event.preventDefault();
      input.focus();
    }
    return;
  }
  const picker = pickerOf(target);
  if (!picker || target !== picker.input || event.isComposing) return;
  const all = options(picker);
  if (event.key === "Enter") {
    event.preventDefault();
    const marked = all[picker.at] ?? (all.length === 1 ? all[0] : undefined);
    if (marked) choose(picker.form.id, { muscle_side: marked.value }, true);
    else mark(picker, 0);
  } else if (event.key === "Escape" && picker.input.value) {
    event.preventDefault();
    picker.input.value = "";
    picker.asked = "";
    empty(picker);
  } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && all.length) {
    event.preventDefault();
    walk(picker, event.key);
  } else if ((event.key === "ArrowLeft" || event.key === "ArrowRight") && all[picker.at]) {
    event.preventDefault();
    walk(picker, event.key);
  }
});

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("button[role=option]") : null;
  const picker = pickerOf(button);
  if (!picker || !(button instanceof HTMLButtonElement)) return;
  event.preventDefault();
  choose(picker.form.id, { muscle_side: button.value }, true);
});

document.addEventListener("muscle-chosen", (event) => {
  const id = event.target instanceof Element ? event.target.getAttribute("form") : null;
  if (!id || event.defaultPrevented) return;
  const { muscle, side, view, version, x, y } = /** @type {CustomEvent} */ (event).detail;
  choose(id, { muscle_side: `${muscle}:${side}`, map_x: String(x), map_y: String(y), map_view: view, map_version: version }, false);
});

// Nothing is sent that names no muscle and side: a browser would otherwise send the form for Enter as it stands.
document.addEventListener(
  "submit",
  (event) => {
    const picker = pickerOf(event.target);
    if (!picker || event.target !== picker.form || picker.form.querySelector("input[data-choice][name=muscle_side]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  },
  true,
);

/**
 * The id of the picker's form that an htmx event is about. Once the answer has replaced the form, htmx tells the event of
 * what is left around it; only the request still names the form.
 * @param {Event} event
 */
function idOf(event) {
  const detail = /** @type {CustomEvent<{elt?: Element, requestConfig?: {elt?: Element}}>} */ (event).detail;
  const elt = detail?.requestConfig?.elt ?? detail?.elt;
  return elt?.matches("form[data-muscle-picker]") ? elt.id : "";
}

document.addEventListener("htmx:beforeRequest", (event) => {
  const id = idOf(event);
  if (id) lineOf(id).busy = true;
});

document.addEventListener("htmx:afterRequest", (event) => {
  const id = idOf(event);
  if (!id) return;
  const line = lineOf(id);
  line.busy = false;
  const form = document.getElementById(id);
  for (const old of form?.querySelectorAll("input[data-choice]") ?? []) old.remove();
  const picker = pickerOf(form);
  if (picker && line.typed && /** @type {CustomEvent} */ (event).detail.successful) {
    picker.input.value = "";
    picker.asked = "";
    empty(picker);
    picker.input.focus();
  }
  window.setTimeout(() => next(id), 60); // after the swap, which may replace the form
});
