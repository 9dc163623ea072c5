"""Two answers, or two sessions, side by side: which measures differ by more than chance, which words were kept. Pure.

Opens nothing and judges no answer: it is given assessments, or the counts of sessions.
"""

from __future__ import annotations

from voiceprep.comparison.answers import compare_answers
from voiceprep.comparison.measures import PLACED
from voiceprep.comparison.sittings import Counted, compare_sittings
from voiceprep.comparison.values import Change, Comparison, Difference, Fate, PartBeside, Run, Side

__all__ = [
    "PLACED",
    "Change",
    "Comparison",
    "Counted",
    "Difference",
    "Fate",
    "PartBeside",
    "Run",
    "Side",
    "compare_answers",
    "compare_sittings",
]
