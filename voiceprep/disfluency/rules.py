"""How a rule about a filler is written: a phrase, where it never fills, where it fills, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from voiceprep.disfluency.tokens import Place

    Test = Callable[[Place], bool]


@dataclass(frozen=True, slots=True)
class Case:
    """A use of a phrase: the `reason` with an example, and the `test` that knows it."""

    reason: str
    test: Test


@dataclass(frozen=True, slots=True)
class Rule:
    """Where `phrase` is a filler: in one of the cases `fills`, unless one of `never` holds. In doubt it is not."""

    phrase: str
    never: tuple[Case, ...]
    fills: tuple[Case, ...]

    def holds(self, place: Place) -> bool:
        """Say whether the phrase at `place` fills."""
        return not any(case.test(place) for case in self.never) and any(case.test(place) for case in self.fills)


def opens(place: Place) -> bool:
    """Say whether `place` opens a sentence."""
    return place.opens


def apart(place: Place) -> bool:
    """Say whether commas or silences stand on both sides of `place`, inside a sentence or at its end."""
    return not place.opens and place.apart_before and place.apart_after


def between_commas(place: Place) -> bool:
    """Say whether commas stand on both sides of `place`, inside a sentence or at its end."""
    return not place.opens and place.comma_before and place.comma_after


def cut(place: Place) -> bool:
    """Say whether a comma, a silence or the end of a sentence follows `place`."""
    return place.apart_after


def comma_before(place: Place) -> bool:
    """Say whether `place` is set off from what stands before."""
    return place.comma_before


def hesitates(place: Place) -> bool:
    """Say whether a filled pause follows `place`."""
    return place.hesitates


def begins(place: Place) -> bool:
    """Say whether the whole answer begins at `place`."""
    return place.begins


def asks(place: Place) -> bool:
    """Say whether `place` ends with a question mark."""
    return place.asks


# Words that, right after a phrase, show that it stalls too: "so basically", "well, you know".
_STALLING = frozenset({"basically", "yeah", "okay", "well", "like"})
_STALLING_PAIRS = frozenset({("you", "know"), ("i", "mean"), ("kind", "of"), ("sort", "of")})


def leads_pair(place: Place) -> bool:
    """Say whether a filler of two words follows `place` at once."""
    return (place.next, place.after_next) in _STALLING_PAIRS


def leads_filler(place: Place) -> bool:
    """Say whether another filler follows `place` at once."""
    return place.next in _STALLING or leads_pair(place)


def trails_filler(place: Place) -> bool:
    """Say whether another filler stands right before `place`."""
    return (place.first - 1) in place.fillers


def previous(words: Collection[str]) -> Test:
    """Return the test that the word before is one of `words`."""
    return lambda place: place.previous in words


def following(words: Collection[str]) -> Test:
    """Return the test that the word after is one of `words`."""
    return lambda place: place.next in words


def previous_is(known: Callable[[str], bool]) -> Test:
    """Return the test that the word before is `known`."""
    return lambda place: known(place.previous)


def following_is(known: Callable[[str], bool]) -> Test:
    """Return the test that the word after is `known`."""
    return lambda place: known(place.next)


def then(*words: str) -> Test:
    """Return the test that the second word after is one of `words`."""
    return lambda place: place.after_next in words


def both(*tests: Test) -> Test:
    """Return the test that all of `tests` hold."""
    return lambda place: all(test(place) for test in tests)


def either(*tests: Test) -> Test:
    """Return the test that any of `tests` holds."""
    return lambda place: any(test(place) for test in tests)


def no(test: Test) -> Test:
    """Return the test that `test` does not hold."""
    return lambda place: not test(place)
