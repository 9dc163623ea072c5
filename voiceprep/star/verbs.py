"""English verbs in spoken stories: which are past, and which are something that a person does. Knows words only."""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NOT_PAST = _words(
    "need feed speed indeed hundred red bed seed weed exceed proceed succeed embed shed led breed united wicked naked "
    "sacred hatred kindred interested tired worried detailed complicated experienced related motivated dedicated "
    "organised organized limited advanced skilled married"
)
# Base form and past form of what people do; the past of a regular one is found by its ending.
_IRREGULAR = _words(
    "began bit blew bought bound broke brought built caught chose cut dealt did dived drew drove fed "
    "fought found gave got "
    "held hid hit kept laid led left lent let lit made met paid picked put quit ran rang read rewrote "
    "rebuilt redid rode "
    "said sang sat sent set shot showed shut slept sold spent split spoke spread stood stuck stole swore "
    "swam swept taught "
    "took told threw undertook understood undid went withdrew woke won wrote wound overcame sought swapped came forgave"
)
_STATES = _words(
    "was were had felt knew thought wanted needed liked loved hated wished hoped believed seemed could "
    "would should might "
    "must lived became received lost won finished managed ended achieved reached earned heard saw "
    "realised realized learned "
    "learnt understood worked studied joined graduated got came passed moved used happened failed struggled succeeded "
    "stayed enjoyed noticed been said did slept settled served recovered raised saved missed hit agreed "
    "fell grew owned "
    "trusted finalised expected feared appreciated improved increased reduced delivered completed "
    "submitted shipped hired survived honoured honored"
)
_ACTIONS_NOW = _words(
    "add analyse analyze apologise arrange ask assign book break bring build buy calculate call change "
    "check choose clean "
    "collect compare contact convince count create cut decide delegate design discuss divide drive email "
    "explain find fix "
    "follow give go hold identify implement interview introduce invite keep lead listen look make map "
    "measure meet move "
    "negotiate offer open order organise organize phone plan prepare present print propose put "
    "reorganise research ring "
    "rewrite run schedule search sell send set share show sit sort speak spend split start stop suggest "
    "support take talk "
    "teach tell test train try update use visit wait walk write"
)
_OTHER_PAST = _words(
    "was were had felt knew thought became lost heard saw learnt understood came fell grew rose shrank went wore tore "
    "froze ate drank forgot hurt burst sank shook sprang stank struck flew bled bore bred cost didn't wasn't weren't "
    "couldn't hadn't could"
)
# Of these the past looks like the present.
_BOTH_TENSES = _words("bit cost cut hit hurt let put quit read set shut split spread burst bound found come")
_BEFORE_PARTICIPLE = _words(
    "is are be am been being it's that's they're you're i'm we're get gets a an the to of can will would "
    "as well more most very so too their its this these each"
)
_ADVERBS = (
    r"(?:also|then|just|really|actually|first|personally|always|even|only|still|never|often|basically"
    r"|simply|both|all|each|"
    r"finally|now|again|so|\w+ly)"
)
_SUBJECT_VERB = re.compile(
    rf"\b(?:i|we|i and \w+|\w+ and i)(?P<have>'ve| have|'d"
    rf"| had)?(?P<adverbs>(?:,? {_ADVERBS},?)*) (?P<verb>[a-z]+(?:-[a-z]+)?)\b"
)
# "I called him and asked": the second verb has no subject of its own.
_JOINED_VERB = re.compile(rf"(?:,|\band|\bthen) (?:{_ADVERBS} )*(?P<verb>[a-z]+)\b")
_LEADING_VERB = re.compile(rf"^(?:(?:and|so|then|first|also|next|i) )*(?:{_ADVERBS} )*(?P<verb>[a-z]+)\b")
_TOKEN = re.compile(r"[a-z']+")


def is_past(word: str) -> bool:
    """Say whether *word* can be a verb in the past."""
    return word in _IRREGULAR or word in _OTHER_PAST or _regular(word)


def has_past(text: str) -> bool:
    """Say whether *text* holds a verb in the past; a participle ("is stored", "the sorted list") is none."""
    words = _TOKEN.findall(text)
    return any(
        is_past(word) and word not in _BOTH_TENSES and before not in _BEFORE_PARTICIPLE
        for before, word in zip(["", *words], words, strict=False)
    )


def first_person_verbs(text: str) -> tuple[str, ...]:
    """Return the verbs that the speaker, alone or with others, is the subject of in *text*."""
    verbs = [match["verb"] for match in _SUBJECT_VERB.finditer(text)]
    if not verbs:
        leading = _LEADING_VERB.match(text)
        return (leading["verb"],) if leading and is_past(leading["verb"]) and leading["verb"] not in _STATES else ()
    return (*verbs, *(m["verb"] for m in _JOINED_VERB.finditer(text) if is_past(m["verb"]) and m["verb"] not in verbs))


def is_action(verb: str, *, past: bool) -> bool:
    """Say whether *verb* is something done, told in the past or (by learners, or of a habit) in the present."""
    return is_past(verb) and verb not in _STATES if past else verb in _ACTIONS_NOW and not is_past(verb)


def _regular(word: str) -> bool:
    return word.endswith("ed") and len(word) > 3 and word not in _NOT_PAST
