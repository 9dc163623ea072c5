"""Where `right`, `okay`, `so`, `well` and `whatever` fill. A table; it runs nothing."""

from __future__ import annotations

from voiceprep.disfluency.lexicon import (
    ARTICLES,
    CONJUNCTIONS,
    DO,
    HAVE,
    MODALS,
    POSSESSIVES,
    is_be,
    is_subject,
    listed,
)
from voiceprep.disfluency.rules import (
    Case,
    Rule,
    asks,
    begins,
    between_commas,
    both,
    comma_before,
    cut,
    either,
    following,
    following_is,
    hesitates,
    leads_filler,
    no,
    opens,
    previous,
    previous_is,
)

_SAYING = listed("say says said saying like told replied answered asked goes")
_OPENERS = listed("first yes yeah no there's when if maybe")
_DEGREES = listed("far much many long few little good bad well hard")

RIGHT = Rule(
    "right",
    never=(
        Case("all right, that's right: correct", both(previous({"all", "that", "am", "i"}), no(comma_before))),
        Case("is that right, it was right: correct", both(previous_is(is_be), no(comma_before))),
        Case("left, right, and centre: a direction", either(previous({"left"}), following({"left"}))),
    ),
    fills=(
        Case("it's small, right? a tag", between_commas),
        Case("Right, I started: opens and is cut off", both(opens, cut, no(asks))),
        Case("Right so I started: opens and stalls", both(opens, following({"so", "okay", "well"}))),
    ),
)

OKAY = Rule(
    "okay",
    never=(Case("he said, okay: a quotation", previous(_SAYING)),),
    fills=(
        Case("Okay, I started: opens and is cut off", both(opens, cut)),
        Case("Okay I think: opens a clause", both(opens, following_is(is_subject))),
        Case("Okay so: opens and stalls", both(opens, following({"so", "let", "let's", "well", "right", "the"}))),
        Case("and then okay we began: joins", both(previous({"then"}), following_is(is_subject))),
        Case("and then, okay, what now: between commas", between_commas),
    ),
)

SO = Rule(
    "so",
    never=(
        Case("so far, so much: degree", both(following(_DEGREES), no(cut))),
        Case("it was shut so that it dried: purpose, which opens nothing", both(following({"that"}), no(opens))),
        Case("so did I: stands for a clause", following(DO | MODALS | HAVE)),
    ),
    fills=(
        Case("So I worked at a bank: opens the answer, where nothing can follow from anything", begins),
        Case("So, um: opens and stalls", both(comma_before, either(hesitates, leads_filler))),
        Case("and so, um: joins and stalls", both(previous(CONJUNCTIONS), hesitates)),
        Case("it was late, so. Trails off, or stands between commas", between_commas),
    ),
)

WELL = Rule(
    "well",
    never=(Case("Well done, well known: a pair of words", following({"done", "known", "aware", "written"})),),
    fills=(
        Case("Well, I think: opens and is cut off", both(opens, cut)),
        Case("Well I'm a teacher: opens a clause", both(opens, following_is(is_subject))),
        Case("Well the first thing: opens a clause", both(opens, following(ARTICLES | POSSESSIVES | _OPENERS))),
        Case("it was, well, late: between commas", between_commas),
        Case("well you know: before another filler", both(comma_before, leads_filler)),
    ),
)

WHATEVER = Rule(
    "whatever",
    never=(),
    fills=(Case("by card, cash, whatever. Between commas", between_commas),),
)

RULES = (RIGHT, OKAY, SO, WELL, WHATEVER)
