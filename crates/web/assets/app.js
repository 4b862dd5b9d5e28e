// Keys for lists and items. Everything they do can be done without them: they only click what is on the page.
"use strict";
(function () {
  const rows = Array.from(document.querySelectorAll("[data-row]"));
  let at = -1;

  function choose(next) {
    if (rows.length === 0) return;
    if (at >= 0) rows[at].classList.remove("chosen");
    at = Math.max(0, Math.min(rows.length - 1, next));
    const row = rows[at];
    row.classList.add("chosen");
    const link = row.querySelector(".row-open");
    if (link) link.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }

  function mark() {
    const row = at >= 0 ? rows[at] : null;
    const form = row ? row.querySelector(".row-mark") : document.querySelector("form[data-mark]");
    const button = form && form.querySelector("button");
    if (!button) return;
    const back = form.querySelector("input[name=back]");
    const next = rows[at + 1] || rows[at - 1];
    if (back && next && next.id) back.value = back.value.split("#")[0] + "#" + next.id;
    button.click();
  }

  const inText = (target) => target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select") !== null;

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey || !(event.target instanceof Element)) return;
    if (event.key === "Escape" && inText(event.target)) return event.target.blur();
    if (inText(event.target)) return;
    const open = at >= 0 ? rows[at].querySelector(".row-open") : null;
    if (event.key === "j") choose(at + 1);
    else if (event.key === "k") choose(at < 0 ? 0 : at - 1);
    else if (event.key === "o" && open) open.click();
    else if (event.key === "x") mark();
    else if (event.key === "?") window.location.assign("/help");
    else if (event.key === "/") {
      const box = document.querySelector("[data-search]") || document.querySelector(".find input");
      if (!box) return;
      event.preventDefault();
      box.focus();
      box.select();
    }
  });

  // A mouse or tab that goes to a row makes it the chosen one.
  rows.forEach(function (row, number) {
    row.addEventListener("focusin", function () {
      if (at >= 0) rows[at].classList.remove("chosen");
      at = number;
      row.classList.add("chosen");
    });
  });

  // How much of the picture on top is seen. Without this it is half.
  document.querySelectorAll("[data-blend]").forEach(function (slider) {
    slider.hidden = false;
    const box = slider.closest(".compare");
    const over = box && box.querySelector(".over .layer");
    if (!over) return;
    const blend = function () {
      const overlay = box.querySelector(".mode-overlay").checked;
      over.style.opacity = overlay ? String(slider.value / 100) : "";
    };
    slider.addEventListener("input", blend);
    box.querySelectorAll(".mode").forEach(function (mode) { mode.addEventListener("change", blend); });
  });

  // A browser may restore ticks when it goes back: pictures begin blurred each time a page is shown.
  window.addEventListener("pageshow", function () {
    document.querySelectorAll(".reveal").forEach(function (box) { box.checked = false; });
  });

  const here = rows.findIndex((row) => row.id !== "" && "#" + row.id === window.location.hash);
  if (here >= 0) choose(here);
})();
