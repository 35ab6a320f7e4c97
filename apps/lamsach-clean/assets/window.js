// Shows how far the work is, and says now and then that somebody is still here.
"use strict";
const area = document.getElementById("progress");
const put = (id, text) => {
  const place = document.getElementById(id);
  if (place && place.textContent !== text) place.textContent = text;
};
const look = async () => {
  try {
    const answer = await fetch("progress", { cache: "no-store" });
    if (!answer.ok) return;
    const now = await answer.json();
    if (!area) return;
    const bar = area.querySelector("progress");
    if (now.percent !== null && bar.max === 100) bar.value = now.percent;
    put("files", now.files);
    put("rate", now.rate);
    put("left", now.left);
    if (now.is_over) location.reload();
  } catch {
    // The program has ended; the page stays as it is.
  }
};
setInterval(look, area ? 700 : 60000);
