"""Draw the overview of made-up answers, for the documentation (48 docs/overview.png) and for looking at it.

    python tools/draw_overview.py COUNT PICTURE [--page FILE] [--width 1360] [--height 1760] [--dark] [--plain]

The answers are those of corpus/star, spoken by invented people at a pace and with pauses of their own; nothing in them
was measured on anybody. `--plain` draws the page as it is without scripts, `--script` does something to it first. Needs
playwright and Chromium.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voiceprep import assess
from voiceprep.model import Question, Recording, Settings
from voiceprep.report import overview
from voiceprep.testing import spoken

if TYPE_CHECKING:
    from voiceprep.report.overview import Entry

CORPUS = Path(__file__).parents[1] / "corpus" / "star"
FIRST = (
    "Anna",
    "Ben",
    "Chloé",
    "Dana",
    "Emre",
    "Farah",
    "Goran",
    "Hana",
    "Inés",
    "Jorge",
    "Kofi",
    "Lena",
    "Mina",
    "Noor",
)
LAST = ("Lee", "Okafor", "Weiss", "Nasser", "Kim", "Duarte", "Novak", "Haddad", "Silva", "Berg", "Ito", "Rossi", "Park")


def main() -> None:
    """Draw one picture."""
    parser = argparse.ArgumentParser()
    parser.add_argument("count", type=int)
    parser.add_argument("picture", type=Path)
    parser.add_argument("--page", type=Path)
    parser.add_argument("--width", type=int, default=1360)
    parser.add_argument("--height", type=int, default=1760)
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--script", default="")
    options = parser.parse_args()
    made = entries(options.count)
    missing = [
        overview.Missing("kofi_about-yourself.wav", "'kofi_about-yourself.wav' is empty (0 bytes)"),
        overview.Missing("noor_hard-choice.mov", "'noor_hard-choice.mov' is a video without a sound track"),
    ]
    page = overview.render(made, missing, waiting=0, files=("answers.csv", "errors.csv"))
    with tempfile.TemporaryDirectory() as folder:
        file = options.page or Path(folder) / "index.html"
        file.write_text(page, "utf-8")
        draw(file, options)


def draw(file: Path, options: argparse.Namespace) -> None:
    """Draw the page in `file` as Chromium shows it."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  (not needed to make the page)

    with sync_playwright() as play:
        path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        browser = play.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        view: Any = {"width": options.width, "height": options.height}
        page = browser.new_page(
            viewport=view, color_scheme="dark" if options.dark else "light", java_script_enabled=not options.plain
        )
        page.goto(file.absolute().as_uri())
        if options.script:
            page.evaluate(options.script)
        page.screenshot(path=options.picture)
        browser.close()


def entries(count: int) -> list[Entry]:
    """Return what the overview says of `count` answers to four questions."""
    files = sorted(CORPUS.glob("*.jsonl"))
    told = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
    stories = [one for one in told if one.get("form") == "spoken" and one.get("question")]
    chance = random.Random(3)  # noqa: S311  (no secret)
    asked = list(dict.fromkeys(one["question"] for one in stories))[:4]
    people = [f"{FIRST[n % len(FIRST)]} {LAST[n % len(LAST)]}" for n in range(min(150, max(3, count // 4)))]
    return [
        an_entry(number, people[number // 4 % len(people)], asked[number % 4], chance.choice(stories), chance)
        for number in range(count)
    ]


def an_entry(number: int, who: str, asked: str, story: dict[str, Any], chance: random.Random) -> Entry:
    """Return the entry of `who`, who tells `story` when `asked`, with pauses and a pace by `chance`."""
    pause, hesitant = chance.uniform(0.02, 0.12), chance.uniform(0, 0.05)
    said: list[str] = []
    for word in " ".join(segment["text"] for segment in story["segments"]).split():
        if chance.random() < hesitant:
            said.append("um")
        said.append(word)
        if word[-1] in ".,?" or chance.random() < pause:
            said.append(f"<{chance.lognormvariate(-0.6, 0.5):.2f}>")
    transcript = spoken(" ".join(said), a_word=chance.uniform(0.2, 0.33))
    name = f"{who.split(maxsplit=1)[0].lower()}_{'-'.join(asked.lower().split()[:3]).strip('.?,')}-{number + 1}.wav"
    answer = assess.prepare(transcript, Question(f"q{number % 4}", asked), Settings())
    made = assess.assess(answer, Recording(name, "", transcript.duration), Settings(), version="")
    return replace(overview.entry(made), candidate=who, report=f"reports/{number}.html")


if __name__ == "__main__":
    main()
