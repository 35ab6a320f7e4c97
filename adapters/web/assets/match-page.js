// Logs matched in this browser: what is dropped in is read here, and only what was seen in it is sent.
// Without this file, or where it cannot run, the form uploads.
"use strict";
{
  // Lines of evidence, which stay here: in this tab, until it is closed or somebody signs out.
  const LINES = "lamsach-lines";
  const MOST_TEXT = 4e6;
  const lines = () => {
    try { return JSON.parse(sessionStorage.getItem(LINES)) ?? {}; } catch { return {}; }
  };
  const keepLines = ({ sent, lines: texts }) => {
    const known = lines();
    sent.sightings.forEach((it, at) => {
      known[`${sent.log.sha256} ${it.evidence.offset} ${it.indicator}`] = texts[at];
    });
    const text = JSON.stringify(known);
    // A browser without room shows no lines; their places stand on the page all the same.
    try { if (text.length < MOST_TEXT) sessionStorage.setItem(LINES, text); } catch { /* no room */ }
  };
  const known = lines();
  for (const place of document.querySelectorAll("[data-line]")) {
    const line = known[place.dataset.line];
    if (!line) continue;
    const shown = document.querySelector("#line-here").content.cloneNode(true);
    shown.querySelector("pre").textContent = line;
    place.append(shown);
  }

  const form = document.querySelector("form[data-module]");
  for (const words of document.querySelectorAll("[data-no-script]")) words.hidden = true;
  if (form && window.Worker && window.WebAssembly) prepare(form);

  function prepare(form) {
    const part = (css) => form.querySelector(css);
    const [here, uploading, consent] = ["[data-here]", "[data-uploading]", "[name=consent]"].map(part);
    const [state, words, bar] = [".upload-state", ".upload-words", "progress"].map(part);
    const [outcomes, input, start] = [".upload-outcomes", ".drop input[type=file]", ".actions button:not([type])"].map(part);
    const number = new Intl.NumberFormat(document.documentElement.lang);
    const fill = (text, values) => text.replace(/%(\w+)/g, (_, name) => values[name] ?? "");
    const timeLeft = (seconds) => seconds < 90
      ? fill(form.dataset.seconds, { count: number.format(Math.ceil(seconds)) })
      : fill(form.dataset.minutes, { count: number.format(Math.ceil(seconds / 60)) });
    let isHere = true;
    let worker = null;

    const show = () => {
      here.hidden = !isHere;
      uploading.hidden = isHere;
      consent.disabled = isHere;
    };
    const uploadInstead = () => { isHere = false; show(); };
    const say = (texts) => outcomes.replaceChildren(listOf(texts));
    // What files of names told, and the lines of them that were refused; or why one was not read.
    const reasons = JSON.parse(form.dataset.namesReasons ?? "{}");
    const taken = (it) => `${it.file}: ${fill(form.dataset.namesTaken, {
      claims: number.format(it.claims), others: number.format(it.of_other_sites), refused: number.format(it.refused),
    })}`;
    const refusedLines = (it) => it.refused_lines.map(({ line, reason }) =>
      `${it.file}: ${fill(form.dataset.namesLineRefused, { line: number.format(line), reason: reasons[reason] })}`);
    const namesProblem = ({ file, problem }) => {
      const words = { "unknown-format": form.dataset.namesUnknownFormat, "too-many": form.dataset.namesTooMany };
      return fill(words[problem] ?? form.dataset.namesUnreadable, { path: file });
    };
    const end = () => {
      worker?.terminate();
      worker = null;
      state.hidden = true;
      start.disabled = false;
    };
    const fail = (text) => { end(); uploadInstead(); say([text ?? form.dataset.hereFailed]); };
    show();
    part("[data-upload-instead]").addEventListener("click", () => { uploadInstead(); consent.focus(); });

    // What the module gave of one log, sent; the answer says in words what became of it.
    const send = async (site, checked) => {
      const { log } = checked.sent;
      const answer = await fetch(`${form.dataset.logs}/sightings`, {
        method: "POST",
        headers: { Accept: "application/json", "Content-Type": "application/json" },
        body: JSON.stringify({
          site, file: log.file, problem: log.problem, result: log.sha256 ? checked.sent : null,
        }),
      });
      const outcome = await answer.json();
      if (answer.ok && log.sha256) keepLines(checked);
      return answer.ok ? outcome : { file: log.file, ok: false, message: outcome.message };
    };

    const run = (files, site, names) => {
      const total = files.reduce((sum, file) => sum + file.size, 0);
      const sending = [];
      let named = [];
      let began = performance.now();
      let read = 0;
      bar.removeAttribute("value");
      words.textContent = "";
      outcomes.replaceChildren();
      state.hidden = false;
      start.disabled = true;
      // Another module may come with another worker.
      worker = new Worker(`/assets/match-worker.mjs?${form.dataset.module}`, { type: "module" });
      worker.addEventListener("error", () => fail());
      worker.addEventListener("message", async ({ data }) => {
        if (data.refused) { end(); say([data.refused]); return; }
        if (data.failed) { fail(); return; }
        if (data.named) {
          named = data.named;
          const problems = named.filter((it) => it.problem);
          if (problems.length) { end(); say([...problems.map(namesProblem), form.dataset.namesNone]); return; }
        }
        if (data.list !== undefined) {
          bar.value = 100 * data.list;
          words.textContent = fill(form.dataset.hereList, { percent: number.format(Math.floor(bar.value)) });
          began = performance.now();
        } else if (data.read !== undefined) {
          read += data.read;
          const rate = read / Math.max((performance.now() - began) / 1000, 0.001);
          bar.value = (100 * read) / Math.max(total, 1);
          words.textContent = fill(form.dataset.hereReading, {
            file: data.file,
            percent: number.format(Math.floor(bar.value)),
            rate: number.format(Math.round(rate / 1e5) / 10),
            left: timeLeft((total - read) / Math.max(rate, 1)),
          });
        } else if (data.checked) {
          const sent = send(site, data.checked);
          // Looked at when all are under way.
          sent.catch(() => {});
          sending.push(sent);
        } else if (data.done) {
          bar.removeAttribute("value");
          words.textContent = form.dataset.hereSending;
          let all;
          try {
            all = await Promise.all(sending);
          } catch {
            end();
            say([form.dataset.hereUnsent]);
            return;
          }
          end();
          const checked = all.map((it) => it.source).filter(Boolean).join(",");
          const done = `${form.dataset.done}&checked=${checked}`;
          const isDone = all.every((it) => it.ok);
          const refused = named.flatMap(refusedLines);
          if (isDone && !refused.length) { location.assign(done); return; }
          say([...named.map(taken), ...refused, ...all.map((it) => `${it.file}: ${it.message}`)]);
          if (isDone) outcomes.append(linkTo(done, form.dataset.seeOutcome));
        }
      });
      const { module, logs, zone } = form.dataset;
      worker.postMessage({ module, index: `${logs}/index`, zone, site, names, files });
    };

    // Before the script that uploads hears of it.
    form.addEventListener("submit", (event) => {
      if (!isHere) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (!worker) run([...input.files], form.elements.site.value, [...form.elements.names.files]);
    }, { capture: true });
    part(".upload-cancel").addEventListener("click", () => {
      if (!worker) return;
      end();
      say([form.dataset.hereStopped]);
    });
  }
}
