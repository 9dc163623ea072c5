"""Where `like`, `basically`, `actually` and `literally` fill. A table; it runs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceprep.disfluency.lexicon import (
    ARTICLES,
    BE,
    CONJUNCTIONS,
    DETERMINERS,
    DO,
    HAVE,
    INTENSIFIERS,
    INTERJECTIONS,
    MODALS,
    OBJECTS,
    POSSESSIVES,
    PREPOSITIONS,
    SINGULAR,
    is_be,
    is_number,
    is_subject,
    listed,
)
from voiceprep.disfluency.rules import (
    Case,
    Rule,
    apart,
    between_commas,
    both,
    comma_before,
    cut,
    either,
    following,
    following_is,
    hesitates,
    leads_filler,
    leads_pair,
    no,
    opens,
    previous,
    previous_is,
    then,
    trails_filler,
)

if TYPE_CHECKING:
    from voiceprep.disfluency.tokens import Place

_SENSES = listed(
    "feel feels felt feeling look looks looked looking sound sounds sounded seem seems seemed smell smells "
    "smelled taste tasted act acts acted acting treat treated run runs"
)
_COUNTING = (
    HAVE
    | PREPOSITIONS
    | listed(
        "take takes took get got spend spent make made do did see saw pay paid lose lost use used need needed "
        "cost costs there's maybe and"
    )
)
_COMPARED = listed("something nothing anything things just more much exactly lot bit less not")
_PERSONS = listed("i we you they he she i'm we're you're they're he's she's")
_WHOLE = listed("everything everyone everybody all every")
_IN_ESSENCE = listed("identical equal alike right correct sound unchanged stable honest true")


def _asks_what(place: Place) -> bool:
    """Say whether `what` or `how` stands shortly before."""
    return bool({"what", "how"} & set(place.sentence_before[-4:]))


def _contrasts(place: Place) -> bool:
    """Say whether `but`, `thought` or `instead` stands shortly before."""
    return bool({"but", "thought", "instead"} & set(place.sentence_before[-4:]))


def _hesitated(place: Place) -> bool:
    """Say whether a filled pause stands right before."""
    return place.tokens[place.first].hesitated


def _person_is(place: Place) -> bool:
    """Say whether a person's pronoun and a form of *be* stand right before, as against `working there was`."""
    subject, verb = ("", "", *place.sentence_before)[-2:]
    return (subject in _PERSONS and verb in BE) or (verb in _PERSONS and is_be(verb))


def _had(word: str) -> bool:
    """Say whether `word` is a pronoun contracted with would or had."""
    return word.endswith("'d")


def _quoted(word: str) -> bool:
    """Say whether `word` can open what somebody said or thought."""
    return is_subject(word) or word in INTERJECTIONS


def _clause(word: str) -> bool:
    """Say whether `word` opens a clause and cannot be an object."""
    return is_subject(word) and word not in OBJECTS


def _acting(word: str) -> bool:
    """Say whether `word` can be a present participle (`pushing`)."""
    return word.endswith("ing") and word not in {"something", "anything", "nothing", "everything"}


def _no_noun(word: str) -> bool:
    """Say whether `word` opens no noun phrase."""
    return word in PREPOSITIONS or word.endswith("ing")


