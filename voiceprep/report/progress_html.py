"""Progress as a page: a small picture of each measure, and all of it as tables. Asks the network for nothing."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from voiceprep import wording
from voiceprep.progress import Move
from voiceprep.report import html, progress_words
from voiceprep.wording import SHARE

if TYPE_CHECKING:
    from jinja2 import Template

    from voiceprep.progress import Course, Progress

# The box of a small picture, in its own units; points keep this far from its edges.
WIDTH, HEIGHT, EDGE = 240.0, 84.0, 6.0
_MOVED = (Move.BETTER, Move.WORSE, Move.CHANGED)
# An edge of the band is in the picture where it is no farther from the values than this share of their reach.
_BEYOND = 0.5
# Beyond the highest and the lowest value, a share of their reach; and at least this, whatever they are.
_MARGIN, _LEAST = 0.08, 1e-9


@dataclass(frozen=True, slots=True)
class Picture:
    """A course drawn in a box of `WIDTH` by `HEIGHT`: places are from the top left.

    `band` and `usual` are a top and a height, `line` joins the points, `trend` and `doubt` are paths, and `low` and
    `high` the values at the bottom and at the top.
    """

    points: tuple[tuple[float, float, str, str], ...]
    line: str
    band: tuple[float, float] | None
    usual: tuple[float, float] | None
    trend: str
    doubt: str
    low: str
    high: str


# Two rows of pictures on a wide screen.
FEW = 8


def render(progress: Progress) -> str:
    """Return `progress` as one HTML page that needs nothing but itself."""
    script = html.resource("progress.js")
    groups = {move: progress.moved(move) for move in progress_words.TITLES}
    page = _template().render(
        p=progress,
        moves=[
            (move, progress_words.TITLES[move], progress_words.ABOUT[move], _families(_drawn(found)))
            for move, found in groups.items()
            if found
        ],
        waiting=progress_words.waiting(progress.courses),
        counts={move.value: len(found) for move, found in groups.items()},
        days=_days(progress),
        script=script,
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        style=html.resource("page.css") + html.resource("progress.css"),
    )
    return wording.legible(page)


@cache
def _template() -> Template:
    environment = html.environment()
    environment.globals |= {"w": progress_words, "picture": picture, "box": (WIDTH, HEIGHT)}
    return environment.get_template("progress.html.j2")


def _drawn(courses: tuple[Course, ...]) -> tuple[Course, ...]:
    return tuple(course for course in courses if len(course.points) >= progress_words.DRAWN)


def _families(courses: tuple[Course, ...]) -> list[tuple[str, list[Course]]]:
    """Return `courses` by group, in the order in which groups first appear; a few need no groups."""
    if len(courses) <= FEW:
        return [("", list(courses))] if courses else []
    names = dict.fromkeys(course.group for course in courses)
    return [(name, [course for course in courses if course.group == name]) for name in names]


def _days(progress: Progress) -> list[tuple[str, dict[str, str]]]:
    """Return when each sitting was, with the value of each measure in it."""
    days: dict[str, dict[str, str]] = {}
    for course in progress.courses:
        for point in course.points:
            days.setdefault(point.at, {})[course.metric] = progress_words.number(course, point.value)
    return sorted(days.items())


def picture(course: Course) -> Picture:
    """Return `course` drawn: its scale holds all its values and what is usual, and the band as far as that reaches."""
    low, high = _scale(course)

    def up(value: float) -> float:
        return round(EDGE + (HEIGHT - 2 * EDGE) * (high - value) / (high - low), 1)

    def along(index: float) -> float:
        last = len(course.points) - 1
        return round(EDGE + (WIDTH - 2 * EDGE) * (index / last if last else 0.5), 1)

    points = tuple(
        (along(at), up(point.value), point.at[:10], _titled(course, point.value))
        for at, point in enumerate(course.points)
    )
    line = "M" + "L".join(f"{x:g} {y:g}" for x, y, _, _ in points) if len(points) > 1 else ""
    usual = _stripe(up(course.usual.high), up(course.usual.low)) if course.usual else None
    trend, doubt = _trend(course, along, up)
    ends = (progress_words.number(course, low), progress_words.number(course, high))
    return Picture(points, line, _band(course, up, low, high), usual, trend, doubt, *ends)


def _titled(course: Course, value: float) -> str:
    return f"{progress_words.number(course, value)} {progress_words.unit(course)}".strip()


def _scale(course: Course) -> tuple[float, float]:
    """Return the lowest and the highest value of the picture: never below 0, and no share over 1."""
    shown = list(course.values)
    if course.usual:
        shown += [course.usual.low, course.usual.high]
    low, high = min(shown), max(shown)
    reach = (high - low) or abs(high) or 1.0
    edges = [edge for edge in (course.band.low, course.band.high) if edge is not None] if course.band else []
    near = [edge for edge in edges if low - _BEYOND * reach <= edge <= high + _BEYOND * reach]
    low, high = min([low, *near]), max([high, *near])
    margin = max(_LEAST, _MARGIN * ((high - low) or reach))
    top = high + margin
    return max(0.0, low - margin), min(top, 1.0) if course.unit.startswith(SHARE) and high <= 1 else top


def _band(course: Course, up: Any, low: float, high: float) -> tuple[float, float] | None:  # noqa: ANN401  (a function of a value)
    """Return where good is in a picture from `low` to `high`, or None where nothing of it is."""
    if course.band is None:
        return None
    start = low if course.band.low is None else max(low, course.band.low)
    end = high if course.band.high is None else min(high, course.band.high)
    if start > high or end < low:
        return None
    return _stripe(0.0 if end >= high else up(end), HEIGHT if start <= low else up(start))


def _stripe(top: float, bottom: float) -> tuple[float, float]:
    """Return top and height of what reaches from `top` to `bottom`, thick enough to be seen."""
    top, bottom = max(0.0, top), min(HEIGHT, bottom)
    return (top, round(bottom - top, 1)) if bottom - top >= 1 else (max(0.0, top - 0.75), 1.5)


def _trend(course: Course, along: Any, up: Any) -> tuple[str, str]:  # noqa: ANN401  (functions of a value)
    """Return the line of the trend, and where it likely lies, as paths; nothing where there is no trend.

    All lines go through the middle of the values: how steep they are is what is doubted.
    """
    if course.trend is None or course.move not in _MOVED:
        return "", ""
    last = len(course.points) - 1
    middle, half = (course.trend.start + course.trend.end) / 2, last / 2

    def ends(slope: float) -> tuple[float, float]:
        return _kept(up(middle - slope * half)), _kept(up(middle + slope * half))

    (start, end), low, high = ends(course.trend.slope), ends(course.trend.low), ends(course.trend.high)
    left, right, centre = along(0), along(last), f"{along(half):g} {_kept(up(middle)):g}"
    doubt = f"M{left:g} {low[0]:g}L{centre}L{left:g} {high[0]:g}ZM{right:g} {low[1]:g}L{centre}L{right:g} {high[1]:g}Z"
    return f"M{left:g} {start:g}L{right:g} {end:g}", doubt


def _kept(place: float) -> float:
    return min(HEIGHT, max(0.0, place))
