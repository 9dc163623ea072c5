"use strict";
/* Plays moments of an answer and shows where it is. Reads times from the page; sends and stores nothing. */
(() => {
  const LEAD = 0.4;
  const TAIL = 0.3;
  const STEP = 5;
  const root = document.documentElement;
  const clock = (seconds) => {
    const whole = Math.floor(Math.max(0, seconds));
    const two = (number) => String(number).padStart(2, "0");
    const hours = Math.floor(whole / 3600);
    const minutes = Math.floor(whole / 60) % 60;
    return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
  };

  /* The last of `starts` that is not after `time`, or -1. */
  const last = (starts, time) => {
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (starts[middle] <= time) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  };

  class Player {
    constructor(article) {
      this.article = article;
      const times = JSON.parse(article.querySelector(".times").textContent);
      Object.assign(this, times);
      this.starts = this.words.map((word) => word[0]);
      this.audio = article.querySelector("audio");
      this.silent = !this.audio.hasAttribute("src");
      this.time = 0;
      this.queue = [];
      this.stop = Infinity;
      this.source = null;
      this.item = null;
      this.lit = null;
      this.spoken = article.querySelectorAll(".lines .w");
      this.moving = article.querySelectorAll(".played, .cursor");
      this.lanes = article.querySelector(".lanes");
      this.scroller = article.querySelector(".scroller");
      this.now = article.querySelector(".now");
      this.seekbar = article.querySelector(".seek");
      this.button = article.querySelector(".play");
      this.status = article.querySelector(".status");
      this.listen();
      this.show();
    }

    listen() {
      this.article.addEventListener("click", (event) => this.clicked(event));
      this.seekbar.addEventListener("input", () => this.seek(Number(this.seekbar.value)));
      this.article.querySelector(".speed select").addEventListener("change", (event) => {
        this.audio.playbackRate = Number(event.target.value);
      });
      this.button.addEventListener("click", () => this.toggle());
      this.article.addEventListener("listen", ({ detail }) => this.play(detail.from - LEAD, detail.to + TAIL));
      for (const name of ["play", "pause", "ended"]) this.audio.addEventListener(name, () => this.changed());
      for (const name of ["timeupdate", "seeked"]) this.audio.addEventListener(name, () => this.moved());
      this.audio.addEventListener("error", () => {
        this.say("The sound in this page cannot be played by this browser.");
      });
    }

    get playing() {
      return !this.silent && !this.audio.paused;
    }

    clicked(event) {
      const target = event.target;
      const all = target.closest("[data-all]");
      if (all) return this.moments(all, [...all.closest(".finding").querySelectorAll(".moment")]);
      const moment = target.closest("[data-from]");
      if (moment) return this.moments(moment, [moment]);
      if (target.classList.contains("w") && target.closest(".lines")) {
        return this.play(this.starts[[...this.spoken].indexOf(target)]);
      }
      const bed = target.closest(".bed, .field");
      if (bed) {
        const box = bed.getBoundingClientRect();
        this.play(((event.clientX - box.left) / box.width) * this.duration);
      }
      const step = target.closest("[data-step]");
      if (step) this.jump(Number(step.dataset.step));
      return undefined;
    }

    /* Play the moments of `items` one after another; a second click on the same `source` stops. */
    moments(source, items) {
      if (this.source === source && this.playing) return this.audio.pause();
      const [first, ...rest] = items;
      const { from, to } = first.dataset;
      if (to === undefined) this.play(Number(from));
      else this.play(Number(from) - LEAD, Number(to) + TAIL, rest);
      this.mark(source);
      this.heard(first);
      if (source.title && !this.silent) this.say(source.title.replace(/^Play /, "Playing "));
      return undefined;
    }

    mark(source) {
      if (this.source) this.source.classList.remove("on");
      this.heard(null);
      this.source = source;
      if (source) source.classList.add("on");
    }

    /* Show which of several moments plays. */
    heard(item) {
      if (this.item && this.item !== this.source) this.item.classList.remove("on");
      this.item = item;
      if (item) item.classList.add("on");
    }

    play(from, to = Infinity, queue = []) {
      for (const other of players) if (other !== this && other.playing) other.audio.pause();
      this.mark(null);
      this.seek(from);
      this.stop = to;
      this.queue = queue;
      this.start();
    }

    start() {
      current = this;
      if (this.silent) return;
      this.audio.play().catch((error) => {
        if (error.name !== "AbortError") this.say("The sound in this page cannot be played by this browser.");
      });
    }

    toggle() {
      if (this.playing) return this.audio.pause();
      for (const other of players) if (other !== this && other.playing) other.audio.pause();
      this.stop = Infinity;
      this.queue = [];
      this.mark(null);
      return this.start();
    }

    seek(time) {
      current = this;
      this.time = Math.min(Math.max(0, time), this.duration);
      this.stop = Infinity;
      this.queue = [];
      if (!this.silent) this.audio.currentTime = this.time;
      this.show();
      this.follow();
    }

    jump(step) {
      const now = this.time;
      const ahead = this.marks.filter((mark) =>
        step > 0 ? Math.max(0, mark[0] - LEAD) > now + 0.05 : mark[0] - LEAD < now - 1,
      );
      const mark = step > 0 ? ahead[0] : ahead[ahead.length - 1];
      if (!mark) return this.say(step > 0 ? "No more marks." : "No earlier marks.");
      this.play(mark[0] - LEAD);
      return this.say(mark[2]);
    }

    word(step) {
      const at = last(this.starts, this.time + 0.001);
      const next = Math.min(Math.max(0, at + step), this.starts.length - 1);
      if (this.starts.length) this.seek(this.starts[next]);
    }

    changed() {
      this.article.classList.toggle("playing", this.playing);
      this.button.setAttribute("aria-label", this.playing ? "Pause" : "Play");
      if (!this.playing) this.mark(null);
      else requestAnimationFrame(() => this.frame());
    }

    frame() {
      this.moved();
      if (this.playing) requestAnimationFrame(() => this.frame());
    }

    moved() {
      if (this.silent) return;
      this.time = this.audio.currentTime;
      if (this.playing && this.time >= this.stop) this.next();
      this.show();
      if (this.playing) this.follow();
    }

    next() {
      if (!this.queue.length) {
        this.stop = Infinity;
        return this.audio.pause();
      }
      const item = this.queue.shift();
      this.heard(item);
      this.audio.currentTime = Math.max(0, Number(item.dataset.from) - LEAD);
      this.stop = Number(item.dataset.to) + TAIL;
      return undefined;
    }

    show() {
      const share = this.duration ? this.time / this.duration : 0;
      // Set where it is used, not on the article: a property that thousands of words inherit costs a frame.
      for (const element of this.moving) element.style.setProperty("--played", share.toFixed(5));
      this.now.textContent = clock(this.time);
      this.seekbar.value = String(this.time);
      this.seekbar.setAttribute("aria-valuetext", `${clock(this.time)} of ${clock(this.duration)}`);
      const at = last(this.starts, this.time + 0.01);
      const word = at >= 0 && this.time < this.words[at][1] + 0.1 ? this.spoken[at] : null;
      if (word === this.lit) return;
      if (this.lit) this.lit.classList.remove("now-said");
      if (word && this.time > 0) word.classList.add("now-said");
      this.lit = word;
    }

    /* Keep the cursor in view where the timeline is wider than the window. */
    follow() {
      const { scrollWidth, clientWidth, scrollLeft } = this.scroller;
      if (scrollWidth <= clientWidth + 1) return;
      const bed = this.lanes.querySelector(".bed");
      const at = bed.offsetLeft + (this.time / this.duration) * bed.offsetWidth;
      if (at > scrollLeft + clientWidth - 40 || at < scrollLeft + bed.offsetLeft) {
        this.scroller.scrollLeft = at - clientWidth / 3;
      }
    }

    say(text) {
      this.status.textContent = text;
    }
  }

  const players = [...document.querySelectorAll(".answer:has(.transport)")].map((article) => new Player(article));
  let current = players[0] || null;

  /* The answer that the keys speak to: the one that plays, else the one in the middle of the window. */
  const addressed = () => {
    const playing = players.find((player) => player.playing);
    if (playing) return playing;
    const middle = window.innerHeight / 2;
    const seen = players.find((player) => {
      const box = player.article.getBoundingClientRect();
      return box.top <= middle && box.bottom >= middle;
    });
    return seen || current;
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

  const keys = {
    " ": (player) => player.toggle(),
    ArrowLeft: (player, event) => (event.shiftKey ? player.word(-1) : player.seek(player.time - STEP)),
    ArrowRight: (player, event) => (event.shiftKey ? player.word(1) : player.seek(player.time + STEP)),
    n: (player) => player.jump(1),
    p: (player) => player.jump(-1),
    Home: (player) => player.seek(0),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, select, textarea")) return;
    if (event.key === "?") return openHelp();
    if (help.open) return;
    if (event.key === "d") return switchTheme();
    // A focused button keeps its own meaning of the space bar.
    if (event.key === " " && event.target.closest("button, summary, a")) return;
    const player = addressed();
    if (!keys[event.key] || !player) return;
    event.preventDefault();
    keys[event.key](player, event);
  });

  window.addEventListener("beforeprint", () => {
    for (const folded of document.querySelectorAll("details")) folded.open = true;
  });
})();
