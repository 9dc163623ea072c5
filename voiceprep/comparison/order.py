"""What is told of two sides themselves: which came first, and what the user corrected. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voiceprep.comparison.values import Side


def out_of_order(a: Side, b: Side) -> tuple[str, ...]:
    """Return what to say where `a`, taken for the one before, is the later one; nothing where a time is not known."""
    try:
        before, after = (datetime.fromisoformat(side.at) for side in (a, b))
    except ValueError:
        return ()
    # As in the history: what names no zone is in UTC.
    first, second = (at if at.tzinfo else at.replace(tzinfo=UTC) for at in (before, after))
    return ("B is older than A: give the older one first to see what changed since.",) if second < first else ()


def corrected(a: Side, b: Side) -> tuple[str, ...]:
    """Return what the user corrected of `a` and of `b`."""
    return tuple(f"{letter}: {said}" for letter, side in (("A", a), ("B", b)) for said in side.corrected)
