"""Progress: how measures go over sittings, and whether a change is more than chance. Opens nothing, knows no page."""

from __future__ import annotations

from voiceprep.progress.progress import (
    Counted,
    Course,
    Coverage,
    Habit,
    Month,
    Move,
    Point,
    Practised,
    Progress,
    Said,
    Told,
    Try,
)

__all__ = [
    "Counted",
    "Course",
    "Coverage",
    "Habit",
    "Month",
    "Move",
    "Point",
    "Practised",
    "Progress",
    "Said",
    "Told",
    "Try",
]
