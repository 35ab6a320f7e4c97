// Everything works without this file; it only spares people clicks.
"use strict";

// A form that must not be sent twice: the button says so once it was pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.once === undefined) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
});
