// @ts-check
// <body-map>: the front and the back of the body; every muscle a named button.
//
// Attributes
//   src-front, src-back         the SVG fragments of hit paths (their hashed addresses)
//   relief-front, relief-back   the muscle pictures;  base-front, base-back  the pale body beneath
//   view                        "back" or "front"
//   chosen                      JSON: [{muscle, side, number, state: "on" | "cur" | "unk" | "old", x?, y?}]; may change at any time
//   form                        id of the muscle picker's form, which sends what is chosen here (muscle-picker.js)
//   data-word-*                 the words, in the language of the page
// Event
//   muscle-chosen, bubbling, cancelable: {muscle, side, view, x, y, version}; x and y in map units
//   (1000 = stature, y down, x = 0 midline), never pixels. side is the patient's: left, right or midline.
// Keys: Tab reaches the map once; arrows go to the nearest muscle that way, Page Down and Page Up to the next one
// from head to foot, so that none is out of reach; Enter or Space chooses; + and − zoom.
// What is drawn is never mirrored, in no language: from the front the patient's right is on the left of the picture.

import { draw, drawMarks, middle, picture, sizePins } from "./body-map-marks.js";

const WHOLE = { x: -290, y: -8, w: 580, h: 1016 };
const ZOOMS = [1, 1.8, 3.2, 5];

/** @typedef {import("./body-map-marks.js").Chosen} Chosen */
/** @typedef {{view: string, zoom: number, cx: number, cy: number}} Place */

/** Fragments already fetched, by address. @type {Map<string, Promise<string>>} */
const fragments = new Map();
/** Where each map was looking, by its id: htmx may replace the element. @type {Map<string, Place>} */
const places = new Map();

/** @param {string} url */
function fragment(url) {
  let text = fragments.get(url);
  if (!text) {
    text = fetch(url, { credentials: "same-origin" }).then((answer) => {
      if (!answer.ok) throw new Error(`map ${answer.status}`);
      return answer.text();
    });
    text.catch(() => fragments.delete(url));
    fragments.set(url, text);
  }
  return text;
}

/** @param {string} tag @param {string} css @param {string} [text] */
function make(tag, css, text = "") {
  const element = document.createElement(tag);
  element.className = css;
  element.textContent = text;
  return element;
}

class BodyMap extends HTMLElement {
  static observedAttributes = ["chosen", "view"];

  /** @type {SVGSVGElement | null} */ svg = null;
  /** @type {Place} */ place = { view: "back", zoom: 0, cx: 0, cy: 500 };
  /** @type {string} */ drawn = "";
  /** @type {{x: number, y: number, cx: number, cy: number, moved: boolean} | null} */ drag = null;

  connectedCallback() {
    this.place = places.get(this.id) ?? { ...this.place, view: this.getAttribute("view") === "front" ? "front" : "back" };
    this.build();
    this.show(this.place.view);
  }

  /** @param {string} name @param {string | null} before @param {string | null} now */
  attributeChangedCallback(name, before, now) {
    if (!this.svg || before === now) return;
    if (name === "chosen") this.paint();
    else if (now === "front" || now === "back") this.show(now);
  }

  /** A word in the language of the page. @param {string} key @param {string} otherwise */
  word(key, otherwise) {
    return this.dataset[`word${key}`] ?? otherwise;
  }

