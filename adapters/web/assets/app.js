// Everything works without this file; it only spares people clicks and waiting in the dark.
"use strict";

// A form that must not be sent twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.once === undefined) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
});
// Coming back by the browser's button, one may send it again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// Whoever signed out takes the lines with them that match-page.js kept in this tab.
if (document.querySelector(".who a.sign-in")) sessionStorage.removeItem("lamsach-lines");

// What became of files, a line each; and the way on, where there is more to read first.
const listOf = (lines) => {
  const list = document.createElement("ul");
  for (const line of lines) {
    const item = document.createElement("li");
    item.textContent = line;
    list.append(item);
  }
  return list;
};
const linkTo = (path, words) => {
  const link = document.createElement("a");
  link.href = path;
  link.textContent = words;
  return link;
};

// Uploads: progress, rate, time left, cancel, an outcome for each file.
for (const form of document.querySelectorAll("form[data-upload]")) {
  const state = form.querySelector(".upload-state");
  const words = form.querySelector(".upload-words");
  const bar = form.querySelector("progress");
  const outcomes = form.querySelector(".upload-outcomes");
  const drop = form.querySelector(".drop");
  const input = form.querySelector(".drop input[type=file]");
  const start = form.querySelector(".actions button:not([type])");
  const fill = (text, values) => text.replace(/%(\w+)/g, (_, name) => values[name] ?? "");
  const number = new Intl.NumberFormat(document.documentElement.lang);
  let request = null;

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

  const timeLeft = (seconds) => seconds < 90
    ? fill(form.dataset.seconds, { count: number.format(Math.ceil(seconds)) })
    : fill(form.dataset.minutes, { count: number.format(Math.ceil(seconds / 60)) });
  const say = (lines) => outcomes.replaceChildren(listOf(lines));
  const end = () => { state.hidden = true; start.disabled = false; request = null; };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (request) return;
    request = new XMLHttpRequest();
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
        left: timeLeft((sent.total - sent.loaded) / Math.max(rate, 1)),
      });
    });
    request.upload.addEventListener("load", () => {
      bar.removeAttribute("value");
      words.textContent = form.dataset.matching;
    });
    request.addEventListener("load", () => {
      let answer = null;
      try { answer = JSON.parse(request.responseText); } catch { /* not from our handler */ }
      const status = request.status;
      end();
      if (status !== 200 || !Array.isArray(answer) || answer.length === 0) {
        say([answer?.message ?? form.dataset.refused]);
        return;
      }
      const checked = answer.map((it) => it.source).filter(Boolean).join(",");
      const done = `${form.dataset.done}&checked=${checked}`;
      const isDone = answer.every((it) => it.ok);
      const refused = (it) => (it.refused ?? []).map((line) => `${it.file}: ${line}`);
      if (isDone && !answer.some((it) => refused(it).length)) {
        location.assign(done);
        return;
      }
      say(answer.flatMap((it) => [`${it.file}: ${it.message}`, ...refused(it)]));
      if (isDone) outcomes.append(linkTo(done, form.dataset.seeOutcome));
    });
    request.addEventListener("error", () => { end(); say([form.dataset.failed]); });
    request.addEventListener("abort", () => { end(); say([form.dataset.stopped]); });
    bar.value = 0;
    words.textContent = "";
    outcomes.replaceChildren();
    state.hidden = false;
    start.disabled = true;
    request.send(new FormData(form));
  });
  form.querySelector(".upload-cancel").addEventListener("click", () => {
    if (!request) return;
    fetch(form.dataset.check + "/cancel", { method: "POST" }).catch(() => {});
    request.abort();
  });
}

// Autosave: a form is sent a moment after the last change; the answer says when it was saved.
for (const form of document.querySelectorAll("form[data-autosave]")) {
  const words = form.querySelector(".autosave-state");
  let timer = 0;
  let isSaving = false;
  // A form that came back refused is not saved yet.
  let isDirty = document.querySelector("main [role=alert]") !== null;
  const later = (wait) => { clearTimeout(timer); timer = setTimeout(save, wait); };
  const save = async () => {
    if (isSaving) { later(500); return; }
    isSaving = true;
    isDirty = false;
    words.textContent = form.dataset.saving;
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        headers: { Accept: "application/json" },
        body: new URLSearchParams(new FormData(form)),
      });
      const result = await answer.json();
      words.textContent = result.message;
      if (answer.ok) {
        // The forms beside it act on this version too.
        for (const field of document.querySelectorAll("input[name=version]")) field.value = result.version;
      } else {
        // A conflict or a figure that cannot be read: the person decides, nothing is repeated.
        isDirty = true;
      }
      words.classList.toggle("error", !answer.ok);
    } catch {
      isDirty = true;
      words.textContent = form.dataset.offline;
      words.classList.add("error");
      later(10000);
    }
    isSaving = false;
  };
  form.addEventListener("input", (event) => {
    isDirty = true;
    later(1500);
    // A figure that is emptied stays empty, and says so at once.
    const told = event.target.closest("td")?.querySelector(".left-blank");
    if (told && event.target.matches(".count")) told.hidden = event.target.value.trim() !== "";
  });
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    isDirty = false;
    if (!isSaving) return;
    // What is under way has to end first, or this would be in conflict with itself.
    event.preventDefault();
    const button = event.submitter;
    setTimeout(() => form.requestSubmit(button), 200);
  });
  window.addEventListener("beforeunload", (event) => { if (isDirty) event.preventDefault(); });
}
