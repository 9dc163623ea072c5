"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);
  const root = document.documentElement;

  const theme = byId("theme");
  const paint = (dark) => {
    root.dataset.theme = dark ? "dark" : "light";
    theme.setAttribute("aria-pressed", String(dark));
  };
  paint(matchMedia("(prefers-color-scheme: dark)").matches);
  theme.addEventListener("click", () => paint(root.dataset.theme !== "dark"));

  const body = document.querySelector(".sheet tbody");
  if (!body) return;
  const rows = [...body.rows];
  const heads = [...document.querySelectorAll(".sheet thead th")];
  const chosenHead = document.querySelector("th.chosen");
  const chosenColumn = heads.indexOf(chosenHead);
  const cards = [...document.querySelectorAll(".card")];
  const ranks = [...document.querySelectorAll(".rank")];
  const fields = ["find", "candidate", "question", "first", "measure", "tone"];
  const value = (id) => (byId(id) ? byId(id).value : "");
  const words = rows.map((row) => row.textContent.toLowerCase());
  const at = rows.map((row) => Number(row.dataset.at));

  const choose = (metric) => {
    for (const card of cards) card.setAttribute("aria-pressed", String(card.dataset.metric === metric));
    // One that has a column already is lit there.
    for (const head of heads) {
      const lit = Boolean(metric) && head.dataset.metric === metric;
      head.classList.toggle("lit", lit);
      if (head.dataset.metric) for (const row of rows) row.cells[heads.indexOf(head)].classList.toggle("lit", lit);
    }
    const hidden = !metric || heads.some((head) => head.dataset.metric === metric);
    chosenHead.hidden = hidden;
    const card = cards.find((one) => one.dataset.metric === metric);
    chosenHead.querySelector("button").textContent = card ? card.querySelector(".label").textContent : "";
    rows.forEach((row, number) => {
      const cell = row.cells[chosenColumn];
      cell.hidden = hidden;
      if (hidden) return;
      const [text, tone] = data.texts[metric][at[number]];
      const known = data.values[metric][at[number]];
      cell.className = `number chosen ${tone}`;
      cell.title = text;
      cell.dataset.v = known === null ? "" : known;
      cell.textContent = known === null ? "–" : text;
    });
  };

  const draw = (shown) => {
    data.spreads.forEach(([metric, low, high], number) => {
      const bins = new Array(data.bins).fill(0);
      const all = new Array(data.bins).fill(0);
      data.values[metric].forEach((known, one) => {
        if (known === null) return;
        const bin = Math.min(data.bins - 1, Math.max(0, Math.floor(((known - low) / (high - low)) * data.bins)));
        all[bin] += 1;
        if (shown.has(one)) bins[bin] += 1;
      });
      const most = Math.max(...all);
      cards[number].querySelectorAll(".bars b").forEach((bar, bin) => {
        bar.style.height = `${(100 * bins[bin]) / most}%`;
      });
    });
  };

  const filter = () => {
    const asked = value("find").toLowerCase().split(/\s+/).filter(Boolean);
    const metric = value("measure");
    const tone = value("tone");
    const shown = new Set();
    rows.forEach((row, number) => {
      const fits =
        asked.every((word) => words[number].includes(word)) &&
        (!value("candidate") || row.dataset.candidate === value("candidate")) &&
        (!value("question") || row.dataset.question === value("question")) &&
        (!value("first") || row.cells[row.cells.length - 1].textContent === value("first")) &&
        (!tone || toned(metric, at[number], tone));
      row.hidden = !fits;
      if (fits) shown.add(at[number]);
    });
    byId("count").textContent = String(shown.size);
    for (const rank of ranks) rank.setAttribute("aria-pressed", String(rank.dataset.first === value("first")));
    draw(shown);
  };

  // Without a measure chosen, any measure of the answer may be the one.
  const toned = (metric, one, tone) => {
    const metrics = metric ? [metric] : Object.keys(data.texts);
    return metrics.some((name) => data.texts[name][one][1] === tone);
  };

  const sort = (head) => {
    const column = heads.indexOf(head);
    const number = head.classList.contains("number");
    const down = head.getAttribute("aria-sort") === (number ? "none" : "ascending") ||
      (number && head.getAttribute("aria-sort") === "ascending");
    for (const other of heads) if (other.hasAttribute("aria-sort")) other.setAttribute("aria-sort", "none");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const key = (row) => {
      const cell = row.cells[column];
      if (!number) return cell.textContent.trim();
      return cell.dataset.v === "" || cell.dataset.v === undefined ? null : Number(cell.dataset.v);
    };
    const order = new Intl.Collator(undefined, { numeric: true }).compare;
    const keyed = rows.map((row) => [key(row), row]);
    keyed.sort(([one, first], [other, second]) => {
      // What was not measured stays at the end, either way.
      if (one === null || one === "" || other === null || other === "") {
        return (one === null || one === "") - (other === null || other === "") || first.dataset.at - second.dataset.at;
      }
      const before = number ? one - other : order(one, other);
      return (down ? -before : before) || first.dataset.at - second.dataset.at;
    });
    body.append(...keyed.map(([, row]) => row));
  };

  for (const head of heads) {
    const button = head.querySelector("button");
    if (button) button.addEventListener("click", () => sort(head));
  }
  for (const id of fields) {
    if (byId(id)) byId(id).addEventListener("input", () => {
      if (id === "measure") choose(value("measure"));
      filter();
    });
  }
  for (const card of cards) {
    card.addEventListener("click", () => {
      byId("measure").value = card.getAttribute("aria-pressed") === "true" ? "" : card.dataset.metric;
      choose(value("measure"));
      filter();
    });
  }
  for (const rank of ranks) {
    rank.addEventListener("click", () => {
      const field = byId("first");
      if (!field) return;
      field.value = rank.getAttribute("aria-pressed") === "true" ? "" : rank.dataset.first;
      filter();
    });
  }
  byId("reset").addEventListener("click", () => {
    for (const id of fields) if (byId(id)) byId(id).value = "";
    choose("");
    filter();
  });
  filter();
})();
