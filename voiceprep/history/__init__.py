"""The history: a SQLite file of facts about answers. Keeps no verdict, and overwrites no file that it cannot read.

Times of saving are ISO 8601. Measurements are rows, so that SQL can pool them: sum(total) / sum(per). What the user
corrects stands beside what was measured, which stays.
"""

from __future__ import annotations

from voiceprep.history.store import History
from voiceprep.history.values import EVERYTHING, Choice, Entry, Record, Recount, Sitting

__all__ = ["EVERYTHING", "Choice", "Entry", "History", "Record", "Recount", "Sitting"]
