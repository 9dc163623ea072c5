"""The page of a comparison: one self-contained HTML file, both recordings in it. Asks the network for nothing."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from typing import TYPE_CHECKING, Any

from voiceprep import wording
from voiceprep.comparison import Change, Fate
from voiceprep.model import Timing
from voiceprep.report import beside, html
from voiceprep.report.comparison_text import about
from voiceprep.report.marks import Silence

if TYPE_CHECKING:
    from jinja2 import Template

    from voiceprep.comparison import Comparison, Side

_SHAPES = {
    Change.BETTER: ("good", "\N{BLACK CIRCLE}"),
    Change.WORSE: ("act", "\N{BLACK UP-POINTING TRIANGLE}"),
    Change.OTHER: ("other", "\N{BLACK DIAMOND}"),
    Change.CHANCE: ("plain", "\N{MIDDLE DOT}"),
    Change.UNTESTED: ("plain", "\N{WHITE CIRCLE}"),
    Change.INCOMPARABLE: ("plain", "\N{EN DASH}"),
}
# What a fate is told by: an element with a meaning of its own, and a name for who does not see how it looks.
_ELEMENTS = {Fate.KEPT: "span", Fate.CUT: "del", Fate.ADDED: "ins", Fate.MOVED: "span"}


def render(comparison: Comparison) -> str:
    """Return `comparison` as one HTML page that needs nothing but itself."""
    script = html.resource("comparison.js")
    sides = [_side("A", comparison.a), _side("B", comparison.b)]
    page = _template().render(
        c=comparison,
        sides=sides,
        rows=beside.rows(comparison),
        changed=comparison.changed,
        once=[one for one in comparison.differences if one.change is Change.UNTESTED],
        script=script,
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        style=html.resource("page.css") + html.resource("comparison.css"),
        sound=any(side["sound"] for side in sides),
    )
    return wording.legible(page)


@cache
def _template() -> Template:
    made = html.environment()
    made.globals |= {
        "w": wording,
        "beside": beside,
        "shapes": _SHAPES,
        "elements": _ELEMENTS,
        "silence": Silence,
        "pause_name": html.pause_name,
        "word_class": html.word_class,
    }
    return made.get_template("comparison.html.j2")


def _side(letter: str, side: Side) -> dict[str, Any]:
    """Return all that the template shows of `side`."""
    heard = side.assessment.transcript if side.assessment else None
    return {
        "letter": letter,
        "s": side,
        "about": about(side),
        "duration": heard.duration if heard else 0.0,
        "timed": heard is not None and heard.timed,
        "heard": heard is not None and heard.timing is Timing.SOUND,
        "sound": html.sound_of(side.assessment.playback) if side.assessment else "",
    }
