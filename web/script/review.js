// Beside the anchors that lead from a mark in the document to what was read out of it and back, pointing at one shows the other,
// and a click anywhere in a mark goes to its item.
export function crossMarks() {
  const source = document.querySelector("[data-source]");
  if (!source) return;
  const twins = (id) => document.querySelectorAll(`[data-item="${CSS.escape(id)}"]`);
  const show = (id) => {
    for (const e of document.querySelectorAll("[data-item].now")) e.classList.remove("now");
    for (const e of twins(id)) e.classList.add("now");
  };
  // bring scrolls the document, where it has a frame of its own, to the passage.
  const bring = (id) => {
    const mark = source.querySelector(`mark[data-item="${CSS.escape(id)}"]`);
    const frame = source.parentElement;
    if (mark && frame.scrollHeight > frame.clientHeight) frame.scrollTop += mark.getBoundingClientRect().top - frame.getBoundingClientRect().top - frame.clientHeight / 3;
  };
  source.addEventListener("click", (e) => {
    const mark = e.target.closest("mark[data-item]");
    if (mark && !String(getSelection())) location.hash = "item-" + mark.dataset.item;
  });
  addEventListener("focusin", (e) => {
    const item = e.target.closest("article[data-item]");
    if (!item) return;
    show(item.dataset.item);
    bring(item.dataset.item);
  });
  const arrive = () => {
    const at = document.getElementById(decodeURIComponent(location.hash.slice(1)))?.closest("[data-item]");
    if (at) show(at.dataset.item);
    const item = document.querySelector("article[data-item].now");
    if (item) bring(item.dataset.item);
  };
  addEventListener("hashchange", arrive);
  arrive();
}
