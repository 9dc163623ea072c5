"""The report as CSV: one row an answer, the same columns whatever the answers. May not write a file."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from voiceprep.model import WordKind
from voiceprep.report.plain import one_line
from voiceprep.tables import METRICS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from voiceprep.model import Assessment, Finding

Cell = str | int | float | bool | None

_LETTERS = "STAR"
# What a spreadsheet takes for the start of a formula, also as wide letters (https://owasp.org/www-community/attacks/CSV_Injection).
_FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")


def render(assessments: Sequence[Assessment]) -> str:
    """Return `assessments` as CSV with a head and one row each; what was not measured is left empty."""
    return written((cells(assessment) for assessment in assessments), columns())


def written(rows: Iterable[Mapping[str, Cell]], names: Sequence[str]) -> str:
    """Return `rows` as CSV with a head of `names`; a cell that is not there is left empty."""
    table = io.StringIO()
    writer = csv.DictWriter(table, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: cell(value) for name, value in row.items()} for row in rows)
    return table.getvalue()


def cells(assessment: Assessment) -> dict[str, Cell]:
    """Return the row of `assessment` by the names of its columns."""
    return dict(_row(assessment))


def columns() -> list[str]:
    """Return the names of all columns in order."""
    measures = [f"{metric}_{what}" for metric in METRICS for what in ("value", "total", "per", "verdict")]
    parts = [f"has_{letter}" for letter in _LETTERS]
    return [
        "file",
        "sha256",
        "question",
        "duration",
        "timing",
        "language",
        "words",
        *measures,
        *parts,
        "caveats",
        "voiceprep",
        "at",
    ]


def _row(assessment: Assessment) -> Iterator[tuple[str, Cell]]:
    heard = assessment.transcript
    yield "file", assessment.recording.name
    yield "sha256", assessment.recording.sha256
    yield "question", assessment.question.id if assessment.question else None
    yield "duration", heard.duration if heard.timed else None
    yield "timing", heard.timing.value
    yield "language", heard.language
    yield "words", sum(word.kind is not WordKind.FILLED_PAUSE for word in heard.words)
    found = {finding.measurement.metric: finding for finding in assessment.findings}
    for metric in METRICS:
        yield from _measures(metric, found)
    for letter in _LETTERS:
        yield f"has_{letter}", assessment.star.present.get(letter) if assessment.star else None
    yield "caveats", " | ".join(dict.fromkeys((*assessment.caveats, *heard.caveats)))
    yield "voiceprep", assessment.voiceprep
    yield "at", assessment.at


def _measures(metric: str, found: Mapping[str, Finding]) -> Iterator[tuple[str, Cell]]:
    if metric not in found:
        return
    finding = found[metric]
    measurement = finding.measurement
    yield f"{metric}_verdict", finding.verdict.value
    if measurement.value is not None:
        yield f"{metric}_value", round(measurement.value, 6)
        yield f"{metric}_total", round(measurement.total, 6)
        yield f"{metric}_per", round(measurement.per, 6)


def cell(value: Cell) -> Cell:
    """Return `value` as it is written; a text that a spreadsheet would run gets an apostrophe in front."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, str):
        return value
    text = one_line(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
