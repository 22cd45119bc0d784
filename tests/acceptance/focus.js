// What holds the focus now: whether it is what we look for, and whether a person can see that it has the focus.
(wanted) => {
  const held = document.activeElement;
  if (!held || held === document.body) return { here: false, what: "", seen: true, covered: false };
  const round = held.type === "radio" && held.name === wanted.name && held.form === wanted.form;
  const label = ["radio", "checkbox"].includes(held.type) ? (held.closest("label") ?? held.labels?.[0]) : null;

  /** Whether a ring of two pixels or more is drawn round it, or for a shape of the map a thick edge. */
  const ringed = (element) => {
    if (!element) return false;
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    const edge = element instanceof SVGElement && style.stroke !== "none" && parseFloat(style.strokeWidth) >= 3;
    const inView = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    return (ring || edge) && box.width > 0 && box.height > 0 && inView;
  };

  // Something that sticks to the edge of the window must not lie over all of it.
  const box = (label ?? held).getBoundingClientRect();
  const inside = (at, most) => Math.min(Math.max(at, 1), most - 2);
  const tops = [0.1, 0.5, 0.9].map((part) =>
    document.elementFromPoint(inside(box.left + box.width / 2, innerWidth), inside(box.top + box.height * part, innerHeight)),
  );
  const free = (top) => !top || held.contains(top) || top.contains(held) || label?.contains(top);
  const covered = !(held instanceof SVGElement) && !tops.some(free);

  const name = held.id || held.name || held.getAttribute("href") || held.textContent.trim().slice(0, 30);
  return {
    here: held === wanted || round,
    what: `${held.tagName.toLowerCase()} ${name}`,
    // A box may show it for the field that it holds, as the stepper does.
    seen: ringed(held) || ringed(label) || ringed(held.parentElement),
    covered,
  };
};
