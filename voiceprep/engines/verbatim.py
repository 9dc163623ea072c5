"""Words of two readings made one: what was said, with its hesitations, without loops. Pure text; knows no engine.

A prompt full of *um* makes Whisper write hesitations down, but may also make it drop sentences or echo the prompt; the
unprompted reading keeps the sentences. Together they err less than either.
"""

from __future__ import annotations

import re
import zlib
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voiceprep.model import Word

HESITATION = re.compile(r"^(?:u+h+|u+m+|u+h+m+|e+r+m*|h+m+|m+|a+h+|e+h+)$")
# Whisper's own bound for text that repeats itself (compression ratio of the text).
LOOP_COMPRESSION = 2.4
# How often a phrase of so many words may follow itself before it is a loop; people do say "no, no, no, no".
_REPEATS_OF_ONE = 6
_REPEATS_OF_FEW = 4
_REPEATS = 3
_LONGEST_PHRASE = 24
# So many words of the prompt in a row were not said, they were echoed.
_ECHO = 5
# So many words said again to the letter, and so much of what was put in, are a copy; people repeat fewer.
_COPY = 5
_MOST = 0.7
# How many words back and ahead a copy is looked for: about two sentences.
_REACH = 40
# Windows are parted by silences: words of two of them are never so near unless both heard the same sound.
SEAM = 0.1


def normal(word: str) -> str:
    """Return `word` in lower case without punctuation, as words are compared."""
    return re.sub(r"[^\w']", "", word.lower()).strip("'")


def is_hesitation(word: str) -> bool:
    """Say whether `word` is a written hesitation sound such as *um*."""
    return bool(HESITATION.match(normal(word)))


def _loop(words: Sequence[str]) -> tuple[int, int, int] | None:
    """Return start, phrase length and copies of the first loop in normal `words`."""
    for length in range(1, _LONGEST_PHRASE + 1):
        allowed = _REPEATS_OF_ONE if length == 1 else _REPEATS_OF_FEW if length <= 3 else _REPEATS
        for start in range(len(words) - length * (allowed - 1)):
            phrase = words[start : start + length]
            copies = 1
            while words[start + length * copies : start + length * (copies + 1)] == phrase:
                copies += 1
            if copies >= allowed:
                return start, length, copies
    return None


def is_looping(words: Sequence[str]) -> bool:
    """Say whether `words` go round in circles: a phrase again and again, or text that compresses too well."""
    plain = [normal(word) for word in words]
    text = " ".join(plain).encode()
    squeezed = len(text) / max(1, len(zlib.compress(text)))
    return (len(words) > 12 and squeezed > LOOP_COMPRESSION) or _loop(plain) is not None


def unlooped(words: Sequence[str]) -> list[str]:
    """Return `words` with every loop cut down to one copy of its phrase."""
    out = list(words)
    while found := _loop([normal(word) for word in out]):
        start, length, copies = found
        del out[start + length : start + length * copies]
    return out


def echoes(words: Sequence[str], prompt: str) -> bool:
    """Say whether `words` repeat a stretch of the `prompt`, which nobody said."""
    asked = [normal(word) for word in prompt.split()]
    said = [normal(word) for word in words]
    runs = {tuple(asked[i : i + _ECHO]) for i in range(len(asked) - _ECHO + 1)}
    return any(tuple(said[i : i + _ECHO]) in runs for i in range(len(said) - _ECHO + 1))


def says_twice(words: Sequence[str]) -> bool:
    """Say whether five of `words` in a row come again within two sentences: spoken so, or written twice by mistake."""
    said = [word for word in map(normal, words) if not HESITATION.match(word)]
    seen: dict[tuple[str, ...], int] = {}
    for start in range(len(said) - _COPY + 1):
        run = tuple(said[start : start + _COPY])
        if start - seen.get(run, -_REACH - 1) <= _REACH:
            return True
        seen[run] = start
    return False


def merged(clean: Sequence[str], verbatim: Sequence[str]) -> list[str]:
    """Return the words of `verbatim` with those of `clean` that it dropped put back.

    Where both have words for the same place, the verbatim ones count; hesitations keep their place among the words. A
    sentence that the verbatim reading alone has twice was said once: the copy goes.
    """
    said = [i for i, word in enumerate(verbatim) if not is_hesitation(word)]
    matcher = SequenceMatcher(None, [normal(w) for w in clean], [normal(verbatim[i]) for i in said], autojunk=False)
    out: list[str] = []
    taken = 0
    for tag, clean_start, clean_end, start, end in matcher.get_opcodes():
        if tag == "delete":
            # Hesitations before the gap come first, then what the verbatim reading left out.
            until = said[start] if start < len(said) else len(verbatim)
            heard = list(verbatim[taken:until])
            # A hesitation that both readings have is one.
            lost = clean[clean_start:clean_end]
            out += heard + [word for word in lost if not (heard and is_hesitation(word))]
        else:
            until = said[end - 1] + 1
            more = verbatim[taken:until]
            if tag == "insert" and _is_copy(more, out, verbatim[until:]):
                more = [word for word in more if is_hesitation(word)]
            out += more
        taken = until
    return out + list(verbatim[taken:])


def _is_copy(words: Sequence[str], before: Sequence[str], after: Sequence[str]) -> bool:
    """Say whether most of `words`, and at least five, stand in one piece beside them once more."""
    said = [normal(word) for word in words if not is_hesitation(word)]
    reach = _REACH
    for beside in (before[-reach:], after[:reach]):
        there = [normal(word) for word in beside if not is_hesitation(word)]
        longest = SequenceMatcher(None, said, there, autojunk=False).find_longest_match().size
        if longest >= max(_COPY, _MOST * len(said)):
            return True
    return False


def seamed(before: Sequence[Word], after: Sequence[Word]) -> list[Word]:
    """Return the words of one window and of the next: what both wrote at their seam, for the same sound, only once."""
    twice = (
        bool(before and after)
        and normal(before[-1].text) == normal(after[0].text)
        and after[0].span.start - before[-1].span.end < SEAM
    )
    return [*before[: len(before) - twice], *after]