  build() {
    this.replaceChildren();
    const stage = make("div", "stage");
    const svg = /** @type {SVGSVGElement} */ (draw("svg", { role: "group", preserveAspectRatio: "xMidYMid meet" }));
    stage.append(svg, make("span", "side first"), make("span", "side last"), make("span", "name"));
    const mini = make("div", "mini-map");
    mini.setAttribute("aria-hidden", "true");
    mini.append(draw("svg", { viewBox: `${WHOLE.x} ${WHOLE.y} ${WHOLE.w} ${WHOLE.h}` }));
    stage.append(mini);
    const tools = make("div", "tools");
    for (const view of ["front", "back"]) {
      const button = make("button", "", this.word(view === "front" ? "Front" : "Back", view));
      button.setAttribute("type", "button");
      button.dataset.view = view;
      tools.append(button);
    }
    for (const [by, sign, key, words] of [["1", "+", "Nearer", "Nearer"], ["-1", "−", "Farther", "Farther"]]) {
      const button = make("button", "zoom", sign);
      button.setAttribute("type", "button");
      button.setAttribute("aria-label", this.word(key, words));
      button.dataset.zoom = by;
      tools.append(button);
    }
    this.append(stage, tools);
    this.svg = svg;
    tools.addEventListener("click", (event) => this.tool(event));
    svg.addEventListener("click", (event) => this.tap(event));
    svg.addEventListener("keydown", (event) => this.key(event));
    svg.addEventListener("pointerover", (event) => this.tell(event.target));
    svg.addEventListener("pointerleave", () => this.tell(document.activeElement));
    svg.addEventListener("focusin", (event) => this.focused(event.target));
    svg.addEventListener("focusout", () => this.tell(null));
    svg.addEventListener("pointerdown", (event) => this.down(event));
    svg.addEventListener("pointermove", (event) => this.move(event));
    svg.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    mini.addEventListener("click", (event) => this.jump(event));
  }

  /** @param {string} view */
  async show(view) {
    const svg = this.svg;
    if (!svg) return;
    this.place.view = view;
    this.remember();
    this.dataset.view = view;
    for (const button of this.querySelectorAll("[data-view]")) {
      if (button instanceof HTMLButtonElement) button.setAttribute("aria-pressed", String(button.dataset.view === view));
    }
    const left = this.word("Left", "Left");
    const right = this.word("Right", "Right");
    const [first, last] = view === "front" ? [right, left] : [left, right];
    /** @type {HTMLElement} */ (this.querySelector(".side.first")).textContent = first;
    /** @type {HTMLElement} */ (this.querySelector(".side.last")).textContent = last;
    svg.setAttribute("aria-label", view === "front" ? this.word("LabelFront", "Front of the body") : this.word("LabelBack", "Back of the body"));
    this.look();
    const source = this.getAttribute(`src-${view}`) ?? "";
    try {
      const text = await fragment(source);
      if (this.place.view !== view || this.svg !== svg) return;
      this.fill(view, text);
      this.paint();
    } catch {
      this.tellWords(this.word("Failed", "The picture could not be loaded. Use the list of muscles."));
    }
  }

  /** @param {string} view @param {string} text */
  fill(view, text) {
    const svg = /** @type {SVGSVGElement} */ (this.svg);
    const parsed = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
    /** @param {string} kind */
    const body = (kind) => picture(this.getAttribute(`${kind}-${view}`) ?? "", { class: kind });
    svg.replaceChildren(body("base"), body("relief"));
    for (const layer of [...parsed.children]) svg.append(document.importNode(layer, true));
    svg.append(draw("g", { class: "chosen", "aria-hidden": "true" }), draw("g", { class: "pins", "aria-hidden": "true" }));
    this.drawn = parsed.getAttribute("data-version") ?? "";
    for (const path of svg.querySelectorAll("[role=button]")) path.setAttribute("data-name", path.getAttribute("aria-label") ?? "");
    this.roving()[0]?.setAttribute("tabindex", "0");
    const mini = /** @type {SVGSVGElement} */ (this.querySelector(".mini-map svg"));
    mini.replaceChildren(body("base"), draw("rect", { class: "frame", x: 0, y: 0, width: 0, height: 0 }));
    this.look();
  }

  /** Everything that can be focused. @returns {SVGPathElement[]} */
  roving() {
    return this.svg ? /** @type {SVGPathElement[]} */ ([...this.svg.querySelectorAll("path[role=button]")]) : [];
  }

  /** @returns {Chosen[]} */
  marks() {
    try {
      const marks = JSON.parse(this.getAttribute("chosen") || "[]");
      return Array.isArray(marks) ? marks : [];
    } catch {
      return [];
    }
  }

