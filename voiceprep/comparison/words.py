"""Two transcripts word by word: what was kept, cut, added, moved. Knows words and their kinds, no time. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import pairwise
from typing import TYPE_CHECKING

from voiceprep.comparison.values import Fate, Run
from voiceprep.model import WordKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voiceprep.model import Word

    Block = tuple[int, int, int]

# A phrase of so many words or more that is found elsewhere was moved; fewer come together by chance. So many of them
# must have more letters than `_SHORT`, for "and that was the" moves nothing.
LEAST_MOVED, _SAYING, _SHORT = 4, 2, 3
# A word or two that happen to be the same in the middle of a passage told anew are not kept: so many words about them
# changed on either side.
_STRAY = {1: 3, 2: 6}
# Of a phrase that comes again and again, so many places are looked at.
_PLACES = 8
_SENTENCE_ENDS = (".", "?", "!")
_BARE = re.compile(r"[^\w']+")


def bare(text: str) -> str:
    """Return a word as it is compared: without case and punctuation."""
    return _BARE.sub("", text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")).casefold().strip("'")


def aligned(a: Sequence[Word], b: Sequence[Word]) -> tuple[Run, ...]:
    """Return the runs of words that were kept, cut, added or moved from `a` to `b`, in order.

    Plain words are aligned; every word of both belongs to one run. The other way round gives the mirror image.
    """
    plain_a, plain_b = _plain(a), _plain(b)
    told_a, told_b = [bare(a[at].text) for at in plain_a], [bare(b[at].text) for at in plain_b]
    # The matcher breaks ties by which text comes first: always the same one here, so that a swap only mirrors.
    if told_b < told_a:
        kept = _kept(told_b, told_a)
        blocks, moves = _mirrored(kept), _mirrored(_moved(told_b, told_a, kept))
    else:
        blocks = _kept(told_a, told_b)
        moves = _moved(told_a, told_b, blocks)
    runs = _runs(len(told_a), len(told_b), blocks, sorted(moves))
    return tuple(_whole(runs, a, b, plain_a, plain_b))


def paired(run: Run, a: Sequence[Word], b: Sequence[Word]) -> Iterator[Run]:
    """Yield what was kept in `run` word by word: each plain word of `a` and `b` with the hesitations about it."""
    mine, theirs = a[run.first_a : run.last_a], b[run.first_b : run.last_b]
    starts_a = [run.first_a + at for at in _starts(mine, _plain(mine))]
    starts_b = [run.first_b + at for at in _starts(theirs, _plain(theirs))]
    for (first_a, last_a), (first_b, last_b) in zip(pairwise(starts_a), pairwise(starts_b), strict=True):
        yield Run(run.fate, first_a, last_a, first_b, last_b, 1)


def _mirrored(blocks: Sequence[Block]) -> list[Block]:
    return [(other, at, size) for at, other, size in blocks]


def _plain(words: Sequence[Word]) -> list[int]:
    """Return where the plain words are among `words`."""
    return [at for at, word in enumerate(words) if word.kind is WordKind.WORD and bare(word.text)]


def _kept(a: Sequence[str], b: Sequence[str]) -> list[Block]:
    """Return what `a` and `b` share in the same order, as (place in a, place in b, size), without what is stray."""
    found = [tuple(block) for block in SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks() if block.size]
    kept: list[Block] = []
    for number, (at, other, size) in enumerate(found):
        before = kept[-1] if kept else (0, 0, 0)
        after = found[number + 1] if number + 1 < len(found) else (len(a), len(b), 0)
        around = (
            max(at - before[0] - before[2], other - before[1] - before[2]),
            max(after[0] - at - size, after[1] - other - size),
        )
        if min(around) < _STRAY.get(size, len(a) + len(b) + 1):
            kept.append((at, other, size))
    return kept


def _moved(a: Sequence[str], b: Sequence[str], kept: Sequence[Block]) -> list[Block]:
    """Return phrases of `a` and `b` outside of what was `kept` that are the same, the longest first, each word once."""
    free_a = _free(len(a), [(at, size) for at, _, size in kept])
    free_b = _free(len(b), [(other, size) for _, other, size in kept])
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for first, last in free_a:
        for at in range(first, last - LEAST_MOVED + 1):
            places[tuple(a[at : at + LEAST_MOVED])].append(at)
    end_a = {at: last for first, last in free_a for at in range(first, last)}
    found = []
    for first, last in free_b:
        for other in range(first, last - LEAST_MOVED + 1):
            for at in places.get(tuple(b[other : other + LEAST_MOVED]), ())[:_PLACES]:
                if at - 1 in end_a and other > first and a[at - 1] == b[other - 1] and end_a[at - 1] == end_a[at]:
                    continue
                size = LEAST_MOVED
                while at + size < end_a[at] and other + size < last and a[at + size] == b[other + size]:
                    size += 1
                if sum(len(word) > _SHORT for word in a[at : at + size]) >= _SAYING:
                    found.append((at, other, size))
    return _each_once(sorted(found, key=lambda block: (-block[2], block[0], block[1])))


def _each_once(found: Sequence[Block]) -> list[Block]:
    taken_a, taken_b = set[int](), set[int]()
    out: list[Block] = []
    for at, other, size in found:
        mine, theirs = set(range(at, at + size)), set(range(other, other + size))
        if not (mine & taken_a or theirs & taken_b):
            taken_a |= mine
            taken_b |= theirs
            out.append((at, other, size))
    return out


def _free(count: int, taken: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the stretches of 0 to `count` outside of those `taken`, each as (first, last)."""
    ends = [0, *(at + size for at, size in taken)]
    starts = [*(at for at, _ in taken), count]
    return [(end, start) for end, start in zip(ends, starts, strict=True) if start > end]


