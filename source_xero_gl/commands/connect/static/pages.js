// The pages work without this: it copies a field to the clipboard, shows a secret, and keeps pages up to date.
"use strict";

// Back may bring a page out of the browser's memory, as it was: without the way on that the page has since (after Xero's error
// page: to connect without journals).
window.addEventListener("pageshow", (event) => {
  if (event.persisted) {
    location.reload();
  }
});

const SHOWN_MS = 1500;

for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    const label = button.textContent;
    try {
      await navigator.clipboard.writeText(field.value);
      button.textContent = "Copied";
    } catch {
      field.type = "text";
      field.select();
      button.textContent = "Press Ctrl+C";
    }
    setTimeout(() => { button.textContent = label; }, SHOWN_MS);
  });
}

for (const button of document.querySelectorAll("[data-show]")) {
  const field = document.getElementById(button.dataset.show);
  button.hidden = false;
  button.addEventListener("click", () => {
    const hidden = field.type === "password";
    field.type = hidden ? "text" : "password";
    button.textContent = hidden ? "Hide" : "Show";
  });
}
