import { autosave } from "./autosave.js";

// Long texts are not lost: forms with an autosave address are saved as they are written, and leaving text that is not saved asks.
export function keepText() {
  const open = new Set();
  for (const form of document.querySelectorAll("form[data-warn]")) {
    form.addEventListener("input", () => open.add(form));
    form.addEventListener("submit", () => open.delete(form));
    if (form.dataset.autosave) autosave(form, () => open.delete(form));
  }
  addEventListener("beforeunload", (e) => {
    if (!open.size) return;
    e.preventDefault();
    e.returnValue = [...open][0].dataset.warn;
  });
}