def _runs(count_a: int, count_b: int, kept: Sequence[Block], moves: Sequence[Block]) -> Iterator[Run]:
    """Yield the runs over plain words."""
    here, there = 0, 0
    from_a = [(at, at + size, number) for number, (at, _, size) in enumerate(moves, 1)]
    from_b = sorted((other, other + size, number) for number, (_, other, size) in enumerate(moves, 1))
    for at, other, size in [*kept, (count_a, count_b, 0)]:
        for first, last, move in _cut(here, at, from_a):
            yield Run(Fate.MOVED if move else Fate.CUT, first, last, there, there, last - first, move)
        for first, last, move in _cut(there, other, from_b):
            yield Run(Fate.MOVED if move else Fate.ADDED, at, at, first, last, last - first, move)
        if size:
            yield Run(Fate.KEPT, at, at + size, other, other + size, size)
        here, there = at + size, other + size


def _cut(first: int, last: int, moves: Sequence[tuple[int, int, int]]) -> Iterator[tuple[int, int, int]]:
    """Cut the stretch from `first` to `last` at the `moves` inside it; a number of 0 is no move."""
    at = first
    for start, end, number in moves:
        if first <= start and end <= last:
            if start > at:
                yield at, start, 0
            yield start, end, number
            at = end
    if last > at:
        yield at, last, 0


def _whole(
    runs: Iterator[Run], a: Sequence[Word], b: Sequence[Word], plain_a: Sequence[int], plain_b: Sequence[int]
) -> Iterator[Run]:
    """Yield `runs` over plain words as runs over all words: each begins with its first and ends where the next begins.

    Words without a plain one before them belong to the first run of their side; without any plain word they are a run.
    """
    every = list(runs)
    count_a, count_b = len(a), len(b)
    ends_a, ends_b = _starts(a, plain_a), _starts(b, plain_b)
    whole = [
        replace(run, first_a=ends_a[run.first_a], last_a=ends_a[run.last_a], first_b=ends_b[run.first_b],
                last_b=ends_b[run.last_b])
        for run in every
    ]  # fmt: skip
    if not plain_a and count_a:
        yield Run(Fate.CUT, 0, count_a, 0, 0)
        whole = [replace(run, first_a=count_a, last_a=count_a) for run in whole]
    if not plain_b and count_b:
        yield Run(Fate.ADDED, count_a if not plain_a else 0, count_a if not plain_a else 0, 0, count_b)
        whole = [replace(run, first_b=count_b, last_b=count_b) for run in whole]
    yield from whole


def _starts(words: Sequence[Word], plain: Sequence[int]) -> list[int]:
    """Return for each of the `plain` words where what belongs to it begins, and for the last where that ends.

    Hesitations belong to the word before them; after the end of a sentence to the word that comes.
    """
    if not plain:
        return [len(words)]
    out = [0]
    for before, at in pairwise(plain):
        ended = [other for other in range(before, at) if words[other].text.endswith(_SENTENCE_ENDS)]
        out.append(ended[-1] + 1 if ended else at)
    return [*out, len(words)]
