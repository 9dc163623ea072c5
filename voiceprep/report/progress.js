"use strict";
/* Light and dark, and everything unfolded for the printer. Sends and stores nothing. */
(() => {
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const button = document.getElementById("theme");
  const setTheme = (isDark) => {
    root.dataset.theme = isDark ? "dark" : "light";
    button.setAttribute("aria-pressed", String(isDark));
    button.textContent = isDark ? "Light" : "Dark";
  };
  const switchTheme = () => setTheme(root.dataset.theme !== "dark");
  setTheme(dark.matches);
  dark.addEventListener("change", (event) => setTheme(event.matches));
  button.addEventListener("click", switchTheme);
  document.addEventListener("keydown", (event) => {
    if (event.key === "d" && !event.ctrlKey && !event.metaKey && !event.altKey) switchTheme();
  });
  window.addEventListener("beforeprint", () => {
    for (const folded of document.querySelectorAll("details.printed")) folded.open = true;
  });
})();
