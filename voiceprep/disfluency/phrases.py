"""Where phrases fill: `you know`, `I mean`, `you see`, `kind of`, `or something`. A table; it runs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceprep.disfluency.lexicon import (
    ARTICLES,
    AUXILIARIES,
    BE,
    CONJUNCTIONS,
    DETERMINERS,
    DO,
    HAVE,
    MODALS,
    OBJECTS,
    PREPOSITIONS,
    QUESTION_WORDS,
    is_be,
    is_function_word,
    is_subject,
    listed,
)
from voiceprep.disfluency.rules import (
    Case,
    Rule,
    apart,
    both,
    comma_before,
    cut,
    following,
    following_is,
    leads_filler,
    no,
    opens,
    previous,
    previous_is,
)

if TYPE_CHECKING:
    from voiceprep.disfluency.tokens import Place

_BEFORE_KNOW = listed(
    "as let that unless before once until than more sure so whatever things people everybody everyone anyone someone"
)
_KNOWN = QUESTION_WORDS | DETERMINERS | OBJECTS | {"about", "of", "nothing", "anything", "everything"}
# Pronouns that cannot be what is known or seen.
_NOMINATIVE = listed("i we he she they i'm we're he's she's they're i've we've they've")
_ADVERBS = listed("just then been really only also always never still")
_SEEM = listed("feel feels felt seems seemed become became get got")
_PAST = listed(
    "fell went came took became got lost grew stopped worked turned started ended moved changed "
    "died failed broke ran gave made collapsed disappeared exploded"
)


def _explains(place: Place) -> bool:
    """Say whether the sentence so far names a word to explain: `by scale`, `when I say`, `with the word`."""
    before = place.sentence_before
    return before[:1] in {("by",), ("with",)} or bool({"say", "word"} & set(before[-4:]))


def _predicates(place: Place) -> bool:
    """Say whether a pronoun and its verb follow (`it wasn't`), which no verb takes as an object."""
    return place.next in OBJECTS and place.after_next in AUXILIARIES


def _said_again(place: Place) -> bool:
    """Say whether the same word stands before and after."""
    return place.previous == place.next != ""


def _noun(word: str) -> bool:
    """Say whether `word` is of an open class, not one that *you know* can belong to."""
    return word != "" and not is_function_word(word) and word not in _ADVERBS


def _clause(word: str) -> bool:
    """Say whether `word` opens a clause."""
    return is_subject(word) or word in QUESTION_WORDS


YOU_KNOW = Rule(
    "you know",
    never=(
        Case("do you know, how you know: a verb", both(previous(DO | MODALS | QUESTION_WORDS), no(comma_before))),
        Case("as you know, let you know, people you know: a verb", both(previous(_BEFORE_KNOW), no(comma_before))),
        Case("You know what they say: a verb with its object", both(opens, following(_KNOWN), no(cut))),
        Case("and you know the rest: a verb with its object", both(previous(CONJUNCTIONS), following(_KNOWN), no(cut))),
    ),
    fills=(
        Case("it was, you know, late: set off on both sides", apart),
        Case("You know, it was late: opens and is cut off", both(opens, cut)),
        Case("it was late, you know it happens: after a comma", both(comma_before, no(opens))),
        Case("and you know we all: after a word that joins", previous(CONJUNCTIONS | {"like"})),
        Case("You know I tried: opens before a clause", both(opens, following(_NOMINATIVE))),
        Case("at that point you know I left: between clauses", both(previous_is(_noun), following(_NOMINATIVE))),
        Case("he you know he left: the word before is said again", _said_again),
        Case("we had you know a team: where no clause begins", previous(BE | HAVE | PREPOSITIONS | ARTICLES)),
    ),
)

YOU_SEE = Rule(
    "you see",
    never=(
        Case("can you see, where do you see: a verb", both(previous(MODALS | DO | QUESTION_WORDS), no(comma_before))),
        Case("as you see: a verb", both(previous({"as", "that", "rather"}), no(comma_before))),
    ),
    fills=(
        Case("it was, you see, late: set off on both sides", apart),
        Case("You see, it was late: opens and is cut off", both(opens, cut)),
        Case("You see we had none: opens before a clause", both(opens, following(_NOMINATIVE))),
        Case("but you see, I knew: joins and is cut off", both(previous(CONJUNCTIONS), cut)),
    ),
)

I_MEAN = Rule(
    "i mean",
    never=(
        Case("what I mean: a verb", both(previous(QUESTION_WORDS | {"that", "whatever"}), no(comma_before))),
        Case("by scale I mean, when I say urgent, I mean: explains a word", _explains),
        Case(
            "I mean it, I mean that: a verb with its object",
            both(following(OBJECTS | ARTICLES), no(cut), no(_predicates)),
        ),
        Case("I mean business, I mean to: a verb", both(following({"business", "no", "to", "you"}), no(cut))),
    ),
    fills=(
        Case("I mean, it was late: cut off", cut),
        Case("I mean we tried: before a clause", both(comma_before, following_is(_clause))),
        Case("I mean it wasn't me: before a clause", both(opens, _predicates)),
        Case("but I mean we tried: joins", both(previous(CONJUNCTIONS | {"yeah"}), following_is(_clause))),
        Case("it worked, I mean mostly: after a comma", both(comma_before, no(opens))),
        Case("I mean like: before another filler", leads_filler),
    ),
)


def _hedge(phrase: str) -> Rule:
    """Return the rule for `phrase`, `kind of` or `sort of`: a hedge before what it weakens, a noun after `a`."""
    return Rule(
        phrase,
        never=(
            Case("kind of you: an adjective", both(previous_is(is_be), following({"you", "him", "her", "them"}))),
            Case("very kind of course: an adjective", previous({"very", "so"})),
            Case("a kind of, what sort of: a noun", both(previous(DETERMINERS | QUESTION_WORDS), no(comma_before))),
            Case("the same kind of: a noun", both(previous({"of", "same", "different", "certain"}), no(comma_before))),
        ),
        fills=(
            Case("it was, kind of, late: after a comma", both(comma_before, no(opens))),
            Case("it was kind of late: after a form of be", previous_is(is_be)),
            Case("I kind of felt, I've kind of: between subject and verb", previous_is(is_subject)),
            Case("has kind of, would kind of: after an auxiliary", previous(MODALS | DO | HAVE)),
            Case("and kind of, just kind of, felt kind of", previous(CONJUNCTIONS | _ADVERBS | _SEEM | {"to"})),
            Case("the thing kind of fell apart: before a finite verb", following(_PAST)),
        ),
    )


def _extender(phrase: str) -> Rule:
    """Return the rule for `phrase`, which leaves a list open: with more of the clause after it, it is meant."""
    return Rule(phrase, (), (Case("a lawyer or something. Then: closes a clause", cut),))


def _always(_: Place) -> bool:
    """Say yes: the phrase has no other use."""
    return True


RULES = (
    Rule("y'know", (), (Case("y'know: has no other use", _always),)),
    _extender("or something like that"),
    _extender("and stuff like that"),
    _extender("or something"),
    _extender("and stuff"),
    _extender("or whatever"),
    _extender("and whatever"),
    YOU_KNOW,
    YOU_SEE,
    I_MEAN,
    _hedge("kind of"),
    _hedge("sort of"),
)
