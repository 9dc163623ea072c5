"""A comparison as JSON, written by `voiceprep.codec` from `voiceprep.comparison`. May not open a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceprep.codec import to_data
from voiceprep.report.data import document

if TYPE_CHECKING:
    from voiceprep.comparison import Comparison

FORMAT = "voiceprep-comparison"
# Goes up when a field is taken away or changes its meaning; a new field leaves it as it is.
VERSION = 1


def render(comparison: Comparison) -> str:
    """Return `comparison` as a JSON document, safe to print and to write in UTF-8; with the words of both answers."""
    told = to_data(comparison)
    for name, side in (("a", comparison.a), ("b", comparison.b)):
        words = side.assessment.transcript.words if side.assessment else ()
        told[name]["words"] = [word.text for word in words]
    return document({"format": FORMAT, "version": VERSION, **told})
