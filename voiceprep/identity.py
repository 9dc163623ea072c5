"""Which words of an answer tell who it is about: names, numbers and addresses. Looks at words alone, and masks nothing.

Names are told by their capitals and by where they stand; where capitals say nothing (at the start of a sentence, in a
transcript without any) by lists: names that are nothing else, and words that are English. Those lists lie in the
package; nothing else of the outside is read. English only.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from voiceprep.disfluency.lexicon import BE, HAVE, INTERJECTIONS, PREPOSITIONS, is_function_word, listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

EDGES = " \t\n.,;:!?\u2026\"'()[]{}\u201c\u201d\u2018\u2019\u00ab\u00bb*-\u2013\u2014"
ENDS = (".", "?", "!", "\u2026", ":")
POSSESSIVE = re.compile(r"['\u2019]s?$")
_MONTHS = listed("january february march april may june july august september october november december")
# Written with a capital in any text, and say nothing of anybody.
_CAPITALS = (
    listed("i i'm i've i'd i'll god christmas easter internet ok okay mr mrs ms dr professor")
    | listed("monday tuesday wednesday thursday friday saturday sunday")
    | listed("mondays tuesdays wednesdays thursdays fridays saturdays sundays")
    | listed(
        "ceo cto cfo coo hr it qa ux ui pm pr api apis sql kpi kpis okr okrs pdf csv tv usb faq id roi crm b2b b2c"
    )
    | listed("a b c ab a/b mba phd gpa")
    | _MONTHS
)
# Ordinary though no word is derived from them.
_ORDINARY = listed(
    "teamwork motivation attendance attention empathy honesty satisfaction resistance furthermore turnout inbox "
    "spreadsheet spreadsheets checkout workflow workflows screenshot screenshots deadline deadlines "
    "after again ago all almost alone along already also although altogether always among anybody anyhow anyone "
    "anything anyway anywhere apart around aside as away back barely because before behind below besides beyond "
    "both but by certain children chief despite during each early earlier either else enough etc even eventually "
    "ever every everybody everyone everything everywhere few fewer fine first five four further good guess half "
    "hello here hereby hi how however if in indeed initially instead it its just later last late least less lots "
    "luckily many maybe me meanwhile men more moreover most much must my myself naturally neither never "
    "nevertheless next nine no nobody none nonetheless nope nor nothing now nowadays obviously often oh once one "
    "only onto other others otherwise our ours ourselves out outside over own people per perhaps please plus quite "
    "rather right same second several she since six so some somebody somehow someone something sometimes somewhere "
    "soon sorry still such sure ten than thank thanks that their theirs them themselves then there therefore these "
    "they third this those though three throughout thus till today together tomorrow tonight too towards two under "
    "unless unlike until up upon us very was we well went were what whatever when whenever where whereas wherever "
    "whether which whichever while who whoever whole whom whose why with within without women wow yeah yes "
    "yesterday yet you your yours yourself leadership feedback software email website nothing's let's um uh er hmm "
    "mm"
)
_SUFFIXES = (
    "s es ed d ing ly est ness ment able al ive ion ity ful less ship ability ally ies ied ily ier".split()  # noqa: SIM905
)
_PREFIX = re.compile(r"(?:re|un|over|out|pre|non|mis|under)-?(?=\w{4})")
_SMALL_NUMBERS = listed(
    "zero two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety twenties thirties forties fifties sixties "
    "seventies eighties nineties eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth "
    "nineteenth twentieth thirtieth fortieth fiftieth"
)
_LARGE_NUMBERS = listed(
    "hundred hundreds thousand thousands million millions billion billions trillion dozen dozens grand"
)
_NUMBERS = _SMALL_NUMBERS | _LARGE_NUMBERS
_ORDINALS = listed("first second third fourth fifth sixth seventh eighth ninth tenth")
# "one" is a number before these, and else mostly none.
_AFTER_ONE = _LARGE_NUMBERS | listed("percent per point and-a-half")
_BETWEEN_NUMBERS = listed("and point")
_TITLES = listed("mr mrs ms dr miss professor prof sir madam")
_NAMED = re.compile(
    r"(?:(?:my|his|her|their|its|our|the) (?:\w+ )?names? (?:is|was|were|are)|named|known as"
    r"|(?:\w*(?:one|body)|guy|man|woman|colleague|company|startup|start-up|firm|product|tool|app|project|client|customer"
    r"|agency|bank|school|town|city|team|system|platform|software) called)$"
)
_PLACED = listed("at for from in near with joined on")
_TOP_LEVEL = "com|org|net|io|de|co|uk|edu|gov|ai|app|dev|eu|fr|info|me|us"
_ADDRESS = re.compile(rf"(?i)\S*@\S+|\S*://\S*|www\.\S*|[\w-]+(?:\.[\w-]+)*\.(?:{_TOP_LEVEL})(?:/\S*)?$")
# Names too, but sentences begin with them; only before one of these they are names there.
_OPENS = listed("will may art guy hope rich word red young summer booking indeed miles")
_AFTER_NAME = BE | HAVE | listed("said told asked and did wanted came went called thought knew from")
_HAS_DIGIT = re.compile(r"\d")
_QUOTED = re.compile('\u201c[^\u201c\u201d]*\u201d|"[^"]*"')


def names(texts: Sequence[str], hesitations: set[int]) -> list[int]:
    """Return which of `texts`, words in order, are names; those at `hesitations` are none and stand in no way."""
    plain = [bare(text) for text in texts]
    cased = _cased(plain)
    seen = {at for at in range(len(texts)) if _is_name(texts, plain, at, hesitations, cased=cased)}
    # What is a name once is one where a sentence begins with it, too.
    known = {plain[at].lower() for at in seen}
    seen |= {
        at
        for at, word in enumerate(plain)
        if word.lower() in known and (word[:1].isupper() or not is_ordinary(word.lower()))
    }
    return sorted(at for at in seen if not _HAS_DIGIT.search(plain[at]) and not _ADDRESS.match(texts[at].strip(EDGES)))


def _is_name(texts: Sequence[str], plain: Sequence[str], at: int, hesitations: set[int], *, cased: bool) -> bool:
    word, low = plain[at], plain[at].lower()
    if at in hesitations or not any(map(str.isalpha, low)):
        return False
    before = [plain[place].lower() for place in range(max(0, at - 3), at) if place not in hesitations]
    introduced = _introduced(before) and low not in PREPOSITIONS and not is_function_word(low)
    if low in _lists()[0] or introduced:
        return True
    if not cased or word == low:
        # Written small: a name only where nothing else can be meant.
        return bool(before) and before[-1] in _PLACED and _strange(low)
    return _capital_names(plain, at, starts=_starts(texts, at, hesitations))


def _capital_names(plain: Sequence[str], at: int, *, starts: bool) -> bool:
    """Say whether the capital of the word `at` makes it a name; a sentence may begin there if it `starts` one."""
    word, low = plain[at], plain[at].lower()
    if starts and _begins_as_name(plain, at):
        return True
    if low in _CAPITALS or is_function_word(low):
        return not starts and low in _lists()[1] - _MONTHS
    return not starts or _odd(word) or not is_ordinary(low)


def _begins_as_name(plain: Sequence[str], at: int) -> bool:
    """Say whether the word `at`, which may begin a sentence, is one of the names that are words too."""
    low, after = plain[at].lower(), plain[at + 1].lower() if at + 1 < len(plain) else ""
    return low in _lists()[1] - _MONTHS and (low not in _OPENS or after in _AFTER_NAME)


def _introduced(before: Sequence[str]) -> bool:
    """Say whether the words `before` lead to a name: a title, or "a company called"."""
    return bool(before) and (before[-1] in _TITLES or _NAMED.search(" ".join(before)) is not None)


def _starts(texts: Sequence[str], at: int, hesitations: set[int]) -> bool:
    """Say whether a sentence may begin at `at`: a capital says nothing there."""
    for place in range(at - 1, -1, -1):
        if texts[place].rstrip().rstrip("\"'\u201d\u2019)").endswith(ENDS):
            return True
        if place not in hesitations:
            return False
    return True


def _cased(plain: Sequence[str]) -> bool:
    """Say whether capitals mean anything in these words: not where there are none, or almost nothing else."""
    letters = [word for word in plain if word[:1].isalpha() and word.lower() not in {"i", "a"}]
    capital = sum(word[0].isupper() for word in letters)
    return 0 < capital <= len(letters) / 2 or len(letters) < 8 and capital > 0  # noqa: RUF021


def _odd(word: str) -> bool:
    """Say whether `word` has a capital inside, as iPhone and GitHub do."""
    return word[1:] != word[1:].lower() and word.lower() not in _CAPITALS and not word.lower().startswith("i'")


def _strange(word: str) -> bool:
    """Say whether `word`, in small letters, is in no list of words, nor made from one that is."""
    words = _lists()[2]
    parts = word.replace("\u2019", "'").partition("'")[0].split("-")
    return not any(part in words or is_ordinary(part) or len(part) < 3 for part in parts)


def numbers(texts: Sequence[str]) -> list[int]:
    """Return which of `texts` are numbers, in digits or in words; joined ones with what joins them."""
    low = [bare(text).lower() for text in texts]
    found = {at for at in range(len(low)) if _is_number(low, at)}
    for at in range(1, len(low) - 1):
        if low[at] in _BETWEEN_NUMBERS and at - 1 in found and at + 1 in found and not texts[at - 1].endswith(","):
            joined = low[at] == "point" or low[at - 1] in _LARGE_NUMBERS
            found |= {at} if joined else set()
    return sorted(found)


def _is_number(low: Sequence[str], at: int) -> bool:
    word = low[at]
    before, after = low[at - 1] if at else "", low[at + 1] if at + 1 < len(low) else ""
    if _HAS_DIGIT.search(word):
        return word not in _CAPITALS
    if word in _ORDINALS:
        dated = after == "of" and any(month in _MONTHS for month in low[at + 2 : at + 3])
        return dated or before in _MONTHS or before in _SMALL_NUMBERS
    if word == "one":
        return after in _AFTER_ONE or before in _NUMBERS | {"point"} or after in _SMALL_NUMBERS
    return bool(_NUMBERS & set(re.split(r"[-\u2010\u2011\u2013/]", word)))


def addresses(texts: Sequence[str]) -> set[int]:
    """Return which of `texts` are addresses, written or spelled out: "anna at example dot com"."""
    low = [bare(text).lower() for text in texts]
    found = {at for at, text in enumerate(texts) if _ADDRESS.match(text.strip(EDGES))}
    for at, word in enumerate(low):
        if word == "dot" and 0 < at < len(low) - 1 and re.fullmatch(_TOP_LEVEL, low[at + 1]):
            first = at - 1
            while first > 1 and low[first - 1] in {"dot", "at"}:
                first -= 2
            found |= set(range(first, at + 2))
    return found


def is_ordinary(word: str) -> bool:
    """Say whether `word`, in small letters, is a word of English and no name, as far as lists can tell."""
    given, both, words = _lists()
    if word in given:
        return False
    if is_function_word(word) or word in _ORDINARY | INTERJECTIONS | _NUMBERS | _ORDINALS | _CAPITALS or word in both:
        return True
    if any(part in words and len(part) > 2 for part in _stems(word)):
        return True
    if "-" in word.strip("-"):
        return all(
            len(part) < 3 or is_ordinary(part) or is_ordinary(part.removesuffix("s")) for part in word.split("-")
        )
    prefix = _PREFIX.match(word)
    if prefix and is_ordinary(word[prefix.end() :]):
        return True
    return word in words and any(form in words for form in _derived(word))


def bare(text: str) -> str:
    """Return the word `text` without punctuation around it and without a possessive."""
    return POSSESSIVE.sub("", text.strip(EDGES))


def is_word_too(name: str) -> bool:
    """Say whether `name`, in small letters, may also be an ordinary word: small letters do not make it a name."""
    return name in _lists()[1] or is_ordinary(name)


@cache
def _lists() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Return names that are nothing else, names that are words too, and the words of a large vocabulary."""
    folder = files("voiceprep").joinpath("data")
    lines = [line for line in folder.joinpath("names.txt").read_text("utf-8").splitlines() if not line.startswith("#")]
    given, companies, both = map(listed, lines)
    words = frozenset(folder.joinpath("bert-uncased.txt").read_text("utf-8").split())
    return (given | companies) - both, both, words


def _stems(word: str) -> Iterator[str]:
    """Yield what `word` may be made from."""
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            stem = word[: -len(suffix)]
            yield from (stem, f"{stem}e", f"{stem}y")
            if len(stem) > 3 and stem[-1] == stem[-2]:
                yield stem[:-1]


def _derived(word: str) -> Iterator[str]:
    """Yield what may be made from `word`."""
    yield from (word + suffix for suffix in _SUFFIXES)
    yield from (word + word[-1:] + suffix for suffix in ("ing", "ed", "er"))
    if word.endswith(("e", "y")):
        yield from (word[:-1] + suffix for suffix in ("ing", "ion", "able", "ive", "ies", "ied", "ily", "ier"))
