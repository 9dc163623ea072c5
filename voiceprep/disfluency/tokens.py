"""Words as the rules see them: bare text, what punctuation, hesitation or silence sets them off. Decides nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from voiceprep.model import WordKind

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from voiceprep.model import Word

# A silence that sets a word off as a comma would: the usual bound of a silent pause (Goldman-Eisler 1968).
SET_OFF = 0.25
_EDGES = ' \t.,;:?!…-–—"“”()[]*'  # noqa: RUF001  (the dash and the quotes are meant: recognisers write them)
_CLOSERS = ' "”)'


def bare(text: str) -> str:
    """Return `text` in lower case without the punctuation around it; `ok` becomes `okay`."""
    word = text.replace("’", "'").strip(_EDGES).strip("'").lower()  # noqa: RUF001  (the typographic apostrophe is meant)
    return "okay" if word in {"ok", "o.k"} else word


def mark(text: str) -> str:
    """Return how `text` ends: `.` or `?` for the end of a sentence, `,` for any lesser break, or nothing."""
    end = text.rstrip(_CLOSERS)
    if end.endswith(("...", "…", ",", ";", ":", "-", "–", "—")):  # noqa: RUF001  (the dash is meant)
        return ","
    if end.endswith("?"):
        return "?"
    return "." if end.endswith((".", "!")) else ""


@dataclass(frozen=True, slots=True)
class Token:
    """A word that is no filled pause: its `index` among the words, and what stands between it and the one before.

    `hesitated`: a filled pause; `silence`: seconds without a word.
    """

    index: int
    bare: str
    mark: str
    opens: bool
    hesitated: bool
    silence: float


def tokenise(words: Sequence[Word]) -> tuple[Token, ...]:
    """Return the tokens of `words`; filled pauses are not tokens, but the next token remembers them."""
    tokens: list[Token] = []
    hesitated, ended, end = False, True, words[0].span.start if words else 0.0
    for index, word in enumerate(words):
        text, sign = bare(word.text), mark(word.text)
        if word.kind is WordKind.FILLED_PAUSE:
            hesitated, ended = True, ended or sign in {".", "?"}
        elif not text:
            # Some recognisers write a hyphen or a dash as a word of its own: it belongs to the word before.
            tokens[-1:] = [replace(token, mark=token.mark or sign) for token in tokens[-1:]]
        else:
            tokens.append(Token(index, text, sign, ended, hesitated, word.span.start - end))
            hesitated, ended = False, sign in {".", "?"}
        end = word.span.end
    return tuple(tokens)


def without(tokens: Sequence[Token], positions: Collection[int]) -> tuple[Token, ...]:
    """Return `tokens` but those at `positions`; what set them off now sets off the next."""
    rest: list[Token] = []
    opens = hesitated = False
    for position, token in enumerate(tokens):
        opens, hesitated = opens or token.opens, hesitated or token.hesitated
        if position not in positions:
            rest.append(replace(token, opens=opens, hesitated=hesitated))
            opens = hesitated = False
    return tuple(rest)


@dataclass(frozen=True, slots=True)
class Place:
    """A phrase among `tokens`, from `first` to `last` (exclusive); `fillers` are the tokens known to fill so far."""

    tokens: Sequence[Token]
    first: int
    last: int
    fillers: frozenset[int] = frozenset()

    @property
    def previous(self) -> str:
        """The word before in the same sentence, or nothing."""
        return "" if self.opens else self.tokens[self.first - 1].bare

    @property
    def next(self) -> str:
        """The word after in the same sentence, or nothing."""
        return "" if self.closes else self.tokens[self.last].bare

    @property
    def after_next(self) -> str:
        """The second word after in the same sentence, or nothing."""
        return "" if self.closes else Place(self.tokens, self.first, self.last + 1).next

    @property
    def sentence_before(self) -> tuple[str, ...]:
        """The words before in the same sentence."""
        start = self.first
        while start > 0 and not self.tokens[start].opens:
            start -= 1
        return tuple(token.bare for token in self.tokens[start : self.first])

    @property
    def opens(self) -> bool:
        """Whether the phrase is the first of a sentence."""
        return self.tokens[self.first].opens

    @property
    def begins(self) -> bool:
        """Whether nothing but fillers and interjections stands before it in the whole answer."""
        return all(i in self.fillers or self.tokens[i].bare in {"yeah", "yes", "no", "oh"} for i in range(self.first))

    @property
    def closes(self) -> bool:
        """Whether the phrase is the last of a sentence."""
        return self.tokens[self.last - 1].mark in {".", "?"} or self.last == len(self.tokens)

    @property
    def asks(self) -> bool:
        """Whether the phrase ends with a question mark."""
        return self.tokens[self.last - 1].mark == "?"

    @property
    def hesitates(self) -> bool:
        """Whether a filled pause follows."""
        return self.last < len(self.tokens) and self.tokens[self.last].hesitated

    @property
    def comma_before(self) -> bool:
        """Whether the start of a sentence, a comma, a filled pause or a filler stands before."""
        here, before = self.tokens[self.first], self.tokens[self.first - 1]
        return here.opens or here.hesitated or before.mark != "" or (self.first - 1) in self.fillers

    @property
    def comma_after(self) -> bool:
        """Whether the end of a sentence, a comma or a filled pause stands after."""
        return self.closes or self.hesitates or self.tokens[self.last - 1].mark != ""

    @property
    def apart_before(self) -> bool:
        """Whether a comma or a silence stands before."""
        return self.comma_before or self.tokens[self.first].silence >= SET_OFF

    @property
    def apart_after(self) -> bool:
        """Whether a comma or a silence stands after."""
        return self.comma_after or self.tokens[self.last].silence >= SET_OFF
