import { phrase } from "./phrase.js";

// How much is left of a text with a limit. It is seen at once and heard only when the person has paused.
export function counters() {
  for (const area of document.querySelectorAll("textarea[data-max]")) {
    const seen = document.getElementById(area.id + "-count");
    const heard = document.createElement("p");
    heard.className = "ds-sr-only";
    heard.setAttribute("role", "status");
    seen.after(heard);
    let timer;
    const count = (quiet) => {
      const left = area.dataset.max - [...area.value].length;
      seen.textContent = left < 0 ? phrase(area.dataset.overOne, area.dataset.overOther, -left) : phrase(area.dataset.leftOne, area.dataset.leftOther, left);
      seen.classList.toggle("over", left < 0);
      clearTimeout(timer);
      if (quiet !== true && left < area.dataset.max / 5) timer = setTimeout(() => (heard.textContent = seen.textContent), 1000);
    };
    area.addEventListener("input", count);
    count(true);
  }
}
