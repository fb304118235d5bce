const icon = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M4 6h16v14H4zM4 10.5h16M8 3v4M16 3v4"/></svg>';

// A day is typed as one likes; beside it the browser's own calendar can be opened.
export function calendars() {
  if (!("showPicker" in HTMLInputElement.prototype)) return;
  for (const field of document.querySelectorAll("[data-calendar]")) {
    const text = field.querySelector("input");
    const row = document.createElement("div");
    row.className = "pick";
    text.before(row);
    const day = document.createElement("input");
    day.type = "date";
    day.tabIndex = -1;
    day.setAttribute("aria-hidden", "true");
    const button = document.createElement("button");
    button.type = "button";
    button.title = field.dataset.calendar;
    button.setAttribute("aria-label", `${field.dataset.calendar}: ${field.querySelector("label").firstChild.textContent.trim()}`);
    button.innerHTML = icon;
    const frame = document.createElement("span");
    frame.append(button, day);
    row.append(text, frame);
    button.addEventListener("click", () => {
      day.value = /^\d{4}-\d\d-\d\d$/.test(text.value.trim()) ? text.value.trim() : "";
      day.showPicker();
    });
    day.addEventListener("change", () => {
      if (!day.value) return;
      text.value = day.value;
      text.dispatchEvent(new Event("input", { bubbles: true }));
      text.focus();
    });
  }
}