LIKE = Rule(
    "like",
    never=(
        Case("would like, don't like, to like: a verb", both(previous(MODALS | DO | {"to", "also"}), no(comma_before))),
        Case("I'd like: a verb", both(previous_is(_had), no(comma_before))),
        Case("feels like, looks like: a preposition", both(previous(_SENSES), no(comma_before))),
        Case("something like, more like, just like: a comparison", both(previous(_COMPARED), no(comma_before))),
        Case("like this, like her: a comparison", both(following(OBJECTS - {"it"}), no(between_commas))),
        Case("Like I said: a reference", both(opens, following_is(is_subject), then("said", "say", "mentioned"))),
        Case("what was it like: a question of manner", both(_asks_what, no(comma_before))),
        Case(
            "I was like, okay: a quotation",
            both(previous_is(is_be), no(comma_before), following_is(_quoted), no(leads_pair)),
        ),
        Case("he like to: a learner's verb", both(following({"to"}), no(comma_before))),
    ),
    fills=(
        Case("it was, like, late: between commas", between_commas),
        Case("it was ... like ... late: between silences, after a form of be", both(apart, previous_is(is_be))),
        Case("Like, I know: opens and is cut off", both(opens, cut)),
        Case(
            "we had like thirty, in like May: an amount needs no comparison",
            both(following_is(is_number), either(comma_before, previous_is(is_be), previous(_COUNTING))),
        ),
        Case("he like walked: after he, she the verb would be likes", previous(SINGULAR)),
        Case("and like we tried: between clauses", both(previous(CONJUNCTIONS), following_is(_clause))),
        Case("was like really late: before an adverb of degree", both(previous_is(is_be), following(INTENSIFIERS))),
        Case(
            "it's like the most: no comparison has a superlative",
            both(following({"the"}), then("most", "best", "worst")),
        ),
        Case("there's like a rule: nothing to compare", both(previous({"there's"}), following(DETERMINERS))),
        Case("have like any: before an object", both(previous(HAVE | {"got", "need"}), following(DETERMINERS))),
        Case("was, um, like my second: after a hesitation", both(_hesitated, previous_is(is_be))),
        Case("he was like pushing: a person resembles no action", both(_person_is, following_is(_acting))),
        Case("of like everything: nothing resembles all", both(previous(PREPOSITIONS | HAVE), following(_WHOLE))),
        Case("so like my first: after another filler", trails_filler),
        Case("was like you know: before another filler", both(either(previous_is(is_be), comma_before), leads_pair)),
    ),
)

BASICALLY = Rule(
    "basically",
    never=(
        Case("basically equal: in essence", both(following(_IN_ESSENCE), no(cut))),
        Case("basically the same: in essence", both(following({"the"}), then("same", "opposite"), no(comma_before))),
        Case("a basically honest man: before an adjective", previous(ARTICLES)),
    ),
    fills=(
        Case("Basically, we had: opens", opens),
        Case("it was, basically, late: set off", either(comma_before, cut)),
        Case("so basically, had basically: after a word that joins", previous(CONJUNCTIONS | HAVE | MODALS)),
        Case("I basically told him: between subject and verb", previous({"i", "you", "we", "they", "he", "she"})),
        Case("was basically alone in it: no noun follows", both(previous_is(is_be), following_is(_no_noun))),
        Case("it's basically my job: before a possessive", both(previous_is(is_be), following(POSSESSIVES))),
        Case("what I did basically was: before a form of be", following_is(is_be)),
    ),
)

ACTUALLY = Rule(
    "actually",
    never=(Case("I thought so but actually: a contrast", _contrasts),),
    fills=(
        Case("it was, actually, late: set off on both sides", apart),
        Case(
            "and actually, so actually I: joins", both(previous({"and", "so"}), either(cut, following_is(is_subject)))
        ),
        Case("Actually, yeah: opens and stalls", both(opens, either(hesitates, leads_filler))),
        Case(
            "it was actually quite late: before an adverb of degree", following({"quite", "really", "pretty", "kind"})
        ),
        Case("I actually, uh: before a hesitation", hesitates),
    ),
)

LITERALLY = Rule(
    "literally",
    never=(
        Case("took it literally, word for word: an adverb of manner", both(cut, no(comma_before))),
        Case("literally translated: of words", following(listed("translates translated means meant correct"))),
        Case("took it literally and left: an adverb of manner", both(previous(OBJECTS), following(CONJUNCTIONS))),
        Case("literally speaking: of words", following({"speaking", "true"})),
    ),
    fills=(
        Case("we, literally, started: set off on both sides", apart),
        Case("it was literally late: after a form of be", previous_is(is_be)),
        Case("I literally ran: between subject and verb", previous_is(is_subject)),
        Case("could literally talk: after a word that joins", previous(MODALS | HAVE | CONJUNCTIONS | {"just"})),
        Case("it was, like, literally: after a hesitation or a filler", both(comma_before, no(opens))),
        Case("literally five minutes: of an amount", following_is(is_number)),
    ),
)

RULES = (LIKE, BASICALLY, ACTUALLY, LITERALLY)