  /** Show the chosen muscles, and say with each name which rows it is in. */
  paint() {
    const svg = this.svg;
    if (!svg?.querySelector("g.chosen")) return;
    const relief = this.getAttribute(`relief-${this.place.view}`) ?? "";
    const numbers = drawMarks(svg, this.marks(), { id: this.id, relief });
    for (const path of this.roving()) {
      const name = path.getAttribute("data-name") ?? "";
      const chosen = numbers.get(path);
      path.setAttribute("aria-label", chosen === undefined ? name : `${name}, ${this.word("Chosen", "chosen")}${chosen}`);
    }
  }

  /** The part of the map that shows. */
  box() {
    const zoom = ZOOMS[this.place.zoom];
    const w = WHOLE.w / zoom;
    const h = WHOLE.h / zoom;
    const x = Math.min(Math.max(this.place.cx - w / 2, WHOLE.x), WHOLE.x + WHOLE.w - w);
    const y = Math.min(Math.max(this.place.cy - h / 2, WHOLE.y), WHOLE.y + WHOLE.h - h);
    return { x, y, w, h };
  }

  look() {
    const { x, y, w, h } = this.box();
    this.svg?.setAttribute("viewBox", `${x} ${y} ${w} ${h}`);
    this.classList.toggle("near", this.place.zoom > 0);
    const frame = this.querySelector(".mini-map .frame");
    for (const [key, value] of Object.entries({ x, y, width: w, height: h })) frame?.setAttribute(key, String(value));
    for (const button of this.querySelectorAll("[data-zoom]")) {
      const next = this.place.zoom + Number(/** @type {HTMLElement} */ (button).dataset.zoom);
      /** @type {HTMLButtonElement} */ (button).disabled = !(next in ZOOMS);
    }
    sizePins(this.svg);
    this.remember();
  }

  remember() {
    if (this.id) places.set(this.id, this.place);
  }

  /** @param {number} by @param {{x: number, y: number}} [around] */
  zoom(by, around) {
    const next = this.place.zoom + by;
    if (!(next in ZOOMS)) return;
    if (around) Object.assign(this.place, { cx: around.x, cy: around.y });
    else if (this.place.zoom === 0) Object.assign(this.place, this.middleOfInterest());
    this.place.zoom = next;
    this.look();
  }

  /** Zooming in goes to what is focused, else to what is chosen, else to the shoulders. */
  middleOfInterest() {
    const focused = document.activeElement;
    const marked = this.querySelector("g.pin.cur") ?? this.querySelector("g.pin");
    if (focused instanceof SVGPathElement && this.contains(focused)) {
      const { x, y } = middle(focused);
      return { cx: x, cy: y };
    }
    if (marked) return { cx: Number(marked.getAttribute("data-x")), cy: Number(marked.getAttribute("data-y")) };
    return { cx: 0, cy: 200 };
  }

  /** @param {Event} event */
  tool(event) {
    const button = /** @type {Element} */ (event.target).closest("button");
    if (!button) return;
    if (button.dataset.view) this.show(button.dataset.view);
    if (button.dataset.zoom) this.zoom(Number(button.dataset.zoom));
  }

  /** Map units under the pointer. @param {MouseEvent} event */
  at(event) {
    const matrix = this.svg?.getScreenCTM();
    if (!matrix) return { x: 0, y: 0 };
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
    return { x: Math.round(point.x * 10) / 10, y: Math.round(point.y * 10) / 10 };
  }

  /** @param {MouseEvent} event */
  tap(event) {
    const path = /** @type {Element} */ (event.target).closest("path[role=button]");
    if (this.drag?.moved || !(path instanceof SVGPathElement)) return;
    this.choose(path, event.detail === 0 ? middle(path) : this.at(event));
  }

