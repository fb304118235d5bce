// A menu that is open closes with Escape, and when something else is clicked.
export function closeMenus() {
  const close = (keep) => {
    for (const m of document.querySelectorAll("details.menu[open]")) if (!m.contains(keep)) m.open = false;
  };
  addEventListener("click", (e) => close(e.target));
  addEventListener("keydown", (e) => {
    if (e.key !== "Escape") return;
    const open = document.querySelector("details.menu[open]");
    close(null);
    open?.querySelector("summary").focus();
  });
}
