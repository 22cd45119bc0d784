// @ts-check
// What is chosen, drawn over the body map: each muscle in full relief over the paled body, hatched where it is unknown,
// and a numbered pin in it. Where things lie is counted in map units (see body-map.js).

const SVG = "http://www.w3.org/2000/svg";
const FULL = { x: -330, y: -10, w: 660, h: 1020 };

/** @typedef {{muscle: string, side: string, number?: number, state?: string, x?: number, y?: number}} Chosen */

/** @param {string} name @param {Record<string, string | number>} attributes */
export function draw(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

/** A picture of the whole body. @param {string} href @param {Record<string, string>} attributes */
export function picture(href, attributes) {
  return draw("image", { ...attributes, href, x: FULL.x, y: FULL.y, width: FULL.w, height: FULL.h });
}

/** The middle of the largest part of a shape's box that lies inside it. @param {SVGPathElement} path */
export function middle(path) {
  const { x, y, width, height } = path.getBBox();
  const centre = new DOMPoint(x + width / 2, y + height / 2);
  let best = centre;
  if (!path.isPointInFill(centre)) {
    let least = Infinity;
    for (let i = 1; i < 10; i += 1) {
      for (let j = 1; j < 10; j += 1) {
        const point = new DOMPoint(x + (width * i) / 10, y + (height * j) / 10);
        const far = Math.hypot(point.x - centre.x, point.y - centre.y);
        if (far < least && path.isPointInFill(point)) [best, least] = [point, far];
      }
    }
  }
  return { x: Math.round(best.x * 10) / 10, y: Math.round(best.y * 10) / 10 };
}

/** Where a pin sits: the recorded point, else the middle of the shape. @param {Chosen} mark @param {SVGPathElement} path */
function spot(mark, path) {
  if (typeof mark.x === "number" && typeof mark.y === "number") return { x: mark.x, y: mark.y };
  return middle(path);
}

/** @param {Chosen} mark @param {{x: number, y: number}} at */
function pin(mark, at) {
  const drawn = draw("g", { class: `pin ${mark.state ?? "on"}`, "data-x": at.x, "data-y": at.y });
  const text = draw("text", { y: 0.36, "text-anchor": "middle" });
  text.textContent = String(mark.number);
  drawn.append(draw("circle", { r: 1 }), text);
  return drawn;
}

/** Pins keep their size on the screen at every zoom. @param {SVGSVGElement | null} svg */
export function sizePins(svg) {
  if (!svg) return;
  const scale = svg.getScreenCTM()?.a || 0.6;
  const size = 11 / scale;
  for (const each of svg.querySelectorAll("g.pin")) {
    each.setAttribute("transform", `translate(${each.getAttribute("data-x")} ${each.getAttribute("data-y")}) scale(${size.toFixed(2)})`);
  }
}

/** @param {string} id */
function hatching(id) {
  const hatch = draw("pattern", { id, width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
  hatch.append(draw("rect", { width: 6, height: 6, fill: "#fff", "fill-opacity": 0.78 }), draw("path", { d: "M0 0V6", stroke: "#20252A", "stroke-width": 2.2 }));
  return hatch;
}

/** Draw the chosen muscles anew; the numbers that each shape carries come back, as they are read aloud.
 * `id` keeps the clips of two maps apart, `relief` is the address of the muscle picture of this view.
 * @param {SVGSVGElement} svg @param {Chosen[]} marks @param {{id: string, relief: string}} map
 * @returns {Map<Element, string>} */
export function drawMarks(svg, marks, { id, relief }) {
  /** @type {Map<Element, string>} */
  const numbers = new Map();
  const group = svg.querySelector("g.chosen");
  const pins = svg.querySelector("g.pins");
  if (!group || !pins) return numbers;
  group.replaceChildren();
  pins.replaceChildren();
  const clip = draw("clipPath", { id: `${id}-clip` });
  const outlines = [];
  for (const mark of marks) {
    const paths = [...svg.querySelectorAll(`g[data-layer] path[data-muscle="${CSS.escape(mark.muscle)}"]`)].filter(
      (path) => path.getAttribute("data-side") === mark.side,
    );
    for (const path of paths) {
      const d = path.getAttribute("d") ?? "";
      const deep = path.parentElement?.getAttribute("data-layer") !== "superficial";
      const css = `shape ${mark.state ?? "on"}${deep ? " under" : ""}`;
      if (!deep && mark.state !== "old") clip.append(draw("path", { d }));
      const fill = mark.state === "unk" ? { fill: `url(#${id}-hatch)` } : {};
      outlines.push(draw("path", { class: `${css} casing`, d }), draw("path", { class: css, d, ...fill }));
      numbers.set(path, `${numbers.get(path) ?? ""} ${mark.number ?? ""}`);
    }
    const first = paths[0];
    if (first && mark.number !== undefined) pins.append(pin(mark, spot(mark, /** @type {SVGPathElement} */ (first))));
  }
  if (clip.childElementCount) group.append(clip, picture(relief, { "clip-path": `url(#${id}-clip)` }));
  group.append(hatching(`${id}-hatch`), ...outlines);
  svg.classList.toggle("has-chosen", marks.length > 0);
  sizePins(svg);
  return numbers;
}
