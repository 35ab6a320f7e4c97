// Everything works without this file; it only spares people clicks and waiting in the dark.
"use strict";

// A form that must not be sent twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.once === undefined) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
});

// Uploads: progress, cancel, an outcome for each file.
for (const form of document.querySelectorAll("form[data-upload]")) {
  const state = form.querySelector(".upload-state");
  const words = form.querySelector(".upload-words");
  const bar = form.querySelector("progress");
  const outcomes = form.querySelector(".upload-outcomes");
  const drop = form.querySelector(".drop");
  const input = form.querySelector("input[type=file]");
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
  const number = new Intl.NumberFormat(document.documentElement.lang);

  for (const kind of ["dragenter", "dragover"]) {
    drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.add("over"); });
  }
  for (const kind of ["dragleave", "drop"]) {
    drop.addEventListener(kind, () => drop.classList.remove("over"));
  }
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    input.files = event.dataTransfer.files;
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const request = new XMLHttpRequest();
    const started = performance.now();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (sent) => {
      if (!sent.lengthComputable) return;
      const seconds = Math.max((performance.now() - started) / 1000, 0.001);
      const rate = sent.loaded / seconds;
      bar.value = (100 * sent.loaded) / sent.total;
      words.textContent = fill(form.dataset.reading, {
        percent: number.format(Math.floor(bar.value)),
        rate: number.format(Math.round(rate / 1e5) / 10),
        left: number.format(Math.ceil((sent.total - sent.loaded) / Math.max(rate, 1))),
      });
    });
    const end = (text) => { state.hidden = true; words.textContent = text; };
    request.addEventListener("load", () => {
      let results = [];
      try { results = JSON.parse(request.responseText); } catch { /* an error page */ }
      if (request.status !== 200 || results.length === 0) {
        end("");
        const item = document.createElement("li");
        item.textContent = form.dataset.failed;
        outcomes.append(item);
        return;
      }
      if (results.every((it) => it.ok)) { location.assign(location.pathname + "?notice=log-checked"); return; }
      end("");
      for (const result of results) {
        const item = document.createElement("li");
        item.textContent = `${result.file}: ${result.message}`;
        outcomes.append(item);
      }
    });
    request.addEventListener("error", () => end(form.dataset.failed));
    form.querySelector(".upload-cancel").addEventListener("click", () => {
      fetch(form.dataset.check + "/cancel", { method: "POST" });
      request.abort();
      end("");
    }, { once: true });
    state.hidden = false;
    outcomes.replaceChildren();
    request.send(new FormData(form));
  });
}

// Autosave: a form is sent a moment after the last change; the answer says when it was saved.
for (const form of document.querySelectorAll("form[data-autosave]")) {
  const words = form.querySelector(".autosave-state");
  const version = form.querySelector("input[name=version]");
  let timer = 0;
  let isSaving = false;
  const save = async () => {
    if (isSaving) { timer = setTimeout(save, 500); return; }
    isSaving = true;
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        headers: { Accept: "application/json" },
        body: new URLSearchParams(new FormData(form)),
      });
      const result = await answer.json();
      words.textContent = result.message;
      if (answer.ok) version.value = result.version;
    } catch {
      words.textContent = form.dataset.offline;
    }
    isSaving = false;
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, 1500);
  });
}