  /** @param {SVGPathElement} path @param {{x: number, y: number}} point */
  choose(path, point) {
    const detail = {
      muscle: path.dataset.muscle ?? "",
      side: path.dataset.side ?? "",
      view: this.place.view,
      version: this.drawn,
      ...point,
    };
    this.dispatchEvent(new CustomEvent("muscle-chosen", { bubbles: true, cancelable: true, detail }));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const path = event.target;
    if (!(path instanceof SVGPathElement) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" || event.key === " ") this.choose(path, middle(path));
    else if (event.key === "+" || event.key === "=") this.zoom(1, middle(path));
    else if (event.key === "-") this.zoom(-1, middle(path));
    else if (event.key.startsWith("Arrow") || event.key.startsWith("Page")) this.neighbour(path, event.key)?.focus();
    else return;
    event.preventDefault();
  }

  /** The muscle that a key leads to. @param {SVGPathElement} path @param {string} key */
  neighbour(path, key) {
    if (key.startsWith("Arrow")) return this.nearest(path, key);
    const places = new Map(this.roving().map((each) => [each, middle(each)]));
    const order = [...places.keys()].sort((a, b) => {
      const [first, second] = [places.get(a), places.get(b)];
      return first && second ? first.y - second.y || first.x - second.x : 0;
    });
    return order[order.indexOf(path) + (key === "PageDown" ? 1 : -1)] ?? null;
  }

  /** The nearest muscle in the direction of an arrow key. @param {SVGPathElement} path @param {string} key */
  nearest(path, key) {
    const from = middle(path);
    const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key] ?? [0, 0];
    let best = null;
    let least = Infinity;
    for (const other of this.roving()) {
      if (other === path) continue;
      const to = middle(other);
      const along = (to.x - from.x) * dx + (to.y - from.y) * dy;
      const across = Math.abs((to.x - from.x) * dy) + Math.abs((to.y - from.y) * dx);
      const cost = along + 2.5 * across;
      if (along > 0.5 && cost < least) [best, least] = [other, cost];
    }
    return best;
  }

  /** @param {EventTarget | null} target */
  focused(target) {
    if (!(target instanceof SVGPathElement)) return;
    for (const path of this.roving()) path.setAttribute("tabindex", path === target ? "0" : "-1");
    this.tell(target);
    const { x, y } = middle(target);
    const box = this.box();
    if (x < box.x || x > box.x + box.w || y < box.y || y > box.y + box.h) {
      Object.assign(this.place, { cx: x, cy: y });
      this.look();
    }
  }

  /** @param {EventTarget | null} target */
  tell(target) {
    const path = target instanceof Element && this.contains(target) ? target.closest("path[role=button]") : null;
    this.tellWords(path?.getAttribute("aria-label") ?? "");
  }

  /** @param {string} words */
  tellWords(words) {
    const name = this.querySelector(".name");
    if (name) name.textContent = words;
  }

  /** @param {PointerEvent} event */
  down(event) {
    this.drag = { x: event.clientX, y: event.clientY, cx: this.place.cx, cy: this.place.cy, moved: false };
    if (this.place.zoom) {
      const { x, y, w, h } = this.box();
      Object.assign(this.drag, { cx: x + w / 2, cy: y + h / 2 });
    }
  }

  /** @param {PointerEvent} event */
  move(event) {
    const drag = this.drag;
    if (!drag || !this.place.zoom || event.buttons !== 1) return;
    const scale = this.svg?.getScreenCTM()?.a ?? 1;
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
    if (!drag.moved && Math.hypot(dx, dy) < 8) return;
    drag.moved = true;
    Object.assign(this.place, { cx: drag.cx - dx / scale, cy: drag.cy - dy / scale });
    this.look();
  }

  /** Pinch on a touchpad, or the wheel with Ctrl; the plain wheel scrolls the page. @param {WheelEvent} event */
  wheel(event) {
    if (!event.ctrlKey) return;
    event.preventDefault();
    this.zoom(event.deltaY < 0 ? 1 : -1, this.at(event));
  }

  /** A tap on the small body goes there: nothing needs a drag. @param {MouseEvent} event */
  jump(event) {
    const svg = /** @type {SVGSVGElement} */ (this.querySelector(".mini-map svg"));
    const matrix = svg.getScreenCTM();
    if (!matrix) return;
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
    Object.assign(this.place, { cx: point.x, cy: point.y });
    this.look();
  }
}

customElements.define("body-map", BodyMap);
