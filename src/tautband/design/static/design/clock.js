// @ts-check
// The clock in the top bar, and minutes that go on counting without a reload.
//   <time data-clock></time>                        the wall clock, 24 hours
//   <b data-since="2026-11-24T10:50:00+00:00">…</b>  minutes since then; data-unit is the word after ("min"); class long after data-long
//   <b data-until="…">…</b>                          minutes and seconds left, 00:00 once it has run out (and class over)
// A page shown again after a long time in the background catches up at once.

/** @param {number} n */
const two = (n) => String(n).padStart(2, "0");

function tick() {
  const now = new Date();
  for (const clock of document.querySelectorAll("[data-clock]")) {
    const words = `${two(now.getHours())}:${two(now.getMinutes())}`;
    if (clock.textContent !== words) clock.textContent = words;
  }
  for (const each of document.querySelectorAll("[data-since]")) {
    const element = /** @type {HTMLElement} */ (each);
    const minutes = Math.max(0, Math.floor((now.getTime() - Date.parse(element.dataset.since ?? "")) / 60000));
    if (Number.isNaN(minutes)) continue;
    const words = `${minutes}\u00a0${element.dataset.unit ?? "min"}`;
    if (element.textContent !== words) element.textContent = words;
    const wait = element.closest(".wait");
    if (wait && element.dataset.long) wait.classList.toggle("long", minutes >= Number(element.dataset.long));
    const bar = wait?.querySelector("rect");
    if (bar) {
      const width = Math.min(60, (60 * minutes) / 40);
      bar.setAttribute("x", String(60 - width));
      bar.setAttribute("width", String(width));
    }
  }
  for (const each of document.querySelectorAll("[data-until]")) {
    const element = /** @type {HTMLElement} */ (each);
    const left = Math.ceil((Date.parse(element.dataset.until ?? "") - now.getTime()) / 1000);
    if (Number.isNaN(left)) continue;
    const seconds = Math.max(0, left);
    const words = `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
    if (element.textContent !== words) element.textContent = words;
    element.classList.toggle("over", left <= 0);
  }
}

tick();
setInterval(tick, 1000);
document.addEventListener("visibilitychange", tick);
document.addEventListener("htmx:afterSwap", tick);
