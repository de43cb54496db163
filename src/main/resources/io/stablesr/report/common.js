"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const element = (id) => document.getElementById(id);

/** Storage may be forbidden for local files; the pages work without. */
const memory = {
  get(key) {
    try { return localStorage.getItem(key); } catch { return null; }
  },
  set(key, value) {
    try { localStorage.setItem(key, value); } catch { /* Nothing is kept. */ }
  },
};

(() => {
  const root = document.documentElement;
  const kept = memory.get("stablesr-theme");
  if (kept === "light" || kept === "dark") root.dataset.theme = kept;
  element("theme").addEventListener("click", () => {
    const dark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    memory.set("stablesr-theme", root.dataset.theme);
  });
})();
