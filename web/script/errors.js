// The error summary is what the person should meet first after a form came back, wherever it stands on the page.
export function focusErrors() {
  document.querySelector("[data-error-summary]")?.focus();
}
