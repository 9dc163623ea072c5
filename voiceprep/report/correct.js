/* Marks what was heard wrongly and saves it as a list for `voiceprep correct --from`. Changes no number; sends nothing. */
(() => {
  const FORMAT = "voiceprep-corrections";
  const VERSION = 1;
  const FILE = "voiceprep-corrections.json";
  const HALF = 0.15;
  const PARTS = { S: "Situation", T: "Task", A: "Action", R: "Result", O: "No part of STAR" };
  const dialog = document.getElementById("mend");
  if (!dialog) return;
  const bare = (text) => text.trim().replace(/^[\s"'“(]+|[\s.,;:?!…"'”)]+$/g, "");
  const round = (time) => Math.round(Math.max(0, time) * 1000) / 1000;
  const clock = (time) => `${Math.floor(time / 60)}:${String(Math.floor(time % 60)).padStart(2, "0")}`;
  const plural = (count) => `${count} correction${count === 1 ? "" : "s"}`;

  /* What the browser keeps of a page, where it keeps anything for one: a private window may not. */
  const store = {
    read(key) {
      try {
        const kept = JSON.parse(localStorage.getItem(key));
        return Array.isArray(kept) ? kept : [];
      } catch {
        return [];
      }
    },
    write(key, list) {
      try {
        if (list.length) localStorage.setItem(key, JSON.stringify(list));
        else localStorage.removeItem(key);
      } catch {
        /* The list lasts as long as the page then. */
      }
    },
  };

  class Mender {
    constructor(article) {
      this.article = article;
      Object.assign(this, JSON.parse(article.querySelector(".times").textContent));
      this.spoken = [...article.querySelectorAll(".lines .w")];
      this.rows = [...article.querySelectorAll(".line")];
      this.text = article.querySelector(".lines");
      this.button = article.querySelector(".mend");
      this.bar = article.querySelector(".mend-bar");
      this.key = `${FORMAT}:${this.sound}:${this.print}`;
      this.list = store.read(this.key);
      this.at = 0;
      this.button.hidden = false;
      this.button.addEventListener("click", () => this.turn(!this.on));
      this.text.addEventListener("click", (event) => this.clicked(event));
      this.text.addEventListener("keydown", (event) => this.pressed(event));
      this.bar.querySelector(".save").addEventListener("click", () => save());
      this.bar.querySelector(".through").addEventListener("change", (event) => this.whole(event.target.checked));
      this.draw();
    }

    get on() {
      return this.article.classList.contains("mending");
    }

    /* Words are buttons only while one corrects: reading and the keys of the player stay as they are otherwise. */
    turn(on) {
      this.article.classList.toggle("mending", on);
      this.button.setAttribute("aria-pressed", String(on));
      this.button.textContent = on ? "Done correcting" : this.button.dataset.name;
      for (const word of this.spoken) {
        if (on) word.setAttribute("role", "button");
        else word.removeAttribute("role");
        word.removeAttribute("tabindex");
      }
      if (on && this.spoken.length) this.spoken[this.at].tabIndex = 0;
      this.draw();
    }

    clicked(event) {
      const word = event.target.closest(".w");
      if (!this.on || !word) return;
      event.stopPropagation();
      this.choose(this.spoken.indexOf(word));
    }

    pressed(event) {
      const at = this.spoken.indexOf(event.target);
      if (!this.on || at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
      const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: this.spoken.length - 1 }[event.key];
      if (to !== undefined) this.move(Math.min(Math.max(0, to), this.spoken.length - 1));
      else if (event.key === "Enter" || event.key === " ") this.choose(at);
      else return;
      event.preventDefault();
      event.stopPropagation();
    }

    move(to) {
      this.spoken[this.at].removeAttribute("tabindex");
      this.at = to;
      this.spoken[to].tabIndex = 0;
      this.spoken[to].focus();
    }

    line(at) {
      return this.rows.indexOf(this.spoken[at].closest(".line"));
    }

    event(at) {
      return this.events.find(([first, last]) => first <= at && at < last);
    }

    /* Ask what is wrong with the word `at`. */
    choose(at) {
      this.move(at);
      current = this;
      const [start, end] = this.words[at];
      const said = this.event(at)?.[2] ?? bare(this.spoken[at].textContent);
      const [, , part] = this.lines[this.line(at)];
      dialog.querySelector("h2").textContent = `“${said}” at ${clock(start)}`;
      dialog.querySelector("[data-do=not_filler]").hidden = !this.event(at);
      dialog.querySelector("[data-do=fills]").hidden = Boolean(this.event(at));
      const sound = this.spoken[at].classList.contains("filled_pause");
      dialog.querySelector("[data-do=nothing]").hidden = sound;
      dialog.querySelector(".listen").hidden = !this.article.querySelector("audio[src]");
      dialog.querySelector("[data-do=undo]").hidden = !this.about(at).length;
      dialog.querySelector(".parts").hidden = part === null;
      const now = this.list.find((one) => one.kind === "part" && this.about(at).includes(one))?.now ?? part;
      for (const button of dialog.querySelectorAll("[data-part]")) {
        button.setAttribute("aria-pressed", String(button.dataset.part === now));
      }
      dialog.querySelector("[name=word]").value = "";
      dialog.querySelector("[name=missed]").value = "um";
      dialog.returnValue = "";
      this.place = { at, start, end, said };
      dialog.showModal();
    }

    /* Corrections of the word `at`, of what stands before it, and of its sentence. */
    about(at) {
      const [start, end] = this.words[at];
      const [first, last] = this.lines[this.line(at)];
      const before = this.gap(at);
      const event = this.event(at);
      const spans = [[start, end], [first, last], before];
      if (event) spans.push([this.words[event[0]][0], this.words[event[1] - 1][1]]);
      return this.list.filter((one) => spans.some(([from, to]) => one.start === from && one.end === to));
    }

    /* Where something that was missed right before the word `at` was: in the middle of what is between. */
    gap(at) {
      const start = this.words[at][0];
      const middle = at ? (this.words[at - 1][1] + start) / 2 : start - HALF;
      return [round(middle - HALF), round(middle + HALF)];
    }

    /* Do what was chosen in the dialog. */
    done(choice, value) {
      const { at, start, end, said } = this.place;
      const [first, last, part] = this.lines[this.line(at)];
      const event = this.event(at);
      if (choice === "undo") {
        const gone = this.about(at);
        this.list = this.list.filter((one) => !gone.includes(one));
      } else if (choice === "not_filler") {
        this.add("not_filler", this.words[event[0]][0], this.words[event[1] - 1][1], said, "");
      } else if (choice === "fills") this.add("missed", start, end, "", said);
      else if (choice === "nothing") this.add("word", start, end, bare(this.spoken[at].textContent), "");
      else if (choice === "word" && value) this.add("word", start, end, bare(this.spoken[at].textContent), value);
      else if (choice === "missed" && value) this.add("missed", ...this.gap(at), "", value);
      else if (choice === "part" && value !== part) this.add("part", first, last, part, value);
      else if (choice === "part") this.drop("part", first, last);
      this.draw();
      this.spoken[at].focus();
    }

    drop(kind, start, end) {
      this.list = this.list.filter((one) => !(one.kind === kind && one.start === start && one.end === end));
    }

    add(kind, start, end, was, now) {
      this.drop(kind, start, end);
      const at = `${new Date().toISOString().slice(0, 19)}+00:00`;
      this.list.push({ kind, start, end, was, now, at });
    }

    whole(checked) {
      this.list = this.list.filter((one) => one.kind !== "checked");
      if (checked) this.add("checked", 0, this.duration, this.print, "");
      this.draw();
    }

    said(one) {
      const at = clock(one.kind === "missed" ? (one.start + one.end) / 2 : one.start);
      if (one.kind === "not_filler") return `“${one.was}” at ${at} is no filler`;
      if (one.kind === "missed") return `“${one.now}” at ${at} was missed`;
      if (one.kind === "part") return `Sentence at ${at}: ${PARTS[one.now]}`;
      return one.now ? `“${one.was}” at ${at} is “${one.now}”` : `“${one.was}” at ${at}: nobody said it`;
    }

    /* Show the list: in the bar, and beside the words that it is about. */
    draw() {
      store.write(this.key, this.list);
      for (const old of this.article.querySelectorAll(".mend-in")) old.remove();
      for (const word of this.spoken) word.classList.remove("mended");
      const shown = this.list.filter((one) => one.kind !== "checked");
      for (const one of shown) this.mark(one);
      const list = this.bar.querySelector("ol");
      list.replaceChildren(...shown.map((one) => this.item(one)));
      this.bar.querySelector(".count").textContent = shown.length ? plural(shown.length) : "No new marks yet";
      this.bar.querySelector(".through").checked = shown.length < this.list.length;
      this.bar.querySelector(".save").disabled = !this.list.length;
      this.bar.querySelector("details").hidden = !shown.length;
      this.bar.hidden = !this.on && !this.list.length;
    }

    item(one) {
      const item = document.createElement("li");
      const back = document.createElement("button");
      back.type = "button";
      back.className = "quiet";
      back.textContent = "Take back";
      back.setAttribute("aria-label", `Take back: ${this.said(one)}`);
      back.addEventListener("click", () => {
        this.list = this.list.filter((other) => other !== one);
        this.draw();
        (this.bar.querySelector("ol button") ?? this.button).focus();
      });
      item.append(`${this.said(one)} `, back);
      return item;
    }

    mark(one) {
      const note = document.createElement("ins");
      note.className = "mend-in";
      const inside = (at) => this.words[at][0] < one.end && this.words[at][1] > one.start;
      const there = this.spoken.map((_, at) => at).filter(inside);
      if (one.kind === "part") {
        const row = this.rows[this.lines.findIndex(([from, to]) => from === one.start && to === one.end)];
        note.textContent = PARTS[one.now];
        row?.querySelector(".text").prepend(note, " ");
        return;
      }
      const exact = there.filter((at) => this.words[at][0] >= one.start && this.words[at][1] <= one.end);
      if (one.kind === "missed" && !exact.length) {
        const next = this.spoken.findIndex((_, at) => this.gap(at)[0] === one.start);
        note.textContent = one.now;
        if (next >= 0) this.spoken[next].before(note, " ");
        return;
      }
      for (const at of exact) this.spoken[at].classList.add("mended");
      const names = { not_filler: "no filler", missed: "filler", word: one.now || "not said" };
      note.textContent = names[one.kind];
      if (exact.length) this.spoken[exact[exact.length - 1]].after(" ", note);
    }
  }

  const menders = [...document.querySelectorAll(".answer:has(.mend)")].map((article) => new Mender(article));
  let current = menders[0] || null;

  const save = () => {
    const answers = menders
      .filter((mender) => mender.list.length)
      .map((mender) => ({ recording: mender.sound, name: mender.name, corrections: mender.list }));
    const text = `${JSON.stringify({ format: FORMAT, version: VERSION, answers }, null, 1)}\n`;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    link.download = FILE;
    // A link that stands nowhere is not followed by every browser.
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    for (const mender of menders) mender.bar.querySelector(".then").hidden = false;
  };

  dialog.querySelector(".listen").addEventListener("click", () => {
    const { start, end } = current.place;
    current.article.dispatchEvent(new CustomEvent("listen", { detail: { from: start, to: end } }));
  });
  dialog.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (!button) return;
    const field = button.dataset.field ? dialog.querySelector(`[name=${button.dataset.field}]`).value.trim() : "";
    dialog.close();
    current.done(button.dataset.do, button.dataset.part ?? field);
  });
  dialog.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    dialog.querySelector(`[data-do=${event.target.name}]`).click();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "c" || event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
    if (event.target.closest("input, select, textarea") || !current) return;
    const middle = window.innerHeight / 2;
    const seen = menders.find((mender) => {
      const box = mender.article.getBoundingClientRect();
      return box.top <= middle && box.bottom >= middle;
    });
    current = seen || current;
    current.turn(!current.on);
    if (current.on) current.spoken[current.at]?.focus();
  });
})();
