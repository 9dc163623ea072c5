"""The report as JSON: one document however many answers, and the way back. May not open a file.

The fields are those of `voiceprep.model`, written by `voiceprep.codec`; each is described in
`voiceprep/schemas/report.schema.json`.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from voiceprep.codec import from_data, to_data
from voiceprep.errors import InputError
from voiceprep.model import Assessment

if TYPE_CHECKING:
    from collections.abc import Sequence

SCHEMA = "https://voiceprep.readthedocs.io/schemas/report.schema.json"
FORMAT = "voiceprep-report"
# Goes up when a field is taken away or changes its meaning; a new field leaves it as it is.
VERSION = 1

# What JSON allows in a text and yet does harm: controls of a terminal, line ends of JavaScript, halves of characters.
_HARMFUL = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# A list of plain numbers: one value a line would make half of the document blanks. No text holds a bare line end.
_SERIES = re.compile(r"\[\n((?:\s*(?:null|-?[\d.eE+-]+),?\n)+)\s*\]")


def render(assessments: Sequence[Assessment]) -> str:
    """Return `assessments` as one JSON document, safe to print and to write in UTF-8."""
    return document({"$schema": SCHEMA, "format": FORMAT, "version": VERSION, "answers": to_data(tuple(assessments))})


def document(told: dict[str, Any]) -> str:
    """Return plain data as a JSON document, safe to print and to write in UTF-8."""
    text = json.dumps(told, ensure_ascii=False, allow_nan=False, indent=1)
    text = _SERIES.sub(lambda match: f"[{' '.join(match[1].split())}]", text)
    return _HARMFUL.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"


def parse(text: str) -> tuple[Assessment, ...]:
    """Return the assessments in the document `text`. Raise `InputError` naming the place that does not fit."""
    document = _load(text)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise InputError("this is not a report of voiceprep", hint="A report is made by: voiceprep analyze -f json")
    version = document.get("version")
    if type(version) is not int or version != VERSION:
        raise InputError(
            f"$.version: a report of version {version!r} cannot be read, only of version {VERSION}",
            hint="A newer voiceprep may have written it; update, or make the report again.",
        )
    if unknown := sorted(document.keys() - {"$schema", "format", "version", "answers"}):
        raise InputError(f"$: {unknown[0]!r} is unknown")
    return from_data(tuple[Assessment, ...], document.get("answers"), "$.answers")


def _load(text: str) -> Any:  # noqa: ANN401  (JSON may be anything)
    try:
        return json.loads(text.removeprefix("\ufeff"))
    except RecursionError:
        raise InputError("this is not a report: it is nested too deeply") from None
    except ValueError as error:
        raise InputError(f"this is not JSON: {error}") from None
