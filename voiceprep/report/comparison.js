"use strict";
/* Plays two answers side by side, one at a time, and shows where it is. Sends and stores nothing. */
(() => {
  const STEP = 5;
  const root = document.documentElement;
  const clock = (seconds) => {
    const whole = Math.floor(Math.max(0, seconds));
    const two = (number) => String(number).padStart(2, "0");
    const hours = Math.floor(whole / 3600);
    const minutes = Math.floor(whole / 60) % 60;
    return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
  };

  class Player {
    constructor(transport) {
      this.side = transport.dataset.side;
      this.transport = transport;
      this.audio = transport.querySelector("audio");
      this.button = transport.querySelector(".play");
      this.seekbar = transport.querySelector(".seek");
      this.now = transport.querySelector(".now");
      this.words = [...document.querySelectorAll(`.rows [data-side="${this.side}"] .w[data-from]`)];
      this.starts = this.words.map((word) => Number(word.dataset.from));
      this.lit = null;
      this.button.addEventListener("click", () => this.toggle());
      this.seekbar.addEventListener("input", () => {
        this.audio.currentTime = Number(this.seekbar.value);
        this.show();
      });
      for (const name of ["play", "pause", "ended"]) this.audio.addEventListener(name, () => this.changed());
      for (const name of ["timeupdate", "seeked"]) this.audio.addEventListener(name, () => this.show());
    }

    get playing() {
      return !this.audio.paused;
    }

    play(from) {
      for (const other of players) if (other !== this) other.audio.pause();
      current = this;
      if (from !== undefined) this.audio.currentTime = Math.max(0, from);
      this.audio.play().catch((error) => {
        if (error.name !== "AbortError") this.now.textContent = "cannot be played";
      });
      this.show();
    }

    toggle() {
      if (this.playing) this.audio.pause();
      else this.play();
    }

    changed() {
      this.transport.classList.toggle("playing", this.playing);
      this.button.setAttribute("aria-label", `${this.playing ? "Pause" : "Play"} ${this.side}`);
      if (this.playing) requestAnimationFrame(() => this.frame());
    }

    frame() {
      this.show();
      if (this.playing) requestAnimationFrame(() => this.frame());
    }

    /* The word that is said at `time`, or null. */
    word(time) {
      let low = 0;
      let high = this.starts.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (this.starts[middle] <= time + 0.01) low = middle + 1;
        else high = middle;
      }
      return low ? this.words[low - 1] : null;
    }

    show() {
      const time = this.audio.currentTime;
      this.now.textContent = clock(time);
      this.seekbar.value = String(time);
      this.seekbar.setAttribute("aria-valuetext", clock(time));
      const word = this.word(time);
      const said = word && time > 0 && time < Number(word.dataset.to) + 0.1 ? word : null;
      if (said === this.lit) return;
      if (this.lit) this.lit.classList.remove("now-said");
      if (said) said.classList.add("now-said");
      this.lit = said;
    }

    /* Play from the row that the other one is in. */
    beside(other) {
      const row = other && other.word(other.audio.currentTime)?.closest(".row");
      const word = row && row.querySelector(`[data-side="${this.side}"] .w[data-from]`);
      this.play(word ? Number(word.dataset.from) : undefined);
    }
  }

  const players = [...document.querySelectorAll(".players .transport:has(audio)")].map((one) => new Player(one));
  let current = players[0] || null;
  const of = (side) => players.find((player) => player.side === side);

  document.addEventListener("click", (event) => {
    const move = event.target.closest(".move");
    if (move) {
      const places = [...document.querySelectorAll(`.moved[data-move="${move.dataset.move}"]`)];
      for (const moved of document.querySelectorAll(".moved.on")) moved.classList.remove("on");
      for (const place of places) place.classList.add("on");
      const other = places.find((place) => !place.contains(move));
      if (other) other.scrollIntoView({ block: "center" });
      return;
    }
    const moment = event.target.closest(".rows [data-from]");
    const player = moment && of(moment.closest("[data-side]").dataset.side);
    if (player) player.play(Number(moment.dataset.from));
  });

  const rows = [...document.querySelectorAll(".row:not(.same)")];
  let at = -1;
  const jump = (step) => {
    if (!rows.length) return;
    if (rows[at]) rows[at].classList.remove("here");
    at = Math.min(Math.max(0, at + step), rows.length - 1);
    rows[at].classList.add("here");
    rows[at].scrollIntoView({ block: "center" });
  };

  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const themeButton = document.getElementById("theme");
  const setTheme = (isDark) => {
    root.dataset.theme = isDark ? "dark" : "light";
    themeButton.setAttribute("aria-pressed", String(isDark));
    themeButton.textContent = isDark ? "Light" : "Dark";
  };
  setTheme(dark.matches);
  dark.addEventListener("change", (event) => setTheme(event.matches));
  const switchTheme = () => setTheme(root.dataset.theme !== "dark");
  themeButton.addEventListener("click", switchTheme);

  const help = document.getElementById("help");
  const openHelp = () => (help.open ? help.close() : help.showModal());
  document.getElementById("keys").addEventListener("click", openHelp);

  const seek = (by) => {
    if (!current) return;
    current.audio.currentTime = Math.max(0, current.audio.currentTime + by);
    current.show();
  };
  const keys = {
    " ": () => current && current.toggle(),
    a: () => of("A") && of("A").beside(of("B")),
    b: () => of("B") && of("B").beside(of("A")),
    ArrowLeft: () => seek(-STEP),
    ArrowRight: () => seek(STEP),
    n: () => jump(1),
    p: () => jump(-1),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, select, textarea")) return;
    if (event.key === "?") return openHelp();
    if (help.open) return;
    if (event.key === "d") return switchTheme();
    // A focused button keeps its own meaning of the space bar.
    if (event.key === " " && event.target.closest("button, summary, a")) return;
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });

  window.addEventListener("beforeprint", () => {
    for (const folded of document.querySelectorAll("details")) folded.open = true;
  });
})();
